"""Which side of an exchange gets a notice of a deed, and whether the notice still holds when it is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, How, Unattended
from timebank.banks.models import Bank
from timebank.exchanges.locked import Locked
from timebank.exchanges.models import Exchange, Reversal
from timebank.exchanges.rules import Deed, Side, State
from timebank.exchanges.waiting import LONGEST_REMINDED, REMINDER_DAYS
from timebank.holders.queries import holders
from timebank.ledger.accounts import HolderKind
from timebank.notices.actions import tell
from timebank.notices.holding import register
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.references import Ref, Subject

#: The notice of a deed to those sides that did not do it. Confirming sends none: the next digest has the hours.
OF_DEEDS: Mapping[Deed, NoticeKind] = {
    Deed.PROPOSE: NoticeKind.ASKED,
    Deed.ACCEPT: NoticeKind.ACCEPTED,
    Deed.DECLINE: NoticeKind.DECLINED,
    Deed.CANCEL: NoticeKind.CALLED_OFF,
    Deed.RECORD: NoticeKind.TO_CONFIRM,
    Deed.DISPUTE: NoticeKind.NOT_RIGHT,
    Deed.AGREE: NoticeKind.SETTLED,
    Deed.DECIDE: NoticeKind.SETTLED,
    Deed.EXPIRE: NoticeKind.NOBODY_CONFIRMED,
    Deed.REVERSE: NoticeKind.TAKEN_BACK,
}
#: In which states of its exchange a notice still holds; one that only reports what happened always does.
HOLDS_IN: Mapping[NoticeKind, Collection[State]] = {
    NoticeKind.ASKED: (State.PROPOSED,),
    NoticeKind.ACCEPTED: (State.ACCEPTED, State.RECORDED),
    NoticeKind.TOMORROW: (State.ACCEPTED,),
    NoticeKind.TO_CONFIRM: (State.RECORDED,),
    NoticeKind.STILL_TO_CONFIRM: (State.RECORDED,),
    NoticeKind.NOT_RIGHT: (State.DISPUTED,),
}
#: Who agreed this shortly ago remembers it.
_JUST_AGREED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two accounts of an exchange."""

    code: str
    giver_account_id: int
    receiver_account_id: int


def tell_of(session: Session, exchange: Exchange | Locked, deed: Deed, doing: Doing | Unattended) -> None:
    """Put what a deed means for the sides that did not do it into the outbox, and whom a broker did it for."""
    subject = Ref(Subject.EXCHANGE, exchange.code)
    if doing.by is not None and doing.by.hand is not None and doing.by.hand.how is not How.REQUEST:
        hand = doing.by.hand
        facts, by = {"deed": deed, "by": hand.membership_id, "how": hand.how}, [doing.by.membership_id]
        kind_of_it = NoticeKind.DONE_FOR_YOU
        tell(session, doing.bank_id, by, kind_of_it, subject, now=doing.now, facts=facts, occasion=deed.value)
    kind = OF_DEEDS.get(deed)
    if kind is None:
        return
    accounts = {exchange.giver_account_id, exchange.receiver_account_id}
    if doing.by is not None:
        accounts.discard(doing.by.account_id)
    tell(session, doing.bank_id, _list_members(session, doing.bank_id, accounts), kind, subject, now=doing.now)


def tell_of_proposed_reversal(session: Session, exchange: Locked, reversal_code: str, doing: Doing) -> None:
    """Ask both sides whether they agree that an exchange is taken back."""
    sides = {exchange.giver_account_id, exchange.receiver_account_id} - {doing.by.account_id}
    members = _list_members(session, doing.bank_id, sides)
    subject, facts = Ref(Subject.REVERSAL, reversal_code), {"exchange": exchange.code}
    tell(session, doing.bank_id, members, NoticeKind.TO_TAKE_BACK, subject, now=doing.now, facts=facts)


def remind(session: Session, bank: Bank, *, now: datetime) -> int:
    """Notify both sides of what is agreed for tomorrow, and remind those who have not confirmed; return how many rows.

    Called often: each notice is stored once. What comes after the reminders is in `by_time`.
    """
    tomorrow = clock.local_day(now, bank.time_zone) + timedelta(days=1)
    agreed = _list_agreed(session, bank.id, tomorrow, before=now - _JUST_AGREED)
    for exchange in agreed:
        accounts = {exchange.giver_account_id, exchange.receiver_account_id}
        _tell_accounts(session, bank.id, accounts, NoticeKind.TOMORROW, exchange.code, now, str(tomorrow))
    reminded = len(agreed)
    for number, days in enumerate(REMINDER_DAYS, start=1):
        waiting = _list_waiting(session, bank.id, now - LONGEST_REMINDED, now - timedelta(days=days))
        for exchange, account_id in waiting:
            kind, occasion = NoticeKind.STILL_TO_CONFIRM, str(number)
            _tell_accounts(session, bank.id, {account_id}, kind, exchange.code, now, occasion)
        reminded += len(waiting)
    return reminded


def _tell_accounts(  # noqa: PLR0913, PLR0917 (whom, what, of what, and when)
    session: Session,
    bank_id: int,
    accounts: Collection[int],
    kind: NoticeKind,
    code: str,
    now: datetime,
    occasion: str,
) -> None:
    members = _list_members(session, bank_id, accounts)
    tell(session, bank_id, members, kind, Ref(Subject.EXCHANGE, code), now=now, occasion=occasion)


def _list_members(session: Session, bank_id: int, account_ids: Collection[int]) -> Sequence[int]:
    """Return the memberships that hold these accounts; other holders, such as groups, have nobody to notify yet."""
    holder = holders().subquery()
    query = select(holder.c.holder_id).where(
        holder.c.bank_id == bank_id, holder.c.account_id.in_(account_ids), holder.c.kind == HolderKind.MEMBER
    )
    return session.scalars(query).all() if account_ids else []


def _list_agreed(session: Session, bank_id: int, day: date, *, before: datetime) -> list[Sides]:
    """Return what is agreed for a day, and was so before a moment."""
    query = select(Exchange.code, Exchange.giver_account_id, Exchange.receiver_account_id).where(
        Exchange.bank_id == bank_id,
        Exchange.state == State.ACCEPTED,
        Exchange.agreed_on == day,
        Exchange.changed_at <= before,
    )
    return [Sides(*row) for row in session.execute(query)]


def _list_waiting(session: Session, bank_id: int, since: datetime, until: datetime) -> list[tuple[Sides, int]]:
    """Return what was recorded between two moments and waits, each with the account that has to confirm."""
    query = select(
        Exchange.code, Exchange.giver_account_id, Exchange.receiver_account_id, Exchange.recorded_side
    ).where(
        Exchange.bank_id == bank_id,
        Exchange.state == State.RECORDED,
        Exchange.changed_at > since,
        Exchange.changed_at <= until,
    )
    return [
        (Sides(*row[:3]), row.receiver_account_id if row.recorded_side == Side.GIVER else row.giver_account_id)
        for row in session.execute(query)
    ]


def _list_holding(session: Session, bank_id: int, notices: Sequence[Told], now: datetime) -> set[int]:
    codes = {notice.subject.code for notice in notices}
    query = select(Exchange.code, Exchange.state, Exchange.agreed_on, Bank.time_zone).join(Bank, Bank.id == bank_id)
    rows = session.execute(query.where(Exchange.bank_id == bank_id, Exchange.code.in_(codes)))
    values = {row.code: (State(row.state), row.agreed_on, clock.local_day(now, row.time_zone)) for row in rows}
    return {
        notice.id
        for notice in notices
        if notice.subject.code in values and _holds(notice, *values[notice.subject.code])
    }


def _holds(notice: Told, state: State, agreed_on: date | None, today: date) -> bool:
    if notice.kind is NoticeKind.TOMORROW and (str(agreed_on) != notice.occasion or agreed_on == today):
        return False
    return state in HOLDS_IN.get(notice.kind, State)


def _list_holding_reversals(session: Session, bank_id: int, notices: Sequence[Told], _now: datetime) -> set[int]:
    codes = {notice.subject.code for notice in notices}
    query = select(Reversal.code).where(
        Reversal.bank_id == bank_id, Reversal.code.in_(codes), Reversal.closed_at.is_(None)
    )
    waiting = set(session.scalars(query))
    return {notice.id for notice in notices if notice.subject.code in waiting}


register(sorted({*OF_DEEDS.values(), NoticeKind.TOMORROW, NoticeKind.STILL_TO_CONFIRM}), _list_holding)
register([NoticeKind.TO_TAKE_BACK], _list_holding_reversals)
