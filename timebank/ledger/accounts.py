"""Accounts: each has a balance in minutes, a floor below which it never falls, and postings numbered without a gap."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class AccountKind(StrEnum):
    """What an account is for, in the words of the glossary."""

    MEMBER = "member"
    GROUP = "group"
    POT = "pot"
    FUND = "fund"
    ACTIVITY = "activity"
    OPENING = "opening"
    LEAVERS = "leavers"
    CLEARING = "clearing"


class HolderKind(StrEnum):
    """Who can hold an account."""

    MEMBER = "member"
    GROUP = "group"
    FUND = "fund"
    ACTIVITY = "activity"
    BANK = "bank"


def holder_kind(kind: AccountKind) -> HolderKind:
    """Return the kind of holder of accounts of this kind; a bank's clearing account is held by the other bank."""
    match kind:
        case AccountKind.MEMBER:
            return HolderKind.MEMBER
        case AccountKind.GROUP:
            return HolderKind.GROUP
        case AccountKind.FUND:
            return HolderKind.FUND
        case AccountKind.ACTIVITY:
            return HolderKind.ACTIVITY
        case AccountKind.POT | AccountKind.OPENING | AccountKind.LEAVERS | AccountKind.CLEARING:
            return HolderKind.BANK
    assert_never(kind)


#: A bank has exactly one account of each of these kinds.
ONE_PER_BANK = (AccountKind.POT, AccountKind.OPENING, AccountKind.LEAVERS)


@dataclass(frozen=True, slots=True)
class Account:
    """The state of an account, in minutes; `number` is that of its newest posting, and a `floor` of None is no floor.

    `held` minutes await confirmation: they are still part of the balance but count against the floor. `given` and
    `received` count help only, net of reversals; `other` is the rest of the balance (welcome hours, gifts,
    corrections): given - received + other = balance.
    """

    id: int
    kind: AccountKind = AccountKind.MEMBER
    floor: int | None = 0
    balance: int = 0
    held: int = 0
    number: int = 0
    given: int = 0
    received: int = 0

    @property
    def free(self) -> int:
        """Balance in minutes, less what is held."""
        return self.balance - self.held

    @property
    def other(self) -> int:
        """Net minutes that moved by anything but help."""
        return self.balance - self.given + self.received
