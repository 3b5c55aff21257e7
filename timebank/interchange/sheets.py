"""Validation errors of uploaded sheets: reported line by line; one bad line rejects the whole file."""

from collections.abc import Sequence
from dataclasses import dataclass

from timebank.spelling import clean


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
