"""The verbs of an exchange. Each writes its trail row first, locks the exchange, asks the rules, and moves on.

Hours move only in `confirm`, `agree`, `decide` and a reversal, through bookkeeping; while they wait they are held on
the receiver's account. A form's key makes a deed
happen once: the same form again gives the first result.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.exchanges import rules
from timebank.exchanges.conditions import all_minutes, check_day, check_sides, whole_steps
from timebank.exchanges.errors import (
    ExtrasNotAgreedError,
    NotNowError,
    NotYoursError,
    OwnExchangeError,
    ReasonMissingError,
    SideNotActiveError,
)
from timebank.exchanges.filing import find_category_id
from timebank.exchanges.hands import check_evidence, list_hands
from timebank.exchanges.locked import Locked, add_first_step, lock, take_step
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.exchanges.steps import begin, hold_hours, move, post_hours, release_hours
from timebank.exchanges.terms import Terms
from timebank.ledger.hours import NoTimeError
from timebank.members.queries import find_actor_by_account
from timebank.members.rules import Actor, Role, may_exchange


def propose(session: Session, bank: Bank, terms: Terms, *, by: Actor, now: datetime, form_key: str) -> str:
    """Ask the other side for help, or offer it, for a day to come; gives the exchange's code.

    Travel and getting ready are agreed here and count. Raises NotYoursError, OwnExchangeError, SamePersonError,
    NothingSaidError, PastDayError, SideNotActiveError, NoTimeError or TooLongError.
    """
    side = check_sides(session, terms, by)
    check_day(bank, terms.day, now, to_come=True)
    code = codes.new_reference()
    done = begin(session, by, Deed.PROPOSE, code, now, form_key, content=terms)
    if done is not None:
        return done
    exchange = _new_exchange(bank, code, terms, now)
    exchange.proposed_side, exchange.agreed_on, exchange.agreed_minutes = side, terms.day, all_minutes(terms)
    exchange.travel_minutes, exchange.preparation_minutes = terms.travel_minutes, terms.preparation_minutes
    exchange.listing_id = terms.listing_id
    exchange.category_id = find_category_id(session, bank.id, terms.listing_id) if terms.listing_id else None
    add_first_step(session, exchange, Deed.PROPOSE, by, now, exchange.agreed_minutes)
    return code


def record(  # noqa: PLR0913 (who, what, when, how long, and whether both have signed)
    session: Session, bank: Bank, terms: Terms, *, by: Actor, now: datetime, form_key: str, slip: bool = False
) -> str:
    """Write down help that has happened without being agreed before; gives the exchange's code.

    Nothing moves until the other side confirms, and until then the hours are held; a slip signed by both, which a
    broker holds, confirms at once. Raises as `propose` does, and FutureDayError, TooLongAgoError,
    ExtrasNotAgreedError, and with a slip EvidenceMissingError or FloorReachedError.
    """
    side = check_sides(session, terms, by)
    if terms.total_minutes != terms.minutes:
        raise ExtrasNotAgreedError
    check_day(bank, terms.day, now, to_come=False)
    code = codes.new_reference()
    done = begin(session, by, Deed.RECORD, code, now, form_key, content=terms)
    if done is not None:
        return done
    exchange = _new_exchange(bank, code, terms, now)
    _set_recorded(exchange, side, terms.day, terms.minutes)
    add_first_step(session, exchange, Deed.RECORD, by, now, exchange.minutes)
    if slip:
        _confirm_by_slip(session, lock(session, bank.id, code), by, now)
    else:
        hold_hours(session, bank, exchange, now)
    return code


def record_agreed(  # noqa: PLR0913 (who, what, when, how long)
    session: Session,
    bank: Bank,
    code: str,
    *,
    day: date,
    minutes: int,
    by: Actor,
    now: datetime,
    form_key: str,
    slip: bool = False,
) -> str:
    """Write down when agreed help happened and how many minutes it took; gives the exchange's code.

    The travel and getting ready that were agreed are added. A slip confirms at once, as in `record`.
    """
    check_day(bank, day, now, to_come=False)
    content = {"day": day, "minutes": minutes}
    if begin(session, by, Deed.RECORD, code, now, form_key, content=content) is not None:
        return code
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.RECORD, by, rules.may_record)
    side = exchange.standing().side_of(by.account_id)
    if minutes <= 0:
        raise NoTimeError
    all_minutes = minutes + exchange.travel_minutes + exchange.preparation_minutes
    _set_recorded(exchange, side or Side.GIVER, day, all_minutes)
    take_step(session, exchange, Deed.RECORD, by, now, exchange.minutes)
    if slip:
        _confirm_by_slip(session, exchange, by, now)
    else:
        hold_hours(session, bank, exchange, now)
    return code


def _confirm_by_slip(session: Session, exchange: Locked, by: Actor, now: datetime) -> None:
    """Confirm for the other side, who signed the same slip. Raises EvidenceMissingError or NotYoursError."""
    standing = exchange.standing()
    side = standing.side_of(by.account_id)
    if by.hand is None or side is None:
        raise NotYoursError
    other_id = standing.receiver_account_id if side is Side.GIVER else standing.giver_account_id
    other = find_actor_by_account(session, by.bank_id, other_id)
    if other is None or not may_exchange(other):
        raise SideNotActiveError(name=other.name if other else "")
    signed = replace(other, roles=frozenset({Role.MEMBER}), hand=by.hand)
    begin(session, signed, Deed.CONFIRM, exchange.code, now, None)
    check_evidence(session, exchange, signed)
    move(exchange, Deed.CONFIRM, signed, rules.may_confirm)
    take_step(session, exchange, Deed.CONFIRM, signed, now, exchange.minutes)
    post_hours(session, exchange, signed, now)


def accept(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say yes to what was proposed."""
    _simple(session, code, Deed.ACCEPT, rules.may_accept, by=by, now=now, form_key=form_key)


def decline(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say 'not this time' to what was proposed."""
    _simple(session, code, Deed.DECLINE, rules.may_accept, by=by, now=now, form_key=form_key)


def cancel(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Take back what one proposed or recorded, or call off what was agreed; what was held for it is free again."""
    if begin(session, by, Deed.CANCEL, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    waits = exchange.state == State.RECORDED
    move(exchange, Deed.CANCEL, by, rules.may_cancel)
    take_step(session, exchange, Deed.CANCEL, by, now)
    if waits:
        release_hours(session, exchange, now)


def confirm(session: Session, code: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Say that what the other side recorded is right: the hours move.

    Raises FloorReachedError where they cannot, and EvidenceMissingError where one broker speaks for both sides.
    """
    if begin(session, by, Deed.CONFIRM, code, now, form_key) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.CONFIRM, by, rules.may_confirm)
    check_evidence(session, exchange, by)
    take_step(session, exchange, Deed.CONFIRM, by, now, exchange.minutes)
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

    Nothing moves, and what was held stays so; a broker sees it.
    """
    content = {"words": words, "minutes": minutes}
    if begin(session, by, Deed.DISPUTE, code, now, form_key, content=content) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    move(exchange, Deed.DISPUTE, by, rules.may_dispute)
    exchange.disputed_minutes = whole_steps(minutes) if minutes else minutes
    take_step(session, exchange, Deed.DISPUTE, by, now, exchange.disputed_minutes, words=words)


def agree(session: Session, code: str, *, minutes: int, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """End a dispute by agreeing to the minutes that the other side named: the hours move, or none did (0).

    `minutes` is what the page showed, so that nobody agrees to what changed meanwhile. Raises NotNowError.
    """
    if begin(session, by, Deed.AGREE, code, now, form_key, content={"minutes": minutes}) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    if rules.is_of_the_hand(exchange.standing(), by):
        raise OwnExchangeError
    if rules.agreeable_minutes(exchange.standing(), by) != minutes:
        raise NotNowError(state=exchange.state)
    check_evidence(session, exchange, by)
    exchange.minutes = minutes
    happened = Deed.AGREE if minutes else Deed.CANCEL
    exchange.state = TRANSITIONS[State(exchange.state), happened]
    take_step(session, exchange, Deed.AGREE, by, now, minutes)
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
    hands = list_hands(session, by.bank_id, exchange.id)
    move(exchange, Deed.DECIDE, by, partial(rules.may_decide, hands=hands))
    exchange.minutes = whole_steps(minutes) if minutes else 0
    take_step(session, exchange, Deed.DECIDE, by, now, exchange.minutes, words=reason)
    post_hours(session, exchange, by, now)


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


def _set_recorded(exchange: Exchange | Locked, side: Side, day: date, minutes: int) -> None:
    exchange.state, exchange.recorded_side = State.RECORDED, side
    exchange.occurred_on, exchange.minutes = day, whole_steps(minutes)


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
    move(exchange, deed, by, may)
    take_step(session, exchange, deed, by, now)
