"""Sheets of other systems: CSV in UTF-8, divided by commas. One bad line rejects the whole file, and each is named."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from timebank.spelling import clean, is_blank, tidy

#: What else spreadsheets divide columns by, and what it is called.
_DIVIDERS = {";": "semicolons", "\t": "tabs", "|": "strokes"}
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """An error message and its line in the file, counted from 1."""

    line: int
    what: str


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
        raise BadSheetError([Problem(line, "this is not UTF-8")]) from error


def read_lines(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, list[str]] | Problem]:
    """Yield each row's line with its cells of these columns, in their order and tidy, or what is wrong with it.

    The first line names the columns, in any order and with others between; rows without any text are left out.
    Raises BadSheetError for a file that is not UTF-8.
    """
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    try:
        first_line = next(reader, [])
        heading = [tidy(name) for name in first_line]
        problem = _problem_of(heading, columns)
        if problem is not None:
            yield Problem(1, problem + _advice(first_line))
            return
        indexes = [heading.index(name) for name in columns]
        for cells in reader:
            if all(is_blank(cell) for cell in cells):
                continue
            if len(cells) != len(heading):
                yield Problem(reader.line_num, f"there are {len(cells)} cells, but {len(heading)} columns")
            else:
                yield reader.line_num, [tidy(cells[index]) for index in indexes]
    except csv.Error as error:
        yield Problem(reader.line_num, f"the line cannot be read: {error}")


def _problem_of(heading: Sequence[str], columns: Sequence[str]) -> str | None:
    """Return what is wrong with the first line of a sheet: which columns are missing, or stand in it twice."""
    missing = [name for name in columns if name not in heading]
    twice = [name for name in columns if heading.count(name) > 1]
    if not missing and not twice:
        return None
    wrong = f"there is no column {', '.join(missing)}" if missing else f"column {', '.join(twice)} stands twice"
    named = ", ".join(heading[:_MOST_NAMED]) + (", …" if len(heading) > _MOST_NAMED else "")
    return f"{wrong}; the columns, divided by commas, are: {named or 'none'}"


def _advice(first_line: Sequence[str]) -> str:
    """Return the advice for a sheet whose columns seem to be divided by something else; '' for others."""
    line = ",".join(first_line)
    sign = max(_DIVIDERS, key=line.count)
    if line.count(sign) > line.count(","):
        return f". They seem to be divided by {_DIVIDERS[sign]}: save the file with commas"
    return ""
