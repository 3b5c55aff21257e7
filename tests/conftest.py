"""Both databases for every test that asks for one, as the web's role meets them, and fresh each time."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from tests import scratch
from tests.backends import Backend
from tests.people import Village
from timebank.config import Settings, database
from timebank.db import make_engine
from timebank.migrations.tables import ROOMS

assert ROOMS
pytest_plugins = ["tests.grouping", "tests.measuring", "tests.rotation"]


def pytest_configure() -> None:
    """All workers, and the processes that they start, share one folder for what takes long to make."""
    if scratch.CACHE not in os.environ:
        os.environ[scratch.CACHE] = tempfile.mkdtemp(prefix="timebank-cache-")
        atexit.register(shutil.rmtree, os.environ[scratch.CACHE], ignore_errors=True)


@pytest.fixture(scope="session")
def folder(worker_id: str) -> Iterator[Path]:
    """In memory where there is room: what is promised is still synced, and syncing costs nothing."""
    shm = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
    base = shm if os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 2 * 1024**3 else None
    with tempfile.TemporaryDirectory(prefix=f"timebank-{worker_id}-", dir=base) as name:
        yield Path(name)


def _settings(folder: Path, url: URL, owner: URL) -> Settings:
    settings = Settings(folder / "instance", url, owner, cache=scratch.cache())
    settings.make_keys()
    return settings


@pytest.fixture(scope="session")
def sqlite_backend(folder: Path) -> Backend:
    scratch.make_sqlite_books(folder / "empty.db")
    url = database(f"sqlite:///{folder / 'timebank.db'}")
    engine = make_engine(url)
    return Backend("sqlite", _settings(folder, url, url), engine, engine)


@pytest.fixture(scope="session")
def postgresql_server(folder: Path) -> Iterator[URL]:
    with scratch.postgresql_server(folder) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_backend(folder: Path, postgresql_server: URL, worker_id: str) -> Iterator[Backend]:
    with scratch.postgresql_books(postgresql_server, f"timebank_test_{worker_id}") as (web_url, owner_url):
        owner, engine = make_engine(owner_url), make_engine(web_url)
        yield Backend("postgresql", _settings(folder, web_url, owner_url), engine, owner)
        engine.dispose()
        owner.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each of the two databases in turn, empty, or with the village in it for a test that asks for one."""
    backend: Backend = request.getfixturevalue(f"{request.param}_backend")
    if "village" in request.fixturenames:
        backend.settled()
    else:
        backend.empty()
    return backend


@pytest.fixture
def sqlite(sqlite_backend: Backend) -> Backend:
    sqlite_backend.empty()
    return sqlite_backend


@pytest.fixture
def postgresql(postgresql_backend: Backend) -> Backend:
    postgresql_backend.empty()
    return postgresql_backend


@pytest.fixture
def session(backend: Backend) -> Iterator[Session]:
    """A unit of work of the web's role, on each database."""
    with backend.session() as opened:
        yield opened


@pytest.fixture
def village(backend: Backend) -> Village:
    """The cast in their two banks, on each database, committed."""
    return backend.village()


@pytest.fixture(scope="session")
def server_url(postgresql_server: URL) -> URL:
    return make_url(str(postgresql_server.render_as_string(hide_password=False)))
