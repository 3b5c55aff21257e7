"""How a deed of the village goes on, from its first word to its ending.

A story is a generator: it says when it goes on, is told what time it is then, and does one thing through the verbs of
real life. `tell` lets all of them happen side by side, each at its moment, so that the clock never goes back.
"""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, acting_for
from timebank.banks.models import Bank
from timebank.demo.deeds import UNRECORDED, Ending, Help
from timebank.demo.people import Told
from timebank.exchanges import actions, reversals
from timebank.exchanges.filing import file_under
from timebank.exchanges.rules import Side
from timebank.exchanges.terms import Terms
from timebank.exchanges.thanks import thank
from timebank.listings.queries import find_listing

Story = Generator[datetime, datetime, None]

#: Who looks after disputes, kinds of help and corrections in Glen Isla.
_DECIDES, _CORRECTS, _APPROVES = "iain", "mary", "tom"
_DAYS_BEFORE, _ASKED_LATELY_DAYS_AGO = 5, 2
_MORNING = time(9)
#: When who tells a broker does it, on a day of the week before Saturday.
_OFFICE_HOUR, _SATURDAY = time(10), 5
#: When people sit down to write help down, and how many hours later the other side looks at it.
_EVENINGS = (time(17, 40), time(18, 25), time(19, 5), time(20, 10), time(16, 50))
_HOURS_LATER = (1, 15, 26, 2, 39)


def tell(stories: Iterable[Story], *, until: datetime) -> None:
    """Let the stories happen, each deed at its moment; what would come after `until` happens then."""
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(waiting)
    while waiting:
        moment, number, story = heappop(waiting)
        try:
            goes_on = story.send(min(moment, until))
        except StopIteration:
            continue
        heappush(waiting, (goes_on, number, story))


@dataclass
class Neighbourhood:
    """One bank, the day when its stories end, how those who never sign in tell a broker, and its people by key.

    `listings` are the codes of what is listed there, by title.
    """

    session: Session
    bank: Bank
    today: date
    told: Mapping[str, Told]
    people: dict[str, Actor] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)

    def actor(self, key: str, *, slip: str = "") -> Actor:
        """Somebody about to act: by themselves, or by the hand of the broker whom they told."""
        told = self.told.get(key)
        if told is None:
            return self.people[key]
        by_hand = acting_for(self.people[told.broker], self.people[key], told.how)
        return by_hand.with_evidence(slip or told.evidence, slip=bool(slip))

    def moment(self, days_ago: int, at: time = _MORNING) -> datetime:
        """A time of day, so many days ago, where the bank is."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, at, ZoneInfo(self.bank.time_zone))

    def finds_time(self, key: str, moment: datetime) -> datetime:
        """When somebody comes to it: at this moment, or when the office of their broker is open next."""
        if key not in self.told:
            return moment
        day = moment.date() + timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        return datetime.combine(day, _OFFICE_HOUR, moment.tzinfo)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One help that is told: where, what, its key, and the two who are in it."""

    place: Neighbourhood
    told: Help
    number: int

    @property
    def key(self) -> str:
        """Its own in the bank, for forms."""
        return f"village-{self.number}"

    @property
    def first(self) -> str:
        """Who writes it down."""
        return self.told.giver if self.told.by is Side.GIVER else self.told.receiver

    @property
    def second(self) -> str:
        """Who answers to that."""
        return self.told.receiver if self.told.by is Side.GIVER else self.told.giver

    @property
    def evening(self) -> time:
        """When the two of them sit down to it."""
        return _EVENINGS[self.number % len(_EVENINGS)]

    def terms(self, *, travel: int = 0) -> Terms:
        """What the two of them say."""
        day = self.place.today - timedelta(days=self.told.days_ago)
        giver, receiver = (self.place.people[one].account_id for one in (self.told.giver, self.told.receiver))
        return Terms(
            giver,
            receiver,
            self.told.what,
            day,
            self.told.minutes,
            travel_minutes=travel,
            listing_id=self._listing_id(),
        )

    def _listing_id(self) -> int | None:
        """What they found one another by, if it is listed by then."""
        code = self.place.listings.get(self.told.found)
        listing = find_listing(self.place.session, self.place.bank.id, code) if code else None
        return listing.id if listing else None


def live(place: Neighbourhood, told: Help, number: int) -> Story:
    """One help from beginning to end; its number tells when these people find the time."""
    telling = _Telling(place, told, number)
    agreed = (yield from _arrange(telling)) if told.asked or told.offered else None
    if told.ending in UNRECORDED:
        return
    written_at = place.finds_time(telling.first, place.moment(told.days_ago - told.late, telling.evening))
    now = yield written_at
    code = _write_down(telling, agreed, now)
    if told.ending is Ending.RECORDED or told.slip:
        return
    answered_at = written_at + timedelta(hours=_HOURS_LATER[number % len(_HOURS_LATER)])
    now = yield place.finds_time(telling.second, answered_at)
    yield from _answer(telling, code, now)


def _arrange(telling: _Telling) -> Generator[datetime, datetime, str]:
    """One of the two asks or offers some days before, and the other answers; return the exchange's code."""
    told, place = telling.told, telling.place
    first, second = (told.giver, told.receiver) if told.offered else (told.receiver, told.giver)
    days_ago = told.days_ago + _DAYS_BEFORE if told.days_ago >= 0 else _ASKED_LATELY_DAYS_AGO
    asked_at = place.finds_time(first, place.moment(days_ago, telling.evening))
    now = yield asked_at
    terms, key = telling.terms(travel=told.travel), f"{telling.key}-asked"
    code = actions.propose(place.session, place.bank, terms, Doing(place.actor(first), now, key))
    if told.ending is Ending.PROPOSED:
        return code
    answered_at = datetime.combine(asked_at.date() + timedelta(days=1), _MORNING, asked_at.tzinfo)
    now = yield place.finds_time(second, answered_at)
    if told.ending is Ending.DECLINED:
        actions.decline(place.session, code, Doing(place.actor(second), now))
        return code
    actions.accept(place.session, code, Doing(place.actor(second), now))
    if told.ending is Ending.CALLED_OFF:
        now = yield answered_at + timedelta(hours=9)
        actions.cancel(place.session, code, Doing(place.actor(second), now))
    return code


def _write_down(telling: _Telling, code: str | None, now: datetime) -> str:
    """Record what has happened, agreed beforehand or not; return the exchange's code."""
    told, place = telling.told, telling.place
    by = place.actor(telling.first, slip=told.slip)
    terms = telling.terms()
    if code is None:
        return actions.record(place.session, place.bank, terms, Doing(by, now, telling.key), slip=bool(told.slip))
    doing, slip = Doing(by, now, telling.key), bool(told.slip)
    actions.record_agreed(place.session, place.bank, code, doing, day=terms.day, minutes=told.minutes, slip=slip)
    return code


def _answer(telling: _Telling, code: str, now: datetime) -> Story:
    """What the other side says to it, and what comes of that."""
    told, session = telling.told, telling.place.session
    first, second = telling.place.actor(telling.first), telling.place.actor(telling.second)
    if told.ending is Ending.WITHDRAWN:
        actions.cancel(session, code, Doing(first, now))
    elif told.ending in {Ending.DISPUTED, Ending.AGREED_AFTER_ALL, Ending.DECIDED}:
        words = told.words if told.ending is not Ending.DECIDED else "It was not as long as that."
        actions.dispute(session, code, Doing(second, now), words=words, minutes=told.said)
        yield from _settle(telling, code, now)
    else:
        actions.confirm(session, code, Doing(second, now))
        if told.thanks:
            thank(session, code, Doing(telling.place.actor(told.receiver), now), words=told.thanks)
        yield from _file(telling, code, now)
        yield from _take_back(telling, code, now)


def _file(telling: _Telling, code: str, confirmed_at: datetime) -> Story:
    """The broker at the desk says what kind of help it was."""
    told, place = telling.told, telling.place
    if told.under:
        now = yield confirmed_at + timedelta(days=3)
        file_under(place.session, code, told.under, Doing(place.actor(_DECIDES), now, f"{telling.key}-filed"))


def _settle(telling: _Telling, code: str, disputed_at: datetime) -> Story:
    """Two neighbours find out together how long it was, or the broker at the desk decides."""
    told, place = telling.told, telling.place
    if told.ending is Ending.DISPUTED:
        return
    now = yield disputed_at + timedelta(hours=21)
    if told.ending is Ending.AGREED_AFTER_ALL:
        actions.agree(place.session, code, Doing(place.actor(telling.first), now), minutes=told.said)
    else:
        broker = place.actor(_DECIDES)
        actions.decide(place.session, code, Doing(broker, now), minutes=told.said, reason=told.words)


def _take_back(telling: _Telling, code: str, confirmed_at: datetime) -> Story:
    """The coordinator proposes to take it back, and the trustee looks at it, or has yet to."""
    told, place = telling.told, telling.place
    if told.ending not in {Ending.TO_BE_REVERSED, Ending.REVERSED}:
        return
    now = yield confirmed_at + timedelta(hours=18)
    reversal = reversals.propose(place.session, code, Doing(place.actor(_CORRECTS), now), reason=told.words)
    if told.ending is Ending.REVERSED:
        now = yield now + timedelta(hours=4)
        reversals.approve(place.session, place.bank, reversal, Doing(place.actor(_APPROVES), now))
