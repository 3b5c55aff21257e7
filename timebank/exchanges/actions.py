"""Actions on an exchange: each writes the trail, locks the row, checks the rules and adds a step (see `deeds`).

Hours move only in `confirm`, `agree`, `decide` and a reversal, through bookkeeping; while they wait they are held on
the receiver's account. The same form again returns what its first submission produced, whatever has changed since.
"""

from dataclasses import asdict, replace
from datetime import date

from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Role, may_exchange
from timebank.banks.models import Bank
from timebank.errors import ReasonMissingError
from timebank.exchanges import rules
from timebank.exchanges.deeds import (
    begin,
    check_evidence,
    deed,
    hold_hours,
    list_hands,
    post_hours,
    refuse_interested,
    release_hours,
)
from timebank.exchanges.errors import (
    ExtrasNotAgreedError,
    NotNowError,
    NotYoursError,
    SideNotActiveError,
)
from timebank.exchanges.filing import find_category_id
from timebank.exchanges.locked import Locked, add_first_step, lock, take_step
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, Side, State
from timebank.exchanges.telling import tell_of
from timebank.exchanges.terms import Terms, all_minutes, check_day, check_room, check_sides, whole_steps
from timebank.ledger.hours import NoTimeError
from timebank.members.queries import find_actor_by_account
from timebank.spelling import fold, is_blank


def propose(session: Session, bank: Bank, terms: Terms, doing: Doing) -> str:
    """Propose help to the other side, or ask for it, on a future day; return the exchange's code.

    Travel and getting ready are agreed here and count. Raises NotYoursError, OwnExchangeError, SamePersonError,
    NothingSaidError, PastDayError, SideNotActiveError, TooManyAskedOfOneError, TooManyAskedError, NoTimeError,
    TooLongError or ExtrasTooLongError.
    """
    code = codes.new_reference()
    first_code = begin(session, doing, Deed.PROPOSE, code, asdict(terms), is_new=True)
    if first_code is not None:
        return first_code
    side = check_sides(session, terms, doing.by)
    check_room(session, terms, doing.by)
    check_day(bank, terms.day, doing.now, to_come=True)
    exchange = _new_exchange(session, bank, code, terms, doing)
    _set_agreed(exchange, side, terms)
    add_first_step(session, exchange, Deed.PROPOSE, doing, exchange.agreed_minutes)
    tell_of(session, exchange, Deed.PROPOSE, doing)
    return code


def agree_by_invitation(session: Session, bank: Bank, terms: Terms, *, asked: Doing, answer: Doing) -> str:
    """Agree help that a broker asked for on the receiver's request, and to which the giver says yes; return its code.

    `asked` is the receiver with the broker's hand (or a broker who asks for themselves) when the invitation was sent,
    `answer` is the giver. Raises OwnExchangeError, NotYoursError, SamePersonError, NothingSaidError, PastDayError,
    SideNotActiveError, NoTimeError or TooLongError.
    """
    code = codes.new_reference()
    side = check_sides(session, terms, asked.by)
    check_day(bank, terms.day, answer.now, to_come=True)
    exchange = _new_exchange(session, bank, code, terms, answer)
    _set_agreed(exchange, side, terms)
    add_first_step(session, exchange, Deed.PROPOSE, asked, exchange.agreed_minutes)
    accept(session, code, answer.part_of_it())
    return code


def record(session: Session, bank: Bank, terms: Terms, doing: Doing, *, slip: bool = False) -> str:
    """Record help that happened without being agreed before; return the exchange's code.

    Nothing moves until the other side confirms, and until then the hours are held; a slip signed by both, which a
    broker holds, confirms at once. Raises SamePersonError, NothingSaidError, FutureDayError, TooLongAgoError,
    SideNotActiveError, NoTimeError, TooLongError, ExtrasNotAgreedError, and with a slip what `confirm` raises.
    """
    code = codes.new_reference()
    first_code = begin(session, doing, Deed.RECORD, code, {**asdict(terms), "slip": slip}, is_new=True)
    if first_code is not None:
        return first_code
    side = check_sides(session, terms, doing.by)
    if terms.total_minutes != terms.minutes:
        raise ExtrasNotAgreedError
    check_day(bank, terms.day, doing.now, to_come=False)
    exchange = _new_exchange(session, bank, code, terms, doing)
    _set_recorded(exchange, side, terms.day, terms.minutes)
    add_first_step(session, exchange, Deed.RECORD, doing, exchange.minutes)
    if slip:
        _confirm_by_slip(session, exchange, side.other, doing)
    else:
        hold_hours(session, bank, exchange, doing.now)
        tell_of(session, exchange, Deed.RECORD, doing)
    return code


def record_agreed(  # noqa: PLR0913 (which exchange, when and how long, and whether both have signed)
    session: Session, bank: Bank, code: str, doing: Doing, *, day: date, minutes: int, slip: bool = False
) -> None:
    """Record the day and the minutes of agreed help.

    The travel and getting ready that were agreed are added. A slip confirms at once, as in `record`. Raises
    FutureDayError, TooLongAgoError, NoTimeError, TooLongError, and with a slip what `confirm` raises.
    """
    content = {"day": day, "minutes": minutes, "slip": slip}
    with deed(session, doing, Deed.RECORD, code, content=content) as exchange:
        if exchange is None:
            return
        check_day(bank, day, doing.now, to_come=False)
        if minutes <= 0:
            raise NoTimeError
        side = exchange.snapshot().side_of(doing.by.account_id) or Side.GIVER
        _set_recorded(exchange, side, day, minutes + exchange.travel_minutes + exchange.preparation_minutes)
        if not slip:
            hold_hours(session, bank, exchange, doing.now)
    if slip:
        _confirm_by_slip(session, exchange, side.other, doing)


def _confirm_by_slip(session: Session, exchange: Exchange | Locked, other_side: Side, doing: Doing) -> None:
    """Confirm for the other side, who signed the same slip. Raises EvidenceMissingError or NotYoursError."""
    if doing.by.hand is None:
        raise NotYoursError
    other = find_actor_by_account(session, doing.bank_id, exchange.snapshot().account_of(other_side))
    if other is None or not may_exchange(other):
        raise SideNotActiveError(name=other.name if other else "")
    signed = doing.part_of_it(replace(other, roles=frozenset({Role.MEMBER}), hand=doing.by.hand))
    confirm(session, exchange.code, signed)


def accept(session: Session, code: str, doing: Doing) -> None:
    """Accept a proposal."""
    with deed(session, doing, Deed.ACCEPT, code):
        pass


def decline(session: Session, code: str, doing: Doing) -> None:
    """Decline a proposal."""
    with deed(session, doing, Deed.DECLINE, code):
        pass


def cancel(session: Session, code: str, doing: Doing) -> None:
    """Cancel one's own proposal or record, or what was agreed; releases the hold."""
    with deed(session, doing, Deed.CANCEL, code) as exchange:
        if exchange is not None and exchange.hold_id is not None:
            release_hours(session, exchange, doing.now)


def confirm(session: Session, code: str, doing: Doing) -> None:
    """Confirm what the other side recorded: posts the entry.

    Raises FloorReachedError, SideNotActiveError, and EvidenceMissingError where one broker gives both sides' word
    without evidence for each.
    """
    with deed(session, doing, Deed.CONFIRM, code) as exchange:
        if exchange is not None:
            check_evidence(session, exchange, doing.by)
            post_hours(session, exchange, doing)


def dispute(session: Session, code: str, doing: Doing, *, words: str, minutes: int | None) -> None:
    """Dispute what was recorded, naming the right minutes (0: nothing happened; None: unknown).

    No hours move, and the hold stays; a broker sees the dispute. Raises TooLongError.
    """
    content = {"words": words, "minutes": minutes}
    with deed(session, doing, Deed.DISPUTE, code, content=content, words=words) as exchange:
        if exchange is not None:
            exchange.disputed_minutes = whole_steps(minutes) if minutes else minutes


def agree(session: Session, code: str, doing: Doing, *, minutes: int) -> None:
    """End a dispute by agreeing to the minutes that the other side named: posts the entry, or cancels at 0 minutes.

    `minutes` is what the page showed, so that nobody agrees to what changed meanwhile. Raises NotNowError, and
    what `confirm` raises.
    """
    if begin(session, doing, Deed.AGREE, code, {"minutes": minutes}) is not None:
        return
    exchange = lock(session, doing.bank_id, code)
    refuse_interested(exchange.snapshot(), doing.by)
    if rules.agreeable_minutes(exchange.snapshot(), doing.by) != minutes:
        raise NotNowError(state=exchange.state)
    check_evidence(session, exchange, doing.by)
    exchange.minutes = minutes
    leads_by = Deed.AGREE if minutes else Deed.CANCEL
    exchange.state = TRANSITIONS[State(exchange.state), leads_by]
    take_step(session, exchange, Deed.AGREE, doing, minutes)
    post_hours(session, exchange, doing)
    tell_of(session, exchange, Deed.AGREE, doing)


def decide(session: Session, code: str, doing: Doing, *, minutes: int, reason: str) -> None:
    """Decide a dispute as a broker who took no part: the minutes (0: none) and the reason.

    Raises ReasonMissingError, NotYoursError, NotNowError, or FloorReachedError where the hours cannot move.
    """
    if is_blank(reason):
        raise ReasonMissingError
    content = {"minutes": minutes, "reason": reason}
    with deed(session, doing, Deed.DECIDE, code, content=content, words=reason) as exchange:
        if exchange is None:
            return
        if doing.by.membership_id in list_hands(session, doing.bank_id, exchange.id):
            raise NotYoursError
        exchange.minutes = whole_steps(minutes) if minutes else 0
        post_hours(session, exchange, doing)


def _new_exchange(session: Session, bank: Bank, code: str, terms: Terms, doing: Doing) -> Exchange:
    return Exchange(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        giver_account_id=terms.giver_account_id,
        receiver_account_id=terms.receiver_account_id,
        state=State.PROPOSED,
        what=terms.what.strip(),
        what_folded=fold(terms.what),
        listing_id=terms.listing_id,
        category_id=find_category_id(session, bank.id, terms.listing_id, chosen_id=terms.category_id),
        changed_at=doing.now,
    )


def _set_agreed(exchange: Exchange, side: Side, terms: Terms) -> None:
    exchange.proposed_side, exchange.agreed_on, exchange.agreed_minutes = side, terms.day, all_minutes(terms)
    exchange.travel_minutes, exchange.preparation_minutes = terms.travel_minutes, terms.preparation_minutes
    exchange.agreed_time, exchange.agreed_place = terms.at, terms.meeting_place.strip()


def _set_recorded(exchange: Exchange | Locked, side: Side, day: date, minutes: int) -> None:
    exchange.state, exchange.recorded_side = State.RECORDED, side
    exchange.occurred_on, exchange.minutes = day, whole_steps(minutes)
