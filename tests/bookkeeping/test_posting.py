"""Posting by `actions.post`, on both databases."""

from datetime import date

import pytest

from tests.people import NOW, TODAY, account_of, balance_of
from timebank.bookkeeping import actions, reversing
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.queries import (
    StatementFilter,
    get_account,
    get_account_of_kind,
    list_accounts,
    list_statement,
)
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import (
    AlreadyReversedError,
    FloorReachedError,
    KeyTakenError,
    NoSuchAccountError,
    NotAMirrorError,
)


def all_right(session):
    session.rollback()
    return all(check(session).verdict is Verdict.RIGHT for check in CHECKS)


def test_hours_move_from_one_account_to_another(session, books, post, village):
    post(books.entry("k", Line(books.grace, books.ada, 90)))
    ada, grace = account_of(session, village.ada), account_of(session, village.grace)
    assert (ada.balance, ada.given, ada.received, ada.number) == (90, 90, 0, 1)
    assert (grace.balance, grace.given, grace.received, grace.number) == (-90, 0, 90, 1)
    assert all_right(session)


def test_a_meal_for_many_is_one_entry_with_running_balances(session, books, post):
    meal = [Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30), Line(books.ada, books.grace, 15)]
    post(books.entry("meal", *meal))
    rows = list_statement(session, books.bank, books.ada, StatementFilter()).rows
    assert [(row.number, row.minutes, row.balance_after) for row in rows] == [(3, -15, 75), (2, 30, 90), (1, 60, 60)]
    assert get_account(session, books.bank, books.grace).balance == -45
    assert all_right(session)


def test_posting_the_same_entry_under_the_same_key_is_idempotent(session, books, post, village):
    entry = books.entry("k", words="Walking Biscuit")
    assert post(entry) == post(entry)
    assert balance_of(session, village.ada) == 60
    assert all_right(session)


@pytest.mark.parametrize(
    "changed",
    [
        {"words": "Something else"},
        {"occurred_on": date(2026, 11, 19)},
        {"kind": EntryKind.GIFT},
        {"deed": "test:other"},
        {"words": None},
    ],
)
def test_the_same_key_with_other_content_is_an_error(session, books, post, village, changed):
    post(books.entry("k", words="Walking Biscuit"))
    with pytest.raises(KeyTakenError):
        post(books.entry("k", **{"words": "Walking Biscuit", **changed}))
    with pytest.raises(KeyTakenError):
        post(books.entry("k", Line(books.grace, books.ada, 61), words="Walking Biscuit"))
    assert balance_of(session, village.ada) == 60


def test_two_banks_may_use_the_same_key(session, books, post, village):
    post(books.entry("k"))
    pot = get_account_of_kind(session, books.other_bank, AccountKind.POT)
    recorder = village.perdita.membership_id
    line = Line(pot, books.perdita, 60)
    post(books.entry("k", line, kind=EntryKind.WELCOME, bank_id=books.other_bank, recorded_by=recorder))
    assert all_right(session)


def test_an_entry_below_the_floor_is_refused_and_writes_nothing(session, books, post, village):
    post(books.entry("down", Line(books.grace, books.ada, 1200)))
    with pytest.raises(FloorReachedError):
        post(books.entry("further", Line(books.grace, books.ada, 1)))
    assert balance_of(session, village.grace) == -1200
    assert account_of(session, village.ada).number == 1
    assert all_right(session)


def test_the_floor_is_checked_after_each_line(session, books, post, village):
    post(books.entry("down", Line(books.grace, books.ada, 1200)))
    with pytest.raises(FloorReachedError):
        post(books.entry("swing", Line(books.grace, books.linus, 60), Line(books.ada, books.grace, 60)))
    assert balance_of(session, village.linus) == 0
    post(books.entry("swing", Line(books.ada, books.grace, 60), Line(books.grace, books.linus, 60)))
    assert balance_of(session, village.linus) == 60


def test_an_account_of_another_bank_does_not_exist_here(books, post):
    with pytest.raises(NoSuchAccountError):
        post(books.entry("k", Line(books.grace, books.perdita, 60)))
    with pytest.raises(NoSuchAccountError):
        post(books.entry("l", Line(books.grace, books.perdita, 60), Line(books.grace, books.ada, 60)))


def reverse(session, books, entry_id, *, key="r", numbers=None):
    today = date(2026, 11, 21)
    who = {"by": books.recorder, "approved_by": None}
    done = reversing.reverse(
        session, books.bank, entry_id, key=key, reason="Slip", now=NOW, today=today, numbers=numbers, **who
    )
    session.commit()
    return done


def test_a_reversal_restores_balances_and_both_entries_stay(session, books, post, village):
    entry_id = post(books.entry("k", words="Lift"))
    reverse(session, books, entry_id)
    assert (account_of(session, village.ada).given, balance_of(session, village.ada)) == (0, 0)
    assert account_of(session, village.ada).number == 2
    assert all_right(session)


def test_one_persons_line_can_be_reversed_alone(session, books, post, village):
    entry_id = post(books.entry("meal", Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30)))
    reverse(session, books, entry_id, numbers=[1])
    assert (balance_of(session, village.grace), balance_of(session, village.linus)) == (0, -30)
    with pytest.raises(AlreadyReversedError):
        reverse(session, books, entry_id, key="again")
    session.rollback()
    reverse(session, books, entry_id, key="the rest", numbers=[2])
    assert balance_of(session, village.ada) == 0
    assert all_right(session)


def test_a_reversal_cannot_be_reversed(session, books, post):
    reversal_id = reverse(session, books, post(books.entry("k")))
    with pytest.raises(NotAMirrorError):
        reverse(session, books, reversal_id, key="s")


def test_a_reversal_below_the_floor_records_a_limit_change(session, books, post, village):
    entry_id = post(books.entry("k", Line(books.grace, books.ada, 600)))
    post(books.entry("used", Line(books.ada, books.linus, 1500)))
    reverse(session, books, entry_id)
    assert balance_of(session, village.ada) == -1500
    newest = list_limits(session, books.bank, books.ada)[0]
    assert (newest.floor, newest.reason, newest.until, newest.recorded_by) == (-1500, "Slip", TODAY, books.recorder)
    assert all_right(session)


def test_a_reversal_down_to_the_floor_or_without_one_changes_no_limit(session, books, post):
    first = post(books.entry("k", Line(books.grace, books.ada, 600)))
    post(books.entry("used", Line(books.ada, books.linus, 1200)))
    reverse(session, books, first)
    assert len(list_limits(session, books.bank, books.ada)) == 1
    arguments = {"reason": "From the old books", "by": books.recorder, "now": NOW}
    actions.change_limit(session, books.bank, books.linus, None, **arguments)
    used = post(books.entry("more", Line(books.grace, books.linus, 60)))
    post(books.entry("all", Line(books.linus, books.grace, 1500)))
    reverse(session, books, used, key="t")
    assert list_limits(session, books.bank, books.linus)[0].floor is None


def test_welcome_hours_come_from_the_pot_and_are_not_help(session, books, post, village):
    pot = get_account_of_kind(session, books.bank, AccountKind.POT)
    post(books.entry("welcome", Line(pot, books.ada, 120), kind=EntryKind.WELCOME))
    ada = account_of(session, village.ada)
    assert (ada.given, ada.received, ada.other, ada.balance) == (0, 0, 120, 120)
    assert get_account(session, books.bank, pot).balance == -120


def test_ids_of_pots_sort_last(session, books):
    pot = get_account_of_kind(session, books.bank, AccountKind.POT)
    assert pot > max(books.ada, books.grace, books.linus)


@pytest.mark.parametrize("kind", [EntryKind.EXCHANGE, EntryKind.GIFT])
def test_many_lines_count_as_help_only_where_they_are_help(session, books, post, kind):
    """And a reversal undoes just that."""
    lines = (Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30))
    first = post(books.entry("a meal", *lines, kind=kind))

    def help_totals():
        accounts = list_accounts(session, books.bank, [books.ada, books.grace, books.linus])
        return [(account.given, account.received) for _id, account in sorted(accounts.items())]

    helped = kind is EntryKind.EXCHANGE
    assert help_totals() == ([(90, 0), (0, 60), (0, 30)] if helped else [(0, 0)] * 3)
    back = (Line(books.ada, books.linus, 30, mirrors=2), Line(books.ada, books.grace, 60, mirrors=1))
    post(books.entry("back", *back, kind=kind, reverses=first))
    assert help_totals() == [(0, 0)] * 3
