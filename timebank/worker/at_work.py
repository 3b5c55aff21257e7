"""A claimed job in a worker's hands: who asked for it, how far it is, and its end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from timebank import turns
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.jobs import claims
from timebank.jobs.claims import JobProgress
from timebank.jobs.queries import JobRow
from timebank.jobs.rules import JobStep, may_ask
from timebank.members.queries import find_actor_by_id
from timebank.turns import LongReading, Turn
from timebank.worker.office import Office

#: A turn at the books lasts as long as the job; it ends by then even where nobody ends it.
_MOST_SECONDS = 6 * 60 * 60.0


@dataclass
class AtWork:
    """A job that this worker has claimed."""

    office: Office
    job: JobRow
    step: JobStep = JobStep.CHECKS
    done: int = 0
    total: int | None = None
    outcome: dict[str, object] = field(default_factory=dict)

    def go_on(self, session: Session, done: int) -> None:
        """Write how far the job is in a transaction of the caller's, and renew the claim. Raises LostClaimError."""
        self.done = done
        progress = JobProgress(self.step, done, self.total)
        claims.go_on(session, self.job, progress, self.office.watch(), self.outcome)

    def tell(self, done: int) -> None:
        """Do the same in a transaction of its own."""
        with self.office.writing() as session:
            self.go_on(session, done)

    def finish(self, session: Session, outcome: Mapping[str, object], *, file_token: str | None = None) -> None:
        """Write that the job is done, in the transaction of its result. Raises LostClaimError."""
        claims.finish(session, self.job, self.office.watch(), outcome, file_token=file_token)

    def turn(self, reading: LongReading, bank_id: int) -> Turn:
        """Return the turn at a long reading of the books. Raises TurnTakenError."""
        return turns.take(self.office.engine, reading, bank_id, now=self.office.watch(), most_seconds=_MOST_SECONDS)

    def bank(self, session: Session) -> Bank:
        """Return the bank whose job it is."""
        return session.get_one(Bank, self.job.bank_id)

    def doing(self, session: Session) -> Doing:
        """Return who asked for the job as the doer, with the roles of this moment.

        Raises NotAllowedError where these do not let them ask for it any more.
        """
        actor = find_actor_by_id(session, self.job.bank_id, self.job.asked_by)
        if actor is None or not may_ask(actor, self.job.job_kind):
            raise NotAllowedError
        return Doing(actor, self.office.watch())


@contextmanager
def writing_as_asked(work: AtWork) -> Iterator[tuple[Session, Doing]]:
    """Yield (session, doing) for what a job writes: with the rights of who asked for it, committed once at the end."""
    with work.office.writing() as session:
        yield session, work.doing(session)
