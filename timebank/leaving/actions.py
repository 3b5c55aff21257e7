"""Leaving, settling what somebody left behind before, and coming back: each is one deed in one unit of work.

Hours go to a member or the community pot; what is below zero goes to the leavers' account of the bank. The account is
then closed at exactly zero, and a reversal or a coming back opens it again, on record.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing, Standing
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.closings import close_account, is_closed, reopen_account
from timebank.bookkeeping.limits import lock_accounts
from timebank.bookkeeping.opening import open_account
from timebank.bookkeeping.queries import find_account_of_kind, get_account, get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.exchanges.errors import UnfinishedError
from timebank.exchanges.queries import list_open
from timebank.exchanges.soft_limits import notice_crossings
from timebank.leaving import rules
from timebank.leaving.errors import HoursMovedError
from timebank.leaving.rules import Departure
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.listings.actions import close_all
from timebank.members.errors import StandingMovedError
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_code, get_rights
from timebank.members.standing import change_standing
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

_LEAVERS_FLOOR = "what leavers owe has no floor"


def leave(session: Session, bank: Bank, member: Actor, departure: Departure, doing: Doing) -> None:
    """Have a member leave with all that it brings; who has left already, or is unfinished, does not.

    Raises NotAllowedError, StandingMovedError, UnfinishedError, HoursMovedError, and what rules.check raises.
    """
    deed = _begin(session, DeedName.MEMBER_LEFT, member, departure, doing)
    if deed is None:
        return
    _lock_both(session, member, departure, doing)
    change_standing(session, member, Standing.LEFT, doing.part_of_it(), reason=departure.reason)
    close_all(session, member.membership_id, doing.part_of_it())
    _settle(session, bank, member, departure, deed, doing)


def settle(session: Session, bank: Bank, member: Actor, departure: Departure, doing: Doing) -> None:
    """Settle the hours of who has left already: they left before accounts were closed, or a reversal opened theirs.

    Raises as `leave` does; StandingMovedError where they are back, or it was done meanwhile.
    """
    deed = _begin(session, DeedName.MEMBER_SETTLED, member, departure, doing)
    if deed is None:
        return
    _lock_both(session, member, departure, doing)
    current = find_actor_by_code(session, bank.id, member.code)
    if current is None or current.standing is not Standing.LEFT or is_closed(session, bank.id, member.account_id):
        raise StandingMovedError
    _settle(session, bank, member, departure, deed, doing)


def take_back_in(session: Session, member: Actor, doing: Doing, *, reason: str) -> None:
    """Make somebody active who has left or was suspended; an account that was closed is open again.

    Raises what change_standing raises.
    """
    if not change_standing(session, member, Standing.ACTIVE, doing, reason=reason):
        return
    lock_accounts(session, member.bank_id, [member.account_id])
    if is_closed(session, member.bank_id, member.account_id):
        reopen_account(
            session, member.bank_id, member.account_id, reason=reason.strip(), by=doing.doer_id, now=doing.now
        )


def refuse_unfinished(session: Session, member: Actor) -> None:
    """Raise UnfinishedError where something that they asked, agreed, recorded or see differently is still open."""
    if list_open(session, member.bank_id, member.account_id):
        raise UnfinishedError


def _begin(session: Session, name: DeedName, member: Actor, departure: Departure, doing: Doing) -> str | None:
    """Write the trail's row; return the reference of this deed in the books, None where the form was done before.

    Raises NotAllowedError.
    """
    to = departure.to.code if departure.to else ""
    content = {"member": member.code, "balance": departure.balance, "to": to, "reason": departure.reason}
    deed = Ref(Subject.LEAVING, codes.new_reference())
    if trail.begin(session, doing, name, deed, content, is_new=True) is not None:
        return None
    if not rules.may_write_down(doing.by, member):
        raise NotAllowedError
    return str(deed)


def _lock_both(session: Session, member: Actor, departure: Departure, doing: Doing) -> None:
    """Lock the bank, then the memberships of both in the order of their ids: neither leaves nor begins something.

    Raises NotAllowedError where roles or standing have changed since they were read.
    """
    lock_bank(session, member.bank_id)
    ids = {member.membership_id, departure.to.membership_id if departure.to else member.membership_id}
    both = select(Membership.id).where(Membership.bank_id == member.bank_id, Membership.id.in_(ids))
    session.execute(both.order_by(Membership.id).with_for_update(key_share=True)).all()
    if not rules.may_write_down(get_rights(session, doing.by), get_rights(session, member)):
        raise NotAllowedError


def _settle(session: Session, bank: Bank, member: Actor, departure: Departure, deed: str, doing: Doing) -> None:
    """Bring the account to zero and close it, under the locks of all that moves."""
    to = (find_actor_by_code(session, bank.id, departure.to.code) or departure.to) if departure.to else None
    rules.check(Departure(departure.balance, departure.reason, to), member, doing.by)
    refuse_unfinished(session, member)
    other_id = _other_account(session, bank, departure.balance, to, doing)
    lock_accounts(session, bank.id, [member.account_id, other_id])
    account = get_account(session, bank.id, member.account_id)
    if account.balance != departure.balance:
        raise HoursMovedError
    if account.held:
        raise UnfinishedError
    line = rules.line_to_zero(account.balance, account.id, other_id)
    if line is not None:
        _post(session, bank, line, deed, doing, words=departure.reason if account.balance < 0 else None)
    close_account(session, bank.id, account.id, reason=departure.reason.strip(), by=doing.doer_id, now=doing.now)


def _other_account(session: Session, bank: Bank, balance: int, to: Actor | None, doing: Doing) -> int:
    """Return the account that the hours go to or come from, opening the leavers' account when it is first needed."""
    if balance >= 0:
        return to.account_id if to else get_account_of_kind(session, bank.id, AccountKind.POT)
    return find_account_of_kind(session, bank.id, AccountKind.LEAVERS) or _open_leavers(session, bank, doing)


def _open_leavers(session: Session, bank: Bank, doing: Doing) -> int:
    trail.begin(session, doing.part_of_it(), DeedName.LEAVERS_OPENED, Ref(Subject.BANK, bank.slug))
    by, now = doing.doer_id, doing.now
    return open_account(
        session, bank.id, AccountKind.LEAVERS, bank.id, floor=None, reason=_LEAVERS_FLOOR, by=by, now=now
    )


def _post(session: Session, bank: Bank, line: Line, deed: str, doing: Doing, *, words: str | None) -> None:
    """Post the entry. `words` is the reason, given only for debts that the bank takes over."""
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=bank.id,
            key=deed,
            kind=EntryKind.LEAVING,
            lines=(line,),
            occurred_on=clock.local_day(doing.now, bank.time_zone),
            recorded_at=doing.now,
            recorded_by=doing.doer_id,
            on_behalf_of=doing.on_behalf_of,
            deed=deed,
            words=words.strip() if words else None,
        ),
    )
    notice_crossings(session, bank.id, [line], doing.now)
