"""The two databases that tests run on. Rows that many tests begin with are written once in a process, and copied."""

import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.people import Village, settle
from timebank.config import Settings
from timebank.db import Base

_EMPTY, _VILLAGE = "empty", "village"
#: Set by mutmut, which notes the functions that each test calls: under it nothing is copied.
_MUTMUT = "MUTANT_UNDER_TEST"


@dataclass
class Backend:
    """A database, made by its owner and used by the web's role.

    A state is a name for the content of all tables. Its copy is a file beside the database on SQLite, and a schema
    with those tables that have rows on PostgreSQL.
    """

    name: str
    settings: Settings
    engine: Engine
    owner: Engine
    #: What the tests of this process last put into the database.
    state: str = ""
    #: {state: pickled result of making it}
    _made: dict[str, bytes] = field(default_factory=dict)

    def session(self) -> Session:
        return Session(self.engine, info=self.settings.session_info, expire_on_commit=False)

    def owner_session(self) -> Session:
        return Session(self.owner, info=self.settings.session_info, expire_on_commit=False)

    def empty(self) -> None:
        """Delete every row. The books refuse to be emptied, so their guards are stepped around."""
        self._restore(_EMPTY)

    def settled(self) -> Village:
        """Put the cast into their two banks, committed, and nothing else; return objects that no other test has."""
        village: Village = self.bring_to(_VILLAGE, self._settle)
        return village

    def village(self) -> Village:
        """The cast of the database as it stands, where `settled` was the last to put something there; else settle."""
        if self.state != _VILLAGE:
            return self.settled()
        village: Village = pickle.loads(self._made[_VILLAGE])  # noqa: S301 (pickled below)
        return village

    def bring_to(self, state: str, make: Callable[[], object]) -> Any:
        """Put the database into a state, and return what `make` returned for it.

        `make` is called once in a process, whatever stands in the database then; it has committed when it returns.
        """
        if state in self._made and _MUTMUT not in os.environ:
            self._restore(state)
        else:
            self._made[state] = pickle.dumps(make())
            self._keep(state)
            self.state = state
        return pickle.loads(self._made[state])  # noqa: S301 (pickled above)

    def _settle(self) -> Village:
        self.empty()
        with self.session() as session:
            village = settle(session)
            session.commit()
        return village

    def _keep(self, state: str) -> None:
        if self.name == "sqlite":
            source, target = sqlite3.connect(self._path()), sqlite3.connect(self._path(state))
            source.backup(target)
            source.close()
            target.close()
            return
        with self.owner.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {_schema(state)} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {_schema(state)}"))
            for table in Base.metadata.tables:
                if connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):
                    connection.execute(text(f"CREATE TABLE {_schema(state)}.{table} AS TABLE {table}"))

    def _restore(self, state: str) -> None:
        shutil.rmtree(self.settings.seal_memory, ignore_errors=True)  # it is of the rows that go
        if self.name == "sqlite":
            self.engine.dispose()
            for suffix in ("-wal", "-shm"):
                Path(f"{self._path()}{suffix}").unlink(missing_ok=True)
            shutil.copyfile(self._path(state), self._path())
        else:
            with self.owner.begin() as connection:
                kept = connection.scalars(
                    text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"), {"schema": _schema(state)}
                ).all()
                statements = ["SET LOCAL session_replication_role = replica"]
                statements += [f"DELETE FROM {table}" for table in Base.metadata.tables]
                statements += [f"INSERT INTO {table} SELECT * FROM {_schema(state)}.{table}" for table in kept]
                # In one message to the server; prepared it could hold one statement only.
                connection.connection.cursor().execute("; ".join(statements), prepare=False)
        self.state = state

    def _path(self, state: str = "") -> Path:
        path = Path(self.engine.url.database or "")
        return path.with_name(f"{state}.db") if state else path


def _schema(state: str) -> str:
    return f"kept_{state}"
