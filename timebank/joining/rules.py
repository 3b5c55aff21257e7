"""How somebody joins: which step leads where, how many references it takes, and who may handle it.

The order is strict: applied, interviewed, references, induction, member. Nobody handles their own application.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from timebank.actors import Actor, may_broker
from timebank.members.rules import fold

#: Applications that people write themselves, in one bank: more than these in one go are no neighbours.
MOST_AN_HOUR = 60
MOST_A_DAY = 200
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Stage(StrEnum):
    """How far somebody's application has come."""

    APPLIED = "applied"
    INTERVIEWED = "interviewed"
    REFERENCED = "referenced"
    INDUCTED = "inducted"
    ADMITTED = "admitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What is done with an application."""

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
    """How far an application is: its stage, who gave a reference, and how many the bank asks for."""

    stage: Stage
    referees: tuple[str, ...]
    references_needed: int

    @property
    def references_missing(self) -> int:
        """How many different referees are still to be asked."""
        return max(self.references_needed - len({fold(name) for name in self.referees}), 0)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a broker."""
        return self.stage in OPEN_STAGES


def after(progress: Progress, step: Step) -> Stage | None:
    """The stage that a step leads to; None where it is not its turn."""
    leads_to = TRANSITIONS.get((progress.stage, step))
    missing = progress.references_missing
    if (step is Step.REFERENCE and not missing) or (step is Step.INDUCT and missing):
        return None
    if step is Step.REFERENCE and leads_to is not None and missing > 1:
        return progress.stage
    return leads_to


def next_step(progress: Progress) -> Step | None:
    """The one step that takes an application on; None where it has ended."""
    forward = (Step.INTERVIEW, Step.REFERENCE, Step.INDUCT, Step.ADMIT)
    return next((step for step in forward if after(progress, step) is not None), None)


def has_spoken(progress: Progress, referee: str) -> bool:
    """Whether this referee gave a reference already, however their name is written."""
    return fold(referee) in {fold(name) for name in progress.referees}


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """By what a person is known: name, e-mail and phone."""

    name: str
    email: str | None
    phone: str | None


def is_same(applicant: ContactDetails, other: ContactDetails) -> bool:
    """Whether two may be one person, or of one household: the same name, e-mail or phone."""
    return (
        fold(applicant.name) == fold(other.name)
        or (applicant.email is not None and applicant.email == other.email)
        or (applicant.phone is not None and applicant.phone == other.phone)
    )


def may_handle(broker: Actor, applicant: ContactDetails, own: ContactDetails) -> bool:
    """A broker handles an application that is neither their own nor that of somebody in their household."""
    return may_broker(broker) and not is_same(applicant, own)


def has_room(last_hour: int, last_day: int) -> bool:
    """Whether the bank still takes an application from the site, given how many it got."""
    return last_hour < MOST_AN_HOUR and last_day < MOST_A_DAY
