"""Names, standing and locks of account holders of every registered kind."""

import pytest
from sqlalchemy import BigInteger, literal, select

from tests.people import NOW
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import get_account_of_kind, select_holders_now
from timebank.holders import sources
from timebank.holders.queries import HolderName, hold_standing, holders, list_names
from timebank.holders.sources import HolderSource, list_sources, register
from timebank.ledger.accounts import AccountKind, HolderKind, holder_kind
from timebank.members.models import Membership, Person


@pytest.fixture
def choir(session, village, monkeypatch):
    """A group's account, and a room of groups: Perdita's membership of Perth stands in for the group itself."""

    def groups():
        bank_id = literal(village.angus.id, BigInteger).label("bank_id")
        name = ("The choir of " + Person.name).label("name")
        return (
            select(bank_id, Membership.id, name, Membership.code, Membership.standing)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.id == village.perdita.membership_id)
        )

    held = []
    monkeypatch.setattr(sources, "_SOURCES", dict(sources._SOURCES))
    register(HolderSource(HolderKind.GROUP, groups, lambda _session, _bank_id, ids: held.extend(ids)))
    arguments = {"floor": -600, "reason": "a group", "by": village.mary.membership_id, "now": NOW}
    account_id = open_account(session, village.angus.id, AccountKind.GROUP, village.perdita.membership_id, **arguments)
    return account_id, held


def test_members_accounts_have_their_names(session, village):
    names = list_names(session, village.angus.id, [village.ada.account_id, village.grace.account_id])
    assert names == {
        village.ada.account_id: ("Ada Lamont", village.ada.code, HolderKind.MEMBER),
        village.grace.account_id: ("Grace Okafor", village.grace.code, HolderKind.MEMBER),
    }


def test_another_banks_accounts_have_no_name_here(session, village):
    assert list_names(session, village.perth.id, [village.ada.account_id]) == {}
    assert list_names(session, village.angus.id, [village.perdita.account_id]) == {}


def test_the_pot_has_no_holder_name(session, village):
    pot = get_account_of_kind(session, village.angus.id, AccountKind.POT)
    assert list_names(session, village.angus.id, [pot]) == {}
    held = select_holders_now().subquery()
    row = session.execute(select(held).where(held.c.account_id == pot)).one()
    assert tuple(row) == (village.angus.id, pot, HolderKind.BANK, village.angus.id)


def test_a_registered_kind_has_its_accounts_named(session, village, choir):
    account_id, _held = choir
    names = list_names(session, village.angus.id, [account_id, village.ada.account_id])
    name = f"The choir of {village.perdita.name}"
    assert names[account_id] == HolderName(name, village.perdita.code, HolderKind.GROUP)
    assert names[village.ada.account_id].name == "Ada Lamont"


def test_holders_have_the_standing_of_every_kind(session, village, choir):
    holder = holders().subquery()
    rows = session.execute(select(holder.c.account_id, holder.c.standing).where(holder.c.bank_id == village.angus.id))
    standing = {row.account_id: row.standing for row in rows}
    assert standing[choir[0]] == standing[village.ada.account_id] == "active"


def test_hold_standing_calls_the_source_of_each_kind(session, village, choir):
    account_id, held = choir
    hold_standing(session, village.angus.id, [account_id, village.ada.account_id])
    assert held == [village.perdita.membership_id]


def test_a_kind_has_one_source():
    (member,) = list_sources()
    with pytest.raises(ValueError, match="member"):
        register(member)


@pytest.mark.parametrize("kind", list(AccountKind))
def test_every_kind_of_account_has_a_kind_of_holder(kind):
    expected = kind.value if kind.value in {"member", "group", "fund", "activity"} else "bank"
    assert holder_kind(kind) == expected
