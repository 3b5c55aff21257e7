"""Opening many accounts, changing many floors, and overrides; each change is recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.people import NOW, TODAY
from timebank.bookkeeping import actions, holds
from timebank.bookkeeping.checking.holders import holders_as_written
from timebank.bookkeeping.checking.records import accounts_on_record
from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.limits import change_floors, list_ended_overrides, list_limits
from timebank.bookkeeping.models import Account
from timebank.bookkeeping.opening import open_account, open_accounts
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.ledger.accounts import AccountKind, HolderKind
from timebank.ledger.entries import Line
from timebank.ledger.errors import BooksClosedError


def test_accounts_opened_together_have_their_first_limit_change(session, books):
    arguments = {"floor": -90, "reason": "From the old books", "by": books.recorder, "now": NOW}
    opened = open_accounts(session, books.bank, AccountKind.GROUP, [71, 72], **arguments)
    session.commit()
    assert len(set(opened)) == 2
    for account_id, group in zip(opened, (71, 72), strict=True):
        account = get_account(session, books.bank, account_id)
        assert (account.kind, account.floor, account.balance) == (AccountKind.GROUP, -90, 0)
        (only,) = list_limits(session, books.bank, account_id)
        assert tuple(only) == (1, -90, "From the old books", None, books.recorder, NOW)
        (holder,) = list_holders(session, books.bank, account_id)
        assert holder == (1, "group", group, books.recorder, NOW)
    assert open_accounts(session, books.bank, AccountKind.GROUP, [], **arguments) == []
    assert holders_as_written(session).findings == ()


def list_holders(session, bank, account_id):
    columns = (AccountHolder.number, AccountHolder.kind, AccountHolder.holder_id)
    rows = select(*columns, AccountHolder.recorded_by, AccountHolder.recorded_at)
    its = (AccountHolder.bank_id == bank, AccountHolder.account_id == account_id)
    return [tuple(row) for row in session.execute(rows.where(*its).order_by(AccountHolder.number))]


@pytest.mark.parametrize(
    ("kind", "holder"),
    [
        (AccountKind.MEMBER, HolderKind.MEMBER),
        (AccountKind.GROUP, HolderKind.GROUP),
        (AccountKind.FUND, HolderKind.FUND),
        (AccountKind.ACTIVITY, HolderKind.ACTIVITY),
        (AccountKind.OPENING, HolderKind.BANK),
        (AccountKind.LEAVERS, HolderKind.BANK),
        (AccountKind.CLEARING, HolderKind.BANK),
    ],
)
def test_every_kind_of_account_is_opened_with_its_holder(session, books, kind, holder):
    arguments = {"floor": None, "reason": "", "by": None, "now": NOW}
    account_id = open_account(session, books.bank, kind, 7, **arguments)
    session.commit()
    account = get_account(session, books.bank, account_id)
    assert (account.kind, account.floor) == (kind, None)
    assert list_holders(session, books.bank, account_id) == [(1, holder.value, 7, None, NOW)]
    assert holders_as_written(session).findings == ()
    assert accounts_on_record(session).findings == ()


def test_members_hold_their_accounts_and_a_bank_its_pot(session, books, village):
    assert list_holders(session, books.bank, books.ada)[0][:3] == (1, "member", village.ada.membership_id)
    pot = get_account_of_kind(session, books.bank, AccountKind.POT)
    assert list_holders(session, books.bank, pot)[0][:3] == (1, "bank", books.bank)


def test_a_bank_has_one_pot(session, books):
    with pytest.raises((IntegrityError, BooksClosedError)):
        open_account(session, books.bank, AccountKind.POT, books.bank, floor=0, reason="", by=None, now=NOW)


@pytest.fixture
def raise_to(session, books):
    """Return a function that raises the usual floor of a kind and returns the number of accounts changed."""

    def change(new, kind=AccountKind.MEMBER):
        arguments = {"reason": "All of us", "by": books.recorder, "now": NOW}
        return change_floors(session, books.bank, kind, old=-1200, new=new, **arguments)

    return change


def test_an_account_below_the_new_floor_keeps_the_old_one(session, books, post, raise_to):
    post(books.entry("a", Line(books.grace, books.ada, 60)))
    everybody = session.scalar(
        select(func.count()).select_from(Account).where(Account.bank_id == books.bank, Account.floor == -1200)
    )
    assert raise_to(-59) == everybody - 1
    assert get_account(session, books.bank, books.grace).floor == -1200
    assert get_account(session, books.bank, books.ada).floor == -59


def test_held_minutes_count_against_the_new_floor(session, books, raise_to):
    arguments = {"minutes": 60, "agreed_minutes": 60, "most_unagreed": 0, "now": NOW}
    holds.place(session, books.bank, books.grace, deed="exchange:X", **arguments)
    raise_to(-59)
    assert get_account(session, books.bank, books.grace).floor == -1200
    assert get_account(session, books.bank, books.linus).floor == -59


def test_a_balance_exactly_at_the_new_floor_gets_it(session, books, post, raise_to):
    post(books.entry("a", Line(books.grace, books.ada, 60)))
    raise_to(-60)
    assert get_account(session, books.bank, books.grace).floor == -60


def test_only_accounts_of_the_kind_change(session, books, raise_to):
    arguments = {"floor": -1200, "reason": "A group", "by": books.recorder, "now": NOW}
    group = open_account(session, books.bank, AccountKind.GROUP, 71, **arguments)
    assert raise_to(-60, AccountKind.GROUP) == 1
    assert get_account(session, books.bank, group).floor == -60
    assert get_account(session, books.bank, books.ada).floor == -1200


def test_an_account_with_an_override_keeps_it(session, books, raise_to):
    arguments = {"reason": "A hard month", "by": books.recorder, "now": NOW, "until": TODAY}
    actions.change_limit(session, books.bank, books.grace, -1200, **arguments)
    raise_to(-60)
    assert get_account(session, books.bank, books.grace).floor == -1200


def test_expired_overrides_are_listed_by_account_id(session, books):
    yesterday = TODAY - timedelta(days=1)
    for account_id, floor in ((books.linus, -1300), (books.grace, None), (books.ada, -1400)):
        arguments = {"reason": "A hard month", "by": books.recorder, "now": NOW, "until": yesterday}
        actions.change_limit(session, books.bank, account_id, floor, **arguments)
    expired = [(row.id, row.floor) for row in list_ended_overrides(session, books.bank, TODAY)]
    assert expired == sorted([(books.linus, -1300), (books.ada, -1400)])
    assert list_ended_overrides(session, books.bank, yesterday) == []
