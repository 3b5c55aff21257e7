"""When the demo's people can help, and which languages they speak."""

from dataclasses import KW_ONLY, dataclass
from datetime import date, time, timedelta

from timebank.actors import Doing
from timebank.demo.stories import Neighbourhood, Story
from timebank.members.helping import change_helping
from timebank.members.rules import USUAL_INVITATIONS, Helping
from timebank.week import ANY_TIME

_SAID_AT = time(19, 30)


@dataclass(frozen=True, slots=True)
class CanHelp:
    """What somebody said `days_ago` days ago; `languages` are codes with a space between.

    `away` is in days from the end of the story: (first, last), below zero for days that have been.
    """

    days_ago: int
    whose: str
    languages: str = "en"
    _: KW_ONLY
    free: int = ANY_TIME
    farthest: int | None = None
    invitations: int = USUAL_INVITATIONS
    away: tuple[int, int] | None = None

    def form_values(self, today: date) -> Helping:
        """Return the values of its form."""
        first, last = (today + timedelta(days=days) for days in self.away) if self.away else (None, None)
        return Helping(
            self.free, first, last, self.farthest, self.invitations, languages=frozenset(self.languages.split())
        )


def say_when(neighbourhood: Neighbourhood, can_help: CanHelp, number: int) -> Story:
    """A member says when they can help; `number` is unique in the bank."""
    moment = neighbourhood.moment(can_help.days_ago, _SAID_AT)
    now = yield neighbourhood.finds_time(can_help.whose, moment)
    doing = Doing(neighbourhood.actor(can_help.whose), now, f"village-helping-{number}")
    change_helping(neighbourhood.session, neighbourhood.bank, can_help.form_values(neighbourhood.today), doing)
