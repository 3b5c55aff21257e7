"""Putting up and taking down the triggers that guard the books. Their SQL lies in `sql/`, frozen with its migration."""

import re
from pathlib import Path

from alembic import op

_SQL = Path(__file__).parent / "sql"
_NAMED = re.compile(r"^CREATE (TRIGGER|FUNCTION) (\w+)", re.MULTILINE)


def put_up(name: str) -> None:
    """Run the guards of a migration in this database's own SQL."""
    for statement in _statements(name):
        op.get_bind().exec_driver_sql(statement)


def take_down(name: str) -> None:
    """Drop what `put_up` made, so that the tables can be dropped; on PostgreSQL functions go with their triggers."""
    bind = op.get_bind()
    for kind, what in _NAMED.findall("\n".join(_statements(name))):
        if bind.dialect.name == "sqlite":
            bind.exec_driver_sql(f"DROP TRIGGER {what}")
        elif kind == "FUNCTION":
            bind.exec_driver_sql(f"DROP FUNCTION {what} CASCADE")


def _statements(name: str) -> list[str]:
    """The statements of one file: on SQLite each ends with 'END;' on a line, on PostgreSQL with '--;'."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    written = (_SQL / f"{name}_{'sqlite' if sqlite else 'postgresql'}.sql").read_text()
    if sqlite:
        return [part + "\nEND;" for part in written.split("\nEND;")[:-1]]
    # psycopg would take a lone % for a placeholder.
    return [part.replace("%", "%%") for part in re.split(r"^--;$", written, flags=re.MULTILINE) if part.strip()]
