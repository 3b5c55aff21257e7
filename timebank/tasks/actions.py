"""Opening tasks, and the brokers' taking, handing back and finishing them.

A task keeps in its row who has it and who finished it. The trail makes each form idempotent: a task goes from hand to
hand, so its status does not distinguish a late form from a new one.
"""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, may_broker, may_coordinate
from timebank.db import insert_into
from timebank.errors import NotAllowedError
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked, get_locked
from timebank.tasks.errors import NotesFullError, TaskDoneError, TaskTakenError
from timebank.tasks.models import Task
from timebank.tasks.rules import Status, add_note, has_room, is_free_for, list_notes
from timebank.trail import actions as trail

#: As the index has it, in so many words: a bound value would not be known for the same once the plan is kept.
_NOT_DONE = text("status <> 'done'")


def open_task(  # noqa: PLR0913 (what it is about, what is said, and by whom)
    session: Session,
    bank_id: int,
    *,
    kind: str,
    subject: Ref,
    note: str = "",
    now: datetime,
    is_limited: bool = False,
    kept_from: tuple[int, int] | None = None,
) -> str:
    """Open a task about a subject, such as a member; return its code.

    `kept_from` are the memberships that it is about, if these are not to see it. While a task of this kind about this
    subject is not done, it is given again, and a note that is new is added. What members write themselves is limited:
    raises NotesFullError.
    """
    row = {
        "bank_id": bank_id,
        "id": clock.next_id(),
        "code": codes.new_reference(),
        "kind": kind,
        "subject": str(subject),
        "status": Status.OPEN,
        "opened_at": now,
        "kept_from_id": kept_from[0] if kept_from else None,
        "also_kept_from_id": kept_from[1] if kept_from else None,
        "note": add_note("", note),
    }
    insert = (
        insert_into(session, Task)
        .values(row)
        .on_conflict_do_nothing(index_elements=["bank_id", "kind", "subject"], index_where=_NOT_DONE)
        .returning(Task.code)
    )
    while (code := session.scalar(insert)) is None:
        # Another one stands. Where it is finished just now, the next round opens a new one.
        standing = session.scalar(
            select(Task)
            .where(Task.bank_id == bank_id, Task.kind == kind, Task.subject == str(subject), Task.status != Status.DONE)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if standing is not None:
            if is_limited and not has_room(standing.note, note):
                raise NotesFullError(number=len(list_notes(standing.note)))
            standing.note = add_note(standing.note, note)
            session.flush()
            return standing.code
    return str(code)


def open_once(session: Session, bank_id: int, *, kind: str, subject: Ref, now: datetime) -> None:
    """Open a task about a subject, unless there has ever been one of this kind about it, done or not."""
    of_it = select(Task.id).where(Task.bank_id == bank_id, Task.kind == kind, Task.subject == str(subject))
    if session.scalar(of_it.limit(1)) is None:
        open_task(session, bank_id, kind=kind, subject=subject, now=now)


def rename_subject(session: Session, bank_id: int, subject: Ref, renamed: Ref) -> None:
    """Let the tasks about a subject point to it by its new code, where a room refers to its rows by a name."""
    session.execute(
        update(Task)
        .where(Task.bank_id == bank_id, Task.subject == str(subject))
        .values(subject=str(renamed))
        .execution_options(synchronize_session=False)
    )


def lock_task(session: Session, bank_id: int, kind: str, subject: Ref) -> None:
    """Lock the open task of this kind about a subject, if there is one: who opens it again waits, and opens another."""
    query = select(Task).where(
        Task.bank_id == bank_id, Task.kind == kind, Task.subject == str(subject), Task.status != Status.DONE
    )
    find_locked(session, query)


def close_task(session: Session, bank_id: int, kind: str, subject: Ref, doing: Doing) -> None:
    """Close the open task of this kind about a subject, where an action has done what it asks for."""
    query = select(Task).where(
        Task.bank_id == bank_id, Task.kind == kind, Task.subject == str(subject), Task.status != Status.DONE
    )
    task = find_locked(session, query)
    if task is not None:
        task.status, task.done_by, task.done_at = Status.DONE, doing.by.membership_id, doing.now
        session.flush()


def take(session: Session, code: str, doing: Doing) -> None:
    """Make the actor its owner. Raises NotAllowedError, TaskTakenError if it has another owner, or TaskDoneError."""
    if trail.is_repeat(session, doing, DeedName.TASK_TAKEN, Ref(Subject.TASK, code)):
        return
    _allow(doing)
    task = _lock_free(session, code, doing)
    task.status, task.owner_id = Status.TAKEN, doing.by.membership_id
    session.flush()


def hand_back(session: Session, code: str, doing: Doing) -> None:
    """Give up a task, so that it has no owner; a coordinator may do so for another owner.

    Raises NotAllowedError, TaskTakenError where it is somebody else's, or TaskDoneError.
    """
    if trail.is_repeat(session, doing, DeedName.TASK_RETURNED, Ref(Subject.TASK, code)):
        return
    _allow(doing)
    frees = may_coordinate(doing.by)
    task = _lock(session, code, doing) if frees else _lock_free(session, code, doing)
    if task.status == Status.DONE:
        raise TaskDoneError
    task.status, task.owner_id = Status.OPEN, None
    session.flush()


def finish(session: Session, code: str, doing: Doing, *, note: str) -> None:
    """Finish a task with a note of its outcome.

    Raises NotAllowedError, TaskTakenError where it is somebody else's, or TaskDoneError.
    """
    if trail.is_repeat(session, doing, DeedName.TASK_FINISHED, Ref(Subject.TASK, code), {"note": note}):
        return
    _allow(doing)
    task = _lock(session, code, doing)
    mine, notes = doing.by.membership_id, add_note(task.note, note)
    if task.status == Status.DONE and task.done_by == mine and notes == task.note:
        return
    _refuse_anothers(task, mine)
    task.status, task.done_by, task.done_at, task.note = Status.DONE, mine, doing.now, notes
    session.flush()


def _allow(doing: Doing) -> None:
    """Raise NotAllowedError unless the actor brokers."""
    if not may_broker(doing.by):
        raise NotAllowedError


def _lock(session: Session, code: str, doing: Doing) -> Task:
    """Return the task, row-locked and refreshed. Raises NotAllowedError where it is kept from the actor."""
    task = get_locked(session, select(Task).where(Task.bank_id == doing.bank_id, Task.code == code))
    if task.is_kept_from(doing.by.membership_id):
        raise NotAllowedError
    return task


def _lock_free(session: Session, code: str, doing: Doing) -> Task:
    task = _lock(session, code, doing)
    _refuse_anothers(task, doing.by.membership_id)
    return task


def _refuse_anothers(task: Task, membership_id: int) -> None:
    if task.status == Status.DONE:
        raise TaskDoneError
    if not is_free_for(task.status, task.owner_id, membership_id):
        raise TaskTakenError(owner_id=task.owner_id)
