"""Writes docs/schema: every table, key, index, trigger, function and grant of a migrated database, as SQL.

It also writes the lists in timebank/migrations/made, with which `check-books` compares a database. `make schema` runs
it. tests/migrations/test_schema.py compares the files with what the migration makes. Alembic's own table is left out.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.engine import URL, Engine

from tests.scratch import BUNDLED_MAJOR, bundled_programs, make_sqlite_books, postgresql_books, postgresql_server
from timebank.config import database
from timebank.db import make_engine
from timebank.migrations.made import write_made

SCHEMA = Path(__file__).with_name("schema")
_HEADER = "-- Written by `make schema` from a migrated database. Change the models or the guards instead.\n\n"
_SQLITE_QUERY = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
    " ORDER BY tbl_name, type = 'trigger', type = 'index', name"
)
#: What pg_dump adds that is no part of the schema: its comments, versions, a random token, and session settings.
_COMMENT = re.compile(r"^--\n-- [^\n]*\n--\n", re.MULTILINE)
_NOISE = re.compile(r"^(-- Dumped |\\(un)?restrict |SET |SELECT pg_catalog\.set_config\()[^\n]*\n", re.MULTILINE)


def main() -> None:
    """Migrate a new database of each kind and write its schema."""
    SCHEMA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schema.db"
        make_sqlite_books(path)
        engine = make_engine(database(f"sqlite:///{path}"))
        _write("sqlite", sqlite_schema(engine))
        _write_list(engine)
        with (
            postgresql_server(Path(folder)) as server,
            postgresql_books(server, "timebank_test_schema") as (_web, owner),
        ):
            mismatch = find_version_mismatch(make_engine(owner))
            if mismatch:
                raise SystemExit(mismatch)
            _write("postgresql", postgresql_schema(owner))
            _write_list(make_engine(owner))


def sqlite_schema(engine: Engine) -> str:
    """Each table by name, followed by its indexes and its triggers."""
    with engine.connect() as connection:
        statements = connection.exec_driver_sql(_SQLITE_QUERY).scalars().all()
    tidy = ("\n".join(line.rstrip() for line in sql.expandtabs(4).strip().splitlines()) for sql in statements)
    return _HEADER + "".join(f"{sql};\n\n" for sql in tidy).rstrip() + "\n"


def postgresql_schema(owner: URL) -> str:
    """What pg_dump says of the database, with the grants of the web's role."""
    address = URL.create("postgresql", owner.username, None, owner.host, owner.port, owner.database, owner.query)
    dumped = subprocess.run(  # noqa: S603 (no shell)
        [
            bundled_programs() / "pg_dump",
            "--schema-only",
            "--no-owner",
            "--exclude-table=alembic_version",
            "--exclude-schema=kept_*",  # rows that tests copy
            address.render_as_string(hide_password=False),
        ],
        env={**os.environ, **({"PGPASSWORD": owner.password} if owner.password else {})},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    plain = _NOISE.sub("", _COMMENT.sub("", dumped))
    spaced = re.sub(r"\n{3,}", "\n\n", plain).strip()
    return _HEADER + re.sub(r"\n\n(?=GRANT |REVOKE )", "\n", spaced) + "\n"


def find_version_mismatch(engine: Engine) -> str | None:
    """Say why the server's schema cannot be compared; None where pg_dump is of the server's major version."""
    with engine.connect() as connection:
        major = (connection.dialect.server_version_info or (0,))[0]
    if major == BUNDLED_MAJOR:
        return None
    return f"docs/schema/postgresql.sql is written with PostgreSQL {BUNDLED_MAJOR}, and this server is {major}"


def _write_list(engine: Engine) -> None:
    with engine.connect() as connection:
        write_made(connection)


def _write(name: str, sql: str) -> None:
    path = SCHEMA / f"{name}.sql"
    path.write_text(sql, encoding="utf-8")
    print(f"{path}: {len(sql.splitlines()):,} lines")


if __name__ == "__main__":
    main()
