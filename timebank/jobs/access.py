"""Who may read a job and its file: whoever may ask for one of its kind."""

from sqlalchemy.orm import Session

from timebank.actors import Actor
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.jobs.queries import JobRow, find_job
from timebank.jobs.rules import may_ask


def get_visible(session: Session, actor: Actor, code: str) -> JobRow:
    """Return the job. Raises NotVisibleError, or NotPermittedError for who may not ask for one of its kind."""
    job = find_job(session, actor.bank_id, code)
    if job is None:
        raise NotVisibleError(code)
    if not may_ask(actor, job.job_kind):
        raise NotPermittedError(code)
    return job
