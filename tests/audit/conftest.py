"""Books to tamper with, made once for each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from tests import scratch
from tests.audit.tampered import Tampered, build, unguard
from timebank.config import Settings, database
from timebank.db import make_engine


def _tampered(name: str, owner: URL, folder: Path) -> Iterator[Tampered]:
    settings = Settings(instance=folder / f"tampered_{name}", database_url=owner, owner_url=owner)
    settings.make_keys()
    engine = make_engine(owner)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        village = build(session)
    with engine.connect() as connection:
        if name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        unguard(connection)
        yield Tampered(name, connection, village, settings.session_info)
    engine.dispose()


@pytest.fixture(scope="session")
def tampered_sqlite(folder: Path) -> Iterator[Tampered]:
    path = folder / "tampered.db"
    scratch.make_sqlite_books(path)
    yield from _tampered("sqlite", database(f"sqlite:///{path}"), folder)


@pytest.fixture(scope="session")
def tampered_postgresql(postgresql_server: URL, folder: Path, worker_id: str) -> Iterator[Tampered]:
    with scratch.postgresql_books(postgresql_server, f"timebank_tampered_{worker_id}") as (_web, owner):
        yield from _tampered("postgresql", owner, folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def tampered(request: pytest.FixtureRequest) -> Iterator[Tampered]:
    """Unguarded books on each database; what a test does to them is taken back."""
    found: Tampered = request.getfixturevalue(f"tampered_{request.param}")
    with found.undone():
        yield found
