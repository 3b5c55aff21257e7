"""The demo's applications to join, step by step."""

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import time, timedelta
from typing import Any

from timebank.actors import Doing, Unattended
from timebank.approvals import welcome
from timebank.banks.queries import find_area
from timebank.demo.stories import Neighbourhood, Story
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed, Step
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import ContactKind

_AT_THE_DESK = time(9, 30)
_DAYS_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Wished:
    """An application, made `days_ago` days ago, with the record of each step, one every two days.

    `agreed` is how the applicant agreed to the privacy notice: on the site, or to the broker who applied for them.
    `references` are (referee, words). `ending` is (step, words) if they were not admitted; `admitted` is a key of the
    cast if they were, and `welcomed_by` the second keeper who gave the welcome hours.
    """

    days_ago: int
    name: str
    email: str | None
    phone: str | None
    area: str
    about: str
    _: KW_ONLY
    broker: str = "rosa"
    agreed: Agreed = Agreed.ONLINE
    interview: str = ""
    references: tuple[tuple[str, str], ...] = ()
    induction: str = ""
    ending: tuple[Step, str] | None = None
    admitted: str = ""
    welcomed_by: str = ""

    def steps(self) -> Iterator[tuple[Step, dict[str, Any]]]:
        """Yield (step, arguments of its action) for each step that the broker has taken, in order."""
        if self.interview:
            yield Step.INTERVIEW, {"words": self.interview}
        for referee, words in self.references:
            yield Step.REFERENCE, {"referee": referee, "words": words}
        if self.induction:
            yield Step.INDUCT, {"words": self.induction}
        if self.ending is not None:
            step, words = self.ending
            yield step, {"reason" if step is Step.DECLINE else "words": words}
        if self.admitted:
            yield Step.ADMIT, {"proved": frozenset(ContactKind)}


_VERBS: dict[Step, Callable[..., str | None]] = {
    Step.INTERVIEW: joining.interview,
    Step.REFERENCE: joining.take_reference,
    Step.INDUCT: joining.induct,
    Step.ADMIT: joining.admit,
    Step.DECLINE: joining.decline,
    Step.WITHDRAW: joining.withdraw,
}


def join(neighbourhood: Neighbourhood, wished: Wished) -> Story:
    """Play one application, as far as it has come."""
    session, bank, key = neighbourhood.session, neighbourhood.bank, f"village-application-{wished.name}"
    now = yield neighbourhood.moment(wished.days_ago, _AT_THE_DESK)
    broker, area = neighbourhood.people[wished.broker], find_area(session, bank.id, wished.area)
    wish = NewApplication(
        wished.name,
        email=wished.email,
        phone=wished.phone,
        area_id=area.id if area else None,
        about=wished.about,
        is_adult=True,
        agreed=wished.agreed,
    )
    alone = wished.agreed is Agreed.ONLINE
    doing = Unattended(bank.id, now) if alone else Doing(broker, now, key)
    code = joining.apply(session, bank, wish, doing, form_key=key)
    for number, (step, arguments) in enumerate(wished.steps(), start=1):
        now = yield neighbourhood.moment(wished.days_ago - number * _DAYS_BETWEEN, _AT_THE_DESK)
        admitted_code = _VERBS[step](session, code, Doing(broker, now, f"{key}-{number}"), **arguments)
        actor = find_actor_by_code(session, bank.id, admitted_code) if admitted_code else None
        if actor is not None:
            neighbourhood.people[wished.admitted] = actor
            if wished.welcomed_by:
                now = yield now + timedelta(hours=3)
                second = neighbourhood.people[wished.welcomed_by]
                welcome.give(session, bank, actor.code, Doing(second, now, f"{key}-welcome"))
