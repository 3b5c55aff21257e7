"""What must not be in an answer, whoever asked for whatever."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser

from tests.attack.payloads import EVALUATED
from tests.attack.wire import Reply, Shot

HANG_SECONDS = 10
_BROKEN = 500
_REPRODUCED = 400


class Kind(StrEnum):
    """What is wrong with an answer, or with the books after all of them."""

    BROKEN = "an answer of 5xx"
    SILENT = "no answer"
    HANG = f"more than {HANG_SECONDS} seconds"
    MARKUP = "typed markup in a page"
    EVALUATED = "a typed expression that was evaluated"
    FORMULA = "a cell that runs as a formula"
    UNSEEN = "a row that the reader may not see"
    BARE = "a page without its security headers"
    ELSEWHERE = "an address of another site"
    APPROVED = "an approval by who proposed it, depends on them, or keeps another bank"
    BOOKS = "books that do not balance"


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind, its details, and the request that brought it about."""

    kind: Kind
    details: str
    reader: str
    shot: Shot | None = None
    at: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What findings of one fault have in common: kind, method and address without its codes."""
        return (self.kind, self.shot.method, shape(self.shot.target)) if self.shot else (self.kind, self.details)

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.details}", f"  as {self.reader}{f', at {self.at}' if self.at else ''}"]
        if self.shot:
            lines.append(f"  {self.shot.method} {self.shot.target[:_REPRODUCED]}")
            lines += [f"  {name}: {value[:_REPRODUCED]}" for name, value in self.shot.headers]
            if self.shot.body:
                lines.append(f"  {self.shot.content_type}: {self.shot.body[:_REPRODUCED]!r}")
        return "\n".join(lines)


def shape(target: str) -> str:
    """Return an address without its codes, names, months and values, so that pages of one kind look alike."""
    path, _mark, query = target.partition("?")
    path = re.sub(r"/(category[a-z-]*|areas)/.+", r"/\1/*", path)
    path = re.sub(r"(?<=/)([0-9A-Za-z]{4}-[0-9A-Za-z]{4}|~[^/]+|20\d\d-\d\d|\d+)(?=/|$)", "*", path)
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    return f"{path}?{'&'.join(names)}" if names else path


def judge(reply: Reply, unseen: Iterable[str]) -> Iterator[tuple[Kind, str]]:
    """Yield what is wrong with an answer; `unseen` are words, in lower case, of rows that its reader may not see."""
    if reply.status >= _BROKEN:
        yield Kind.BROKEN, f"{reply.status} {reply.text[:200]!r}"
    if reply.seconds > HANG_SECONDS:
        yield Kind.HANG, f"{reply.seconds:.1f} seconds"
    if reply.is_page:
        yield from _page(reply)
    if reply.content_type == "text/csv":
        yield from ((Kind.FORMULA, cell[:80]) for cell in _formulas(reply.text))
    location = reply.headers.get("location", "/")
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        yield Kind.ELSEWHERE, location[:200]
    folded = reply.text.casefold()
    yield from ((Kind.UNSEEN, word) for word in unseen if word in folded)


#: What was typed as a formula, where a spreadsheet of another separator than the comma would begin a cell.
_FORMULA = re.compile(r"""[;|\t\n]["\s]*([=@+\-\uff1d]zq[^\n]*)""")
_FORMULA_CELL = re.compile(r"\s*[=@+\-\uff1d]zq")


def _formulas(text: str) -> Iterator[str]:
    yield from _FORMULA.findall(text)
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from (cell for cell in row if _FORMULA_CELL.match(cell))


def _page(reply: Reply) -> Iterator[tuple[Kind, str]]:
    reader = _Markup()
    reader.feed(reply.text)
    yield from ((Kind.MARKUP, markup[:200]) for markup in reader.typed[:3])
    yield from ((Kind.EVALUATED, value) for value in set(EVALUATED.values()) if value in reply.text)
    if "content-security-policy" not in reply.headers or "x-content-type-options" not in reply.headers:
        yield Kind.BARE, f"{reply.status}"
    yield from ((Kind.ELSEWHERE, address[:200]) for address in reader.addresses if "evil.example" in address)


class _Markup(HTMLParser):
    """Collects elements, attributes and comments of what was typed, and the addresses of all links and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {tag, *(name for name, _value in attrs)}
        if any(name.startswith("zq") for name in names):
            self.typed.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            address = (value or "").strip().casefold()
            if name in {"href", "src", "action", "formaction"}:
                if address.startswith("javascript:"):
                    self.typed.append(address)
                self.addresses.append(address.partition("?")[0])

    def handle_comment(self, data: str) -> None:
        if "zq" in data:
            self.typed.append(data)
