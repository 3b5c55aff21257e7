"""Putting up and taking down the triggers that guard the books. Their SQL lies in `sql/`, frozen with its migration.

A later file may tell a trigger or function of an earlier one anew: then it takes its place, and on the way back the
earlier one comes up again.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import op

_SQL = Path(__file__).parent / "sql"
_NAMED = re.compile(r"^CREATE (TRIGGER|FUNCTION) (\w+)", re.MULTILINE)


def put_up(name: str) -> None:
    """Run the guards of a migration in this database's own SQL."""
    for statement in _statements(name):
        _put_up(statement)


def take_down(name: str) -> None:
    """Drop what `put_up` made, or bring back what stood in its place before.

    On PostgreSQL functions go with their triggers.
    """
    bind = op.get_bind()
    before = _standing_before(name)
    for statement in _statements(name):
        for kind, what in _NAMED.findall(statement):
            if what in before:
                _put_up(before[what])
            elif _is_sqlite():
                bind.exec_driver_sql(f"DROP TRIGGER {what}")
            elif kind == "FUNCTION":
                bind.exec_driver_sql(f"DROP FUNCTION {what} CASCADE")
            else:
                _drop_trigger(what)


@contextmanager
def lifted() -> Iterator[None]:
    """On SQLite all triggers are away meanwhile, so that a table they name can be written anew; then they are back."""
    bind = op.get_bind()
    standing = (
        bind.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() if _is_sqlite() else []
    )
    for trigger in standing:
        bind.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    yield
    for trigger in standing:
        bind.exec_driver_sql(trigger.sql)


def _put_up(statement: str) -> None:
    """Run one statement; what it names takes the place of what has that name already."""
    bind = op.get_bind()
    if _is_sqlite():
        for _kind, what in _NAMED.findall(statement):
            bind.exec_driver_sql(f"DROP TRIGGER IF EXISTS {what}")
    bind.exec_driver_sql(re.sub(r"^CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", statement, flags=re.MULTILINE))


def _drop_trigger(name: str) -> None:
    bind = op.get_bind()
    tables = bind.exec_driver_sql("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = %s", (name,)).scalars()
    for table in tables.all():
        bind.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")


def _standing_before(name: str) -> dict[str, str]:
    """{trigger or function: its statement} of all files before this one, the newest of each."""
    suffix = "_sqlite.sql" if _is_sqlite() else "_postgresql.sql"
    earlier = sorted(path.name.removesuffix(suffix) for path in _SQL.glob(f"*{suffix}"))
    return {
        what: statement
        for file in earlier[: earlier.index(name)]
        for statement in _statements(file)
        for _kind, what in _NAMED.findall(statement)
    }


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _statements(name: str) -> list[str]:
    """The statements of one file: on SQLite each ends with 'END;' on a line, on PostgreSQL with '--;'."""
    sqlite = _is_sqlite()
    written = (_SQL / f"{name}_{'sqlite' if sqlite else 'postgresql'}.sql").read_text()
    if sqlite:
        return [part + "\nEND;" for part in written.split("\nEND;")[:-1]]
    # psycopg would take a lone % for a placeholder.
    return [part.replace("%", "%%") for part in re.split(r"^--;$", written, flags=re.MULTILINE) if part.strip()]
