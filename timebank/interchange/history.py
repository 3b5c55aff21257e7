"""Parser of exchange histories exported from other systems: CSV with `key, date, from, to, hours, kind, note`.

`from` is the account that is debited, of the person who received help. The notation of hours is declared, not detected.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from timebank.interchange.sheets import BadSheetError, Fault, Problem, read_lines
from timebank.ledger.entries import HISTORY, EntryKind
from timebank.ledger.hours import LONGEST_MINUTES, MINUTES_PER_HOUR, round_half_up
from timebank.spelling import fold

COLUMNS = ("key", "date", "from", "to", "hours", "kind", "note")
KINDS = {kind.value: kind for kind in (EntryKind.EXCHANGE, EntryKind.GIFT, EntryKind.OPENING)}
#: A deed has at most 80 characters, including this prefix.
LONGEST_KEY = 80 - len(HISTORY)
#: The first time banks kept books in the 1980s; an earlier day is one that a spreadsheet made of nothing.
_EARLIEST_USUAL = date(1980, 1, 1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,9}):([0-5]\d)", re.ASCII)


class HistoryRow(NamedTuple):
    """A parsed row. An empty `source` or `target` is the opening account; `hours` is the cell's original text."""

    line: int
    key: str
    day: date
    source: str
    target: str
    minutes: int
    kind: EntryKind
    note: str
    hours: str
    is_rounded: bool


def doubt(row: HistoryRow) -> str | None:
    """Return what about a row is more often a slip than a fact; None for a usual one."""
    if row.day < _EARLIEST_USUAL:
        return f"{row.day} is before {_EARLIEST_USUAL.year}"
    if row.kind is not EntryKind.OPENING and row.minutes > LONGEST_MINUTES:
        return f"{row.hours} is more than 24 hours"
    return None


class _WrongError(Exception):
    """A cell is invalid; the message says why."""


def _decimal_hours(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        message = f"hours are {text or 'missing'}; with --unit hours they are written as 2 or 1.5"
        raise _WrongError(message)
    return Fraction(text) * MINUTES_PER_HOUR


def _clock_hours(text: str) -> Fraction:
    match = _CLOCK.fullmatch(text)
    if match is None:
        message = f"hours are {text or 'missing'}; with --unit h:mm they are written as 1:30"
        raise _WrongError(message)
    return Fraction(int(match[1]) * MINUTES_PER_HOUR + int(match[2]))


def _minutes(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        message = f"hours are {text or 'missing'}; with --unit minutes they are written as 90"
        raise _WrongError(message)
    return Fraction(text)


#: Parser of each notation of hours; they return minutes.
UNITS: dict[str, Callable[[str], Fraction]] = {"hours": _decimal_hours, "h:mm": _clock_hours, "minutes": _minutes}


def read(content: bytes, unit: str, *, today: date) -> Sequence[HistoryRow]:
    """Parse a CSV file in UTF-8; return its rows in file order. Raises BadSheetError with every bad line."""
    rows, problems, lines = list[HistoryRow](), list[Problem](), dict[str, int]()
    for row in _read_all(content, unit, today):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        first = lines.setdefault(row.key, row.line)
        if first != row.line:
            problems.append(_twice(row, first))
        rows.append(row)
    if problems:
        raise BadSheetError(problems)
    return rows


def _twice(row: HistoryRow, first: int) -> Problem:
    return Problem(row.line, Fault.IN_WORDS, {"what": f"key {row.key} stands on line {first} already"})


def _read_all(content: bytes, unit: str, today: date) -> Iterator[HistoryRow | Problem]:
    read_hours, read_day = lru_cache(maxsize=4096)(UNITS[unit]), lru_cache(maxsize=4096)(_read_day)
    for result in read_lines(content, COLUMNS):
        if isinstance(result, Problem):
            yield result
            continue
        line, cells = result
        try:
            yield _read_row(line, cells, read_hours, read_day, today)
        except _WrongError as error:
            yield Problem(line, Fault.IN_WORDS, {"what": str(error)})


def _read_row(
    line: int, cells: list[str], read_hours: Callable[[str], Fraction], read_day: Callable[[str], date], today: date
) -> HistoryRow:
    key, day_text, source, target, hours, kind_text, note = cells
    day, exact, kind = read_day(day_text), read_hours(hours), _read_kind(kind_text)
    minutes = round_half_up(exact)
    if not key or len(key) > LONGEST_KEY:
        message = f"key is longer than {LONGEST_KEY} letters" if key else "key is missing"
        raise _WrongError(message)
    if day > today:
        message = f"{day} is still to come"
        raise _WrongError(message)
    if minutes < 1:
        message = f"hours are {hours}, which comes to no minute"
        raise _WrongError(message)
    if kind is EntryKind.OPENING and bool(source) == bool(target):
        message = "an opening balance names one account: to, or from where it is below zero"
        raise _WrongError(message)
    if kind is not EntryKind.OPENING and not (source and target):
        message = "from or to is missing"
        raise _WrongError(message)
    return HistoryRow(line, key, day, source, target, minutes, kind, note, hours, is_rounded=exact != minutes)


def _read_kind(text: str) -> EntryKind:
    kind = KINDS.get(fold(text))
    if kind is None:
        message = f"kind is {text or 'missing'}; it has to be exchange, gift or opening"
        raise _WrongError(message)
    return kind


def _read_day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    message = f"date is {text or 'missing'}; it is written as 2019-05-30"
    raise _WrongError(message)
