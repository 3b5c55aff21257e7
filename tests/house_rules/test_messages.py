"""The sentences for translators are those of the pages, and a translation reaches the reader."""

from babel.messages.pofile import read_po

from docs.write_messages import TEMPLATE, messages
from tests.house_rules import pages


def _sentences():
    """Every sentence of the file; of those with a plural, both forms."""
    with TEMPLATE.open("rb") as file:
        committed = read_po(file)
    return {form for message in committed for form in ([message.id] if isinstance(message.id, str) else message.id)}


def test_the_sentences_for_translators_are_up_to_date():
    committed = TEMPLATE.read_bytes() if TEMPLATE.exists() else b""
    assert messages().splitlines() == committed.splitlines(), f"{TEMPLATE.name} is out of date: run `make messages`"


def test_no_sentence_is_hidden_from_translators():
    """The house rules find sentences by another way."""
    said = {message.words for message in pages.messages() if message.words is not None}
    assert len(said) > 1_000
    assert said - _sentences() == set()


def test_the_file_for_translators_differs_only_where_a_sentence_does():
    words = TEMPLATE.read_text(encoding="utf-8")
    assert "Date" not in words
    assert not any(line.rsplit(":", 1)[-1].isdigit() for line in words.splitlines() if line.startswith("#:"))
