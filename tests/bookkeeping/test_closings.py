"""Closing and reopening accounts, and signing months off by two people."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests.bookkeeping.sql import entry_sql
from tests.people import NOW
from timebank.bookkeeping import closings, holds, reversing
from timebank.bookkeeping.checking.accounts import closings_on_record
from timebank.bookkeeping.queries import StatementFilter, get_account, list_whole_statement
from timebank.bookkeeping.refusals import refusals_named
from timebank.ledger.checks import Verdict
from timebank.ledger.closings import ClosingKind
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import AccountClosedError, BooksClosedError, LedgerError, SecondApproverError

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def other(village):
    return village.mary.membership_id


def close(session, books, account_id, **changed):
    closings.close_account(
        session, books.bank, account_id, **{"reason": "They left", "by": books.recorder, "now": NOW, **changed}
    )
    session.commit()


def reopen(session, books, account_id):
    closings.reopen_account(session, books.bank, account_id, reason="Back", by=books.recorder, now=NOW)
    session.commit()


def test_an_account_at_zero_is_closed_and_reopened(session, books):
    close(session, books, books.linus)
    assert closings.is_closed(session, books.bank, books.linus)
    assert closings.list_closed(session, books.bank, [books.linus, books.ada]) == [books.linus]
    reopen(session, books, books.linus)
    assert not closings.is_closed(session, books.bank, books.linus)
    kinds = [row.kind for row in closings.list_closings(session, books.bank, books.linus)]
    assert kinds == [ClosingKind.ACCOUNT_CLOSED, ClosingKind.ACCOUNT_REOPENED]


@pytest.mark.parametrize("minutes", [1, 60])
def test_an_account_with_a_balance_is_not_closed(session, books, post, minutes):
    post(books.entry("a", Line(books.grace, books.ada, minutes)))
    for account_id in (books.grace, books.ada):
        with pytest.raises(AccountClosedError):
            close(session, books, account_id)
        session.rollback()


def test_an_account_with_a_hold_is_not_closed(session, books):
    arguments = {"minutes": 60, "agreed_minutes": 60, "most_unagreed": 0, "now": NOW}
    holds.place(session, books.bank, books.grace, deed="exchange:X", **arguments)
    session.commit()
    with pytest.raises(AccountClosedError):
        close(session, books, books.grace)


@pytest.mark.parametrize("lines", ["to it", "from it", "through it"])
def test_nothing_is_posted_to_a_closed_account(session, books, post, lines):
    close(session, books, books.linus)
    to_it, from_it = Line(books.grace, books.linus, 60), Line(books.linus, books.grace, 60)
    moved = {"to it": (to_it,), "from it": (from_it,), "through it": (to_it, from_it)}[lines]
    with pytest.raises(AccountClosedError):
        post(books.entry("a", *moved))
    assert get_account(session, books.bank, books.linus).number == 0


def test_nothing_is_held_on_a_closed_account(session, books):
    close(session, books, books.linus)
    arguments = {"minutes": 60, "agreed_minutes": 60, "most_unagreed": 0, "now": NOW}
    with pytest.raises(AccountClosedError):
        holds.place(session, books.bank, books.linus, deed="exchange:X", **arguments)
    session.rollback()
    assert get_account(session, books.bank, books.linus).held == 0


def test_a_closed_account_is_not_closed_nor_an_open_one_reopened(session, books):
    close(session, books, books.linus)
    with pytest.raises(AccountClosedError):
        close(session, books, books.linus)
    session.rollback()
    with pytest.raises(AccountClosedError):
        reopen(session, books, books.ada)


def test_an_account_of_another_bank_is_not_closed(session, books):
    with pytest.raises(LedgerError):
        close(session, books, books.perdita)


def test_a_reversal_reopens_a_closed_account_in_the_same_transaction(session, books, post):
    first = post(books.entry("a", Line(books.grace, books.linus, 60)))
    post(books.entry("b", Line(books.linus, books.ada, 60), kind=EntryKind.GIFT))
    close(session, books, books.linus)
    reversing.reverse(
        session,
        books.bank,
        first,
        key="r",
        reason="Slip",
        by=books.recorder,
        approved_by=None,
        now=NOW + timedelta(hours=1),
        today=NOW.date(),
    )
    session.commit()
    account = get_account(session, books.bank, books.linus)
    assert (account.balance, account.floor) == (-60, -1200)
    assert list_whole_statement(session, books.bank, books.linus, StatementFilter())[-1].words == "Slip"
    assert not closings.is_closed(session, books.bank, books.linus)
    assert closings_on_record(session).verdict is Verdict.RIGHT


def sign_off(session, books, other, **changed):
    arguments = {
        "figures": '{"entries":3}',
        "reason": "",
        "by": books.recorder,
        "approved_by": other,
        "now": NOW,
        **changed,
    }
    month = arguments.pop("month", NOVEMBER)
    closings.sign_off_month(session, books.bank, month, arguments.pop("figures"), **arguments)
    session.commit()


def test_a_month_is_signed_off_once_by_two_people(session, books, other):
    sign_off(session, books, other)
    sign_off(session, books, other, month=date(2026, 10, 1))
    assert [row.month for row in closings.list_signed_off(session, books.bank)] == [NOVEMBER, date(2026, 10, 1)]
    signed = closings.find_signed_off(session, books.bank, NOVEMBER)
    assert (signed.figures, signed.recorded_by, signed.approved_by) == ('{"entries":3}', books.recorder, other)
    assert closings.find_signed_off(session, books.other_bank, NOVEMBER) is None
    session.rollback()
    with pytest.raises((BooksClosedError, Exception), match=r"books_append_only|uq_closing_month"):
        sign_off(session, books, other)


def test_nobody_approves_their_own_month(session, books):
    with pytest.raises(SecondApproverError):
        sign_off(session, books, books.recorder)


@pytest.mark.parametrize("approver", ["nobody", "themselves"])
def test_an_adjustment_needs_a_second_approver(session, books, post, approver, other):
    adjustment = {"kind": EntryKind.ADJUSTMENT}
    with pytest.raises(SecondApproverError):
        post(books.entry("a", **adjustment, approved_by={"nobody": None, "themselves": books.recorder}[approver]))
    post(books.entry("a", **adjustment, approved_by=other))


def test_nobody_approves_an_entry_of_their_own(session, books, post):
    with pytest.raises(SecondApproverError):
        post(books.entry("a", approved_by=books.recorder))


@pytest.mark.parametrize("beside", ["an entry", "a hold", "the same closing"])
def test_an_account_is_not_closed_by_a_statement_that_also_posts_to_it(backend, session, books, beside):
    """The trigger that posts reads the account before the statement, so the check at the end must refuse it."""
    if backend.name == "sqlite":
        pytest.skip("a statement writes one table there")
    session.commit()
    entry = entry_sql(books.bank, 5, "k", f"ARRAY[ARRAY[{books.grace}, {books.linus}, 60]]", books.recorder)
    others = {
        "an entry": f"WITH beside AS ({entry} RETURNING 1)",
        "a hold": "WITH beside AS (INSERT INTO hold"
        " (bank_id, id, account_id, minutes, unagreed_minutes, deed, placed_at)"
        f" VALUES ({books.bank}, 5, {books.linus}, 60, 0, 'test:x', now()) RETURNING 1)",
        "the same closing": "WITH beside AS (SELECT 1 UNION ALL SELECT 2)",
    }
    statement = (
        f"{others[beside]} INSERT INTO closing (bank_id, id, kind, account_id, reason, recorded_by, recorded_at)"
        f" SELECT {books.bank}, 10 + row_number() OVER (), 'account_closed', {books.linus}, 'x', {books.recorder},"
        " now() FROM beside"
    )
    with pytest.raises(AccountClosedError), refusals_named():
        session.execute(text(statement))
    session.rollback()
    assert session.scalar(text(f"SELECT closed_at FROM account WHERE id = {books.linus}")) is None
