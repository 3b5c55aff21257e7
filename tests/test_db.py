"""Column types, retryable errors, and pooled connections."""

import socket
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.people import NOW, make_confirmed, make_recorded
from timebank import db
from timebank.bookkeeping.models import Entry
from timebank.config import database
from timebank.db import LinesType, UtcTime
from timebank.retries import is_worth_retrying


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 11, 21), None)  # noqa: DTZ001 (that is the point)


def test_a_moment_comes_back_as_it_went_in(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    query = text("SELECT changed_at FROM exchange WHERE code = :code").columns(changed_at=UtcTime())
    assert session.execute(query, {"code": code}).scalar_one() == NOW == NOW.astimezone(UTC)


@pytest.mark.parametrize("stored", ["not json", "", None, "7", "null", "{}", '"lines"'])
def test_lines_that_cannot_be_decoded_are_empty(stored):
    assert LinesType().process_result_value(stored, None) == ()


def test_lines_are_returned_as_the_driver_decodes_them(session, village):
    make_confirmed(session, village, village.ada, village.grace)
    stored = session.scalars(select(Entry.lines)).one()
    assert stored == [[village.grace.account_id, village.ada.account_id, 60]]
    if session.get_bind().dialect.name == "postgresql":  # of any shape, since checks must not fail on it
        odd = text("SELECT '{1,2}'::bigint[] AS lines").columns(lines=LinesType())
        assert session.execute(odd).scalar_one() == [1, 2]


def test_a_random_reference_that_is_taken_is_retried(session, village):
    first = make_recorded(session, village, village.ada, village.grace)
    second = make_recorded(session, village, village.ada, village.grace, day=date(2026, 11, 20))
    with pytest.raises(DBAPIError) as refused:
        session.execute(
            text("UPDATE exchange SET code = :first WHERE code = :second"), {"first": first, "second": second}
        )
    assert is_worth_retrying(refused.value)


def test_a_violated_check_is_not_retried(session, village):
    make_recorded(session, village, village.ada, village.grace)
    with pytest.raises(DBAPIError) as refused:
        session.execute(text("UPDATE exchange SET minutes = -1"))
    assert not is_worth_retrying(refused.value)


@pytest.mark.parametrize("idle_seconds", [0.0, 60.0], ids=["long", "a moment"])
def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(postgresql, monkeypatch, idle_seconds):
    monkeypatch.setattr(db, "IDLE_SECONDS", idle_seconds)
    with postgresql.engine.connect() as connection:
        first = connection.scalar(text("SELECT pg_backend_pid()"))
    with postgresql.owner.connect() as owner:
        assert owner.scalar(text("SELECT pg_terminate_backend(:first, 5000)"), {"first": first})
    with postgresql.engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != first


def test_a_connection_that_is_alive_is_reused(postgresql, monkeypatch):
    pids = set()
    postgresql.engine.dispose()  # or the pool may hand out another
    for idle_seconds in (60.0, 0.0):
        monkeypatch.setattr(db, "IDLE_SECONDS", idle_seconds)
        with postgresql.engine.connect() as connection:
            pids.add(connection.scalar(text("SELECT pg_backend_pid()")))
    assert len(pids) == 1


def test_a_connection_to_a_silent_server_times_out(monkeypatch):
    monkeypatch.setattr(db, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = db.make_engine(database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"))
        with pytest.raises(OperationalError, match="timeout"):
            engine.connect()
    engine.dispose()
