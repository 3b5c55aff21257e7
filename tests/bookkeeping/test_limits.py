"""Floors of many accounts: opened at once, changed at once, and lowered for a time; each change is on record."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.people import NOW, TODAY
from timebank.bookkeeping import actions, holds
from timebank.bookkeeping.limits import change_floors, list_ended_overrides, list_limits
from timebank.bookkeeping.models import Account
from timebank.bookkeeping.queries import get_account
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import Line


def test_accounts_opened_at_once_have_their_first_limit_on_record(session, books):
    said = {"floor": -90, "reason": "From the old books", "by": books.recorder, "now": NOW}
    opened = actions.open_accounts(session, books.bank, AccountKind.GROUP, 2, **said)
    session.commit()
    assert len(set(opened)) == 2
    for account_id in opened:
        account = get_account(session, books.bank, account_id)
        assert (account.kind, account.floor, account.balance) == (AccountKind.GROUP, -90, 0)
        (only,) = list_limits(session, books.bank, account_id)
        assert tuple(only) == (1, -90, "From the old books", None, books.recorder, NOW)
    assert actions.open_accounts(session, books.bank, AccountKind.GROUP, 0, **said) == []


@pytest.fixture
def raise_to(session, books):
    """Raise the usual floor of members to so many minutes; gives how many accounts that were."""

    def change(new, kind=AccountKind.MEMBER):
        said = {"reason": "All of us", "by": books.recorder, "now": NOW}
        return change_floors(session, books.bank, kind, old=-1200, new=new, **said)

    return change


def test_who_is_below_the_new_floor_keeps_the_old_one(session, books, post, raise_to):
    post(books.entry("a", Line(books.grace, books.ada, 60)))
    everybody = session.scalar(
        select(func.count()).select_from(Account).where(Account.bank_id == books.bank, Account.floor == -1200)
    )
    assert raise_to(-59) == everybody - 1
    assert get_account(session, books.bank, books.grace).floor == -1200
    assert get_account(session, books.bank, books.ada).floor == -59


def test_what_is_held_counts_as_if_it_were_gone(session, books, raise_to):
    said = {"minutes": 60, "agreed_minutes": 60, "most_unagreed": 0, "now": NOW}
    holds.place(session, books.bank, books.grace, deed="exchange:X", **said)
    raise_to(-59)
    assert get_account(session, books.bank, books.grace).floor == -1200
    assert get_account(session, books.bank, books.linus).floor == -59


def test_a_balance_that_rests_on_the_new_floor_keeps_it(session, books, post, raise_to):
    post(books.entry("a", Line(books.grace, books.ada, 60)))
    raise_to(-60)
    assert get_account(session, books.bank, books.grace).floor == -60


def test_only_accounts_of_the_kind_change(session, books, raise_to):
    said = {"floor": -1200, "reason": "A group", "by": books.recorder, "now": NOW}
    (group,) = actions.open_accounts(session, books.bank, AccountKind.GROUP, 1, **said)
    assert raise_to(-60, AccountKind.GROUP) == 1
    assert get_account(session, books.bank, group).floor == -60
    assert get_account(session, books.bank, books.ada).floor == -1200


def test_whoever_has_a_limit_of_their_own_for_a_time_keeps_it(session, books, raise_to):
    said = {"reason": "A hard month", "by": books.recorder, "now": NOW, "until": TODAY}
    actions.change_limit(session, books.bank, books.grace, -1200, **said)
    raise_to(-60)
    assert get_account(session, books.bank, books.grace).floor == -1200


def test_overrides_that_ended_are_told_in_the_order_of_their_accounts(session, books):
    yesterday = TODAY - timedelta(days=1)
    for account_id, floor in ((books.linus, -1300), (books.grace, None), (books.ada, -1400)):
        said = {"reason": "A hard month", "by": books.recorder, "now": NOW, "until": yesterday}
        actions.change_limit(session, books.bank, account_id, floor, **said)
    told = [(row.id, row.floor) for row in list_ended_overrides(session, books.bank, TODAY)]
    assert told == sorted([(books.linus, -1300), (books.ada, -1400)])
    assert list_ended_overrides(session, books.bank, yesterday) == []
