"""Mutants of guards on either database, and the list of equivalent ones, which no test can detect."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant of a guard: its name, the change in words, and the statements that make it on an empty database.

    `table` is the table of the guard, empty for a function, which may serve several.
    """

    database: str
    table: str
    guard: str
    change: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.database} · {self.guard} · {self.change}"


class Books(Protocol):
    """A database whose guards are mutated."""

    name: str

    def mutants(self) -> Iterator[Mutant]:
        """Yield all mutants."""

    def make(self, mutant: Mutant, folder: Path) -> dict[str, str]:
        """Create a copy with the mutant; return the environment variables with which the tests use it."""

    def drop(self, environment: dict[str, str]) -> None:
        """Delete the copy."""


class Equivalents:
    """Mutants without an observable effect, each with the reason; `unused` are those that were never looked up."""

    def __init__(self, path: Path = EQUIVALENT) -> None:
        rows = tomllib.loads(path.read_text())["equivalent"]
        self._reasons = {(row["database"], row["guard"], row["change"]): row["reason"] for row in rows}
        self.unused = set(self._reasons)

    def reason(self, mutant: Mutant) -> str | None:
        """Return why no test can detect it; None if one must."""
        key = (mutant.database, mutant.guard, mutant.change)
        with suppress(KeyError):
            self.unused.discard(key)
            return self._reasons[key]
        return None
