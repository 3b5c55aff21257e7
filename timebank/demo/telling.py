"""The demo's announcements, how its people choose to be notified, and what they write to each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import select

from timebank.actors import Doing
from timebank.announcements.actions import announce
from timebank.demo.stories import Neighbourhood, Story
from timebank.listings.models import Listing
from timebank.messages.actions import report, write
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice
from timebank.references import Ref, Subject

_ANNOUNCED_AT, _CHOSEN_AT = time(9, 40), time(19, 30)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a broker announced, `days_ago` days ago, for so many days."""

    days_ago: int
    broker: str
    words: str
    days: int


@dataclass(frozen=True, slots=True)
class HowTold:
    """How somebody wants to be notified of one topic, chosen `days_ago` days ago."""

    days_ago: int
    whose: str
    topic: Topic
    choice: Choice


@dataclass(frozen=True, slots=True)
class Wrote:
    """What somebody wrote to somebody, `days_ago` days ago; `about` is a listing's title.

    `reports` is what the reader reported to a broker an hour later.
    """

    days_ago: int
    at: time
    by: str
    to: str
    words: str
    about: str = ""
    reports: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is announced in a bank, what its people chose, and what they wrote."""

    announced: Sequence[Announced] = ()
    chosen: Sequence[HowTold] = ()
    written: Sequence[Wrote] = ()


def tell(neighbourhood: Neighbourhood, telling: Telling) -> Iterator[Story]:
    """Yield the stories of what is announced, chosen and written."""
    for number, announced in enumerate(telling.announced):
        yield let_know(neighbourhood, announced, number)
    for number, chosen in enumerate(telling.chosen):
        yield say_how(neighbourhood, chosen, number)
    for number, wrote in enumerate(telling.written):
        yield write_to(neighbourhood, wrote, number)


def let_know(neighbourhood: Neighbourhood, announced: Announced, number: int) -> Story:
    """A broker announces something; `number` is unique in the bank."""
    now = yield neighbourhood.moment(announced.days_ago, _ANNOUNCED_AT)
    doing = Doing(neighbourhood.actor(announced.broker), now, f"village-announced-{number}")
    announce(neighbourhood.session, neighbourhood.bank, announced.words, announced.days, doing)


def say_how(neighbourhood: Neighbourhood, chosen: HowTold, number: int) -> Story:
    """Somebody chooses how they are notified; `number` is unique in the bank."""
    now = yield neighbourhood.moment(chosen.days_ago, _CHOSEN_AT)
    doing = Doing(neighbourhood.actor(chosen.whose), now, f"village-told-{number}")
    choose(neighbourhood.session, {chosen.topic: chosen.choice}, doing)


def write_to(neighbourhood: Neighbourhood, wrote: Wrote, number: int) -> Story:
    """Somebody writes to somebody, who may report it; `number` is unique in the bank."""
    now = yield neighbourhood.moment(wrote.days_ago, wrote.at)
    session, by, to = neighbourhood.session, neighbourhood.actor(wrote.by), neighbourhood.actor(wrote.to)
    titled = select(Listing.code).where(Listing.bank_id == by.bank_id, Listing.title == wrote.about)
    about = str(Ref(Subject.LISTING, session.scalars(titled).one())) if wrote.about else ""
    write(session, to, wrote.words, Doing(by, now, f"village-wrote-{number}"), about=about)
    if wrote.reports:
        now = yield now + timedelta(hours=1)
        report(session, by, wrote.reports, Doing(to, now, f"village-reported-{number}"))
