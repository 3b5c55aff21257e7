"""What the demo's brokers let everybody know, and how its people want to be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from timebank.actors import Doing
from timebank.announcements.actions import announce
from timebank.demo.stories import Neighbourhood, Story
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.rules import USUAL, Choice

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
    """How somebody wants to be told of one topic, said `days_ago` days ago."""

    days_ago: int
    whose: str
    topic: Topic
    choice: Choice


@dataclass(frozen=True, slots=True)
class Telling:
    """What is announced in a bank, and what its people chose."""

    announced: Sequence[Announced] = ()
    chosen: Sequence[HowTold] = ()


def tell(neighbourhood: Neighbourhood, telling: Telling) -> Iterator[Story]:
    """Yield the stories of what is announced and chosen."""
    for number, announced in enumerate(telling.announced):
        yield let_know(neighbourhood, announced, number)
    for number, chosen in enumerate(telling.chosen):
        yield say_how(neighbourhood, chosen, number)


def let_know(neighbourhood: Neighbourhood, announced: Announced, number: int) -> Story:
    """A broker announces something; `number` is unique in the bank."""
    now = yield neighbourhood.moment(announced.days_ago, _ANNOUNCED_AT)
    doing = Doing(neighbourhood.actor(announced.broker), now, f"village-announced-{number}")
    announce(neighbourhood.session, neighbourhood.bank, announced.words, announced.days, doing)


def say_how(neighbourhood: Neighbourhood, chosen: HowTold, number: int) -> Story:
    """Somebody chooses how they are told; `number` is unique in the bank."""
    now = yield neighbourhood.moment(chosen.days_ago, _CHOSEN_AT)
    doing = Doing(neighbourhood.actor(chosen.whose), now, f"village-told-{number}")
    choose(neighbourhood.session, USUAL | {chosen.topic: chosen.choice}, doing)
