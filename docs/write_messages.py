"""Writes timebank/translations/messages.pot: every sentence of pages and refusals, for translators.

`make messages` runs it. tests/house_rules/test_messages.py compares the file with the code. It has no dates and no line
numbers, so that it differs only where a sentence does.
"""

from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "timebank" / "translations" / "messages.pot"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
_HEADER = "# Sentences of the time bank, written by `make messages`. CONTRIBUTING.md says how to translate them."
_DATED = (b'"POT-Creation-Date:', b'"PO-Revision-Date:', b'"Generated-By:')


def main() -> None:
    """Write the file."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(messages())
    print(f"{TEMPLATE}: {len(catalog()):,} sentences")


def messages() -> bytes:
    """Return the catalog as the text of a .pot file, in the order of its sentences."""
    written = BytesIO()
    write_po(written, catalog(), width=100, sort_output=True, include_lineno=False)
    return b"".join(line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_DATED))


def catalog() -> Catalog:
    """Return all sentences, each with the files that it stands in."""
    method_map, options_map = parse_mapping_cfg(StringIO((ROOT / "babel.cfg").read_text(encoding="utf-8")))
    sentences = Catalog(project="timebank", header_comment=_HEADER, charset="utf-8", fuzzy=False)
    extracted = extract_from_dir(ROOT, method_map, options_map, KEYWORDS, comment_tags=("TRANSLATORS:",))
    for file, _line, message, comments, context in extracted:
        sentences.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return sentences


if __name__ == "__main__":
    main()
