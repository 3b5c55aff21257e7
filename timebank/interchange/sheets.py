"""Sheets of other systems: CSV in UTF-8, divided by commas. One bad line rejects the whole file, and each is named."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from timebank.spelling import clean, is_blank, tidy

_MOST_NAMED = 20


class Divider(StrEnum):
    """What else spreadsheets divide columns by."""

    SEMICOLONS = ";"
    TABS = "\t"
    STROKES = "|"


class Fault(StrEnum):
    """What can be wrong with a line; the value is the message id. The command and the page have words for each.

    `IN_WORDS` has its message, in English, as the value `what`: of imports that only the command line has.
    """

    NOT_UTF_8 = "not_utf_8"
    COLUMNS_MISSING = "columns_missing"
    COLUMNS_TWICE = "columns_twice"
    OTHER_CELLS = "other_cells"
    UNREADABLE = "unreadable"
    BANK_MISSING = "bank_missing"
    NUMBER_MISSING = "number_missing"
    KEY_TOO_LONG = "key_too_long"
    KIND_UNKNOWN = "kind_unknown"
    WORDS_MISSING = "words_missing"
    CATEGORIES_UNREADABLE = "categories_unreadable"
    NUMBER_TWICE = "number_twice"
    NO_SHORT_NAME = "no_short_name"
    SAME_SHORT_NAME = "same_short_name"
    IN_WORDS = "in_words"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of the file, counted from 1, and the values of the message."""

    line: int
    fault: Fault
    values: Mapping[str, object] = field(default_factory=dict)


class BadSheetError(Exception):
    """The sheet is invalid; `problems` has all errors, sorted by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


def decode(content: bytes) -> str:
    """Decode a file in UTF-8, with or without a byte order mark, and `clean` it. Raises BadSheetError."""
    try:
        return clean(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSheetError([Problem(line, Fault.NOT_UTF_8)]) from error


def read_lines(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, list[str]] | Problem]:
    """Yield each row's line with its cells of these columns, in their order and tidy, or what is wrong with it.

    The first line names the columns, in any order and with others between; rows without any text are left out.
    Raises BadSheetError for a file that is not UTF-8.
    """
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    try:
        first_line = next(reader, [])
        heading = [tidy(name) for name in first_line]
        problem = _problem_of(heading, columns, first_line)
        if problem is not None:
            yield problem
            return
        indexes = [heading.index(name) for name in columns]
        for cells in reader:
            if all(is_blank(cell) for cell in cells):
                continue
            if len(cells) != len(heading):
                counted = {"cells": len(cells), "columns": len(heading)}
                yield Problem(reader.line_num, Fault.OTHER_CELLS, counted)
            else:
                yield reader.line_num, [tidy(cells[index]) for index in indexes]
    except csv.Error as error:
        yield Problem(reader.line_num, Fault.UNREADABLE, {"error": str(error)})


def _problem_of(heading: Sequence[str], columns: Sequence[str], first_line: Sequence[str]) -> Problem | None:
    """Return what is wrong with the first line of a sheet: which columns are missing, or are in it twice."""
    missing = [name for name in columns if name not in heading]
    twice = [name for name in columns if heading.count(name) > 1]
    if not missing and not twice:
        return None
    named = ", ".join(heading[:_MOST_NAMED]) + (", …" if len(heading) > _MOST_NAMED else "")
    values = {"columns": ", ".join(missing or twice), "heading": named, "divider": _divider_of(first_line)}
    return Problem(1, Fault.COLUMNS_MISSING if missing else Fault.COLUMNS_TWICE, values)


def _divider_of(first_line: Sequence[str]) -> Divider | None:
    """Return what divides the columns, where it seems to be something else than commas."""
    line = ",".join(first_line)
    sign = max(Divider, key=line.count)
    return sign if line.count(sign) > line.count(",") else None
