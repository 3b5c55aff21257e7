"""What every deed on an exchange has in common: the trail, the row lock, the transition, its permission, its step.

Brokers act for members here too: one broker speaks for both sides only with evidence for each, and a slip that both
have signed is evidence for both.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache, partial

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.actors import Actor, Doing, How, Standing, Unattended
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping, holds
from timebank.exchanges import rules
from timebank.exchanges.errors import (
    CodeMakerPartError,
    EvidenceMissingError,
    NotNowError,
    NotYoursError,
    OwnExchangeError,
    SideNotActiveError,
)
from timebank.exchanges.locked import Locked, deed_of, lock, take_step
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.telling import tell_of
from timebank.holders.queries import holders
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.hours import round_up_to_step
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

#: Deeds in which a side gives its word about hours; a dispute names minutes, to which the other side agrees.
_WORD_GIVEN = (Deed.RECORD, Deed.CONFIRM, Deed.DISPUTE, Deed.AGREE)
#: Deeds whose step keeps the exchange's minutes.
_KEEPS_MINUTES = frozenset({Deed.RECORD, Deed.CONFIRM, Deed.AGREE, Deed.DECIDE})
May = Callable[[rules.Snapshot, Actor], bool]
#: Who may do a deed on an exchange that exists. Brokers who acted for a side are looked up under the lock by `decide`.
_MAY: dict[Deed, May] = {
    Deed.ACCEPT: rules.may_accept,
    Deed.DECLINE: rules.may_accept,
    Deed.CANCEL: rules.may_cancel,
    Deed.RECORD: rules.may_record,
    Deed.CONFIRM: rules.may_confirm,
    Deed.DISPUTE: rules.may_dispute,
    Deed.DECIDE: partial(rules.may_decide, hands=()),
}


@contextmanager
def deed(
    session: Session,
    doing: Doing,
    verb: Deed,
    code: str,
    *,
    content: Mapping[str, object] | None = None,
    words: str | None = None,
) -> Iterator[Locked | None]:
    """Begin a deed and yield the row-locked exchange; on leaving, write its changes and the step with `words`.

    Yields None if this form was submitted before: then there is nothing to do. Raises OtherContentError,
    NotNowError, NotYoursError or OwnExchangeError.
    """
    if begin(session, doing, verb, code, content) is not None:
        yield None
        return
    exchange = lock(session, doing.bank_id, code)
    move(exchange, verb, doing.by)
    yield exchange
    minutes = exchange.disputed_minutes if verb is Deed.DISPUTE else exchange.minutes
    keeps = verb is Deed.DISPUTE or verb in _KEEPS_MINUTES
    take_step(session, exchange, verb, doing, minutes if keeps else None, words=words)
    tell_of(session, exchange, verb, doing)


def begin(
    session: Session,
    doing: Doing | Unattended,
    verb: Deed,
    code: str,
    content: Mapping[str, object] | None = None,
    *,
    is_new: bool = False,
) -> str | None:
    """Write the trail's row; return the code of the exchange if this form was submitted before, else None."""
    by_text = "_by_text" if doing.by is not None and doing.by.by_text else ""
    name = DeedName(f"exchange.{verb}{by_text}")
    return trail.begin(session, doing, name, Ref(Subject.EXCHANGE, code), content, is_new=is_new)


def move(exchange: Locked, verb: Deed, by: Actor) -> None:
    """Take the exchange to where the deed leads. Raises NotNowError, NotYoursError or OwnExchangeError."""
    leads_to = TRANSITIONS.get((State(exchange.state), verb))
    if leads_to is None:
        raise NotNowError(state=exchange.state)
    refuse_interested(exchange.snapshot(), by)
    if not _MAY[verb](exchange.snapshot(), by):
        raise NotYoursError
    exchange.state = leads_to


def refuse_interested(exchange: rules.Snapshot, by: Actor) -> None:
    """Raise OwnExchangeError or CodeMakerPartError where a broker behind the actor is a side of the exchange."""
    if rules.is_of_the_hand(exchange, by):
        raise OwnExchangeError
    if by.code_maker is not None and rules.is_of_the_code_maker(exchange, by):
        raise CodeMakerPartError(name=by.code_maker.name)


def list_hands(session: Session, bank_id: int, exchange_id: int) -> Sequence[int]:
    """Return the memberships of all brokers who acted for a side of this exchange, or whose code opened its session.

    Who only asked somebody to help with a request has said nothing about hours, and is not among them.
    """
    steps = session.execute(
        select(ExchangeStep.done_by, ExchangeStep.on_behalf_of, ExchangeStep.code_made_by)
        .where(
            ExchangeStep.bank_id == bank_id,
            ExchangeStep.exchange_id == exchange_id,
            ExchangeStep.on_behalf_of.is_not(None) | ExchangeStep.code_made_by.is_not(None),
            ExchangeStep.how.is_(None) | (ExchangeStep.how != How.REQUEST),
        )
        .distinct()
    )
    acted = {step.done_by if step.on_behalf_of else step.code_made_by for step in steps}
    return [membership_id for membership_id in acted if membership_id is not None]


def check_evidence(session: Session, exchange: Exchange | Locked, by: Actor) -> None:
    """Refuse one broker's giving both sides' word without evidence for each.

    Raises EvidenceMissingError where the broker acts for a side, and CodeMakerPartError where the broker's code opened
    the session, in which there is no evidence to give.
    """
    broker_id = by.hand.membership_id if by.hand else by.code_maker.membership_id if by.code_maker else None
    if broker_id is None:
        return
    acted = (ExchangeStep.done_by == broker_id) & (ExchangeStep.on_behalf_of != by.membership_id)
    by_code = (ExchangeStep.code_made_by == broker_id) & (ExchangeStep.done_by != by.membership_id)
    evidence = session.scalars(
        select(ExchangeStep.evidence).where(
            ExchangeStep.bank_id == exchange.bank_id,
            ExchangeStep.exchange_id == exchange.id,
            acted | by_code,
            ExchangeStep.deed.in_(_WORD_GIVEN),
        )
    ).all()
    if evidence and by.code_maker is not None:
        raise CodeMakerPartError(name=by.code_maker.name)
    if evidence and not (all(evidence) and by.hand and by.hand.evidence):
        raise EvidenceMissingError


def hold_hours(session: Session, bank: Bank, exchange: Exchange | Locked, now: datetime) -> None:
    """Hold what the receiver's account has to hold until the other side answers.

    What was agreed counts as it would be recorded; minutes beyond it were not agreed beforehand.
    """
    holds.place(
        session,
        bank.id,
        exchange.receiver_account_id,
        deed=deed_of(exchange.code),
        minutes=exchange.minutes or 0,
        agreed_minutes=round_up_to_step(exchange.agreed_minutes or 0),
        most_unagreed=bank.unagreed_hold_minutes,
        now=now,
    )


def release_hours(session: Session, exchange: Locked, now: datetime) -> None:
    """Release what is held for the exchange: no hours move."""
    holds.release(session, exchange.bank_id, deed_of(exchange.code), now=now)


def post_hours(session: Session, exchange: Locked, doing: Doing) -> None:
    """Move the hours from the receiver's account to the giver's, and resolve what was held for them.

    Where none move, because two agreed on that or a broker decided it, what was held is free again.

    Raises SideNotActiveError where one of the two was suspended or has left meanwhile.
    """
    if not exchange.minutes or exchange.occurred_on is None:
        release_hours(session, exchange, doing.now)
        return
    _check_both_active(session, exchange)
    entry = entry_of(exchange, exchange.minutes, exchange.occurred_on, doing)
    bookkeeping.post(session, entry)
    notice_crossings(session, exchange.bank_id, entry.lines, doing.now)


def entry_of(exchange: Locked, minutes: int, day: date, doing: Doing) -> bookkeeping.NewEntry:
    """Return the entry that moves an exchange's minutes from the receiver's account to the giver's."""
    return bookkeeping.NewEntry(
        bank_id=exchange.bank_id,
        key=entry_key(exchange.code),
        kind=EntryKind.EXCHANGE,
        lines=(Line(exchange.receiver_account_id, exchange.giver_account_id, minutes),),
        occurred_on=day,
        recorded_at=doing.now,
        recorded_by=doing.doer_id,
        on_behalf_of=doing.on_behalf_of,
        deed=deed_of(exchange.code),
        resolves=exchange.hold_id,
        words=exchange.what,
    )


def _check_both_active(session: Session, exchange: Locked) -> None:
    """Raise SideNotActiveError where one of the two is not active."""
    sides = {"of_bank": exchange.bank_id, "giver": exchange.giver_account_id, "receiver": exchange.receiver_account_id}
    for name, standing in _standings().rows(session, sides):
        if standing != Standing.ACTIVE:
            raise SideNotActiveError(name=name)


@lru_cache(maxsize=1)
def _standings() -> driver.Statement:
    """Return the query of (name, standing) of two accounts' holders, built after all rooms registered their holders."""
    holder = holders().subquery()
    return driver.Statement(
        select(holder.c.name, holder.c.standing).where(
            holder.c.bank_id == bindparam("of_bank"),
            holder.c.account_id.in_([bindparam("giver"), bindparam("receiver")]),
        )
    )


def entry_key(code: str) -> str:
    """Return the key of an exchange's entry, which is unique in the books."""
    return deed_of(code)
