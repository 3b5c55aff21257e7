"""A database as somebody edits it who owns it: triggers and foreign keys are off, and then as they were."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@contextmanager
def unguarded(owner: Engine) -> Iterator[Connection]:
    """Yield a connection of the owner on which no trigger runs and no foreign key is asked; commit at the end."""
    with owner.connect() as connection:
        if owner.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            triggers = connection.exec_driver_sql(_TRIGGERS).all()
            for name, _sql in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            triggers = []
            connection.exec_driver_sql("SET session_replication_role = replica")
        try:
            yield connection
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
            connection.commit()
        finally:
            connection.rollback()
            connection.invalidate()


def edit(owner: Engine, statements: Sequence[str]) -> None:
    """Run these statements past all guards; each has to change a row."""
    with unguarded(owner) as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount, statement
