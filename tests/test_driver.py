"""SQL of the hot path: values by name, constants, errors as SQLAlchemy raises them, and connections of its own."""

import logging
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Integer, String, bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from timebank import db, driver
from timebank.db import UtcTime, make_alone_engine

MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))


def test_values_are_bound_by_name_beside_the_constants_of_the_statement(session):
    statement = driver.Statement(
        select(bindparam("one", type_=Integer) + literal(40), bindparam("other", type_=String))
    )
    for one in (1, 2):
        assert [tuple(row) for row in statement.rows(session, {"other": "x", "one": one})] == [(one + 40, "x")]


def test_a_moment_is_written_as_sqlite_stores_it_and_postgresql_parses_it(session):
    expected = driver.moment(MOMENT)
    assert expected == "2026-03-01 10:30:00.000000"
    assert driver.moment(MOMENT.astimezone(UTC)) == expected
    if driver.is_postgresql(session):
        assert driver.rows(session, "SELECT %s::timestamptz", (expected + "+00",))[0][0] == MOMENT
    else:
        stored = text("SELECT :at || ''").bindparams(bindparam("at", MOMENT, UtcTime()))
        assert session.scalar(stored) == expected


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        driver.moment(datetime(2026, 3, 1))  # noqa: DTZ001 (that it has none is the point)


def test_a_statement_turns_its_moments_into_text(session):
    statement = driver.Statement(select(bindparam("at", type_=String)))
    suffix = "+00" if driver.is_postgresql(session) else ""
    _text, values = statement._bound(driver.dialect_of(session), {}, {"at": MOMENT})
    expected = "2026-03-01 10:30:00.000000" + suffix
    assert list(values.values() if isinstance(values, dict) else values) == [expected]


def test_an_error_of_the_driver_is_wrapped_as_sqlalchemy_wraps_it(session):
    with pytest.raises(DBAPIError) as caught:
        driver.run(session, "SELECT nothing FROM nowhere", ())
    assert caught.value.orig is not None
    session.rollback()


@pytest.fixture
def alone_engine(backend):
    engine = make_alone_engine(backend.engine)
    yield engine
    engine.dispose()


@pytest.fixture
def alone(alone_engine):
    """A connection in autocommit."""
    with driver.Alone(alone_engine, {"books_key": b"key"}) as connected:
        yield connected


def _write(unit, number, *, digest=b"digest"):
    places = ", ".join(["%s" if driver.is_postgresql(unit) else "?"] * 5)
    text = f"INSERT INTO sign_in_attempt (id, typed_digest, address_digest, tried_at, succeeded) VALUES ({places})"
    return driver.run(unit, text, (number, digest, b"digest", "2026-03-01 10:30:00.000000", True))


def _written(session):
    """Return the committed rows, as another transaction sees them."""
    session.rollback()
    return set(session.scalars(text("SELECT id FROM sign_in_attempt")))


def test_alone_a_statement_is_committed_at_once(session, alone):
    assert _write(alone, 1) == 1
    assert _written(session) == {1}


def test_alone_has_the_info_of_a_session(session, alone):
    assert alone.info == {"books_key": b"key"}
    assert driver.dialect_of(alone).name == driver.dialect_of(session).name
    assert driver.is_postgresql(alone) == driver.is_postgresql(session)


def test_alone_a_statement_that_fails_leaves_the_connection_usable(session, alone):
    with pytest.raises(IntegrityError):
        _write(alone, 1, digest=None)
    assert _write(alone, 2) == 1
    assert _written(session) == {2}


def _write_together(alone, *numbers):
    with alone.transaction():
        for number in numbers:
            if not isinstance(number, int):
                raise number
            _write(alone, number)


def test_alone_a_transaction_commits_all_statements_or_none(session, alone):
    _write_together(alone, 1, 2)
    with pytest.raises(IntegrityError):
        _write_together(alone, 3, 2)
    with pytest.raises(KeyboardInterrupt):
        _write_together(alone, 4, KeyboardInterrupt)
    _write(alone, 5)
    assert _written(session) == {1, 2, 5}


def _run_together(alone, *statements):
    with alone.transaction():
        _write(alone, 1)
        for statement in statements:
            driver.run(alone, statement, ())


def test_alone_a_transaction_that_fails_to_commit_is_rolled_back(backend, session, alone):
    """Its connection goes back to the pool, where the transaction must not be open any more."""
    if backend.name == "sqlite":
        late = (
            "PRAGMA defer_foreign_keys = ON",
            "INSERT INTO listing_word (bank_id, word, listing_id) VALUES (1, 'x', 5)",
        )
    else:
        late = (
            "CREATE TEMP TABLE late (x int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO late VALUES (1), (1)",
        )
    with pytest.raises(IntegrityError, match=r"FOREIGN KEY|late_x_key"):
        _run_together(alone, *late)
    with alone.transaction():
        _write(alone, 2)
    assert _written(session) == {2}


def test_alone_connections_are_pooled_and_come_back_in_autocommit(session, alone_engine):
    plain = set()
    for number in (1, 2):
        with driver.Alone(alone_engine, {}) as alone:
            _write(alone, number)
            plain.add(id(alone.connection))
    assert len(plain) == 1
    assert _written(session) == {1, 2}


def test_alone_foreign_keys_are_enforced_and_commits_are_synced(sqlite):
    engine = make_alone_engine(sqlite.engine)
    with driver.Alone(engine, {}) as alone:
        expected = [driver.rows(alone, f"PRAGMA {name}", ())[0][0] for name in ("foreign_keys", "synchronous")]
    engine.dispose()
    assert expected == [1, 2]


@pytest.mark.parametrize("idle_seconds", [0.0, 60.0], ids=["long", "a moment"])
def test_alone_a_connection_that_the_server_ended_is_replaced(postgresql, monkeypatch, idle_seconds):
    monkeypatch.setattr(db, "IDLE_SECONDS", idle_seconds)
    engine = make_alone_engine(postgresql.engine)
    with driver.Alone(engine, {}) as alone:
        first = driver.rows(alone, "SELECT pg_backend_pid()", ())[0][0]
    with postgresql.owner.connect() as owner:
        assert owner.scalar(text("SELECT pg_terminate_backend(:first, 5000)"), {"first": first})
    with driver.Alone(engine, {}) as alone:
        assert driver.rows(alone, "SELECT pg_backend_pid()", ())[0][0] != first
    engine.dispose()


@pytest.fixture
def sql_logged(caplog):
    """The SQL that is logged as SQLAlchemy logs its own."""
    caplog.set_level(logging.INFO, "sqlalchemy.engine")

    def read():
        messages = [record.getMessage() for record in caplog.records if record.name.startswith("sqlalchemy.engine")]
        caplog.clear()
        return messages

    return read


def test_a_statement_is_logged_where_sqlalchemy_logs_its_own_without_its_values(session, alone, sql_logged):
    for unit in (session, alone):
        sql_logged()
        _write(unit, 10 if unit is alone else 11)
        (message,) = [message for message in sql_logged() if "sign_in_attempt" in message]
        assert message.startswith("INSERT INTO sign_in_attempt")
        assert "2026-03-01" not in message
        session.rollback()


def test_a_batch_is_logged_once(session, sql_logged):
    sign = "%s" if driver.is_postgresql(session) else "?"
    columns = "id, typed_digest, address_digest, tried_at, succeeded"
    text = f"INSERT INTO sign_in_attempt ({columns}) VALUES ({', '.join([sign] * 5)})"
    values = [(number, b"a", b"b", "2026-03-01 10:30:00.000000", True) for number in (1, 2)]
    driver.write_each(session, text, values)
    expected = [text]
    if driver.is_postgresql(session):
        driver.copy(session, "sign_in_attempt", columns, [(3, b"a", b"b", MOMENT, True)])
        expected.append(f"COPY sign_in_attempt ({columns}) FROM STDIN")
    messages = [message for message in sql_logged() if "sign_in_attempt" in message]
    assert [message.partition(" [past")[0] for message in messages] == expected


def test_nothing_is_logged_unless_asked_for(session, alone, caplog):
    _write(alone, 1)
    driver.rows(session, "SELECT 1", ())
    assert caplog.records == []


def test_echo_on_an_engine_logs_too_and_is_that_of_its_engine_for_statements_alone(sqlite, caplog):
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    handlers = list(logger.handlers)
    engine = db.make_engine(sqlite.engine.url, echo=True)
    alone_engine = make_alone_engine(engine)
    with Session(engine) as session, driver.Alone(alone_engine, {}) as alone:
        driver.rows(session, "SELECT 1 AS one", ())
        driver.rows(alone, "SELECT 2 AS two", ())
    engine.dispose()
    logger.handlers = handlers
    assert [words for words in ("SELECT 1 AS one", "SELECT 2 AS two") if words in caplog.text] == [
        "SELECT 1 AS one",
        "SELECT 2 AS two",
    ]


def test_an_error_has_the_statement_but_not_its_values(session):
    with pytest.raises(DBAPIError) as caught:
        session.execute(text("SELECT :secret FROM nowhere"), {"secret": "three-green-otters"})
    session.rollback()
    assert "nowhere" in str(caught.value)
    assert "three-green-otters" not in str(caught.value)
