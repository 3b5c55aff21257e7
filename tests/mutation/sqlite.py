"""Every guard of the books on SQLite, read from a migrated database; copies with one wrong."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.sql import Change, closing, comparisons_turned, statements_left_out, without_constraint
from tests.scratch import SQLITE_TEMPLATE

#: Of members the books only ask that none is deleted; the rest of that table is not theirs.
_IS_GUARDED = "tbl_name IN (SELECT tbl_name FROM sqlite_master WHERE type = 'trigger') AND tbl_name <> 'membership'"
_BODY = re.compile(r"\bBEGIN\b")


class SqliteBooks:
    """A template to copy, and what can be done to it."""

    name = "sqlite"

    def __init__(self, template: Path) -> None:
        self.template = template

    def mutants(self) -> Iterator[Mutant]:
        """All of them: triggers, the statements and comparisons in them, checks and unique keys of guarded tables."""
        triggers = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        for table, name, sql in self._rows(triggers):
            drop = f"DROP TRIGGER {name}"
            yield Mutant(self.name, table, name, "without the trigger", (drop,))
            for change in _of_trigger(sql):
                yield Mutant(self.name, table, name, change.said, (drop, change.sql))
        for table, name, sql in self._rows(
            f"SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'table' AND {_IS_GUARDED} ORDER BY name"
        ):
            for change in _of_table(sql):
                yield Mutant(self.name, table, name, change.said, tuple(self._made_anew(name, change.sql)))
        for table, name, sql in self._rows(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE INDEX%'"
            f" AND {_IS_GUARDED} ORDER BY name"
        ):
            yield Mutant(self.name, table, name, "without the unique index", (f"DROP INDEX {name}",))
            where = sql.find(" WHERE ")
            for change in comparisons_turned(sql, start=where) if where > 0 else ():
                yield Mutant(self.name, table, name, change.said, (f"DROP INDEX {name}", change.sql))

    def make(self, mutant: Mutant, folder: Path) -> dict[str, str]:
        """A copy with this wrong in it; gives what the tests need to be told to use it."""
        path = folder / "mutant.db"
        shutil.copyfile(self.template, path)
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in mutant.statements:
            connection.execute(statement)
        connection.close()
        return {SQLITE_TEMPLATE: str(path)}

    def drop(self, environment: dict[str, str]) -> None:
        """The folder goes with its files."""

    def _made_anew(self, table: str, sql: str) -> Iterator[str]:
        """SQLite changes no constraint in place: the table is made again, with its indexes and triggers."""
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
    yield from comparisons_turned(sql, start=when.start() if when else begin.end())


def _of_table(sql: str) -> Iterator[Change]:
    for found in re.finditer(r"CONSTRAINT (\w+) (CHECK|UNIQUE) \(", sql):
        yield Change(f"without {found[1]}", without_constraint(sql, found[1]))
        if found[2] == "CHECK":
            end = closing(sql, found.end() - 1) + 1
            for change in comparisons_turned(sql[found.start() : end]):
                yield Change(change.said, sql[: found.start()] + change.sql + sql[end:])
