"""How somebody joins: which step leads where, how many references it takes, and who may handle it.

The order is strict: applied, interviewed, references, induction, member. Nobody handles their own application.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from timebank.actors import Actor, may_broker
from timebank.spelling import fold

#: Applications that people write themselves, in one bank: more than these in one go are no neighbours.
MOST_AN_HOUR = 60
MOST_A_DAY = 200
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Stage(StrEnum):
    """The stage of an application."""

    APPLIED = "applied"
    INTERVIEWED = "interviewed"
    REFERENCED = "referenced"
    INDUCTED = "inducted"
    ADMITTED = "admitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """A step that takes an application from one stage to another."""

    APPLY = "apply"
    INTERVIEW = "interview"
    REFERENCE = "reference"
    INDUCT = "induct"
    ADMIT = "admit"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Agreed(StrEnum):
    """How somebody agreed to the privacy notice: on the site, or to a broker who wrote it down."""

    ONLINE = "online"
    PHONE = "phone"
    PAPER = "paper"
    IN_PERSON = "in_person"


#: From where each step leads where. What is not here cannot happen. None: there is no application yet.
TRANSITIONS: dict[tuple[Stage | None, Step], Stage] = {
    (None, Step.APPLY): Stage.APPLIED,
    (Stage.APPLIED, Step.INTERVIEW): Stage.INTERVIEWED,
    (Stage.INTERVIEWED, Step.REFERENCE): Stage.REFERENCED,  # with the last one that is needed
    (Stage.REFERENCED, Step.REFERENCE): Stage.REFERENCED,  # where the bank asks for more than it did
    (Stage.INTERVIEWED, Step.INDUCT): Stage.INDUCTED,  # where no more references are needed
    (Stage.REFERENCED, Step.INDUCT): Stage.INDUCTED,
    (Stage.INDUCTED, Step.ADMIT): Stage.ADMITTED,
    **{
        (stage, step): end
        for stage in (Stage.APPLIED, Stage.INTERVIEWED, Stage.REFERENCED, Stage.INDUCTED)
        for step, end in ((Step.DECLINE, Stage.DECLINED), (Step.WITHDRAW, Stage.WITHDRAWN))
    },
}
#: Steps of which a broker keeps a few words at least, so that another one understands them later.
NEED_WORDS = frozenset({Step.INTERVIEW, Step.REFERENCE, Step.DECLINE})
#: The stages of an application that waits for a broker, in their order.
OPEN_STAGES = (Stage.APPLIED, Stage.INTERVIEWED, Stage.REFERENCED, Stage.INDUCTED)


@dataclass(frozen=True, slots=True)
class Progress:
    """The stage of an application, who gave a reference, and how many references the bank asks for."""

    stage: Stage
    referees: tuple[str, ...]
    references_needed: int

    @property
    def references_missing(self) -> int:
        """Return the number of different referees that are still missing."""
        return max(self.references_needed - len({fold(name) for name in self.referees}), 0)

    @property
    def is_open(self) -> bool:
        """Return whether it waits for a broker."""
        return self.stage in OPEN_STAGES


def after(progress: Progress, step: Step) -> Stage | None:
    """Return the stage that a step leads to; None if the step is not allowed now."""
    leads_to = TRANSITIONS.get((progress.stage, step))
    missing = progress.references_missing
    if (step is Step.REFERENCE and not missing) or (step is Step.INDUCT and missing):
        return None
    if step is Step.REFERENCE and leads_to is not None and missing > 1:
        return progress.stage
    return leads_to


def next_step(progress: Progress) -> Step | None:
    """Return the next step of an application; None if it has ended."""
    forward = (Step.INTERVIEW, Step.REFERENCE, Step.INDUCT, Step.ADMIT)
    return next((step for step in forward if after(progress, step) is not None), None)


def has_spoken(progress: Progress, referee: str) -> bool:
    """Return whether this referee gave a reference already, whatever the case and accents of the name."""
    return fold(referee) in {fold(name) for name in progress.referees}


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A person's name, e-mail and phone, by which duplicates are recognized."""

    name: str
    email: str | None
    phone: str | None


def is_same(applicant: ContactDetails, other: ContactDetails) -> bool:
    """Return whether two may be one person, or of one household: the same name, e-mail or phone."""
    return (
        fold(applicant.name) == fold(other.name)
        or (applicant.email is not None and applicant.email == other.email)
        or (applicant.phone is not None and applicant.phone == other.phone)
    )


def may_handle(broker: Actor, applicant: ContactDetails, own: ContactDetails) -> bool:
    """Return whether the actor is a broker, and the application neither their own nor of their household."""
    return may_broker(broker) and not is_same(applicant, own)


def has_room(last_hour: int, last_day: int) -> bool:
    """Return whether the limits of applications per hour and day are not reached."""
    return last_hour < MOST_AN_HOUR and last_day < MOST_A_DAY
