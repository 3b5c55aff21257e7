"""Who proposes a correction and who answers it, and what it would do to balances. Values in, answers out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from timebank.actors import Actor, may_approve, may_coordinate
from timebank.approvals.rules import is_independent
from timebank.ledger.accounts import Account
from timebank.ledger.entries import EntryKind, Line
from timebank.references import Subject, code_of

may_propose = may_coordinate


def may_answer(actor: Actor, *, proposed_by: int, accounts: Collection[int], depends_on: Collection[int]) -> bool:
    """Return whether the actor is a second approver, independent of the proposer, who holds none of its accounts."""
    independent = is_independent(actor, proposed_by=proposed_by, depends_on=depends_on)
    return may_approve(actor) and independent and actor.account_id not in accounts


def may_withdraw(actor: Actor, *, proposed_by: int) -> bool:
    """Return whether the actor proposed it, and is still a coordinator."""
    return may_coordinate(actor) and actor.membership_id == proposed_by


def may_confirm_month(actor: Actor, *, signed_by: int, depends_on: Collection[int]) -> bool:
    """Return whether the actor is a second approver, independent of who signed."""
    return may_approve(actor) and is_independent(actor, proposed_by=signed_by, depends_on=depends_on)


def has_own_way(kind: EntryKind, deed: str) -> bool:
    """Return whether an entry is reversed on the page of its exchange instead. Imported help has no such page."""
    return kind is EntryKind.EXCHANGE and code_of(Subject.EXCHANGE, deed) is not None


def accounts_of(lines: Sequence[Line]) -> set[int]:
    """Return every account that these lines move."""
    return {account for line in lines for account in (line.from_account, line.to_account)}


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one account by a correction: minutes before and after, and whether its floor prevents it."""

    account_id: int
    before: int
    after: int
    is_too_low: bool


def changes(lines: Sequence[Line], accounts: Mapping[int, Account]) -> list[Change]:
    """Return the change of each account by these lines together, in the order in which the lines name them.

    A floor stands in the way where the lines take the account down and below it.
    """
    moved: dict[int, int] = {}
    for line in lines:
        moved[line.from_account] = moved.get(line.from_account, 0) - line.minutes
        moved[line.to_account] = moved.get(line.to_account, 0) + line.minutes
    return [_change(account_id, minutes, accounts[account_id]) for account_id, minutes in moved.items()]


def _change(account_id: int, minutes: int, account: Account) -> Change:
    after = account.balance + minutes
    is_too_low = minutes < 0 and account.floor is not None and after - account.held < account.floor
    return Change(account_id, account.balance, after, is_too_low)
