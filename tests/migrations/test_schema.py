"""The files in docs/schema say what the migration makes, so that a change of the schema can be read in a diff."""

import pytest

from docs.write_schema import SCHEMA, find_version_mismatch, postgresql_schema, sqlite_schema
from timebank.migrations.made import list_made, read_made


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


def test_the_list_of_guards_is_as_committed(backend):
    """`check-books` compares every database with it."""
    with backend.owner.connect() as connection:
        if find_version_mismatch(backend.owner) and backend.name == "postgresql":
            pytest.skip("written with another version")
        assert read_made(connection) == list_made(backend.name), "the lists are out of date: run `make schema`"
