"""Mutants of every guard of the books on SQLite, read from a migrated database."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.sql import Change, closing, comparisons_inverted, statements_left_out, without_constraint
from tests.scratch import SQLITE_TEMPLATE

#: Of the table of memberships only the trigger against deleting is a guard of the books.
_IS_GUARDED = "tbl_name IN (SELECT tbl_name FROM sqlite_master WHERE type = 'trigger') AND tbl_name <> 'membership'"
_BODY = re.compile(r"\bBEGIN\b")


class SqliteBooks:
    """The mutants of a template database, and copies with one of them."""

    name = "sqlite"

    def __init__(self, template: Path) -> None:
        self.template = template

    def mutants(self) -> Iterator[Mutant]:
        """Yield all mutants: of triggers, their statements and comparisons, CHECKs and keys of guarded tables."""
        triggers = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        for table, name, sql in self._rows(triggers):
            drop = f"DROP TRIGGER {name}"
            yield Mutant(self.name, table, name, "without the trigger", (drop,))
            for change in _of_trigger(sql):
                yield Mutant(self.name, table, name, change.summary, (drop, change.sql))
        for table, name, sql in self._rows(
            f"SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'table' AND {_IS_GUARDED} ORDER BY name"
        ):
            for change in _of_table(sql):
                yield Mutant(self.name, table, name, change.summary, tuple(self._rebuilt(name, change.sql)))
        for table, name, sql in self._rows(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE INDEX%'"
            f" AND {_IS_GUARDED} ORDER BY name"
        ):
            yield Mutant(self.name, table, name, "without the unique index", (f"DROP INDEX {name}",))
            where = sql.find(" WHERE ")
            for change in comparisons_inverted(sql, start=where) if where > 0 else ():
                yield Mutant(self.name, table, name, change.summary, (f"DROP INDEX {name}", change.sql))

    def make(self, mutant: Mutant, folder: Path) -> dict[str, str]:
        """Create a copy with the mutant; return the environment variables with which the tests use it."""
        path = folder / "mutant.db"
        shutil.copyfile(self.template, path)
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in mutant.statements:
            connection.execute(statement)
        connection.close()
        return {SQLITE_TEMPLATE: str(path)}

    def drop(self, environment: dict[str, str]) -> None:
        """Do nothing: the file is deleted with its folder."""

    def _rebuilt(self, table: str, sql: str) -> Iterator[str]:
        """Yield the statements that rebuild a table, with its indexes and triggers: SQLite cannot alter constraints."""
        yield "PRAGMA foreign_keys = OFF"
        yield f"DROP TABLE {table}"
        yield sql
        others = (
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'table' AND sql IS NOT NULL"
        )
        for _table, _name, other in self._rows(others, table):
            yield other

    def _rows(self, query: str, *values: str) -> list[tuple[str, str, str]]:
        connection = sqlite3.connect(self.template)
        rows = connection.execute(query, values).fetchall()
        connection.close()
        return rows


def _of_trigger(sql: str) -> Iterator[Change]:
    begin = _BODY.search(sql)
    assert begin, sql
    end = sql.rindex("END")
    yield from statements_left_out(sql[begin.end() : end], offset=begin.end(), sql=sql)
    when = re.search(r"\bWHEN\b", sql[: begin.start()])
    yield from comparisons_inverted(sql, start=when.start() if when else begin.end())


def _of_table(sql: str) -> Iterator[Change]:
    for match in re.finditer(r"CONSTRAINT (\w+) (CHECK|UNIQUE) \(", sql):
        yield Change(f"without {match[1]}", without_constraint(sql, match[1]))
        if match[2] == "CHECK":
            end = closing(sql, match.end() - 1) + 1
            for change in comparisons_inverted(sql[match.start() : end]):
                yield Change(change.summary, sql[: match.start()] + change.sql + sql[end:])
