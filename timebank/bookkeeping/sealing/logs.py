"""Logs of seals. A bank has one, until a backup is restored that is older than a seal which was made public.

Then two histories would stand under one name, and whoever kept that seal would see a bank that rewrote its books. So
the restored books are sealed under a new name from there on, and their next leaf says why. Older seals stay as they
are, under the old name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.refusals import insert_rows
from timebank.bookkeeping.sealing.models import Leaf, Seal, SealLog
from timebank.ledger.notes import name_log


@dataclass(frozen=True, slots=True)
class Log:
    """A log after the first: what it goes on from, and the body of the checkpoint that it could not go on from."""

    number: int
    after_seal: int
    size: int
    checkpoint: str | None
    begun_at: datetime


def list_logs(session: Session, bank_id: int) -> Sequence[Log]:
    """A bank's logs after the first, in order."""
    columns = (SealLog.number, SealLog.after_seal, SealLog.size, SealLog.checkpoint, SealLog.begun_at)
    rows = session.execute(select(*columns).where(SealLog.bank_id == bank_id).order_by(SealLog.number))
    return [Log(*row) for row in rows]


def list_names(session: Session, bank_id: int) -> Sequence[str]:
    """The names of all logs of a bank, the one in use last."""
    return [name_log(bank_id), *(name_log(bank_id, log.number) for log in list_logs(session, bank_id))]


def name_now(session: Session, bank_id: int) -> str:
    """The name under which a bank's books are sealed now."""
    return list_names(session, bank_id)[-1]


def name_of_seal(bank_id: int, logs: Sequence[Log], number: int) -> str:
    """The name under which the seal with this number was made."""
    return name_log(bank_id, max((log.number for log in logs if log.after_seal < number), default=1))


def begin_log(session: Session, bank_id: int, number: int, *, checkpoint: str | None, now: datetime) -> None:
    """Seal from here on under the name of a new log; its number is higher than that of any log before.

    Raises NotSealedInOrderError where it is not. Seal right afterwards, so that the new log says that it has begun.
    """
    row = {
        "bank_id": bank_id,
        "number": number,
        "after_seal": session.scalar(select(func.max(Seal.number)).where(Seal.bank_id == bank_id)) or 0,
        "size": session.scalar(select(func.count()).select_from(Leaf).where(Leaf.bank_id == bank_id)) or 0,
        "checkpoint": checkpoint,
        "begun_at": now,
    }
    insert_rows(session, SealLog, row)
