"""What guards a backup's database is compared with what the migrations make, before anything is replaced by it."""

import re
from collections.abc import Sequence
from pathlib import Path

from timebank.cli import postgresql_programs as programs
from timebank.cli.archives import CannotRestoreError
from timebank.config import Settings
from timebank.db import opened
from timebank.migrations import run as migrations
from timebank.migrations.made import differences, list_made

_MOST_NAMED = 5
#: A line of pg_restore's list: its numbers, the kind in capitals, the schema, and the name with its table.
_LISTED = re.compile(r"^\d+; \d+ \d+ ([A-Z][A-Z ]*[A-Z]) (\S+) (.+) \S+$")
#: What runs by itself, or stands for a table; dumps list a function with its arguments.
_RUNS = {"TRIGGER": "trigger", "FUNCTION": "function"}
_FOREIGN = {"VIEW", "MATERIALIZED VIEW", "RULE", "POLICY", "EVENT TRIGGER", "PROCEDURE", "AGGREGATE", "FOREIGN TABLE"}


def refuse_sqlite(settings: Settings, copy: Path) -> None:
    """Raise CannotRestoreError unless a copy, once migrated, has the guards that the migrations make and no others."""
    with opened(settings.owner_url.set(database=str(copy))) as engine:
        migrations.upgrade(engine)
        with engine.connect() as connection:
            _refuse([f"{name}: {problem}" for name, problem in differences(connection)])
            connection.rollback()
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")  # so that the copy is one file


def refuse_dump(copy: Path) -> None:
    """Raise CannotRestoreError where a dump of PostgreSQL lists other triggers, functions and views than are made.

    What they do is compared by `check-books`, once they can be read.
    """
    made = {name.partition("(")[0] for name in list_made("postgresql")}
    made = {name for name in made if name.partition(" ")[0] in _RUNS.values()}
    listed, foreign = set[str](), list[str]()
    for line in programs.list_content(copy):
        match = _LISTED.match(line)
        if match is None or match[2] not in {"public", "-"}:
            continue
        if match[1] in _RUNS:
            listed.add(f"{_RUNS[match[1]]} {match[3].replace(' ', '.', 1).partition('(')[0]}")
        elif match[1] in _FOREIGN:
            foreign.append(f"{match[1]} {match[3]}: it is none of ours")
    foreign += [f"{name}: it is none of ours" for name in sorted(listed - made)]
    _refuse([*foreign, *(f"{name}: it is missing" for name in sorted(made - listed))])


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        named = "; ".join(problems[:_MOST_NAMED])
        message = f"the guards in this backup are not as we make them, and nothing was changed: {named}"
        raise CannotRestoreError(message)
