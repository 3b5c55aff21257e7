"""Installations as an administrator meets them: a folder, a database, and the command line."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from tests.logs import logs_as_before
from tests.scratch import ids_of_now, made_once, make_database
from timebank.cli import main
from timebank.config import Settings, read_settings
from timebank.db import make_engine, reading

ANSWERS = ("--bank", "Angus Time Bank", "--slug", "angus", "--coordinator", "mary@example.org")


@contextmanager
def connections_closed() -> Iterator[list[object]]:
    """What a command opens ends with it, as it would with its process; gives the connections that it left open."""
    opened: dict[int, object] = {}
    left_open: list[object] = []

    def note(connection: object, _record: object) -> None:
        opened[id(connection)] = connection

    def forget(connection: object, _record: object) -> None:
        opened.pop(id(connection), None)

    event.listen(Pool, "connect", note)
    event.listen(Pool, "close", forget)
    try:
        yield left_open
    finally:
        event.remove(Pool, "connect", note)
        event.remove(Pool, "close", forget)
        for connection in opened.values():
            left_open.append(connection)
            connection.close()  # type: ignore[attr-defined]


@dataclass
class Installation:
    """One installation, empty until `timebank init`."""

    name: str
    folder: Path
    environment: dict[str, str]
    engines: list[Engine] = field(default_factory=list)
    left_open: list[object] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return read_settings(self.environment)

    def timebank(self, *words: str, typed: str | None = None) -> Result:
        """Run a command; what it raises unasked is raised here."""
        with connections_closed() as left_open:
            result = CliRunner().invoke(main, words, input=typed, env=self.environment, catch_exceptions=False)
        self.left_open += left_open
        return result

    def session(self) -> Session:
        """To look into the database as its owner."""
        engine = make_engine(self.settings.owner_url)
        self.engines.append(engine)
        return Session(reading(engine), info=self.settings.session_info)

    @contextmanager
    def owner_begin(self) -> Iterator[Connection]:
        """To change something past every command, as its owner."""
        engine = make_engine(self.settings.owner_url)
        self.engines.append(engine)
        with engine.begin() as connection:
            yield connection

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.session() as session:
            return [tuple(row) for row in session.execute(text(query))]

    def content(self) -> dict[str, list[str]]:
        """Every row of every table, to see that nothing changed."""
        with self.session() as session:
            names = inspect(session.connection()).get_table_names()
            return {name: sorted(map(str, session.execute(text(f"SELECT * FROM {name}")))) for name in names}

    def keys(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.glob("*.key")}

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()


@pytest.fixture(autouse=True)
def nothing_set_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of whoever runs the tests are not those of the tests."""
    for name in (
        "DATABASE_URL",
        "OWNER_URL",
        "INSTANCE",
        "HTTPS",
        "PROXIES",
        "HOSTS",
        "DEMO",
        "ADDRESS",
        "MAIL",
        "MAIL_FROM",
        "DKIM_KEY",
        "DKIM_SELECTOR",
        "LOG_FORMAT",
        "LOG_LEVEL",
    ):
        monkeypatch.delenv(f"TIMEBANK_{name}", raising=False)
    monkeypatch.delenv("FLASK_DEBUG", raising=False)


@pytest.fixture(autouse=True)
def logging_put_back() -> Iterator[None]:
    """A command that serves configures the logging of its process, which here is that of the tests."""
    with logs_as_before():
        yield


@pytest.fixture(autouse=True)
def row_ids_of_now() -> Iterator[None]:
    """Some commands run in a process of their own, as a server does."""
    with ids_of_now():
        yield


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Installation]:
    """With the embedded database."""
    folder = tmp_path / "instance"
    made = Installation("sqlite", folder, {"TIMEBANK_INSTANCE": str(folder)})
    yield made
    made.close()


def _plain(url: URL) -> str:
    """As an administrator writes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def served(tmp_path: Path, postgresql_server: URL, worker_id: str) -> Iterator[Installation]:
    """With a PostgreSQL database whose owner is not the web's role."""
    name = f"timebank_cli_{worker_id}"
    web, owner = make_database(postgresql_server, name)
    folder = tmp_path / "instance"
    urls = {"TIMEBANK_DATABASE_URL": _plain(web), "TIMEBANK_OWNER_URL": _plain(owner)}
    made = Installation("postgresql", folder, {"TIMEBANK_INSTANCE": str(folder), **urls})
    yield made
    made.close()
    admin = make_engine(postgresql_server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def served_by_its_owner(served: Installation) -> Installation:
    """With a PostgreSQL database that the web uses as its owner."""
    served.environment["TIMEBANK_DATABASE_URL"] = served.environment.pop("TIMEBANK_OWNER_URL")
    return served


@pytest.fixture(params=["embedded", "served"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each of the two kinds in turn, with nothing in it."""
    found: Installation = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def opened(installation: Installation) -> Installation:
    """With its first bank."""
    assert installation.timebank("init", *ANSWERS).exit_code == 0
    return installation


@pytest.fixture(scope="session")
def village_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, made once."""
    return made_once(tmp_path_factory.getbasetemp(), "village", make_village) / "demo"


def make_village(folder: Path) -> None:
    """What `timebank demo` makes of a folder."""
    with connections_closed():
        made = CliRunner().invoke(main, ["demo", "--only-make"], env={"TIMEBANK_INSTANCE": str(folder)})
    assert made.exit_code == 0, made.output


@pytest.fixture
def lively(embedded: Installation, village_folder: Path) -> Installation:
    """A copy of the village, whose books may be tampered with."""
    shutil.copytree(village_folder, embedded.folder)
    return embedded


@pytest.fixture
def never_served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Instead of serving until Ctrl+C, note that it would have."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr("waitress.serve", lambda app, **how: calls.append((app, how)))
    return calls
