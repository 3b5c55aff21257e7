"""On PostgreSQL accounts are locked in the order of their ids, whoever gives or takes: so nobody waits in a ring."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.bookkeeping.waiting import find_open_hold
from tests.people import NOW
from timebank.bookkeeping import actions, holds
from timebank.ledger.entries import Line

_LOCK = text("SELECT id FROM account WHERE bank_id = :bank AND id = :account FOR NO KEY UPDATE NOWAIT")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def backend(postgresql):
    return postgresql


def _is_free(backend, books, account):
    with backend.owner.connect() as connection:
        try:
            return connection.scalar(_LOCK, {"bank": books.bank, "account": account}) == account
        except OperationalError:
            return False


def _wait_for_a_lock(backend):
    with backend.owner.connect() as connection:
        for _try in range(200):
            if connection.scalar(_WAITING):
                return
            connection.rollback()
            time.sleep(0.05)
    raise AssertionError


@pytest.fixture
def held(session, books):
    """Minutes of Grace's held for a deed; gives the hold."""
    arguments = {"minutes": 60, "agreed_minutes": 60, "most_unagreed": 240, "now": NOW}
    holds.place(session, books.bank, books.grace, deed="test:held", **arguments)
    session.commit()
    return find_open_hold(session, books.bank, "test:held")


def _entries(books, held):
    """Return entries by name: from the lower id, from the higher, of many lines either way, and resolving a hold."""
    low, high = books.ada, books.grace
    there, back = Line(low, high, 5), Line(high, low, 5)
    return {
        "there": books.entry("there", there),
        "back": books.entry("back", back),
        "many": books.entry("many", back, there),
        "resolving": books.entry("resolving", back, resolves=held, deed="test:held"),
        "resolving many": books.entry("resolving many", back, there, resolves=held, deed="test:held"),
    }


@pytest.mark.parametrize("name", ["there", "back", "many", "resolving", "resolving many"])
def test_row_locks_are_taken_in_ascending_account_id_order(backend, session, books, held, name):
    session.rollback()
    assert books.ada < books.grace < books.linus

    def post():
        with backend.session() as own:
            actions.post(own, _entries(books, held)[name])
            own.commit()

    with ThreadPoolExecutor(1) as threads, backend.owner.connect() as first:
        first.execute(_LOCK, {"bank": books.bank, "account": books.ada})
        posted = threads.submit(post)
        _wait_for_a_lock(backend)
        free = [_is_free(backend, books, account) for account in (books.ada, books.grace, books.linus)]
        first.rollback()
        posted.result()
    assert free == [False, True, True]


@pytest.mark.parametrize("name", ["there", "back", "many", "resolving", "resolving many"])
def test_a_posting_blocks_no_transaction_on_other_accounts(backend, session, books, held, name):
    actions.post(session, _entries(books, held)[name])
    free = [_is_free(backend, books, account) for account in (books.ada, books.grace, books.linus)]
    session.rollback()
    assert free == [False, False, True]


def test_lock_accounts_locks_just_these_accounts(backend, books):
    with backend.engine.connect() as web:
        web.execute(
            text("SELECT books_lock_accounts(:bank, ARRAY[:a, :b]::bigint[])"),
            {"bank": books.bank, "a": books.grace, "b": books.perdita},
        )
        assert [_is_free(backend, books, account) for account in (books.ada, books.grace, books.linus)] == [
            True,
            False,
            True,
        ]
    assert _is_free(backend, books, books.grace)


def test_a_limit_change_gets_its_number_under_the_accounts_row_lock(backend, session, books):
    actions.change_limit(session, books.bank, books.grace, -60, reason="x", by=books.recorder, now=NOW)
    assert [_is_free(backend, books, account) for account in (books.ada, books.grace)] == [True, False]
    session.rollback()
