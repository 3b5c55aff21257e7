"""Mutants of every guard of the books on PostgreSQL, read from a migrated database."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from tests.mutation.mutants import Mutant
from tests.mutation.sql import comparisons_inverted, refusals_left_out
from tests.scratch import POSTGRESQL_TEMPLATE, drop_database, make_database
from timebank.db import make_engine

_TRIGGERS = (
    "SELECT t.tgname AS name, c.relname AS table, pg_get_triggerdef(t.oid) AS sql"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 2, 1"
)
_FUNCTIONS = (
    "SELECT proname AS name, '' AS table, pg_get_functiondef(oid) AS sql FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
)
#: Of the table of memberships only the trigger against deleting is a guard of the books.
_IS_GUARDED = "{0} IN (SELECT tgrelid FROM pg_trigger WHERE NOT tgisinternal) AND {0} <> 'public.membership'::regclass"
#: A primary key that others point to cannot be dropped alone.
_CONSTRAINTS = (
    "SELECT c.conname AS name, r.relname AS table, c.contype::text AS kind, pg_get_constraintdef(c.oid) AS sql"
    " FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    f" WHERE c.contype IN ('c', 'u', 'p') AND {_IS_GUARDED.format('r.oid')}"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint f"
    " WHERE f.contype = 'f' AND f.conindid = c.conindid AND c.conindid <> 0)"
    " ORDER BY 2, 1"
)
_DOMAINS = (
    "SELECT c.conname AS name, t.typname AS domain, pg_get_constraintdef(c.oid) AS sql"
    " FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid"
    " WHERE t.typnamespace = 'public'::regnamespace ORDER BY 2, 1"
)
_INDEXES = (
    "SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS table,"
    " pg_get_indexdef(i.indexrelid) AS sql FROM pg_index i"
    f" WHERE i.indisunique AND {_IS_GUARDED.format('i.indrelid')}"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'p'))"
)
_NAME = "timebank_mutant"


class PostgresqlBooks:
    """The mutants of a template database, and copies with one of them."""

    name = "postgresql"

    def __init__(self, server: URL, template: str) -> None:
        self.server, self.template = server, template

    def mutants(self) -> Iterator[Mutant]:
        """Yield all mutants: of triggers, functions, CHECKs, domains and unique keys of guarded tables."""
        for row in self._rows(_TRIGGERS):
            drop = f"DROP TRIGGER {row.name} ON {row.table}"
            yield Mutant(self.name, row.table, row.name, "without the trigger", (drop,))
            begin, end = row.sql.find(" WHEN "), row.sql.find(" EXECUTE FUNCTION ")
            for change in comparisons_inverted(row.sql[begin:end]) if begin > 0 else ():
                sql = row.sql[:begin] + change.sql + row.sql[end:]
                yield Mutant(self.name, row.table, row.name, change.summary, (drop, sql))
        for row in self._rows(_FUNCTIONS):
            begin = re.search(r"\bBEGIN\b", row.sql)
            assert begin, row.name
            for change in refusals_left_out(row.sql):
                yield Mutant(self.name, row.table, row.name, change.summary, (change.sql,))
            for change in comparisons_inverted(row.sql, start=begin.end()):
                yield Mutant(self.name, row.table, row.name, change.summary, (change.sql,))
        for row in self._rows(_CONSTRAINTS):
            drop = f"ALTER TABLE {row.table} DROP CONSTRAINT {row.name}"
            yield Mutant(self.name, row.table, row.name, "without the constraint", (drop,))
            for change in comparisons_inverted(row.sql) if row.kind == "c" else ():
                add = f"ALTER TABLE {row.table} ADD CONSTRAINT {row.name} {change.sql}"
                yield Mutant(self.name, row.table, row.name, change.summary, (drop, add))
        for row in self._rows(_DOMAINS):
            drop, guard = f"ALTER DOMAIN {row.domain} DROP CONSTRAINT {row.name}", f"{row.domain} {row.name}"
            yield Mutant(self.name, "", guard, "without the constraint", (drop,))
            for change in comparisons_inverted(row.sql):
                add = f"ALTER DOMAIN {row.domain} ADD CONSTRAINT {row.name} {change.sql}"
                yield Mutant(self.name, "", guard, change.summary, (drop, add))
        for row in self._rows(_INDEXES):
            drop, where = f"DROP INDEX {row.name}", row.sql.find(" WHERE ")
            yield Mutant(self.name, row.table, row.name, "without the unique index", (drop,))
            for change in comparisons_inverted(row.sql, start=where) if where > 0 else ():
                yield Mutant(self.name, row.table, row.name, change.summary, (drop, change.sql))

    def make(self, mutant: Mutant, folder: Path) -> dict[str, str]:
        """Create a copy with the mutant; return the environment variables with which the tests use it."""
        name = f"{_NAME}_{folder.name.rpartition('-')[2]}"
        _web, owner = make_database(self.server, name, template=self.template)
        engine = make_engine(owner)
        try:
            with engine.begin() as connection:
                for statement in mutant.statements:
                    connection.exec_driver_sql(statement.replace("%", "%%"))
        finally:
            engine.dispose()
        return {
            POSTGRESQL_TEMPLATE: name,
            "TEST_DATABASE_URL": self.server.render_as_string(hide_password=False),
        }

    def drop(self, environment: dict[str, str]) -> None:
        """Drop the copy."""
        drop_database(self.server, environment[POSTGRESQL_TEMPLATE])

    def _rows(self, query: str):
        engine = make_engine(self.server.set(database=self.template))
        with engine.connect() as connection:
            rows = connection.execute(text(query)).all()
        engine.dispose()
        return rows
