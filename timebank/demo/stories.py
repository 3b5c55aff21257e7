"""Scheduling of the demo's stories, and the story of an exchange from proposal to ending.

A story is a generator that yields the time at which it continues, is sent the current time, and then calls an action
of the application. `play` interleaves all stories, so that time never goes back.
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
from timebank.demo.people import Instruction
from timebank.exchanges import actions, reversals
from timebank.exchanges.by_text import code_for, take_answer
from timebank.exchanges.by_time import confirm_by_time
from timebank.exchanges.filing import file_under
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import Side
from timebank.exchanges.terms import Terms
from timebank.exchanges.thanks import thank
from timebank.exchanges.waiting import TO_DO_AFTER
from timebank.listings.queries import find_listing
from timebank.members.models import Person

Story = Generator[datetime, datetime, None]

#: Keys of the people who decide disputes and file exchanges, propose reversals, and approve them.
_DECIDES, _CORRECTS, _APPROVES = "iain", "mary", "tom"
_DAYS_BEFORE, _ASKED_LATELY_DAYS_AGO = 5, 2
_MORNING = time(9)
#: When brokers act for members, on a day of the week before Saturday.
_OFFICE_HOUR, _SATURDAY = time(10), 5
#: When exchanges are recorded, and how many hours later the other side answers.
_EVENINGS = (time(17, 40), time(18, 25), time(19, 5), time(20, 10), time(16, 50))
_HOURS_LATER = (1, 15, 26, 2, 39)


def play(stories: Iterable[Story], *, until: datetime) -> None:
    """Run the stories in order of time; what is due after `until` happens at `until`."""
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(waiting)
    while waiting:
        moment, number, story = heappop(waiting)
        try:
            next_moment = story.send(min(moment, until))
        except StopIteration:
            continue
        heappush(waiting, (next_moment, number, story))


@dataclass
class Neighbourhood:
    """A bank of the demo, the day on which its stories end, and its people by key.

    `instructions` are of the people who never sign in, by key; `listings` maps titles to codes.
    """

    session: Session
    bank: Bank
    today: date
    instructions: Mapping[str, Instruction]
    people: dict[str, Actor] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)

    def actor(self, key: str, *, slip: str = "") -> Actor:
        """Return the member as actor, through their broker if they never sign in."""
        instruction = self.instructions.get(key)
        if instruction is None:
            return self.people[key]
        by_hand = acting_for(self.people[instruction.broker], self.people[key], instruction.how)
        return by_hand.with_evidence(slip or instruction.evidence, slip=bool(slip))

    def moment(self, days_ago: int, at: time = _MORNING) -> datetime:
        """Return a time of day, `days_ago` days ago, in the bank's time zone."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, at, ZoneInfo(self.bank.time_zone))

    def finds_time(self, key: str, moment: datetime) -> datetime:
        """Return when a member acts: at the moment itself, or in the next office hour if through a broker."""
        if key not in self.instructions:
            return moment
        day = moment.date() + timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
        return datetime.combine(day, _OFFICE_HOUR, moment.tzinfo)


@dataclass(frozen=True, slots=True)
class _HelpStory:
    """The context of one exchange: neighbourhood, data, and number among all exchanges of the bank."""

    neighbourhood: Neighbourhood
    event: Help
    number: int

    @property
    def key(self) -> str:
        """The form key, unique in the bank."""
        return f"village-{self.number}"

    @property
    def first(self) -> str:
        """The key of the person who records it."""
        return self.event.giver if self.event.by is Side.GIVER else self.event.receiver

    @property
    def second(self) -> str:
        """The key of the person who answers."""
        return self.event.receiver if self.event.by is Side.GIVER else self.event.giver

    @property
    def evening(self) -> time:
        """The time of day at which it is recorded."""
        return _EVENINGS[self.number % len(_EVENINGS)]

    def terms(self, *, travel: int = 0) -> Terms:
        """Return the terms of the exchange."""
        day = self.neighbourhood.today - timedelta(days=self.event.days_ago)
        giver, receiver = (self.neighbourhood.people[key].account_id for key in (self.event.giver, self.event.receiver))
        return Terms(
            giver,
            receiver,
            self.event.what,
            day,
            self.event.minutes,
            travel_minutes=travel,
            listing_id=self._listing_id(),
        )

    def _listing_id(self) -> int | None:
        """Return the id of its listing, None if there is none yet."""
        code = self.neighbourhood.listings.get(self.event.listing)
        listing = find_listing(self.neighbourhood.session, self.neighbourhood.bank.id, code) if code else None
        return listing.id if listing else None


def live(neighbourhood: Neighbourhood, event: Help, number: int) -> Story:
    """Play one exchange from beginning to end; its number selects the times of day."""
    story = _HelpStory(neighbourhood, event, number)
    agreed = (yield from _arrange(story)) if event.asked or event.offered else None
    if event.ending in UNRECORDED:
        return
    written_at = neighbourhood.finds_time(story.first, neighbourhood.moment(event.days_ago - event.late, story.evening))
    now = yield written_at
    code = _write_down(story, agreed, now)
    if event.ending is Ending.RECORDED or event.slip:
        return
    answered_at = written_at + timedelta(hours=_HOURS_LATER[number % len(_HOURS_LATER)])
    if event.ending is Ending.CONFIRMED_BY_TIME:
        answered_at = written_at + TO_DO_AFTER
    now = yield neighbourhood.finds_time(story.second, answered_at)
    yield from _answer(story, code, now)


def _arrange(story: _HelpStory) -> Generator[datetime, datetime, str]:
    """Propose the exchange some days before, and answer; return its code."""
    event, neighbourhood = story.event, story.neighbourhood
    first, second = (event.giver, event.receiver) if event.offered else (event.receiver, event.giver)
    days_ago = event.days_ago + _DAYS_BEFORE if event.days_ago >= 0 else _ASKED_LATELY_DAYS_AGO
    asked_at = neighbourhood.finds_time(first, neighbourhood.moment(days_ago, story.evening))
    now = yield asked_at
    terms, key = story.terms(travel=event.travel), f"{story.key}-asked"
    code = actions.propose(
        neighbourhood.session, neighbourhood.bank, terms, Doing(neighbourhood.actor(first), now, key)
    )
    if event.ending is Ending.PROPOSED:
        return code
    answered_at = datetime.combine(asked_at.date() + timedelta(days=1), _MORNING, asked_at.tzinfo)
    now = yield neighbourhood.finds_time(second, answered_at)
    if event.ending is Ending.DECLINED:
        actions.decline(neighbourhood.session, code, Doing(neighbourhood.actor(second), now))
        return code
    actions.accept(neighbourhood.session, code, Doing(neighbourhood.actor(second), now))
    if event.ending is Ending.CALLED_OFF:
        now = yield answered_at + timedelta(hours=9)
        actions.cancel(neighbourhood.session, code, Doing(neighbourhood.actor(second), now))
    return code


def _write_down(story: _HelpStory, code: str | None, now: datetime) -> str:
    """Record the exchange, agreed beforehand (`code`) or not; return its code."""
    event, neighbourhood = story.event, story.neighbourhood
    session, bank, slip = neighbourhood.session, neighbourhood.bank, bool(event.slip)
    doing = Doing(neighbourhood.actor(story.first, slip=event.slip), now, story.key)
    terms = story.terms()
    if code is None:
        return actions.record(session, bank, terms, doing, slip=slip)
    actions.record_agreed(session, bank, code, doing, day=terms.day, minutes=event.minutes, slip=slip)
    return code


def _answer(story: _HelpStory, code: str, now: datetime) -> Story:
    """Play the other side's answer and what follows from it."""
    event, session = story.event, story.neighbourhood.session
    first, second = story.neighbourhood.actor(story.first), story.neighbourhood.actor(story.second)
    if event.ending is Ending.WITHDRAWN:
        actions.cancel(session, code, Doing(first, now))
    elif event.ending in {Ending.DISPUTED, Ending.AGREED_AFTER_ALL, Ending.DECIDED}:
        words = event.words if event.ending is not Ending.DECIDED else "It was not as long as that."
        actions.dispute(session, code, Doing(second, now), words=words, minutes=event.claimed_minutes)
        yield from _settle(story, code, now)
    else:
        _confirm(story, code, now)
        if event.thanks:
            thank(session, code, Doing(story.neighbourhood.actor(event.receiver), now), words=event.thanks)
        yield from _file(story, code, now)
        yield from _take_back(story, code, now)


def _confirm(story: _HelpStory, code: str, now: datetime) -> None:
    """The other side confirms on the page or by text, or time does."""
    session, bank = story.neighbourhood.session, story.neighbourhood.bank
    second = story.neighbourhood.actor(story.second)
    if story.event.ending is Ending.CONFIRMED_BY_TIME:
        confirm_by_time(session, bank, code, now=now)
    elif story.event.ending is Ending.CONFIRMED_BY_TEXT:
        exchange = find_exchange(session, bank.id, code)
        phone = session.get_one(Person, second.person_id).phone
        if exchange is None or phone is None:
            raise LookupError(code)
        digits = code_for(session, bank, exchange, second.membership_id, second.person_id, now)
        take_answer(session, phone, f"Y {digits}", now)
    else:
        actions.confirm(session, code, Doing(second, now))


def _file(story: _HelpStory, code: str, confirmed_at: datetime) -> Story:
    """The broker files the exchange under a category."""
    event, neighbourhood = story.event, story.neighbourhood
    if event.under:
        now = yield confirmed_at + timedelta(days=3)
        file_under(
            neighbourhood.session, code, event.under, Doing(neighbourhood.actor(_DECIDES), now, f"{story.key}-filed")
        )


def _settle(story: _HelpStory, code: str, disputed_at: datetime) -> Story:
    """The two agree on the minutes after a dispute, or the broker decides."""
    event, neighbourhood = story.event, story.neighbourhood
    if event.ending is Ending.DISPUTED:
        return
    now = yield disputed_at + timedelta(hours=21)
    if event.ending is Ending.AGREED_AFTER_ALL:
        actions.agree(
            neighbourhood.session, code, Doing(neighbourhood.actor(story.first), now), minutes=event.claimed_minutes
        )
    else:
        broker = neighbourhood.actor(_DECIDES)
        actions.decide(
            neighbourhood.session, code, Doing(broker, now), minutes=event.claimed_minutes, reason=event.words
        )


def _take_back(story: _HelpStory, code: str, confirmed_at: datetime) -> Story:
    """The coordinator proposes a reversal, and the trustee approves it unless it is to stay open."""
    event, neighbourhood = story.event, story.neighbourhood
    if event.ending not in {Ending.TO_BE_REVERSED, Ending.REVERSED}:
        return
    now = yield confirmed_at + timedelta(hours=18)
    reversal = reversals.propose(
        neighbourhood.session, code, Doing(neighbourhood.actor(_CORRECTS), now), reason=event.words
    )
    if event.ending is Ending.REVERSED:
        now = yield now + timedelta(hours=4)
        reversals.approve(
            neighbourhood.session, neighbourhood.bank, reversal, Doing(neighbourhood.actor(_APPROVES), now)
        )
