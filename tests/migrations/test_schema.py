"""The files in docs/schema say what the migration makes, so that a change of the schema can be read in a diff."""

import pytest

from docs.write_schema import SCHEMA, find_version_mismatch, postgresql_schema, sqlite_schema


def _assert_is_as_committed(name, sql):
    path = SCHEMA / f"{name}.sql"
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    assert sql.splitlines() == committed.splitlines(), f"docs/schema/{name}.sql is out of date: run `make schema`"


def test_the_schema_of_sqlite_is_as_committed(sqlite):
    _assert_is_as_committed("sqlite", sqlite_schema(sqlite.owner))


def test_the_schema_of_postgresql_is_as_committed(postgresql_backend):
    mismatch = find_version_mismatch(postgresql_backend.owner)
    if mismatch:
        pytest.skip(mismatch)
    _assert_is_as_committed("postgresql", postgresql_schema(postgresql_backend.owner.url))
