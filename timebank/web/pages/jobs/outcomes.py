"""What came of a plan that was sent: which lines were refused, and why, in words."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from timebank.jobs.queries import JobRow
from timebank.jobs.rules import JobKind
from timebank.members.queries import list_membership_names
from timebank.web.sentences import sentence_of


class RefusedLine(NamedTuple):
    """A refused line of a plan: the request's code, whom it would have asked, and the sentence that says why."""

    listing_code: str
    name: str
    why: str


def list_refused(session: Session, bank_id: int, job: JobRow) -> Sequence[RefusedLine]:
    """Return the refused lines of a job that sends a plan; none of other jobs."""
    if job.job_kind is not JobKind.SEND_PLAN:
        return []
    rows = job.facts.get("refused", [])
    names = list_membership_names(session, bank_id, [member_id for _code, member_id, _message in rows])
    return [
        RefusedLine(code, names.get(member_id, ""), sentence_of(message_id, {"name": names.get(member_id, "")}))
        for code, member_id, message_id in rows
    ]
