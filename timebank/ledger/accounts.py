"""Where minutes sit. An account has a floor below which it never falls, and numbers its postings without a gap."""

from dataclasses import dataclass
from enum import StrEnum


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
