"""What every deed on an exchange has in common: the trail, the lock, the move, the history, and the hours."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, case, func, insert, select
from sqlalchemy.orm import Session

from timebank import driver
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping, holds
from timebank.exchanges import rules
from timebank.exchanges.errors import NotNowError, NotYoursError, OwnExchangeError, SideNotActiveError
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import TRANSITIONS, Deed, State
from timebank.exchanges.soft_limits import notice_crossings
from timebank.exchanges.terms import Terms
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.hours import round_up_to_step
from timebank.members.queries import standings
from timebank.members.rules import Actor, Standing
from timebank.trail import actions as trail

_STEPS = cast("Table", ExchangeStep.__table__)
_earlier = _STEPS.alias("earlier")
#: A step is numbered as it is written: the newest of its exchange, and one more.
_ADD_STEP = driver.Statement(
    insert(_STEPS)
    .values(
        {
            **{column.name: bindparam(column.name) for column in _STEPS.c},
            "number": select(func.coalesce(func.max(_earlier.c.number), 0) + 1)
            .where(_earlier.c.bank_id == bindparam("of_bank"), _earlier.c.exchange_id == bindparam("of_exchange"))
            .scalar_subquery(),
        }
    )
    .inline()
)
_LOCK = (
    select(Exchange)
    .where(Exchange.bank_id == bindparam("of_bank"), Exchange.code == bindparam("of_code"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
#: Both sides as they stand, and with each of them what is held for the exchange.
_held = holds.holds().subquery()
_sides = standings().subquery()
_SIDES = driver.Statement(
    select(
        _sides.c.account_id,
        _sides.c.name,
        _sides.c.standing,
        # Not a condition: among the open holds of a whole bank, a young database would look through them all.
        case((_held.c.resolved_at.is_(None), _held.c.id)),
    )
    .outerjoin_from(_sides, _held, (_held.c.bank_id == _sides.c.bank_id) & (_held.c.deed == bindparam("of_deed")))
    .where(
        _sides.c.bank_id == bindparam("of_bank"),
        _sides.c.account_id.in_([bindparam("giver"), bindparam("receiver")]),
    )
)


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


def lock(session: Session, bank_id: int, code: str) -> Exchange:
    """The exchange, locked and read anew: what another unit of work did meanwhile is seen."""
    return session.execute(_LOCK, {"of_bank": bank_id, "of_code": code}).scalar_one()


def move(
    exchange: Exchange, deed: Deed, by: Actor, may: Callable[[rules.Standing, Actor], bool], now: datetime
) -> None:
    """Take the exchange to where the deed leads. Raises NotNowError, NotYoursError or OwnExchangeError."""
    leads_to = TRANSITIONS.get((State(exchange.state), deed))
    if leads_to is None:
        raise NotNowError(state=exchange.state)
    if rules.is_of_the_hand(exchange.standing(), by):
        raise OwnExchangeError
    if not may(exchange.standing(), by):
        raise NotYoursError
    exchange.state, exchange.changed_at = leads_to, now


def add_step(  # noqa: PLR0913 (a row of the exchange's history)
    session: Session,
    exchange: Exchange,
    deed: Deed,
    by: Actor | None,
    now: datetime,
    minutes: int | None = None,
    *,
    words: str | None = None,
) -> None:
    """Add a row to the exchange's history; the lock on the exchange keeps its numbers apart.

    `by` is None where time did it.
    """
    hand = by.hand if by else None
    session.flush()
    row = {
        "bank_id": exchange.bank_id,
        "exchange_id": exchange.id,
        "of_bank": exchange.bank_id,
        "of_exchange": exchange.id,
        "deed": deed.value,
        "done_by": by.doer_id if by else None,
        "minutes": minutes,
        "words": words.strip() if words else None,
        "on_behalf_of": by.on_behalf_of if by else None,
        "how": hand.how.value if hand else None,
        "evidence": (hand.evidence or None) if hand else None,
    }
    _ADD_STEP.run(session, row, at={"done_at": now})


def hold_hours(session: Session, bank: Bank, exchange: Exchange, now: datetime) -> None:
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


def release_hours(session: Session, exchange: Exchange, now: datetime) -> None:
    """Let go of what is held for the exchange: no hours move."""
    holds.release(session, exchange.bank_id, deed_of(exchange.code), now=now)


def post_hours(session: Session, exchange: Exchange, by: Actor, now: datetime) -> None:
    """Move the hours from the receiver's account to the giver's, and resolve what was held for them.

    Where none move, because two agreed on that or a broker decided it, what was held is free again.

    Raises SideNotActiveError where one of the two was suspended or has left meanwhile.
    """
    if not exchange.minutes or exchange.occurred_on is None:
        release_hours(session, exchange, now)
        return
    resolves = _check_both_active(session, exchange)
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
            resolves=resolves,
            words=exchange.what,
        ),
    )
    notice_crossings(session, exchange.bank_id, [line], now)


def _check_both_active(session: Session, exchange: Exchange) -> int | None:
    """Raise SideNotActiveError where one of the two is not active; gives the id of what is held for them."""
    sides = {"giver": exchange.giver_account_id, "receiver": exchange.receiver_account_id}
    found = _SIDES.rows(session, {**sides, "of_bank": exchange.bank_id, "of_deed": deed_of(exchange.code)})
    standing = {account_id: (name, stands) for account_id, name, stands, _held_id in found}
    for account_id in sides.values():
        name, stands = standing.get(account_id, ("", None))
        if stands != Standing.ACTIVE:
            raise SideNotActiveError(name=name)
    hold_id: int | None = found[0][3]
    return hold_id


def deed_of(code: str) -> str:
    """What entries and holds call an exchange."""
    return f"exchange:{code}"


def entry_key(code: str) -> str:
    """The key under which an exchange stands in the books, at most once."""
    return deed_of(code)
