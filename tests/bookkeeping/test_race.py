"""Concurrent posting on one account and with one key: no entry is lost and no limit is broken."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from timebank.bookkeeping import actions
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.queries import StatementFilter, get_account, list_statement
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Line
from timebank.ledger.errors import FloorReachedError
from timebank.retries import is_worth_retrying

WRITERS = 64


def at_once(backend, entries):
    """Post each entry from a thread of its own, all starting together; gives ids, and None for each refusal."""
    barrier = Barrier(len(entries))

    def write(entry):
        barrier.wait()
        for _try in range(20):
            with Session(backend.engine, info={"books_key": backend.settings.books_key}) as session:
                try:
                    entry_id = actions.post(session, entry)
                    session.commit()
                except FloorReachedError:
                    return None
                except OperationalError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return entry_id
        message = "gave up"
        raise AssertionError(message)

    with ThreadPoolExecutor(len(entries)) as threads:
        return list(threads.map(write, entries))


@pytest.fixture
def wide_backend(backend, monkeypatch):
    """Threads wait their turn for a connection rather than fail."""
    monkeypatch.setattr(backend.engine.pool, "_timeout", 60)
    return backend


def test_sixty_four_concurrent_writers_keep_one_floor_and_lose_no_entry(wide_backend, books):
    entries = [books.entry(f"race-{n}", Line(books.grace, books.ada, 60)) for n in range(WRITERS)]
    done = at_once(wide_backend, entries)
    with wide_backend.session() as session:
        grace, ada = (get_account(session, books.bank, account) for account in (books.grace, books.ada))
        assert sum(entry_id is not None for entry_id in done) == 20
        assert (grace.balance, grace.number, ada.balance) == (-1200, 20, 1200)
        page = list_statement(session, books.bank, books.grace, StatementFilter(), size=50)
        assert {row.entry_id for row in page.rows} == {entry_id for entry_id in done if entry_id}
        assert all(check(session).verdict is Verdict.RIGHT for check in CHECKS)


def test_concurrent_writers_in_both_directions_do_not_deadlock(wide_backend, books):
    there, back = Line(books.grace, books.ada, 15), Line(books.ada, books.grace, 15)
    meal = (Line(books.linus, books.ada, 15), Line(books.grace, books.linus, 15), Line(books.ada, books.grace, 15))
    kinds = [(there,), (back,), meal, tuple(reversed(meal))]
    entries = [books.entry(f"criss-{n}", *kinds[n % 4]) for n in range(WRITERS)]
    assert all(at_once(wide_backend, entries))
    with wide_backend.session() as session:
        assert all(check(session).verdict is Verdict.RIGHT for check in CHECKS)


def test_an_entry_posted_concurrently_is_posted_once(wide_backend, books):
    done = at_once(wide_backend, [books.entry("the same", words="Once")] * 16)
    assert len(set(done)) == 1
    with wide_backend.session() as session:
        assert get_account(session, books.bank, books.ada).balance == 60
