"""How far below zero somebody may go: the bank's usual floor, lowered for a time by a broker with a reason.

Every change is a row of the books' limit changes and one of the trail. A limit never lies above today's balance.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, Unattended, may_change_limit, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.limits import list_ended_overrides, list_limits, lock_accounts
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.holders.queries import list_names
from timebank.ledger.accounts import Account, AccountKind
from timebank.ledger.hours import split
from timebank.members.errors import LimitAboveBalanceError, LimitDayError, LimitReasonMissingError
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import is_blank
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail

LONGEST = timedelta(days=366)
#: Reasons that nobody typed.
TIME_IS_OVER = "the override has ended"
ENDED_EARLY = "the override was ended early"


@dataclass(frozen=True, slots=True)
class Override:
    """A lower limit for a time: the minutes that an account may go below zero, why, and until the end of which day."""

    below_minutes: int
    reason: str
    until: date


def lower_limit(session: Session, bank: Bank, member: Actor, override: Override, doing: Doing) -> None:
    """Lower a member's limit for a time.

    Raises NotAllowedError, LimitReasonMissingError, LimitDayError, or LimitAboveBalanceError where they are further
    below zero already.
    """
    content = {"below": override.below_minutes, "reason": override.reason, "until": override.until}
    subject = Ref(Subject.MEMBER, member.code)
    if trail.is_repeat(session, doing, DeedName.LIMIT_LOWERED, subject, content):
        return
    if not may_change_limit(doing.by, of_membership=member.membership_id):
        raise NotAllowedError
    _check(override.reason, override.until, clock.local_day(doing.now, bank.time_zone))
    below = -override.below_minutes
    _set_floor(session, member.account_id, below, doing, reason=override.reason, until=override.until)


def end_override(session: Session, bank: Bank, member: Actor, doing: Doing) -> None:
    """End what was lowered for a time today; where none runs any more, nothing changes. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.LIMIT_ENDED, Ref(Subject.MEMBER, member.code)):
        return
    if not may_change_limit(doing.by, of_membership=member.membership_id):
        raise NotAllowedError
    lock_accounts(session, bank.id, [member.account_id])
    today = clock.local_day(doing.now, bank.time_zone)
    until = list_limits(session, bank.id, member.account_id)[0].until
    if until is not None and until >= today:
        account = get_account(session, bank.id, member.account_id)
        _raise_floor(session, bank, account, bank.member_floor, doing, reason=ENDED_EARLY)


def change_pot_limit(
    session: Session, bank: Bank, doing: Doing, *, below_minutes: int, reason: str, until: date | None
) -> None:
    """Say how far below zero the pot may go, until the end of a day or (None) as a rule of the bank.

    Raises NotAllowedError, LimitReasonMissingError, LimitDayError or LimitAboveBalanceError.
    """
    content = {"below": below_minutes, "reason": reason, "until": until}
    if trail.is_repeat(session, doing, DeedName.LIMIT_POT, Ref(Subject.POT), content):
        return
    if not may_coordinate(doing.by):
        raise NotAllowedError
    _check(reason, until, clock.local_day(doing.now, bank.time_zone))
    lock_bank(session, bank.id)  # before the account, as everywhere
    pot_id = get_account_of_kind(session, bank.id, AccountKind.POT)
    _set_floor(session, pot_id, -below_minutes, doing, reason=reason, until=until)
    if until is None:
        session.get_one(Bank, bank.id).pot_floor = -below_minutes
        session.flush()


def end_overrides(session: Session, bank: Bank, *, now: datetime) -> int:
    """Raise the floors whose override has ended, as far as each balance allows; return the number raised.

    Who is still below the bank's floor keeps the override's end, so that the next sweep raises it further, and a
    broker is asked once to talk with them.
    """
    raised, today, sweep = 0, clock.local_day(now, bank.time_zone), Unattended(bank.id, now)
    lock_accounts(session, bank.id, [row.id for row in list_ended_overrides(session, bank.id, today)])
    for row in list_ended_overrides(session, bank.id, today):  # read again, now that the balances are locked
        account = Account(row.id, AccountKind(row.kind), row.floor, row.balance, row.held)
        usual = usual_floor(bank, account.kind, row.for_good)
        moves = usual is None or account.free > row.floor or account.free >= usual
        if row.reason in {TIME_IS_OVER, ENDED_EARLY} and not moves:
            continue
        _raise_floor(session, bank, account, usual, sweep, reason=TIME_IS_OVER)
        raised += moves
    return raised


def _check(reason: str, until: date | None, today: date) -> None:
    if is_blank(reason):
        raise LimitReasonMissingError
    if until is not None and not today <= until <= today + LONGEST:
        raise LimitDayError


def _set_floor(session: Session, account_id: int, floor: int, doing: Doing, *, reason: str, until: date | None) -> None:
    """Change the floor under the account's lock, so that no hours move between looking and changing."""
    bank_id = doing.bank_id
    lock_accounts(session, bank_id, [account_id])
    free = get_account(session, bank_id, account_id).free
    if floor > free:
        hours, minutes = split(free)
        raise LimitAboveBalanceError(hours=hours, minutes=minutes)
    bookkeeping.change_limit(
        session, bank_id, account_id, floor, reason=reason.strip(), by=doing.doer_id, now=doing.now, until=until
    )


def usual_floor(bank: Bank, kind: AccountKind, for_good: int | None) -> int | None:
    """Return the floor that an account of a kind goes back to when an override ends, in minutes; None: no floor.

    Members and the pot have a rule of the bank. Groups, funds and activities each have their own: `for_good`, the
    newest floor that was set without an end.
    """
    match kind:
        case AccountKind.MEMBER:
            return bank.member_floor
        case AccountKind.POT:
            return bank.pot_floor
        case AccountKind.GROUP | AccountKind.FUND | AccountKind.ACTIVITY:
            return for_good
        case AccountKind.OPENING | AccountKind.LEAVERS | AccountKind.CLEARING:
            return None
    assert_never(kind)


def _raise_floor(
    session: Session, bank: Bank, account: Account, usual: int | None, doing: Doing | Unattended, *, reason: str
) -> None:
    """Raise the floor towards the usual one as far as the balance allows; where that is not all, ask a broker."""
    floor = None if usual is None else min(usual, account.free)
    still_below = floor != usual
    now = doing.now
    until = clock.local_day(now, bank.time_zone) - timedelta(days=1) if still_below else None
    bookkeeping.change_limit(session, bank.id, account.id, floor, reason=reason, by=doing.doer_id, now=now, until=until)
    holder = list_names(session, bank.id, [account.id]).get(account.id)
    subject = Ref(Subject(holder.kind), holder.code) if holder else Ref(Subject(account.kind))
    if doing.by is None:
        trail.begin(session, doing, DeedName.LIMIT_SWEPT, subject)
    if still_below and holder:
        open_task(session, bank.id, kind=TaskKind.LIMIT_ENDED, subject=subject, now=now)
