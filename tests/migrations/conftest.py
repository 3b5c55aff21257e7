"""Databases with nothing in them yet, to run the migration on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.orm import Session

from tests.scratch import WEB_ROLE, make_database
from timebank.config import database
from timebank.db import make_engine

BOOKS_KEY = b"a key for books that are made to be migrated"


@dataclass
class Scratch:
    """An empty database and its owner's engine."""

    name: str
    owner: Engine
    web_url: URL

    def tables(self) -> set[str]:
        return set(inspect(self.owner).get_table_names())

    def session(self) -> Session:
        return Session(self.owner, info={"books_key": BOOKS_KEY})

    def triggers(self) -> set[str]:
        """The names of all triggers, without those that PostgreSQL makes for foreign keys."""
        if self.name == "sqlite":
            return self._names("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return self._names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")

    def functions(self) -> set[str]:
        """The names of all functions of the schema; empty on SQLite."""
        if self.name == "sqlite":
            return set()
        return self._names("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")

    def function_texts(self) -> set[str]:
        """The definition and privileges of every function of the schema."""
        if self.name == "sqlite":
            return set()
        return self._names(
            "SELECT pg_get_functiondef(oid) || coalesce(proacl::text, 'everybody') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
        )

    def domains(self) -> set[str]:
        """The names of all domains; empty on SQLite."""
        if self.name == "sqlite":
            return set()
        return self._names("SELECT typname FROM pg_type WHERE typtype = 'd' AND typnamespace = 'public'::regnamespace")

    def _names(self, query: str) -> set[str]:
        with self.owner.connect() as connection:
            return set(connection.scalars(text(query)))


@pytest.fixture
def sqlite_scratch(tmp_path: Path) -> Iterator[Scratch]:
    url = database(f"sqlite:///{tmp_path / 'scratch.db'}")
    owner = make_engine(url)
    yield Scratch("sqlite", owner, url)
    owner.dispose()


@pytest.fixture
def postgresql_scratch(postgresql_server: URL, worker_id: str) -> Iterator[Scratch]:
    name = f"timebank_steps_{worker_id}"
    web_url, owner_url = make_database(postgresql_server, name)
    owner = make_engine(owner_url)
    yield Scratch("postgresql", owner, web_url)
    owner.dispose()
    admin = make_engine(postgresql_server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def scratch(request: pytest.FixtureRequest) -> Scratch:
    database: Scratch = request.getfixturevalue(f"{request.param}_scratch")
    return database


@pytest.fixture
def web_role() -> str:
    return WEB_ROLE
