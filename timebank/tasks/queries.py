"""Queries of the to-do list: read models, oldest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from timebank.references import Ref
from timebank.rows import Page, columns_of, fetch_first, fetch_page
from timebank.tasks.models import Task
from timebank.tasks.rules import OfTask, Status

TASKS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class TaskRow(OfTask):
    """A task; its columns mean what they mean in `Task`."""

    id: int
    code: str
    kind: str
    subject: str
    status: str
    owner_id: int | None
    kept_from_id: int | None
    also_kept_from_id: int | None
    opened_at: datetime
    done_by: int | None
    done_at: datetime | None
    note: str


_COLUMNS = columns_of(Task, TaskRow)


class Shows(StrEnum):
    """Which tasks to list: all that are not done, those without an owner, those taken, one's own, or those done."""

    TO_DO = "to-do"
    OPEN = "open"
    TAKEN = "taken"
    MINE = "mine"
    DONE = "done"


def list_tasks(
    session: Session, bank_id: int, shows: Shows, *, membership_id: int, kind: str = "", after: int | None = None
) -> Page[TaskRow]:
    """Return a page of tasks that follow the id `after`: oldest first, or newest first if they are done.

    With `kind` only those of that kind are listed. `membership_id` is the reader's: the owner of those that Shows.MINE
    lists; what is kept from them is not listed.
    """
    newest_first = shows is Shows.DONE
    query = select(*_COLUMNS).where(
        Task.bank_id == bank_id, _is_listed(shows, membership_id), _is_open_to(membership_id)
    )
    if kind:
        query = query.where(Task.kind == kind)
    if after is not None:
        query = query.where(Task.id < after if newest_first else Task.id > after)
    order = Task.id.desc() if newest_first else Task.id
    return fetch_page(session, query.order_by(order), TaskRow, TASKS_A_PAGE)


def count_kinds(session: Session, bank_id: int, shows: Shows, *, membership_id: int) -> dict[str, int]:
    """Return {kind: number} of the tasks that `list_tasks` lists, page by page."""
    query = select(Task.kind, func.count().label("number")).where(
        Task.bank_id == bank_id, _is_listed(shows, membership_id), _is_open_to(membership_id)
    )
    return {row.kind: row.number for row in session.execute(query.group_by(Task.kind))}


def find_task(session: Session, bank_id: int, code: str) -> TaskRow | None:
    """Return the task of the bank with this code; None if there is none."""
    return fetch_first(session, select(*_COLUMNS).where(Task.bank_id == bank_id, Task.code == code), TaskRow)


def list_not_done(session: Session, bank_id: int, kind: str) -> dict[str, str]:
    """Return {subject: code} of the tasks of this kind that are not done."""
    rows = session.execute(
        select(Task.subject, Task.code).where(Task.bank_id == bank_id, Task.kind == kind, Task.status != Status.DONE)
    )
    return {row.subject: row.code for row in rows}


def find_open_since(session: Session, bank_id: int, kind: str, subject: Ref) -> datetime | None:
    """Return since when a task of this kind about a subject is open; None if none is."""
    query = select(Task.opened_at).where(
        Task.bank_id == bank_id, Task.kind == kind, Task.subject == str(subject), Task.status != Status.DONE
    )
    return session.scalar(query)


def count_waiting(session: Session, bank_id: int, membership_id: int) -> int:
    """Return the number of tasks that nobody has taken yet, as this broker sees them."""
    query = select(func.count()).select_from(Task).where(Task.bank_id == bank_id, Task.status == Status.OPEN)
    return session.scalar(query.where(_is_open_to(membership_id))) or 0


def _is_open_to(membership_id: int) -> ColumnElement[bool]:
    kept = (Task.kept_from_id == membership_id) | (Task.also_kept_from_id == membership_id)
    return kept.is_not(True)


def _is_listed(shows: Shows, membership_id: int) -> ColumnElement[bool]:
    mine = (Task.status == Status.TAKEN) & (Task.owner_id == membership_id)
    return {
        Shows.TO_DO: Task.status.in_([Status.OPEN, Status.TAKEN]),
        Shows.OPEN: Task.status == Status.OPEN,
        Shows.TAKEN: Task.status == Status.TAKEN,
        Shows.MINE: mine,
        Shows.DONE: Task.status == Status.DONE,
    }[shows]
