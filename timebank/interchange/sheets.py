"""A sheet that somebody sent: what is wrong with it is said line by line, and one bad line keeps all of it out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a sheet out, and on which line of the file it stands."""

    line: int
    what: str


class BadSheetError(Exception):
    """The sheet cannot be stored; `problems` are all that was found, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, with its mark or without. Raises BadSheetError."""
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSheetError([Problem(line, "this is not UTF-8")]) from error
