"""Creates and drops the triggers and functions that guard the books. Their SQL is in `sql/`, one file per database."""

import re
from pathlib import Path

from alembic import op

_SQL = Path(__file__).parent / "sql"
_NAMED = re.compile(r"^CREATE (TRIGGER|FUNCTION) (\w+)", re.MULTILINE)


def put_up(name: str) -> None:
    """Run the file of this name in the dialect of the database, statement by statement."""
    for statement in _statements(name):
        op.get_bind().exec_driver_sql(statement)


def take_down(name: str) -> None:
    """Drop what `put_up` created. On PostgreSQL the triggers go with their functions."""
    bind = op.get_bind()
    for statement in _statements(name):
        for kind, guard in _NAMED.findall(statement):
            if _is_sqlite():
                bind.exec_driver_sql(f"DROP TRIGGER {guard}")
            elif kind == "FUNCTION":
                bind.exec_driver_sql(f"DROP FUNCTION {guard} CASCADE")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _statements(name: str) -> list[str]:
    """Return the statements of a file: on SQLite each ends with the line 'END;', on PostgreSQL with the line '--;'."""
    sqlite = _is_sqlite()
    sql = (_SQL / f"{name}_{'sqlite' if sqlite else 'postgresql'}.sql").read_text()
    if sqlite:
        return [part + "\nEND;" for part in sql.split("\nEND;")[:-1]]
    # psycopg parses % as a placeholder.
    return [part.replace("%", "%%") for part in re.split(r"^--;$", sql, flags=re.MULTILINE) if part.strip()]
