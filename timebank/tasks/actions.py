"""Opening tasks, and the brokers' taking, handing back and finishing them.

A task keeps in its row who has it and who finished it. That a form does its deed once is held by the page's trail
row: a task goes from hand to hand, so its status cannot tell a form that came late from a new one.
"""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.tasks.errors import TaskDoneError, TaskTakenError
from timebank.tasks.models import Status, Task
from timebank.tasks.rules import add_note, is_free_for

#: As the index has it, in so many words: a bound value would not be known for the same once the plan is kept.
_NOT_DONE = text("status <> 'done'")


def open_task(session: Session, bank_id: int, *, kind: str, subject: str, note: str = "", now: datetime) -> str:
    """Have somebody look at a subject (such as `member:K7M3Q2XZ`); gives the task's code.

    While a task of this kind about this subject is not done, it is given again, and a note that is new is added.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {
        "bank_id": bank_id,
        "id": clock.next_id(),
        "code": codes.new_reference(),
        "kind": kind,
        "subject": subject,
        "status": Status.OPEN,
        "opened_at": now,
        "note": add_note("", note),
    }
    insert = (
        dialect.insert(Task)
        .values(row)
        .on_conflict_do_nothing(index_elements=["bank_id", "kind", "subject"], index_where=_NOT_DONE)
        .returning(Task.code)
    )
    while (code := session.scalar(insert)) is None:
        # Another one stands. Where it is finished just now, the next round opens a new one.
        standing = session.scalar(
            select(Task)
            .where(Task.bank_id == bank_id, Task.kind == kind, Task.subject == subject, Task.status != Status.DONE)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if standing is not None:
            standing.note = add_note(standing.note, note)
            session.flush()
            return standing.code
    return str(code)


def take(session: Session, bank_id: int, code: str, *, owner_id: int) -> None:
    """Make it this membership's own. Raises TaskTakenError where another was first, or TaskDoneError."""
    task = _lock_free(session, bank_id, code, owner_id)
    task.status, task.owner_id = Status.TAKEN, owner_id
    session.flush()


def hand_back(session: Session, bank_id: int, code: str, *, owner_id: int, from_anybody: bool = False) -> None:
    """Leave it to whoever takes it next. `from_anybody` frees a task whose owner is away.

    Raises TaskTakenError where it is somebody else's, or TaskDoneError.
    """
    task = _lock(session, bank_id, code) if from_anybody else _lock_free(session, bank_id, code, owner_id)
    if task.status == Status.DONE:
        raise TaskDoneError
    task.status, task.owner_id = Status.OPEN, None
    session.flush()


def finish(session: Session, bank_id: int, code: str, *, note: str, done_by: int, now: datetime) -> None:
    """Note what came of it; it leaves the list. Raises TaskTakenError where it is somebody else's, or TaskDoneError."""
    task = _lock(session, bank_id, code)
    notes = add_note(task.note, note)
    if task.status == Status.DONE and task.done_by == done_by and notes == task.note:
        return
    _refuse_anothers(task, done_by)
    task.status, task.done_by, task.done_at, task.note = Status.DONE, done_by, now, notes
    session.flush()


def _lock(session: Session, bank_id: int, code: str) -> Task:
    """The task, locked and read anew: what another unit of work did meanwhile is seen."""
    return session.execute(
        select(Task)
        .where(Task.bank_id == bank_id, Task.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _lock_free(session: Session, bank_id: int, code: str, membership_id: int) -> Task:
    task = _lock(session, bank_id, code)
    _refuse_anothers(task, membership_id)
    return task


def _refuse_anothers(task: Task, membership_id: int) -> None:
    if task.status == Status.DONE:
        raise TaskDoneError
    if not is_free_for(task.status, task.owner_id, membership_id):
        raise TaskTakenError(owner_id=task.owner_id)
