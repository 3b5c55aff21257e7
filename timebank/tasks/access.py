"""Who may see a task: fetch and authorize in one call, for pages and programs alike."""

from sqlalchemy.orm import Session

from timebank.actors import Actor, may_broker
from timebank.errors import NotVisibleError
from timebank.tasks.queries import TaskRow, find_task


def get_visible(session: Session, actor: Actor, code: str) -> TaskRow:
    """Return the task, for brokers from whom it is not kept. Raises NotVisibleError."""
    task = find_task(session, actor.bank_id, code) if may_broker(actor) else None
    if task is None or task.is_kept_from(actor.membership_id):
        raise NotVisibleError(code)
    return task
