"""Who writes down that somebody leaves, to whom hours can go, and what then moves. Values in, answers out."""

from dataclasses import dataclass

from timebank.actors import Actor, Standing, may_change_standing, may_exchange
from timebank.exchanges.errors import SamePersonError, SideNotActiveError
from timebank.leaving.errors import OwnHandError
from timebank.ledger.entries import Line
from timebank.members.errors import WordsMissingError
from timebank.spelling import is_blank


@dataclass(frozen=True, slots=True)
class Departure:
    """A member's leaving: why, to whom hours go (None: the community pot), and the balance in minutes.

    `balance` is what the page showed; if the account's has changed since, the action refuses.
    """

    balance: int
    reason: str
    to: Actor | None = None


def may_write_down(actor: Actor, member: Actor) -> bool:
    """Return whether the actor may change the member's standing; nobody may change their own."""
    return may_change_standing(actor, member)


def is_settled(standing: Standing, *, is_closed: bool) -> bool:
    """Return whether they have left and their account is closed."""
    return standing is Standing.LEFT and is_closed


def check(departure: Departure, member: Actor, by: Actor) -> None:
    """Check that there is a reason, and that hours go to another active member, not to the broker who records it.

    Raises WordsMissingError, SamePersonError, OwnHandError or SideNotActiveError.
    """
    if is_blank(departure.reason):
        raise WordsMissingError
    if departure.to is None or departure.balance <= 0:
        return
    if departure.to.membership_id == member.membership_id:
        raise SamePersonError
    if departure.to.membership_id == by.doer_id:
        raise OwnHandError
    if departure.to.bank_id != member.bank_id or not may_exchange(departure.to):
        raise SideNotActiveError(name=departure.to.name)


def line_to_zero(balance: int, account_id: int, other_id: int) -> Line | None:
    """Return the line that brings an account to zero, to or from the other account; None if it is zero."""
    if balance == 0:
        return None
    return Line(account_id, other_id, balance) if balance > 0 else Line(other_id, account_id, -balance)
