"""How people come to Glen Isla and Strathmore by applying, step by step, and how far some of them have come."""

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import time

from timebank.actors import Doing, Unattended
from timebank.banks.queries import find_area
from timebank.demo.stories import Neighbourhood, Story
from timebank.joining import actions as joining
from timebank.joining.actions import Wish
from timebank.joining.rules import Agreed, Step
from timebank.members.queries import find_actor_by_code

_AT_THE_DESK = time(9, 30)
_DAYS_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Wished:
    """Somebody who would like to join since so many days, and what was kept of each step, one every two days.

    `agreed` tells how they agreed to the notice: on the site, or to the broker who wrote it down. `references` are
    (referee, words). It ends with `ending` (words) where they were not taken in; `admitted` is a key of the cast.
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

    def steps(self) -> Iterator[tuple[Step, dict[str, str]]]:
        """(step, what is kept of it) that a broker has taken with them, in order."""
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
            yield Step.ADMIT, {}


_VERBS: dict[Step, Callable[..., str | None]] = {
    Step.INTERVIEW: joining.interview,
    Step.REFERENCE: joining.take_reference,
    Step.INDUCT: joining.induct,
    Step.ADMIT: joining.admit,
    Step.DECLINE: joining.decline,
    Step.WITHDRAW: joining.withdraw,
}


def join(place: Neighbourhood, told: Wished) -> Story:
    """One application, as far as it has come."""
    session, bank, key = place.session, place.bank, f"village-application-{told.name}"
    now = yield place.moment(told.days_ago, _AT_THE_DESK)
    broker, area = place.people[told.broker], find_area(session, bank.id, told.area)
    wish = Wish(
        told.name,
        email=told.email,
        phone=told.phone,
        area_id=area.id if area else None,
        about=told.about,
        is_adult=True,
        agreed=told.agreed,
    )
    alone = told.agreed is Agreed.ONLINE
    doing = Unattended(bank.id, now) if alone else Doing(broker, now, key)
    code = joining.apply(session, bank, wish, doing, form_key=key)
    for number, (step, kept) in enumerate(told.steps(), start=1):
        now = yield place.moment(told.days_ago - number * _DAYS_BETWEEN, _AT_THE_DESK)
        taken = _VERBS[step](session, code, Doing(broker, now, f"{key}-{number}"), **kept)
        found = find_actor_by_code(session, bank.id, taken) if taken else None
        if found is not None:
            place.people[told.admitted] = found
