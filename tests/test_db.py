"""Column types, and which failures are worth another try."""

import socket
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.people import NOW, make_confirmed, make_recorded
from timebank import db
from timebank.bookkeeping.models import Entry
from timebank.config import database
from timebank.db import LinesType, UtcTime, is_worth_retrying


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 11, 21), None)  # noqa: DTZ001 (that is the point)


def test_a_moment_comes_back_as_it_went_in(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    query = text("SELECT changed_at FROM exchange WHERE code = :code").columns(changed_at=UtcTime())
    assert session.execute(query, {"code": code}).scalar_one() == NOW == NOW.astimezone(UTC)


@pytest.mark.parametrize("kept", ["not json", "", None, "7", "null", "{}", '"lines"'])
def test_lines_that_cannot_be_read_are_none(kept):
    assert LinesType().process_result_value(kept, None) == ()


def test_lines_are_read_as_the_driver_gives_them(session, village):
    make_confirmed(session, village, village.ada, village.grace)
    kept = session.scalars(select(Entry.lines)).one()
    assert kept == [[village.grace.account_id, village.ada.account_id, 60]]
    if session.get_bind().dialect.name == "postgresql":  # of whatever shape, since the checks must not stop
        odd = text("SELECT '{1,2}'::bigint[] AS lines").columns(lines=LinesType())
        assert session.execute(odd).scalar_one() == [1, 2]


def test_two_rows_with_one_random_reference_are_worth_another_try(session, village):
    first = make_recorded(session, village, village.ada, village.grace)
    second = make_recorded(session, village, village.ada, village.grace, day=date(2026, 11, 20))
    with pytest.raises(DBAPIError) as refused:
        session.execute(
            text("UPDATE exchange SET code = :first WHERE code = :second"), {"first": first, "second": second}
        )
    assert is_worth_retrying(refused.value)


def test_a_broken_rule_is_not_worth_another_try(session, village):
    make_recorded(session, village, village.ada, village.grace)
    with pytest.raises(DBAPIError) as refused:
        session.execute(text("UPDATE exchange SET minutes = -1"))
    assert not is_worth_retrying(refused.value)


@pytest.mark.parametrize("rested", [0.0, 60.0], ids=["long", "a moment"])
def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(postgresql, monkeypatch, rested):
    monkeypatch.setattr(db, "RESTED_SECONDS", rested)
    with postgresql.engine.connect() as connection:
        first = connection.scalar(text("SELECT pg_backend_pid()"))
    with postgresql.owner.connect() as owner:
        assert owner.scalar(text("SELECT pg_terminate_backend(:first, 5000)"), {"first": first})
    with postgresql.engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != first


def test_a_connection_that_stands_is_used_again(postgresql, monkeypatch):
    pids = set()
    postgresql.engine.dispose()  # or another one may stand before it in the pool
    for rested in (60.0, 0.0):
        monkeypatch.setattr(db, "RESTED_SECONDS", rested)
        with postgresql.engine.connect() as connection:
            pids.add(connection.scalar(text("SELECT pg_backend_pid()")))
    assert len(pids) == 1


def test_a_server_that_never_answers_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(db, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = db.make_engine(database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"))
        with pytest.raises(OperationalError, match="timeout"):
            engine.connect()
    engine.dispose()
