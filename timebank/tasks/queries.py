"""Reading the to-do list: what waits, oldest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from timebank.tasks.models import Status, Task

TASKS_A_PAGE = 25
#: Columns: code, kind, subject, status, owner_id, opened_at, done_by, done_at, note.
TaskRow = Row[*tuple[Any, ...]]


class Shows(StrEnum):
    """Which tasks are looked at: all that are not done, those nobody has, those taken, one's own, or those done."""

    TO_DO = "to-do"
    OPEN = "open"
    TAKEN = "taken"
    MINE = "mine"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks; `after` is the mark to go on from (None: there is no more)."""

    rows: Sequence[TaskRow]
    after: int | None


def list_tasks(
    session: Session, bank_id: int, shows: Shows, *, membership_id: int, after: int | None = None
) -> TaskPage:
    """The tasks after a mark, oldest first; those done newest first. `membership_id` says whose own ones are."""
    newest_first = shows is Shows.DONE
    query = _columns(bank_id).add_columns(Task.id).where(_shown(shows, membership_id))
    if after is not None:
        query = query.where(Task.id < after if newest_first else Task.id > after)
    order = Task.id.desc() if newest_first else Task.id
    rows = session.execute(query.order_by(order).limit(TASKS_A_PAGE + 1)).all()
    more = len(rows) > TASKS_A_PAGE
    return TaskPage(rows[:TASKS_A_PAGE], rows[TASKS_A_PAGE - 1].id if more else None)


def find_task(session: Session, bank_id: int, code: str) -> TaskRow | None:
    """The task under this code of the bank."""
    return session.execute(_columns(bank_id).where(Task.code == code)).first()


def count_waiting(session: Session, bank_id: int) -> int:
    """How many tasks nobody has taken yet."""
    return (
        session.scalar(
            select(func.count()).select_from(Task).where(Task.bank_id == bank_id, Task.status == Status.OPEN)
        )
        or 0
    )


def _columns(bank_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        Task.code,
        Task.kind,
        Task.subject,
        Task.status,
        Task.owner_id,
        Task.opened_at,
        Task.done_by,
        Task.done_at,
        Task.note,
    ).where(Task.bank_id == bank_id)


def _shown(shows: Shows, membership_id: int) -> ColumnElement[bool]:
    mine = (Task.status == Status.TAKEN) & (Task.owner_id == membership_id)
    return {
        Shows.TO_DO: Task.status.in_([Status.OPEN, Status.TAKEN]),
        Shows.OPEN: Task.status == Status.OPEN,
        Shows.TAKEN: Task.status == Status.TAKEN,
        Shows.MINE: mine,
        Shows.DONE: Task.status == Status.DONE,
    }[shows]
