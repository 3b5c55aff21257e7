"""Leaving, settling what somebody left behind before, and coming back: each is one deed in one unit of work.

Hours go to a member or the community pot; what is below zero goes to the leavers' account of the bank. The account is
then closed at exactly zero, and a reversal or a coming back opens it again, on record.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.closings import close_account, is_closed, reopen_account
from timebank.bookkeeping.limits import lock_accounts
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import find_account_of_kind, get_account, get_account_of_kind
from timebank.exchanges.errors import UnfinishedError
from timebank.exchanges.leaving import refuse_unfinished
from timebank.exchanges.soft_limits import notice_crossings
from timebank.leaving import rules
from timebank.leaving.errors import HoursMovedError
from timebank.leaving.rules import Going
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.listings.actions import close_all
from timebank.members.errors import NotAllowedError, StandingMovedError
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import Actor, Standing
from timebank.members.standing import change_standing
from timebank.trail import actions as trail

#: What the trail calls leaving, and settling the hours of somebody who had left already.
LEFT, SETTLED = "member.left", "member.settled"
#: How keys and deeds of leavings begin.
PREFIX = "leaving:"
_LEAVERS_FLOOR = "what leavers owe has no floor"


def leave(  # noqa: PLR0913 (who, what was said, by whom, when, and under which form's key)
    session: Session, bank: Bank, member: Actor, going: Going, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Have a member leave with all that it brings; who has left already, or is unfinished, does not.

    Raises NotAllowedError, StandingMovedError, UnfinishedError, HoursMovedError, and what rules.check raises.
    """
    deed = _begin(session, LEFT, member, going, by=by, now=now, form_key=form_key)
    if deed is None:
        return
    _lock_both(session, member, going)
    change_standing(session, member, Standing.LEFT, reason=going.reason, by=by, now=now)
    close_all(session, bank.id, member.membership_id, by=by, now=now)
    _settle(session, bank, member, going, deed, by=by, now=now)


def settle(  # noqa: PLR0913 (the same)
    session: Session, bank: Bank, member: Actor, going: Going, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Settle the hours of who has left already: they left before accounts were closed, or a reversal opened theirs.

    Raises as `leave` does; StandingMovedError where they are back, or it was done meanwhile.
    """
    deed = _begin(session, SETTLED, member, going, by=by, now=now, form_key=form_key)
    if deed is None:
        return
    _lock_both(session, member, going)
    found = find_actor_by_code(session, bank.id, member.code)
    if found is None or found.standing is not Standing.LEFT or is_closed(session, bank.id, member.account_id):
        raise StandingMovedError
    _settle(session, bank, member, going, deed, by=by, now=now)


def take_back_in(
    session: Session, member: Actor, *, reason: str, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Make somebody active who has left or was suspended; an account that was closed is open again.

    Raises what change_standing raises.
    """
    if not change_standing(session, member, Standing.ACTIVE, reason=reason, by=by, now=now, form_key=form_key):
        return
    lock_accounts(session, member.bank_id, [member.account_id])
    if is_closed(session, member.bank_id, member.account_id):
        reopen_account(session, member.bank_id, member.account_id, reason=reason.strip(), by=by.doer_id, now=now)


def _begin(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session, verb: str, member: Actor, going: Going, *, by: Actor, now: datetime, form_key: str | None
) -> str | None:
    """Write the trail's row; gives what the books are to call this deed, None where the form was done before."""
    deed = f"{PREFIX}{codes.new_reference()}"
    to = going.to.code if going.to else ""
    content = {"member": member.code, "balance": going.balance, "to": to, "reason": going.reason}
    row = trail.Deed(
        by.bank_id, verb, deed, by.doer_id, now, on_behalf_of=by.on_behalf_of, form_key=form_key, content=content
    )
    if trail.begin(session, row) is not None:
        return None
    if not rules.may_write_down(by, member):
        raise NotAllowedError
    return deed


def _lock_both(session: Session, member: Actor, going: Going) -> None:
    """Hold where both stand, in the order of their ids: neither leaves nor begins something meanwhile."""
    ids = {member.membership_id, going.to.membership_id if going.to else member.membership_id}
    both = select(Membership.id).where(Membership.bank_id == member.bank_id, Membership.id.in_(ids))
    session.execute(both.order_by(Membership.id).with_for_update(key_share=True)).all()


def _settle(  # noqa: PLR0913 (a deed names who, what and when)
    session: Session, bank: Bank, member: Actor, going: Going, deed: str, *, by: Actor, now: datetime
) -> None:
    """Bring the account to zero and close it, under the locks of all that moves."""
    to = (find_actor_by_code(session, bank.id, going.to.code) or going.to) if going.to else None
    rules.check(Going(going.balance, going.reason, to), member, by)
    refuse_unfinished(session, member)
    other_id = _other_account(session, bank, going.balance, to, by=by, now=now)
    lock_accounts(session, bank.id, [member.account_id, other_id])
    account = get_account(session, bank.id, member.account_id)
    if account.balance != going.balance:
        raise HoursMovedError
    if account.held:
        raise UnfinishedError
    line = rules.line_to_zero(account.balance, account.id, other_id)
    if line is not None:
        _post(session, bank, line, deed, words=going.reason if account.balance < 0 else None, by=by, now=now)
    close_account(session, bank.id, account.id, reason=going.reason.strip(), by=by.doer_id, now=now)


def _other_account(session: Session, bank: Bank, balance: int, to: Actor | None, *, by: Actor, now: datetime) -> int:
    """Where hours go to or come from. The leavers' account is opened when it is first needed."""
    if balance >= 0:
        return to.account_id if to else get_account_of_kind(session, bank.id, AccountKind.POT)
    if find_account_of_kind(session, bank.id, AccountKind.LEAVERS) is None:
        session.execute(select(Bank.id).where(Bank.id == bank.id).with_for_update(key_share=True))  # one, whoever asks
    return find_account_of_kind(session, bank.id, AccountKind.LEAVERS) or _open_leavers(session, bank, by, now)


def _open_leavers(session: Session, bank: Bank, by: Actor, now: datetime) -> int:
    trail.begin(session, trail.Deed(bank.id, "leavers.opened", f"bank:{bank.slug}", by.doer_id, now))
    return open_account(
        session, bank.id, AccountKind.LEAVERS, bank.id, floor=None, reason=_LEAVERS_FLOOR, by=by.doer_id, now=now
    )


def _post(  # noqa: PLR0913 (a deed names who, what and when)
    session: Session, bank: Bank, line: Line, deed: str, *, words: str | None, by: Actor, now: datetime
) -> None:
    """Write the entry. The reason stands with hours that nobody gives back; else it is no reader's of a statement."""
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=bank.id,
            key=deed,
            kind=EntryKind.LEAVING,
            lines=(line,),
            occurred_on=clock.local_day(now, bank.time_zone),
            recorded_at=now,
            recorded_by=by.doer_id,
            on_behalf_of=by.on_behalf_of,
            deed=deed,
            words=words.strip() if words else None,
        ),
    )
    notice_crossings(session, bank.id, [line], now)
