"""The verbs of an exchange. Each writes its trail row first, locks the exchange, asks the rules, and moves on.

Hours move only in `confirm`, `agree`, `decide` and a reversal, through bookkeeping. A form's key makes a deed
happen once: the same form again gives the first result.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.exchanges import rules
from timebank.exchanges.errors import (
    FutureDayError,
    NothingSaidError,
    NotNowError,
    NotYoursError,
    PastDayError,
    ReasonMissingError,
    SamePersonError,
    SideNotActiveError,
    TooLongAgoError,
)
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.exchanges.steps import add_step, begin, lock, move, post_hours
from timebank.exchanges.terms import Terms
from timebank.ledger.hours import LONGEST_MINUTES, NoTimeError, TooLongError, round_up_to_step
from timebank.members.queries import find_actor_by_account
from timebank.members.rules import Actor, may_exchange


def propose(session: Session, bank: Bank, terms: Terms, *, by: Actor, now: datetime, form_key: str) -> str:
    """Ask the other side for help, or offer it, for a day to come; gives the exchange's code.

    Raises NotYoursError, SamePersonError, NothingSaidError, PastDayError, SideNotActiveError, NoTimeError or
    TooLongError.
    """
    side = _check_sides(session, terms, by)
    check_day(bank, terms.day, now, to_come=True)
    code = codes.new_reference()
    done = begin(session, by, Deed.PROPOSE, code, now, form_key, content=terms)
    if done is not None:
        return done
    exchange = _new_exchange(bank, code, terms, now)
    exchange.proposed_side, exchange.agreed_on, exchange.agreed_minutes = side, terms.day, _whole_steps(terms.minutes)
    session.add(exchange)
    session.flush()
    add_step(session, exchange, Deed.PROPOSE, by, now, exchange.agreed_minutes)
    return code


def record(session: Session, bank: Bank, terms: Terms, *, by: Actor, now: datetime, form_key: str) -> str:
    """Write down help that has happened without being agreed before; gives the exchange's code.

    Nothing moves until the other side confirms. Raises as `propose` does, and FutureDayError or TooLongAgoError.
    """
    side = _check_sides(session, terms, by)
    check_day(bank, terms.day, now, to_come=False)
    code = codes.new_reference()
    done = begin(session, by, Deed.RECORD, code, now, form_key, content=terms)
    if done is not None:
        return done
    exchange = _new_exchange(bank, code, terms, now)
    session.add(exchange)
    _set_recorded(exchange, side, terms.day, terms.minutes)
    session.flush()
    add_step(session, exchange, Deed.RECORD, by, now, exchange.minutes)
    return code


def record_agreed(  # noqa: PLR0913 (who, what, when, how long)
    session: Session, bank: Bank, code: str, *, day: date, minutes: int, by: Actor, now: datetime, form_key: str
) -> str:
    """Write down when agreed help happened and how long it took; gives the exchange's code."""
    check_day(bank, day, now, to_come=False)
    content = {"day": day, "minutes": minutes}
    if begin(session, by, Deed.RECORD, code, now, form_key, content=content) is not None:
        return code
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.RECORD, by, rules.may_record, now)
    side = exchange.standing().side_of(by.account_id)
    _set_recorded(exchange, side or Side.GIVER, day, minutes)
    add_step(session, exchange, Deed.RECORD, by, now, exchange.minutes)
    return code


def accept(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say yes to what was proposed."""
    _simple(session, code, Deed.ACCEPT, rules.may_accept, by=by, now=now, form_key=form_key)


def decline(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say 'not this time' to what was proposed."""
    _simple(session, code, Deed.DECLINE, rules.may_accept, by=by, now=now, form_key=form_key)


def cancel(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Take back what one proposed or recorded, or call off what was agreed."""
    _simple(session, code, Deed.CANCEL, rules.may_cancel, by=by, now=now, form_key=form_key)


def confirm(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say that what the other side recorded is right: the hours move. Raises FloorReachedError where they cannot."""
    if begin(session, by, Deed.CONFIRM, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.CONFIRM, by, rules.may_confirm, now)
    add_step(session, exchange, Deed.CONFIRM, by, now, exchange.minutes)
    post_hours(session, exchange, by, now)


def dispute(  # noqa: PLR0913 (what is not right, and how long it was)
    session: Session,
    code: str,
    *,
    words: str,
    minutes: int | None,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> None:
    """Say that what was recorded is not right, and how long it was (minutes; 0: nothing happened; None: not said).

    Nothing moves; a broker sees it.
    """
    content = {"words": words, "minutes": minutes}
    if begin(session, by, Deed.DISPUTE, code, now, form_key, content=content) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.DISPUTE, by, rules.may_dispute, now)
    exchange.disputed_minutes = _whole_steps(minutes) if minutes else minutes
    add_step(session, exchange, Deed.DISPUTE, by, now, exchange.disputed_minutes, words=words)


def agree(session: Session, code: str, *, minutes: int, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """End a dispute by agreeing to the minutes that the other side named: the hours move, or none did (0).

    `minutes` is what the page showed, so that nobody agrees to what changed meanwhile. Raises NotNowError.
    """
    if begin(session, by, Deed.AGREE, code, now, form_key, content={"minutes": minutes}) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    if rules.agreeable_minutes(exchange.standing(), by) != minutes:
        raise NotNowError(state=exchange.state)
    exchange.minutes = minutes
    happened = Deed.AGREE if minutes else Deed.CANCEL
    exchange.state, exchange.changed_at = TRANSITIONS[State(exchange.state), happened], now
    add_step(session, exchange, Deed.AGREE, by, now, minutes)
    post_hours(session, exchange, by, now)


def decide(  # noqa: PLR0913 (a decision names who, how much and why)
    session: Session, code: str, *, minutes: int, reason: str, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """End a dispute as a broker who took no part: so many minutes (0: none), for this reason.

    Raises ReasonMissingError, NotYoursError, NotNowError, or FloorReachedError where the hours cannot move.
    """
    if not reason.strip():
        raise ReasonMissingError
    content = {"minutes": minutes, "reason": reason}
    if begin(session, by, Deed.DECIDE, code, now, form_key, content=content) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.DECIDE, by, rules.may_decide, now)
    exchange.minutes = _whole_steps(minutes) if minutes else 0
    add_step(session, exchange, Deed.DECIDE, by, now, exchange.minutes, words=reason)
    post_hours(session, exchange, by, now)


def check_day(bank: Bank, day: date, now: datetime, *, to_come: bool) -> None:
    """Help is agreed for a day to come, and recorded when it has been.

    Raises PastDayError, FutureDayError or TooLongAgoError.
    """
    today = clock.local_day(now, bank.time_zone)
    if to_come:
        if day < today:
            raise PastDayError
        return
    if day > today:
        raise FutureDayError
    if day < rules.earliest_day(today, bank.back_dating_days):
        raise TooLongAgoError(days=bank.back_dating_days)


def _check_sides(session: Session, terms: Terms, by: Actor) -> Side:
    """Which side the actor speaks for, once all that both ways in have in common is right."""
    if terms.giver_account_id == terms.receiver_account_id:
        raise SamePersonError
    side = {terms.giver_account_id: Side.GIVER, terms.receiver_account_id: Side.RECEIVER}.get(by.account_id)
    if side is None or not may_exchange(by):
        raise NotYoursError
    if not terms.what.strip():
        raise NothingSaidError
    other_account_id = terms.receiver_account_id if side is Side.GIVER else terms.giver_account_id
    other = find_actor_by_account(session, by.bank_id, other_account_id)
    if other is None or not may_exchange(other):
        raise SideNotActiveError(name=other.name if other else "")
    return side


def _whole_steps(minutes: int) -> int:
    if minutes <= 0:
        raise NoTimeError
    if minutes > LONGEST_MINUTES:
        raise TooLongError
    return round_up_to_step(minutes)


def _new_exchange(bank: Bank, code: str, terms: Terms, now: datetime) -> Exchange:
    return Exchange(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        giver_account_id=terms.giver_account_id,
        receiver_account_id=terms.receiver_account_id,
        state=State.PROPOSED,
        what=terms.what.strip(),
        changed_at=now,
    )


def _set_recorded(exchange: Exchange, side: Side, day: date, minutes: int) -> None:
    exchange.state, exchange.recorded_side = State.RECORDED, side
    exchange.occurred_on, exchange.minutes = day, _whole_steps(minutes)


def _simple(  # noqa: PLR0913 (the deed and its rule, and who does it when)
    session: Session,
    code: str,
    deed: Deed,
    may: Callable[[rules.Standing, Actor], bool],
    *,
    by: Actor,
    now: datetime,
    form_key: str | None,
) -> None:
    """A deed that changes the state and nothing else."""
    if begin(session, by, deed, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, deed, by, may, now)
    add_step(session, exchange, deed, by, now)
