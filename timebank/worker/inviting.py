"""The job that sends a plan: it asks just whom the broker chose, line by line, each by the rules of that moment."""

from typing import Any

from timebank.errors import NotAllowedError, TimebankError
from timebank.jobs.rules import JobStep
from timebank.matching.inviting import Line, Sent, invite_line, read_wants
from timebank.retries import with_retries
from timebank.worker.at_work import AtWork, writing_as_asked


def send_plan(work: AtWork) -> None:
    """Ask about every line that is left, each in one transaction with the progress of the job.

    So a job that is taken up again goes on after the last line that was asked about. A line that is refused stops no
    other. Raises LostClaimError, or NotAllowedError where who asked for it may not any more.
    """
    lines, minutes = read_wants(work.job.wants)
    work.step, work.total = JobStep.REQUESTS, len(lines)
    work.outcome = {"asked": 0, "waiting": 0, "refused": [], **work.job.facts}
    for number in range(work.job.done_steps, len(lines)):
        _send(work, lines[number], minutes, number + 1)
    with work.office.writing() as session:
        work.finish(session, work.outcome)


def _send(work: AtWork, line: Line, minutes: int, number: int) -> None:
    """Ask about a line, or note why not; a transaction that lost a conflict is tried again."""
    before = work.outcome

    def send_once() -> None:
        work.outcome = dict(before)
        _send_once(work, line, minutes, number)

    with_retries(send_once)


def _send_once(work: AtWork, line: Line, minutes: int, number: int) -> None:
    with writing_as_asked(work) as (session, doing):
        try:
            with session.begin_nested():
                sent = invite_line(session, work.bank(session), line, minutes, doing)
        except NotAllowedError:
            raise
        except TimebankError as error:
            refused = [*_refused(work), [line.listing_code, line.member_id, error.message_id]]
            work.outcome = {**work.outcome, "refused": refused}
        else:
            work.outcome = _added(work.outcome, sent)
        work.go_on(session, number)


def _refused(work: AtWork) -> list[Any]:
    refused = work.outcome["refused"]
    return refused if isinstance(refused, list) else []


def _added(outcome: dict[str, Any], sent: Sent) -> dict[str, object]:
    return {**outcome, "asked": outcome["asked"] + sent.asked, "waiting": outcome["waiting"] + sent.waiting}
