"""The verbs of an exchange. Each writes its trail row first, locks the exchange, asks the rules, and moves on.

Hours move only in `confirm`, `agree`, `decide` and a reversal, through bookkeeping. A form's key makes a deed
happen once: the same form again gives the first result.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
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
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.hours import LONGEST_MINUTES, NoTimeError, TooLongError, round_up_to_step
from timebank.members.queries import find_actor_by_account
from timebank.members.rules import Actor, may_exchange
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class Terms:
    """What two neighbours agree or record: who gave (accounts), what, on which day, how many minutes."""

    giver_account_id: int
    receiver_account_id: int
    what: str
    day: date
    minutes: int


def propose(session: Session, bank: Bank, terms: Terms, *, by: Actor, now: datetime, form_key: str) -> str:
    """Ask the other side for help, or offer it, for a day to come; gives the exchange's code.

    Raises NotYoursError, SamePersonError, NothingSaidError, PastDayError, SideNotActiveError, NoTimeError or
    TooLongError.
    """
    side = _check_sides(session, terms, by)
    check_day(bank, terms.day, now, to_come=True)
    code = codes.new_reference()
    done = _begin(session, by, Deed.PROPOSE, code, now, form_key, content=terms)
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
    done = _begin(session, by, Deed.RECORD, code, now, form_key, content=terms)
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
    if _begin(session, by, Deed.RECORD, code, now, form_key, content=content) is not None:
        return code
    exchange = lock(session, by.bank_id, code)
    _move(exchange, Deed.RECORD, by, rules.may_record, now)
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
    if _begin(session, by, Deed.CONFIRM, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    _move(exchange, Deed.CONFIRM, by, rules.may_confirm, now)
    add_step(session, exchange, Deed.CONFIRM, by, now, exchange.minutes)
    _post(session, exchange, by, now)


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
    if _begin(session, by, Deed.DISPUTE, code, now, form_key, content=content) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    _move(exchange, Deed.DISPUTE, by, rules.may_dispute, now)
    exchange.disputed_minutes = _whole_steps(minutes) if minutes else minutes
    add_step(session, exchange, Deed.DISPUTE, by, now, exchange.disputed_minutes, words=words)


def agree(session: Session, code: str, *, minutes: int, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """End a dispute by agreeing to the minutes that the other side named: the hours move, or none did (0).

    `minutes` is what the page showed, so that nobody agrees to what changed meanwhile. Raises NotNowError.
    """
    if _begin(session, by, Deed.AGREE, code, now, form_key, content={"minutes": minutes}) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    if rules.agreeable_minutes(exchange.standing(), by) != minutes:
        raise NotNowError(state=exchange.state)
    exchange.minutes = minutes
    happened = Deed.AGREE if minutes else Deed.CANCEL
    exchange.state, exchange.changed_at = TRANSITIONS[State(exchange.state), happened], now
    add_step(session, exchange, Deed.AGREE, by, now, minutes)
    _post(session, exchange, by, now)


def decide(  # noqa: PLR0913 (a decision names who, how much and why)
    session: Session, code: str, *, minutes: int, reason: str, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """End a dispute as a broker who took no part: so many minutes (0: none), for this reason.

    Raises ReasonMissingError, NotYoursError, NotNowError, or FloorReachedError where the hours cannot move.
    """
    if not reason.strip():
        raise ReasonMissingError
    content = {"minutes": minutes, "reason": reason}
    if _begin(session, by, Deed.DECIDE, code, now, form_key, content=content) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    _move(exchange, Deed.DECIDE, by, rules.may_decide, now)
    exchange.minutes = _whole_steps(minutes) if minutes else 0
    add_step(session, exchange, Deed.DECIDE, by, now, exchange.minutes, words=reason)
    _post(session, exchange, by, now)


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


def _begin(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session,
    by: Actor,
    deed: Deed,
    code: str,
    now: datetime,
    form_key: str | None,
    *,
    content: Terms | Mapping[str, object] | None = None,
) -> str | None:
    """Write the trail; gives the code of the exchange where this very form was done before."""
    told = asdict(content) if isinstance(content, Terms) else dict(content or {"code": code})
    row = trail.Deed(
        by.bank_id, f"exchange.{deed}", f"exchange:{code}", by.membership_id, now, form_key=form_key, content=told
    )
    done = trail.begin(session, row)
    return None if done is None else done.removeprefix("exchange:")


def lock(session: Session, bank_id: int, code: str) -> Exchange:
    """The exchange, locked and read anew: what another unit of work did meanwhile is seen."""
    return session.execute(
        select(Exchange)
        .where(Exchange.bank_id == bank_id, Exchange.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _move(
    exchange: Exchange, deed: Deed, by: Actor, may: Callable[[rules.Standing, Actor], bool], now: datetime
) -> None:
    """Take the exchange to where the deed leads. Raises NotNowError or NotYoursError."""
    leads_to = TRANSITIONS.get((State(exchange.state), deed))
    if leads_to is None:
        raise NotNowError(state=exchange.state)
    if not may(exchange.standing(), by):
        raise NotYoursError
    exchange.state, exchange.changed_at = leads_to, now


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
    if _begin(session, by, deed, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    _move(exchange, deed, by, may, now)
    add_step(session, exchange, deed, by, now)


def add_step(  # noqa: PLR0913 (a row of the exchange's history)
    session: Session,
    exchange: Exchange,
    deed: Deed,
    by: Actor,
    now: datetime,
    minutes: int | None = None,
    *,
    words: str | None = None,
) -> None:
    """Add a row to the exchange's history; the lock on the exchange keeps its numbers apart."""
    newest = session.scalar(
        select(func.max(ExchangeStep.number)).where(
            ExchangeStep.bank_id == exchange.bank_id, ExchangeStep.exchange_id == exchange.id
        )
    )
    session.add(
        ExchangeStep(
            bank_id=exchange.bank_id,
            exchange_id=exchange.id,
            number=(newest or 0) + 1,
            deed=deed,
            done_by=by.membership_id,
            done_at=now,
            minutes=minutes,
            words=words.strip() if words else None,
        )
    )
    session.flush()


def _post(session: Session, exchange: Exchange, by: Actor, now: datetime) -> None:
    """Move the hours from the receiver's account to the giver's; where a broker decided on none, nothing moves.

    Raises SideNotActiveError where one of the two was suspended or has left meanwhile.
    """
    if not exchange.minutes or exchange.occurred_on is None:
        return
    for account_id in (exchange.giver_account_id, exchange.receiver_account_id):
        side = find_actor_by_account(session, exchange.bank_id, account_id)
        if side is None or not side.is_active:
            raise SideNotActiveError(name=side.name if side else "")
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=exchange.bank_id,
            key=entry_key(exchange.code),
            kind=EntryKind.EXCHANGE,
            lines=(Line(exchange.receiver_account_id, exchange.giver_account_id, exchange.minutes),),
            occurred_on=exchange.occurred_on,
            recorded_at=now,
            recorded_by=by.membership_id,
            deed=f"exchange:{exchange.code}",
            words=exchange.what,
        ),
    )


def entry_key(code: str) -> str:
    """The key under which an exchange stands in the books, at most once."""
    return f"exchange:{code}"
