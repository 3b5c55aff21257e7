"""The database, on both kinds: guards, rights, files, clocks, and whether the keys fit what stands in it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.scratch import WEB_ROLE
from timebank import clock
from timebank.bookkeeping.sealing.actions import seal
from timebank.config import database
from timebank.db import opened
from timebank.doctor.database import (
    examine_file,
    examine_guards,
    examine_log_mode,
    examine_server,
    examine_version,
    judge_clocks,
    judge_room,
)
from timebank.doctor.rules import Condition
from timebank.doctor.witnesses import examine_witnesses
from timebank.migrations.run import newest_revision

WELL, WARNING, WRONG = Condition.WELL, Condition.WARNING, Condition.WRONG
SECOND = timedelta(seconds=1)


def conditions(rows):
    return {row.subject: row.condition for row in rows}


def test_a_database_as_it_is_made_is_well(backend, village):
    assert conditions(examine_version(backend.engine)) == {"migrations": WELL, "durability": WELL}
    with backend.session() as session:
        rows = [*examine_guards(session), *examine_witnesses(session)]
    assert {row.condition for row in rows} == {WELL}
    assert {"guards", "books.key and the database", "seal.pub and the database"} <= {row.subject for row in rows}
    assert ("rights" in {row.subject for row in rows}) is (backend.name == "postgresql")


@contextmanager
def changed(backend, *statements, role=None):
    """A session after these statements of the owner, which are rolled back."""
    with backend.owner.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        if role:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
        yield Session(connection, info=backend.settings.session_info)
        connection.rollback()
        connection.invalidate()


def test_a_guard_that_was_taken_away_is_named(sqlite):
    with changed(sqlite, "DROP TRIGGER entry_no_update") as session:
        (row,) = examine_guards(session)
    assert (row.subject, row.condition) == ("guards", WRONG)
    assert "entry_no_update: it is missing" in row.words


def test_many_findings_are_counted(sqlite):
    with changed(sqlite, "DROP TABLE posting", "DROP TABLE memo") as session:
        (row,) = examine_guards(session)
    assert " more. 'timebank check-books' names all of them." in row.words


def test_a_right_that_nobody_granted_is_named(postgresql):
    with changed(postgresql, f"GRANT DELETE ON entry TO {WEB_ROLE}", role=WEB_ROLE) as session:
        rows = {row.subject: row for row in examine_guards(session)}
    assert rows["guards"].condition is WELL
    assert rows["rights"].condition is WRONG
    assert "DELETE" in rows["rights"].words


def test_a_role_that_owns_the_tables_is_warned_of(postgresql):
    with changed(postgresql) as session:
        assert conditions(examine_guards(session))["owner"] is WARNING


def test_who_answers_and_as_whom_we_connect(postgresql):
    with postgresql.session() as session:
        rows = {row.subject: row for row in examine_server(session, clock.now)}
    assert conditions(rows.values()) == {"PostgreSQL": WELL, "clocks": WELL}
    assert f"'{WEB_ROLE}'" in rows["PostgreSQL"].words


def test_a_superuser_is_wrong(postgresql, postgresql_server):
    with opened(postgresql_server) as engine, Session(engine) as session:
        row = next(examine_server(session, clock.now))
    assert row.condition is WRONG
    assert "a superuser" in row.words


def test_a_clock_that_is_far_from_the_databases_is_wrong(postgresql):
    with postgresql.session() as session:
        rows = conditions(examine_server(session, lambda: clock.now() - timedelta(hours=1)))
    assert rows["clocks"] is WRONG


@pytest.mark.parametrize(
    ("apart", "took", "condition", "word"),
    [
        (0 * SECOND, 0 * SECOND, WELL, "agree"),
        (30 * SECOND, 30 * SECOND, WELL, "agree"),  # it was asked for half a minute
        (-1 * SECOND, SECOND, WELL, "agree"),
        (5 * SECOND, SECOND, WARNING, "4 seconds ahead of"),
        (-5 * SECOND, SECOND, WARNING, "5 seconds behind"),
        (3_600 * SECOND, SECOND, WRONG, "59 minutes ahead of"),
        (-3_600 * SECOND, SECOND, WRONG, "1 hour behind"),
    ],
)
def test_clocks(apart, took, condition, word):
    row = judge_clocks(apart, took)
    assert row.condition is condition
    assert word in row.words


@pytest.mark.parametrize(("megabytes", "condition"), [(100, WRONG), (500, WARNING), (5_000, WELL)])
def test_room_on_the_disk(megabytes, condition):
    row = judge_room(megabytes * 1024**2)
    assert row.condition is condition
    assert f"{megabytes:,} MB" in row.words


def test_sqlite_writes_ahead(sqlite):
    with sqlite.session() as session:
        assert examine_log_mode(session).condition is WELL


def test_sqlite_that_does_not_write_ahead_is_wrong():
    with opened(database("sqlite://")) as engine, Session(engine) as session:  # in memory nothing can
        row = examine_log_mode(session)
    assert row.condition is WRONG
    assert "'memory'" in row.words


@pytest.fixture
def file(tmp_path):
    tmp_path.chmod(0o700)
    path = tmp_path / "timebank.db"
    path.touch(mode=0o600)
    return path


def test_a_file_of_its_owner_alone_is_well(file):
    assert conditions(examine_file(file))["database file"] is WELL


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_wrong(file, mode):
    file.chmod(mode)
    assert conditions(examine_file(file))["database file"] is WRONG


def test_a_folder_that_others_can_write_is_wrong(file):
    assert "its folder" not in conditions(examine_file(file))
    file.parent.chmod(0o777)
    assert conditions(examine_file(file))["its folder"] is WRONG


def test_a_long_write_ahead_log_is_warned_of(file):
    log = file.with_name("timebank.db-wal")
    with log.open("wb") as opened_log:
        opened_log.truncate(300 * 1024**2)
    rows = {row.subject: row for row in examine_file(file)}
    assert rows["write-ahead log"].condition is WARNING
    assert "300 MB" in rows["write-ahead log"].words


def test_a_database_without_its_newest_column_is_wrong(sqlite):
    with sqlite.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    try:
        rows = {row.subject: row for row in examine_version(sqlite.engine)}
    finally:
        with sqlite.owner.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest_revision()}')")
    assert rows["migrations"].condition is WRONG
    assert "timebank migrate" in rows["migrations"].words


def test_another_books_key_is_told_by_the_marks(backend, village):
    with backend.session() as session:
        session.info = {**session.info, "books_key": b"x" * 32}
        rows = {row.subject: row for row in examine_witnesses(session)}
    assert rows["books.key and the database"].condition is WRONG
    assert "'angus', 'perth'" in rows["books.key and the database"].words


def test_keys_that_signed_no_seal_are_told(backend, village):
    with backend.session() as session:
        seal(session, village.angus.id, now=clock.now())
        session.flush()
        assert {row.condition for row in examine_witnesses(session)} == {WELL}
        session.info = {**session.info, "seal_keys": (b"x" * 32,)}
        rows = {row.subject: row for row in examine_witnesses(session)}
        session.rollback()
    assert rows["seal.pub and the database"].condition is WRONG
    assert "'angus'" in rows["seal.pub and the database"].words
    assert "'perth'" not in rows["seal.pub and the database"].words


def test_books_that_do_not_go_on_from_the_newest_seal_are_told(backend, village):
    """An older copy of the database was put back, and the folder of the keys has a newer seal."""
    with backend.session() as session:
        seal(session, village.angus.id, now=clock.now())
        session.commit()
    with backend.session() as session:
        assert {row.condition for row in examine_witnesses(session)} == {WELL}
    kept = (backend.settings.seal_memory / str(village.angus.id)).read_text()
    backend.settled()
    backend.settings.seal_memory.mkdir(mode=0o700)
    for content in (kept, "garbage"):
        (backend.settings.seal_memory / str(village.angus.id)).write_text(content)
        with backend.session() as session:
            rows = {row.subject: row for row in examine_witnesses(session)}
        assert rows["seal.signed and the database"].condition is WRONG
        assert "'angus' do not go on" in rows["seal.signed and the database"].words
    backend.settled()


def test_without_a_bank_it_says_how_one_is_made(session):
    (row,) = examine_witnesses(session)
    assert row.condition is WRONG
    assert "timebank init" in row.words
