"""Running migrations, and granting privileges to the web's role on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from timebank.migrations.rights import grants
from timebank.migrations.tables import metadata

if TYPE_CHECKING:
    import sqlite3


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that are pending, up to `to`. Raises UnknownStepError."""
    _make_private(engine)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not knows(current):
        raise UnknownStepError(current)
    with _stepping(engine) as connection:
        command.upgrade(_config(connection), to)


def _make_private(engine: Engine) -> None:
    """Let only the owner of SQLite's file read it, which holds people's data. Its side files get the same mode."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and path != ":memory:":
        Path(path).touch(mode=0o600)
        Path(path).chmod(0o600)


def downgrade(engine: Engine, to: str) -> None:
    """Revert migrations down to the revision `to` ('base': all of them)."""
    with _stepping(engine) as connection:
        command.downgrade(_config(connection), to)


class UnknownStepError(Exception):
    """The database is at a revision that this version does not have."""


class BrokenKeysError(Exception):
    """After migrating, a foreign key points to a missing row."""


@contextmanager
def _stepping(engine: Engine) -> Iterator[Connection]:
    """Yield a connection with a transaction for migrations.

    On SQLite foreign keys are not enforced in it, so that referenced tables can be rebuilt, and all are checked at the
    end. Raises BrokenKeysError after rolling back.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        sqlite = cast("sqlite3.Connection", connection.connection.driver_connection)
        sqlite.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise BrokenKeysError(broken[:5])
        finally:
            sqlite.execute("PRAGMA foreign_keys = ON")


def knows(revision: str) -> bool:
    """Return whether a migration with this revision exists."""
    script = ScriptDirectory(str(Path(__file__).parent))
    return revision in {step.revision for step in script.walk_revisions()}


class NotMigratedError(Exception):
    """The database is behind the newest migration: the message names the command to run."""


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """Return the newest migration of this version. It is read from the files once."""
    return ScriptDirectory(str(Path(__file__).parent)).get_current_head()


def is_up_to_date(engine: Engine) -> bool:
    """Return whether the database is at the newest revision."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest_revision()


def refuse_outdated(engine: Engine) -> None:
    """Raise NotMigratedError where the database is not at the newest migration."""
    if not is_up_to_date(engine):
        message = "the database has not taken all steps yet: run 'timebank migrate' first"
        raise NotMigratedError(message)
    missing = find_missing(engine)
    if missing is not None:
        message = (
            f"{engine.url.render_as_string()} was made by an earlier development version: it has no {missing}."
            " Until the first release such a database is put aside and made again."
        )
        raise NotMigratedError(message)


def find_missing(engine: Engine) -> str | None:
    """Return a table, or a column as `table.column`, that the models have and the database lacks; None if it has all.

    Until the first release the one migration may change, so its number alone does not decide.
    """
    tables = inspect(engine).get_multi_columns()
    columns = {name: {column["name"] for column in rows} for (_schema, name), rows in tables.items()}
    for table in metadata.sorted_tables:
        if table.name not in columns:
            return table.name
        for column in table.columns:
            if column.name not in columns[table.name]:
                return f"{table.name}.{column.name}"
    return None


def grant(engine: Engine, role: str) -> None:
    """Execute the grants; `engine` connects as the owner of the tables."""
    with engine.begin() as connection:
        for statement in grants(role):
            connection.execute(text(statement))
