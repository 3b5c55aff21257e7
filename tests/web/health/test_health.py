"""`/healthz` and `/readyz`: for programs, without session, cookie or anything about a bank."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from tests.people import NOW
from timebank.audit.actions import AskedFrom, store
from timebank.backups_on_disk import name_of
from timebank.banks.actions import RESERVED_SLUGS
from timebank.bookkeeping.sealing.actions import seal
from timebank.config import database
from timebank.db import make_engine
from timebank.migrations.run import newest_revision
from timebank.web.extensions import db

ADDRESSES = ("/healthz", "/readyz")


@pytest.fixture
def program(app):
    """Asks as a load balancer does."""
    return app.test_client()


@pytest.fixture
def statements(app):
    """The SQL that was run since."""
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, words, *_rest):
        seen.append(words)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_healthz_says_that_the_process_is_alive(program, village):
    answer = program.get("/healthz")
    assert (answer.status_code, answer.mimetype, answer.json) == (200, "application/json", {"alive": True})


def test_healthz_asks_no_database_even_for_somebody_signed_in(as_, village, statements):
    browser = as_(village.ada)
    statements.clear()
    assert browser.client.get("/healthz").status_code == 200
    assert statements == []


def test_readyz_is_ready_before_anything_was_sealed_or_checked(program, village):
    answer = program.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True,
        "database": True,
        "migrated": True,
        "seal_age_seconds": None,
        "check_age_seconds": None,
        "outbox_age_seconds": None,
        "emails_failed_in_a_day": 0,
        "job_age_seconds": None,
        "backup_age_seconds": None,
    }


def test_readyz_says_how_old_the_newest_backup_is_and_how_long_a_job_waits(program, app, books, clock, tmp_path):
    app.config["BACKUPS"] = tmp_path
    for moment in (NOW - timedelta(days=2), NOW - timedelta(hours=8)):
        (tmp_path / name_of(moment)).touch()
    (tmp_path / "timebank-nightly-2026-13-45-999999.backup").touch()
    books.job()
    clock.move_to(NOW + timedelta(minutes=5))
    state = program.get("/readyz").json
    app.config["BACKUPS"] = None
    assert (state["backup_age_seconds"], state["job_age_seconds"]) == (8 * 60 * 60 + 5 * 60, 5 * 60)


def test_readyz_gives_the_ages_of_the_newest_seal_and_check(program, backend, village, clock):
    with backend.session() as session:
        for bank, minutes in ((village.angus, 30), (village.perth, 20)):
            seal(session, bank.id, now=NOW - timedelta(minutes=minutes))
        for hours in (50, 26):
            store(session, [], asked_from=AskedFrom.COMMAND, seconds=1, now=NOW - timedelta(hours=hours))
        session.commit()
    state = program.get("/readyz").json
    assert (state["seal_age_seconds"], state["check_age_seconds"]) == (20 * 60, 26 * 60 * 60)
    clock.move_to(NOW - timedelta(days=30))
    assert program.get("/readyz").json["seal_age_seconds"] == 0, "a clock that was put back gives no age below zero"


@pytest.fixture
def behind(backend):
    """A database that an earlier version migrated."""
    _set_revision(backend, "0000")
    yield backend
    _set_revision(backend, newest_revision())


def _set_revision(backend, revision):
    with backend.owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_readyz_is_not_ready_before_the_migrations(program, behind):
    answer = program.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    state = answer.json
    assert (state["ready"], state["database"], state["migrated"]) == (False, True, False)


def test_readyz_is_not_ready_while_the_database_is_away(program, app, monkeypatch):
    nowhere = make_engine(database("sqlite:////nowhere/timebank.db"))
    monkeypatch.setattr("timebank.web.extensions.IntentSession.get_bind", lambda *_given, **_named: nowhere)
    answer = program.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    assert (answer.json["ready"], answer.json["database"]) == (False, False)
    assert "nowhere" not in answer.text
    assert program.get("/healthz").status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_health_sets_no_cookie_and_is_not_stored(as_, village, address):
    for browser in (as_(None), as_(village.ada)):
        answer = browser.client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_health_names_no_bank_and_nobody(program, village, address):
    words = program.get(address).text
    assert [name for name in ("angus", "perth", "Ada", "Time Bank") if name.lower() in words.lower()] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_bank_can_take_its_address(address):
    assert address.strip("/") in RESERVED_SLUGS
