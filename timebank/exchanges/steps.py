"""What every deed on an exchange has in common: the trail, the lock, the move, the history, and the hours."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping, holds
from timebank.exchanges import rules
from timebank.exchanges.errors import NotNowError, NotYoursError, OwnExchangeError, SideNotActiveError
from timebank.exchanges.locked import Locked, deed_of
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.terms import Terms
from timebank.holders.queries import holders
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
    """Write the trail; return the code of the exchange where this very form was done before, else None."""
    done = trail.begin(session, trail_row(by, deed, code, now, form_key, content=content))
    return None if done is None else done.removeprefix("exchange:")


def trail_row(
    by: Actor,
    deed: Deed,
    code: str,
    now: datetime,
    form_key: str | None,
    *,
    content: Terms | Mapping[str, object] | None = None,
) -> trail.Deed:
    """Return what the trail says of a deed on an exchange."""
    return trail.Deed(
        by.bank_id,
        f"exchange.{deed}",
        f"exchange:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content=asdict(content) if isinstance(content, Terms) else {"code": code, **(content or {})},
    )


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
    _check_both_active(session, exchange)
    entry = entry_of(exchange, exchange.minutes, exchange.occurred_on, by, now)
    bookkeeping.post(session, entry)
    notice_crossings(session, exchange.bank_id, entry.lines, now)


def entry_of(exchange: Locked, minutes: int, day: date, by: Actor, now: datetime) -> bookkeeping.NewEntry:
    """Return the entry that moves an exchange's minutes from the receiver's account to the giver's."""
    return bookkeeping.NewEntry(
        bank_id=exchange.bank_id,
        key=entry_key(exchange.code),
        kind=EntryKind.EXCHANGE,
        lines=(Line(exchange.receiver_account_id, exchange.giver_account_id, minutes),),
        occurred_on=day,
        recorded_at=now,
        recorded_by=by.doer_id,
        on_behalf_of=by.on_behalf_of,
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
    """The query of (name, standing) of two accounts' holders, built when every room has registered its holders."""
    holder = holders().subquery()
    return driver.Statement(
        select(holder.c.name, holder.c.standing).where(
            holder.c.bank_id == bindparam("of_bank"),
            holder.c.account_id.in_([bindparam("giver"), bindparam("receiver")]),
        )
    )


def entry_key(code: str) -> str:
    """The key under which an exchange stands in the books, at most once."""
    return deed_of(code)
