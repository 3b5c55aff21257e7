"""What every deed on an exchange has in common: the trail, the lock, the move, the history, and the hours."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping, holds
from timebank.exchanges import rules
from timebank.exchanges.errors import NotNowError, NotYoursError, OwnExchangeError, SideNotActiveError
from timebank.exchanges.locked import Locked, deed_of
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.terms import Terms
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.hours import round_up_to_step
from timebank.members.rules import Actor, Standing
from timebank.trail import actions as trail


def begin(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
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
    told = asdict(content) if isinstance(content, Terms) else {"code": code, **(content or {})}
    row = trail.Deed(
        by.bank_id,
        f"exchange.{deed}",
        f"exchange:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content=told,
    )
    done = trail.begin(session, row)
    return None if done is None else done.removeprefix("exchange:")


def move(exchange: Locked, deed: Deed, by: Actor, may: Callable[[rules.Standing, Actor], bool]) -> None:
    """Take the exchange to where the deed leads. Raises NotNowError, NotYoursError or OwnExchangeError."""
    leads_to = TRANSITIONS.get((State(exchange.state), deed))
    if leads_to is None:
        raise NotNowError(state=exchange.state)
    if rules.is_of_the_hand(exchange.standing(), by):
        raise OwnExchangeError
    if not may(exchange.standing(), by):
        raise NotYoursError
    exchange.state = leads_to


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
    """Let go of what is held for the exchange: no hours move."""
    holds.release(session, exchange.bank_id, deed_of(exchange.code), now=now)


def post_hours(session: Session, exchange: Locked, by: Actor, now: datetime) -> None:
    """Move the hours from the receiver's account to the giver's, and resolve what was held for them.

    Where none move, because two agreed on that or a broker decided it, what was held is free again.

    Raises SideNotActiveError where one of the two was suspended or has left meanwhile.
    """
    if not exchange.minutes or exchange.occurred_on is None:
        release_hours(session, exchange, now)
        return
    _check_both_active(exchange)
    line = Line(exchange.receiver_account_id, exchange.giver_account_id, exchange.minutes)
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=exchange.bank_id,
            key=entry_key(exchange.code),
            kind=EntryKind.EXCHANGE,
            lines=(line,),
            occurred_on=exchange.occurred_on,
            recorded_at=now,
            recorded_by=by.doer_id,
            on_behalf_of=by.on_behalf_of,
            deed=deed_of(exchange.code),
            resolves=exchange.hold_id,
            words=exchange.what,
        ),
    )
    notice_crossings(session, exchange.bank_id, [line], now)


def _check_both_active(exchange: Locked) -> None:
    """Raise SideNotActiveError where one of the two is not active."""
    for name, stands in (
        (exchange.giver_name, exchange.giver_standing),
        (exchange.receiver_name, exchange.receiver_standing),
    ):
        if stands != Standing.ACTIVE:
            raise SideNotActiveError(name=name)


def entry_key(code: str) -> str:
    """The key under which an exchange stands in the books, at most once."""
    return deed_of(code)
