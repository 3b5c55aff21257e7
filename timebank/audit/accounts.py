"""Accounts of a bank with their holders, filtered by balance, limits and standing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from timebank.actors import OfMember, Role, Standing
from timebank.banks.models import Bank
from timebank.bookkeeping.audit_queries import accounts_as_they_stand
from timebank.ledger.accounts import AccountKind
from timebank.members.models import Membership, MembershipRole, Person
from timebank.rows import Page, fetch_numbered

ROWS_A_PAGE = 25


class Which(StrEnum):
    """Which accounts to list."""

    ALL = "all"
    ABOVE = "above"
    BELOW = "below"
    ACTIVE = "active"
    BEYOND = "beyond"
    LEFT = "left"


def count_people(session: Session, bank: Bank) -> tuple[int, int, int]:
    """Return (active members, accounts beyond a soft limit, members who left with a balance other than 0)."""
    accounts = accounts_as_they_stand(bank.id).subquery()
    counts = (
        func.count(case((_filter(which, accounts, bank), 1))) for which in (Which.ACTIVE, Which.BEYOND, Which.LEFT)
    )
    row = session.execute(_holders(bank.id, accounts).with_only_columns(*counts)).one()
    return row[0], row[1], row[2]


def _holders(bank_id: int, accounts: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 (a subquery and its columns)
    """Select every account of the bank with its holder, which is NULL for accounts of the bank itself."""
    role = and_(
        MembershipRole.bank_id == Membership.bank_id,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role == Role.MEMBER,
    )
    return (
        select(
            accounts.c.id,
            accounts.c.kind,
            accounts.c.balance,
            accounts.c.floor,
            Membership.code,
            Membership.number,
            Membership.standing,
            Person.name,
        )
        .select_from(accounts)
        .outerjoin(Membership, and_(Membership.bank_id == bank_id, Membership.account_id == accounts.c.id))
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(MembershipRole, role)
    )


def _filter(which: Which, accounts: Any, bank: Bank) -> ColumnElement[bool]:  # noqa: ANN401 (a subquery and its columns)
    balance = accounts.c.balance
    owned = accounts.c.kind.in_((AccountKind.MEMBER, AccountKind.GROUP))
    conditions: dict[Which, ColumnElement[bool]] = {
        Which.ALL: accounts.c.id.is_not(None),
        Which.ABOVE: balance > 0,
        Which.BELOW: balance < 0,
        Which.ACTIVE: and_(
            Membership.standing == Standing.ACTIVE, MembershipRole.role.is_not(None), ~Membership.is_holder
        ),
        Which.BEYOND: and_(owned, ~balance.between(bank.soft_low, bank.soft_high)),
        Which.LEFT: and_(Membership.standing == Standing.LEFT, balance != 0),
    }
    return conditions[which]


@dataclass(frozen=True, slots=True)
class AccountRow(OfMember):
    """An account and its holder, None for accounts of the bank itself; `balance` and `floor` are in minutes."""

    id: int
    kind: str
    balance: int
    floor: int | None
    code: str | None
    number: int | None
    standing: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class AccountsPage(Page[AccountRow]):
    """A numbered page of accounts; `count` and `minutes` are totals over all pages."""

    count: int = 0
    minutes: int = 0


def list_accounts(
    session: Session, bank: Bank, which: Which, *, page: int = 1, size: int = ROWS_A_PAGE
) -> AccountsPage:
    """Return page `page` (from 1) of accounts: by ascending balance for BELOW and BEYOND, else descending."""
    accounts = accounts_as_they_stand(bank.id).subquery()
    query = _holders(bank.id, accounts).where(_filter(which, accounts, bank))
    total = session.execute(query.with_only_columns(func.count(), func.coalesce(func.sum(accounts.c.balance), 0))).one()
    first = accounts.c.balance if which in {Which.BELOW, Which.BEYOND} else accounts.c.balance.desc()
    listed = fetch_numbered(session, query.order_by(first, accounts.c.id), AccountRow, size, page)
    return AccountsPage(listed.rows, listed.next, page, count=int(total[0]), minutes=int(total[1]))
