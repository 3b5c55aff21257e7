"""Agreed help in a simulated year, until its hours are in the books or it is called off; and who has how much to do."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from timebank.actors import Doing
from timebank.errors import TimebankError
from timebank.exchanges import actions
from timebank.exchanges.terms import Terms
from timebank.simulation.behaviour import BUSY_DAYS, TIRED_DAYS, Load
from timebank.simulation.chance import Chance
from timebank.simulation.parameters import Parameters
from timebank.simulation.script import Meeting, Neighbour, Script, Wish
from timebank.simulation.settling import Settled

Deed = Callable[[datetime], None]
_ANY_DAY_WITHIN = 7


class TimeOfDay(StrEnum):
    """When what was put in the diary is done."""

    MORNING = "morning"
    EVENING = "evening"


@dataclass
class Life:
    """A simulated year as it goes on.

    `ids` and `wishes` say which listing each request is, by its number, and which request each listing is, by its id.
    `agreed` are the requests for which help is agreed or has come about. `asked_on` and `helps_on` are the days on
    which each member was asked, and has agreed to help. `refusals` counts what the site refused, by the message.
    """

    settled: Settled
    script: Script
    parameters: Parameters
    chance: Chance
    diary: dict[tuple[date, TimeOfDay], list[Deed]] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)
    wishes: dict[int, Wish] = field(default_factory=dict)
    agreed: set[int] = field(default_factory=set)
    asked_on: dict[int, list[date]] = field(default_factory=dict)
    helps_on: dict[int, list[date]] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)

    def plan(self, day: date, at: TimeOfDay, deed: Deed) -> None:
        """Put something in the diary."""
        self.diary.setdefault((day, at), []).append(deed)

    def doing(self, member: int, now: datetime) -> Doing:
        """Return a member as actor."""
        return Doing(self.settled.members[member], now)

    def load(self, neighbour: Neighbour, today: date, day: date | None = None) -> Load:
        """Return how often a member was asked before today, and what else they help with around a day (None: today)."""
        since, middle = today - timedelta(days=TIRED_DAYS), day or today
        asks = sum(since <= asked < today for asked in self.asked_on.get(neighbour.number, ()))
        helps = self.helps_on.get(neighbour.number, ())
        return Load(asks, sum(abs((other - middle).days) <= BUSY_DAYS for other in helps))

    def day_for(self, wish: Wish, wanted_on: date | None, neighbour: Neighbour, after: date) -> date:
        """Return the day on which a member would help: the request's, or the first free one from a chosen day on."""
        if wanted_on is not None:
            return wanted_on
        first = after + timedelta(days=self.chance.whole(1, _ANY_DAY_WITHIN, "day", neighbour.number, wish.number))
        days = [first + timedelta(days=further) for further in range(_ANY_DAY_WITHIN)]
        return next((day for day in days if neighbour.is_free(day, None)), first)

    def terms(self, wish: Wish, giver: int, day: date) -> Terms:
        """Return the terms of help with a request."""
        accounts = self.settled.members[giver].account_id, self.settled.members[wish.asker].account_id
        return Terms(*accounts, wish.title, day, wish.minutes, listing_id=self.ids[wish.number], at=wish.at)

    @contextmanager
    def refusable(self) -> Iterator[None]:
        """Undo and count what the site refuses."""
        try:
            with self.settled.session.begin_nested():
                yield
        except TimebankError as error:
            self.refusals[error.message_id] += 1


def agree(life: Life, wish: Wish, giver: int, day: date, code: str) -> None:
    """Note that help is agreed, and plan that it is recorded on its day or called off then."""
    life.agreed.add(wish.number)
    life.helps_on.setdefault(giver, []).append(day)
    session, bank = life.settled.session, life.settled.bank

    def record(now: datetime) -> None:
        doing = life.doing(giver, now)
        actions.record_agreed(session, bank, code, doing, day=day, minutes=wish.minutes)
        _plan_confirming(life, code, wish.asker, day)

    def call_off(now: datetime) -> None:
        actions.cancel(session, code, life.doing(giver, now))
        life.agreed.discard(wish.number)
        life.helps_on[giver].remove(day)

    comes = life.chance.happens(life.parameters.comes_about, "comes about", giver, wish.number)
    life.plan(day, TimeOfDay.EVENING, record if comes else call_off)


def meet(life: Life, meeting: Meeting, day: date) -> None:
    """Plan help without a listing: recorded in the evening of its day and confirmed on the next."""
    session, bank, members = life.settled.session, life.settled.bank, life.settled.members
    accounts = members[meeting.giver].account_id, members[meeting.receiver].account_id

    def record(now: datetime) -> None:
        terms = Terms(*accounts, "Help between friends", day, meeting.minutes)
        code = actions.record(session, bank, terms, life.doing(meeting.giver, now))
        _plan_confirming(life, code, meeting.receiver, day)

    life.plan(day, TimeOfDay.EVENING, record)


def _plan_confirming(life: Life, code: str, receiver: int, day: date) -> None:
    def confirm(now: datetime) -> None:
        with life.refusable():  # at the floor nothing more can be received
            actions.confirm(life.settled.session, code, life.doing(receiver, now))

    life.plan(day + timedelta(days=1), TimeOfDay.MORNING, confirm)
