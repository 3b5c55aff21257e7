"""Recorded help that its other side has not answered for a fortnight: brokers look at it, or it is confirmed by time.

The silent side must have been reached by both reminders, and the deed is done by the coordinator who answers for the
bank's rule, in the silent member's name: whatever that coordinator may not confirm in person, time does not either.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Actor, Doing, How, acting_for
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError, TimebankError
from timebank.exchanges.deeds import check_evidence, move, post_hours, refuse_interested
from timebank.exchanges.locked import Locked, lock, take_step
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import Deed, Side, State
from timebank.exchanges.telling import tell_of
from timebank.exchanges.time_rule import TimeRuleRow, find_time_rule, rule_since
from timebank.exchanges.waiting import LONGEST_REMINDED, TO_DO_AFTER, Due, silence_counts_at, what_is_due
from timebank.members.queries import find_actor_by_account
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import list_sent_at
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.actions import open_once
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def settle_waiting(session: Session, bank: Bank, *, now: datetime) -> Sequence[str]:
    """Open tasks for what brokers have to look at; return the codes of what is to be confirmed by time.

    Called often: each task is opened once.
    """
    since, to_confirm = rule_since(session, bank.id), []
    waiting = _list_long_waiting(session, bank.id, now)
    reminders = _list_reminders(session, bank.id, list(waiting)) if since is not None else {}
    for code, recorded_at in waiting.items():
        due = what_is_due(recorded_at, now, rule_since=since, reminders=reminders.get(code, ()))
        if due is Due.TASK:
            _ask_brokers(session, bank.id, code, now)
        elif due is Due.CONFIRMATION:
            to_confirm.append(code)
    return to_confirm


def confirm_by_time(session: Session, bank: Bank, code: str, *, now: datetime) -> bool:
    """Confirm an exchange whose other side was silent; return whether hours moved.

    What was answered just now is left alone; what may not or cannot be confirmed so is left to brokers, as a task.
    """
    lock_bank(session, bank.id)  # whoever answers for the rule is still a coordinator when the hours move
    rule = find_time_rule(session, bank.id)
    exchange = lock(session, bank.id, code)
    if rule is None or not rule.holds or exchange.state != State.RECORDED:
        return False
    if _recorded_at(session, bank.id, code) < rule.begun_at:  # another rule since this was listed
        return False
    try:
        with session.begin_nested():
            _confirm(session, exchange, rule, now)
    except TimebankError:
        _ask_brokers(session, bank.id, code, now)
        return False
    return True


def silence_counts_on(session: Session, bank: Bank, exchange: Exchange, now: datetime) -> date | None:
    """Return the day from which silence counts as a yes to recorded help; None where brokers look at it instead."""
    rule = find_time_rule(session, bank.id)
    if exchange.state != State.RECORDED or rule is None or not rule.holds:
        return None
    try:
        by = _as_the_silent(session, exchange, rule)
        refuse_interested(exchange.snapshot(), by)
        check_evidence(session, exchange, by)
    except TimebankError:
        return None
    reminders = _list_reminders(session, bank.id, [exchange.code]).get(exchange.code, ())
    counts_at = silence_counts_at(exchange.changed_at, now, rule_since=rule.begun_at, reminders=reminders)
    return clock.local_day(counts_at, bank.time_zone) if counts_at is not None else None


def _confirm(session: Session, exchange: Locked, rule: TimeRuleRow, now: datetime) -> None:
    """Raises a TimebankError where the coordinator could not confirm it for the silent side either."""
    doing = Doing(_as_the_silent(session, exchange, rule), now)
    trail.begin(session, doing, DeedName.EXCHANGE_CONFIRM_BY_TIME, Ref(Subject.EXCHANGE, exchange.code))
    move(exchange, Deed.CONFIRM, doing.by)
    check_evidence(session, exchange, doing.by)
    take_step(session, exchange, Deed.CONFIRM, doing, exchange.minutes)
    post_hours(session, exchange, doing)
    tell_of(session, exchange, Deed.CONFIRM, doing)


def _as_the_silent(session: Session, exchange: Exchange | Locked, rule: TimeRuleRow) -> Actor:
    """Return the side that has to confirm, with the hand of who answers for the rule.

    Raises NotAllowedError where the rule does not hold for these two.
    """
    sides, recorded_side = exchange.snapshot(), Side(exchange.recorded_side or Side.GIVER)
    recorder, silent = (
        find_actor_by_account(session, exchange.bank_id, sides.account_of(side))
        for side in (recorded_side, recorded_side.other)
    )
    if silent is None or not rule.may_confirm(recorder, silent):
        raise NotAllowedError
    return acting_for(rule.begun_by, silent, How.TIME)


def _recorded_at(session: Session, bank_id: int, code: str) -> datetime:
    return session.scalars(select(Exchange.changed_at).where(Exchange.bank_id == bank_id, Exchange.code == code)).one()


def _ask_brokers(session: Session, bank_id: int, code: str, now: datetime) -> None:
    open_once(session, bank_id, kind=TaskKind.NOT_CONFIRMED, subject=Ref(Subject.EXCHANGE, code), now=now)


def _list_long_waiting(session: Session, bank_id: int, now: datetime) -> Mapping[str, datetime]:
    """Return {code: when it was recorded} of what has waited for a fortnight, and not so long that it is set aside."""
    query = select(Exchange.code, Exchange.changed_at).where(
        Exchange.bank_id == bank_id,
        Exchange.state == State.RECORDED,
        Exchange.changed_at > now - LONGEST_REMINDED,
        Exchange.changed_at <= now - TO_DO_AFTER,
    )
    return {row.code: row.changed_at for row in session.execute(query.order_by(Exchange.id))}


def _list_reminders(session: Session, bank_id: int, codes: Sequence[str]) -> Mapping[str, list[datetime]]:
    """Return {code: moments at which reminders of it reached somebody}; only the silent side gets any."""
    subjects = [str(Ref(Subject.EXCHANGE, code)) for code in codes]
    reached: dict[str, list[datetime]] = {}
    for subject, sent_at in list_sent_at(session, bank_id, NoticeKind.STILL_TO_CONFIRM, subjects):
        reached.setdefault(subject.removeprefix(f"{Subject.EXCHANGE}:"), []).append(sent_at)
    return reached
