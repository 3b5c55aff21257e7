"""Where minutes sit. An account has a floor below which it never falls, and numbers its postings without a gap."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class AccountKind(StrEnum):
    """What an account is for; the words are the glossary's."""

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
    """Return who holds accounts of a kind; a bank's clearing account is held by the other bank."""
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


#: A bank has one of each of these.
ONE_PER_BANK = (AccountKind.POT, AccountKind.OPENING, AccountKind.LEAVERS)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands: minutes, the number of its newest posting, and its floor (None: no floor).

    `held` minutes wait for an answer and count against the floor: they are part of the balance still.
    `given` and `received` count help only, net of what was taken back; the rest of the balance came another way
    (welcome hours, gifts, corrections): given - received + other = balance.
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
        """Minutes of the balance that nothing waits for."""
        return self.balance - self.held

    @property
    def other(self) -> int:
        """Minutes that came or went by another way than helping and being helped."""
        return self.balance - self.given + self.received
