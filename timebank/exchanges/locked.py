"""A row-locked exchange: the columns that actions read, and those they may change.

Every hour that moves passes here, so it is read by one statement, with what is held for it, and written by one with
its newest step, past the ORM's unit of work (docs/decisions/0018-posting-for-speed.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, insert, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from timebank import driver
from timebank.actors import Actor, Doing, How, Unattended
from timebank.bookkeeping import holds
from timebank.driver import Unit
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import WAITING, Deed, Snapshot, snapshot_of
from timebank.references import Ref, Subject
from timebank.spelling import is_blank

_EXCHANGES = cast("Table", Exchange.__table__)
_STEPS = cast("Table", ExchangeStep.__table__)


_held = holds.holds().subquery("held")
_FIND = (
    select(
        _EXCHANGES.c.id,
        _EXCHANGES.c.giver_account_id,
        _EXCHANGES.c.receiver_account_id,
        _EXCHANGES.c.what,
        _EXCHANGES.c.proposed_side,
        _EXCHANGES.c.agreed_minutes,
        _EXCHANGES.c.travel_minutes,
        _EXCHANGES.c.preparation_minutes,
        _EXCHANGES.c.category_id,
        _EXCHANGES.c.state,
        _EXCHANGES.c.recorded_side,
        _EXCHANGES.c.occurred_on,
        _EXCHANGES.c.minutes,
        _EXCHANGES.c.disputed_minutes,
        _EXCHANGES.c.changed_at,
        # Not a condition: among the open holds of a whole bank, a young database would look through them all.
        case((_held.c.resolved_at.is_(None), _held.c.id)),
    )
    .select_from(_EXCHANGES)
    .outerjoin(_held, (_held.c.bank_id == _EXCHANGES.c.bank_id) & (_held.c.deed == bindparam("of_deed")))
    .where(_EXCHANGES.c.bank_id == bindparam("of_bank"), _EXCHANGES.c.code == bindparam("of_code"))
)
_LOOK, _LOCK = driver.Statement(_FIND), driver.Statement(_FIND.with_for_update(of=_EXCHANGES))
_CHANGED = ("state", "recorded_side", "occurred_on", "minutes", "disputed_minutes", "changed_at")
_KEEP = (
    update(_EXCHANGES)
    .where(_EXCHANGES.c.bank_id == bindparam("of_bank"), _EXCHANGES.c.id == bindparam("of_exchange"))
    .values({name: bindparam(f"now_{name}", type_=_EXCHANGES.c[name].type) for name in _CHANGED})
)
_earlier = _STEPS.alias("earlier")
#: A step is numbered as it is written: the newest of its exchange, and one more.
_ADD_STEP = (
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
_STEP_ALONE = driver.Statement(_ADD_STEP)
#: PostgreSQL does both in one journey.
_STEP_TAKEN = {
    "sqlite": (driver.Statement(_KEEP), _STEP_ALONE),
    "postgresql": (driver.Statement(_ADD_STEP.add_cte(_KEEP.cte("kept"))),),
}


@dataclass(slots=True)
class Locked:
    """A row-locked exchange. A deed sets the columns that change, and then calls `take_step`.

    `hold_id` is the hold that waits for an answer; `changed_at` is as the driver returned it.
    """

    bank_id: int
    code: str
    id: int
    giver_account_id: int
    receiver_account_id: int
    what: str
    proposed_side: str | None
    agreed_minutes: int | None
    travel_minutes: int
    preparation_minutes: int
    category_id: int | None
    state: str
    recorded_side: str | None
    occurred_on: date | None
    minutes: int | None
    disputed_minutes: int | None
    changed_at: datetime | str
    hold_id: int | None

    def snapshot(self) -> Snapshot:
        """Return the values that rules need."""
        return snapshot_of(self)


def lock(session: Session, bank_id: int, code: str) -> Locked:
    """Return the exchange, locked and as it is now, whatever was read of it before. Raises NoResultFound."""
    session.flush()
    locked = _get(_LOCK, session, bank_id, code)
    if locked.hold_id is None and locked.state in WAITING:
        # Who had to wait for the lock sees the exchange as it is and its hold as it was: read again, now locked.
        locked = _get(_LOCK, session, bank_id, code)
    return locked


def look(unit: Unit, bank_id: int, code: str) -> Locked:
    """Return the exchange without a lock, for a deed that is written only if it is still so. Raises NoResultFound."""
    return _get(_LOOK, unit, bank_id, code)


def _get(statement: driver.Statement, unit: Unit, bank_id: int, code: str) -> Locked:
    rows = statement.rows(unit, {"of_bank": bank_id, "of_code": code, "of_deed": deed_of(code)})
    if not rows:
        raise NoResultFound
    locked = Locked(bank_id, code, *rows[0])
    if isinstance(locked.occurred_on, str):  # SQLite returns a day as text
        locked.occurred_on = date.fromisoformat(locked.occurred_on)
    return locked


def take_step(
    session: Session,
    exchange: Locked,
    deed: Deed,
    doing: Doing | Unattended,
    minutes: int | None = None,
    *,
    words: str | None = None,
) -> None:
    """Write the columns that a deed changed, and add a step."""
    day = exchange.occurred_on
    values = {
        **_step(exchange.bank_id, exchange.id, deed, doing.by, minutes, words),
        "now_state": str(exchange.state),
        "now_recorded_side": exchange.recorded_side,
        "now_occurred_on": day.isoformat() if day else None,
        "now_minutes": exchange.minutes,
        "now_disputed_minutes": exchange.disputed_minutes,
    }
    moments = {"done_at": doing.now, "now_changed_at": doing.now}
    for statement in _STEP_TAKEN[session.get_bind().dialect.name]:
        statement.run(session, values, at=moments)
    _forget(session, exchange)


def add_first_step(session: Session, exchange: Exchange, deed: Deed, doing: Doing, minutes: int | None) -> None:
    """Insert a new exchange and its first step."""
    session.add(exchange)
    session.flush()
    step = _step(exchange.bank_id, exchange.id, deed, doing.by, minutes, None)
    _STEP_ALONE.run(session, step, at={"done_at": doing.now})


def deed_of(code: str) -> str:
    """Return the reference by which entries and holds name an exchange."""
    return str(Ref(Subject.EXCHANGE, code))


def _step(
    bank_id: int, exchange_id: int, deed: Deed, by: Actor | None, minutes: int | None, words: str | None
) -> Mapping[str, Any]:
    hand = by.hand if by else None
    return {
        "bank_id": bank_id,
        "exchange_id": exchange_id,
        "of_bank": bank_id,
        "of_exchange": exchange_id,
        "deed": deed.value,
        "done_by": by.doer_id if by else None,
        "code_made_by": by.code_maker.membership_id if by and by.code_maker else None,
        "minutes": minutes,
        "words": None if words is None or is_blank(words) else words.strip(),
        "on_behalf_of": by.on_behalf_of if by else None,
        "how": hand.how.value if hand else How.TEXT.value if by and by.by_text else None,
        "evidence": (hand.evidence or None) if hand else None,
    }


def _forget(session: Session, exchange: Locked) -> None:
    """Expire the ORM's copy of the exchange, so that it is read again when it is used."""
    read = session.identity_map.get(identity_key(Exchange, (exchange.bank_id, exchange.id)))
    if read is not None:
        session.expire(read)
