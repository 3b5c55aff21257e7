"""Templates as their readers get them: Jinja taken out, HTML parsed, and the words that are left."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from tests.house_rules.tree import PACKAGE, TEMPLATES, modules, parsed, place, templates

#: Attributes that somebody reads or hears.
READ_ALOUD = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title", "label", "summary"})
GETTEXT = frozenset({"_", "gettext", "lazy_gettext", "ngettext", "pgettext"})
#: Filters that turn a constant into something that is not words.
_NO_WORDS = frozenset({"spoken"})
_END_OF_AN_ID = re.compile(r"-[a-z]+")
_OPENS, _CLOSES = "\ue000", "\ue001"
JINJA = Environment(autoescape=True)


@dataclass
class Tag:
    """An opening tag as the source has it, without Jinja's blocks."""

    name: str
    line: int
    attributes: dict[str, str]


@dataclass
class Page:
    """One template: its tags, its texts, and the expressions that stand in both."""

    path: Path
    tags: list[Tag] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)

    def shown(self) -> Iterator[tuple[int, str]]:
        """(line, text) of all that is read or heard, expressions left as marks."""
        yield from self.texts
        for tag in self.tags:
            for name, value in tag.attributes.items():
                button = tag.name == "input" and tag.attributes.get("type") in {"submit", "button", "reset"}
                if name in READ_ALOUD or (name == "value" and button):
                    yield tag.line, value

    def bare_words(self) -> Iterator[str]:
        """Words that did not go through gettext, each with its place."""
        for line, text in self.shown():
            plain = re.sub(f"{_OPENS}.*?{_CLOSES}", "", text)
            if any(letter.isalpha() for letter in plain):
                yield f"{place(self.path, line)}: {' '.join(plain.split())}"
            for number in re.findall(f"{_OPENS}(\\d+){_CLOSES}", text):
                for words in constants_shown(self.expressions[int(number)]):
                    yield f"{place(self.path, line)}: {words}"


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(Tag(tag, self.getpos()[0], {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.page.texts.append((self.getpos()[0], data))


@cache
def page(path: Path) -> Page:
    read = Page(path)
    reader = _Reader(read)
    reader.feed(_without_jinja(path.read_text(), read.expressions))
    reader.close()
    return read


def pages() -> list[Page]:
    return [page(path) for path in templates()]


def _without_jinja(source: str, expressions: list[str]) -> str:
    """The template's own text; an expression leaves a mark, everything else its line ends."""
    kept, expression = list[str](), None
    for _line, kind, value in JINJA.lex(source):
        if kind == "variable_begin":
            expression = list[str]()
        elif kind == "variable_end":
            expressions.append("".join(expression or []))
            kept.append(f"{_OPENS}{len(expressions) - 1}{_CLOSES}")
            kept.append("\n" * expressions[-1].count("\n"))
            expression = None
        elif kind == "data":
            kept.append(value)
        elif expression is not None:
            expression.append(value)
        else:
            kept.append("\n" * value.count("\n"))
    return "".join(kept)


def constants_shown(expression: str) -> list[str]:
    """The words that an expression would show as they stand in the source, past gettext."""
    (output,) = JINJA.parse(f"{{{{ {expression} }}}}").body
    assert isinstance(output, nodes.Output)
    words = [word for node in output.nodes for word in _shown(node) if any(letter.isalpha() for letter in word)]
    return [word for word in words if not _END_OF_AN_ID.fullmatch(word)]


def _shown(node: nodes.Node | None) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.CondExpr):
        yield from _shown(node.expr1)
        yield from _shown(node.expr2)
    elif isinstance(node, nodes.BinExpr):
        yield from _shown(node.left)
        yield from _shown(node.right)
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from _shown(part)
    elif isinstance(node, nodes.Filter) and node.name not in _NO_WORDS:
        yield from _shown(node.node)
    elif isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Dict):
        for pair in node.node.items:
            yield from _shown(pair.value)


@dataclass(frozen=True)
class Message:
    """A sentence that is said through gettext, and where it stands; None where its words are not a constant."""

    place: str
    words: str | None


def messages() -> list[Message]:
    """Every sentence of templates and web."""
    return [*_template_messages(), *_python_messages()]


def _template_messages() -> Iterator[Message]:
    for path in templates():
        for call in JINJA.parse(path.read_text(), path.relative_to(TEMPLATES).as_posix()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT:
                said = call.args[:2] if call.node.name == "ngettext" else call.args[:1]
                for one in said:
                    words = one.value if isinstance(one, nodes.Const) else None
                    yield Message(place(path, call.lineno), words)


def _python_messages() -> Iterator[Message]:
    for path in modules(PACKAGE / "web"):
        for call in ast.walk(parsed(path)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GETTEXT:
                said = call.args[:2] if call.func.id == "ngettext" else call.args[:1]
                for one in said:
                    words = one.value if isinstance(one, ast.Constant) else None
                    yield Message(place(path, call.lineno), words)
