"""Logs of seals. A bank has one, until a backup is restored that is older than a published seal.

To go on under the same name would look like rewriting the books to anybody who kept that seal. So the restored books
are sealed under the name of a new log, whose first leaf records why. Older seals keep the old name (decision 16).
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
    """A log after the first; the columns of `models.SealLog`."""

    number: int
    after_seal: int
    size: int
    checkpoint: str | None
    begun_at: datetime


def list_logs(session: Session, bank_id: int) -> Sequence[Log]:
    """Return a bank's logs after the first, in order."""
    columns = (SealLog.number, SealLog.after_seal, SealLog.size, SealLog.checkpoint, SealLog.begun_at)
    rows = session.execute(select(*columns).where(SealLog.bank_id == bank_id).order_by(SealLog.number))
    return [Log(*row) for row in rows]


def list_names(session: Session, bank_id: int) -> Sequence[str]:
    """Return the names of all logs of a bank, the present one last."""
    return [name_log(bank_id), *(name_log(bank_id, log.number) for log in list_logs(session, bank_id))]


def name_now(session: Session, bank_id: int) -> str:
    """Return the name of a bank's present log."""
    return list_names(session, bank_id)[-1]


def name_of_seal(bank_id: int, logs: Sequence[Log], number: int) -> str:
    """Return the name of the log that the seal with this number is in."""
    return name_log(bank_id, max((log.number for log in logs if log.after_seal < number), default=1))


def begin_log(session: Session, bank_id: int, number: int, *, checkpoint: str | None, now: datetime) -> None:
    """Begin a new log, whose number must be higher than that of any log before.

    Raises NotSealedInOrderError if it is not. Seal right afterwards, so that the new log has a leaf that records it.
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
