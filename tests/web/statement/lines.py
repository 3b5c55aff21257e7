"""A statement's lines read from its page, as minutes."""

import re
from dataclasses import dataclass

_LENGTH = r"(?:(\d+) h)?\s*(?:(\d+) min)?"
_LINE = re.compile(
    rf"(\d+ [A-Z][a-z]+(?: \d{{4}})?) ((?:Help|Left|Taken|Welcome|Correction|For).*?) ([+\u2212]) {_LENGTH} "
    rf"Balance after it: (\u2212)?{_LENGTH}(?= |$)"
)


@dataclass(frozen=True)
class StatementLine:
    """One line: its day and words, minutes in or out, and the balance that stands beside it."""

    day: str
    words: str
    minutes: int
    balance: int


def _minutes(hours: str | None, rest: str | None) -> int:
    return int(hours or 0) * 60 + int(rest or 0)


def read_lines(page) -> list[StatementLine]:
    """The lines of the page, newest first."""
    _before, _caption, table = page.words.partition("What happened Hours Balance")
    found = [
        StatementLine(
            one[1],
            one[2],
            _minutes(one[4], one[5]) * (-1 if one[3] == "\u2212" else 1),
            _minutes(one[7], one[8]) * (-1 if one[6] else 1),
        )
        for one in _LINE.finditer(table)
    ]
    assert len(found) == table.count("Balance after it:"), table
    return found


def read_totals(page) -> dict[str, int]:
    """What stands beside Given, Received and the others in the card on top."""
    found = {}
    for name in ("Given", "Received", "Welcome hours and other"):
        said = re.search(rf"(?<!Only ){name} (\u2212)?{_LENGTH}", page.words)
        found[name] = _minutes(said[2], said[3]) * (-1 if said[1] else 1) if said else 0
    return found
