"""Temporary databases for benchmarks: SQLite in a folder, and a PostgreSQL with fsync on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from tests.scratch import WEB_ROLE, make_database, postgresql_server
from timebank.config import Settings, database
from timebank.db import make_engine
from timebank.migrations import run as migrations

NAME = "timebank_bench"


@contextmanager
def sqlite() -> Iterator[Settings]:
    """Yield the settings of a new SQLite database."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder:
        url = database(f"sqlite:///{Path(folder) / 'timebank.db'}")
        yield _made(Path(folder), url, url)


@contextmanager
def postgresql() -> Iterator[Settings]:
    """Yield the settings of a new database on TEST_DATABASE_URL, or a server started for it, used by the web's role."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder, postgresql_server(Path(folder)) as server:
        web, owner = make_database(server, NAME)
        settings = _made(Path(folder), web, owner)
        migrations.grant(make_engine(owner), WEB_ROLE)
        yield settings


def _made(folder: Path, url: URL, owner: URL) -> Settings:
    settings = Settings(instance=folder / "instance", database_url=url, owner_url=owner)
    settings.make_keys()
    migrations.upgrade(make_engine(owner))
    return settings
