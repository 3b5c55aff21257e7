"""A guard with a wrong in it, whichever database it stands in, and those that nobody can notice."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong: where it is, how people say it, and the statements that do it to books that hold nothing yet.

    `table` is that which the guard is about, empty for a function, which may be about several.
    """

    database: str
    table: str
    place: str
    said: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.database} · {self.place} · {self.said}"


class Books(Protocol):
    """A database whose guards are tried."""

    name: str

    def mutants(self) -> Iterator[Mutant]:
        """All wrongs that can be done to it."""

    def make(self, mutant: Mutant, folder: Path) -> dict[str, str]:
        """Make a copy with the wrong in it; gives the environment in which the tests use it."""

    def drop(self, environment: dict[str, str]) -> None:
        """Clear the copy away."""


class Equivalents:
    """The wrongs that change nothing that anybody could see, each with the reason; `unused` names what is no more."""

    def __init__(self, path: Path = EQUIVALENT) -> None:
        rows = tomllib.loads(path.read_text())["equivalent"]
        self._reasons = {(row["database"], row["place"], row["said"]): row["reason"] for row in rows}
        self.unused = set(self._reasons)

    def reason(self, mutant: Mutant) -> str | None:
        """Why nobody can notice it; None where somebody must."""
        key = (mutant.database, mutant.place, mutant.said)
        with suppress(KeyError):
            self.unused.discard(key)
            return self._reasons[key]
        return None
