"""What a seed decides before a year begins: who lives there, what they offer, what they will ask for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from timebank.matching.invitation_rules import parts_of
from timebank.members.rules import USUAL_INVITATIONS
from timebank.simulation.chance import Chance
from timebank.simulation.kinds import KINDS, weight_of
from timebank.simulation.parameters import Parameters
from timebank.week import AFTERNOONS, ANY_TIME, EVENINGS, MORNINGS, WEEKDAYS, WEEKEND

DAYS_A_YEAR = 365
_LIVELY_INVITATIONS = 3
_DAYS_AHEAD = (3, 17)
_TIMES = (time(10), time(14), time(19))
_BY_DAY, _OFF_WORK = WEEKDAYS & (MORNINGS | AFTERNOONS), EVENINGS | WEEKEND


class Liveliness(StrEnum):
    """How much somebody takes part."""

    LIVELY = "lively"
    QUIET = "quiet"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A member: the kinds of help that they can give (places in KINDS), and when they are free, as `timebank.week`.

    `says_when` is whether they have told the site.
    """

    number: int
    liveliness: Liveliness
    kinds: Sequence[int]
    free_parts: int
    says_when: bool

    @property
    def most_invitations(self) -> int:
        """Return how many invitations a week they want."""
        return _LIVELY_INVITATIONS if self.liveliness is Liveliness.LIVELY else USUAL_INVITATIONS

    def is_free(self, day: date, at: time | None) -> bool:
        """Return whether they are free on a day, at this time or (None) in any part of it."""
        return self.free_parts == ANY_TIME or bool(self.free_parts & parts_of(day, at))


class Offer(NamedTuple):
    """An offer of a member, by their number."""

    owner: int
    kind: int
    title: str


class Wish(NamedTuple):
    """A request: asked on which day of the year (0: the first), by whom, and for how many days later (None: any)."""

    number: int
    day: int
    asker: int
    kind: int
    title: str
    minutes: int
    days_ahead: int | None
    at: time | None


class Meeting(NamedTuple):
    """Help between two who know each other, without a listing."""

    number: int
    day: int
    giver: int
    receiver: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Script:
    """All that is decided before; `days` is how long it lasts."""

    days: int
    neighbours: Sequence[Neighbour]
    offers: Sequence[Offer]
    wishes: Sequence[Wish]
    meetings: Sequence[Meeting]


def write_script(parameters: Parameters, chance: Chance, days: int) -> Script:
    """Return what a seed decides; the first wishes are those that are there on the first day."""
    neighbours = _neighbours(parameters, chance)
    asking = [_weight(parameters, neighbour, asleep=0) for neighbour in neighbours]
    return Script(
        days,
        neighbours,
        _offers(parameters, chance, neighbours),
        _wishes(parameters, chance, asking, days),
        _meetings(parameters, chance, asking, days),
    )


def _neighbours(parameters: Parameters, chance: Chance) -> Sequence[Neighbour]:
    count = parameters.members
    lively, asleep = round(parameters.lively_share * count), round(parameters.asleep_share * count)
    quiet = count - lively - asleep
    every = [Liveliness.LIVELY] * lively + [Liveliness.QUIET] * quiet + [Liveliness.ASLEEP] * asleep
    order = sorted(range(count), key=lambda number: chance.number("order", number))
    return [_neighbour(parameters, chance, number, every[order[number]]) for number in range(count)]


def _neighbour(parameters: Parameters, chance: Chance, number: int, liveliness: Liveliness) -> Neighbour:
    weights = [weight_of(kind) for kind in range(len(KINDS))]
    kinds = []
    for turn in range(parameters.kinds_each):
        kinds.append(chance.weighted(weights, "can do", number, turn))
        weights[kinds[-1]] = 0
    free = ANY_TIME
    if chance.happens(parameters.limited_share, "limited", number):
        free = chance.pick((_BY_DAY, _OFF_WORK), "when", number)
    return Neighbour(number, liveliness, kinds, free, chance.happens(parameters.says_when_share, "says when", number))


def _weight(parameters: Parameters, neighbour: Neighbour, *, asleep: float) -> float:
    return {Liveliness.LIVELY: parameters.lively_weight, Liveliness.QUIET: 1.0, Liveliness.ASLEEP: asleep}[
        neighbour.liveliness
    ]


def _offers(parameters: Parameters, chance: Chance, neighbours: Sequence[Neighbour]) -> Sequence[Offer]:
    left = {neighbour.number: list(neighbour.kinds) for neighbour in neighbours}
    offers: list[Offer] = []
    for number in range(min(parameters.offers, len(neighbours) * parameters.kinds_each)):
        weights = [
            _weight(parameters, neighbour, asleep=parameters.asleep_weight) if left[neighbour.number] else 0
            for neighbour in neighbours
        ]
        owner = chance.weighted(weights, "offers", number)
        kind = left[owner].pop(0)
        offers.append(Offer(owner, kind, chance.pick(KINDS[kind].offers, "offered title", number)))
    return offers


def _wishes(parameters: Parameters, chance: Chance, asking: Sequence[float], days: int) -> Sequence[Wish]:
    count = round(parameters.new_requests * days / DAYS_A_YEAR)
    new = sorted(chance.whole(1, days - 1, "asked on", number) for number in range(count))
    asked_on = [0] * parameters.requests + new
    return [_wish(parameters, chance, asking, number, day) for number, day in enumerate(asked_on)]


def _wish(parameters: Parameters, chance: Chance, asking: Sequence[float], number: int, day: int) -> Wish:
    kind = chance.weighted([weight_of(each) for each in range(len(KINDS))], "asked kind", number)
    is_dated = day > 0 and chance.happens(parameters.dated_share, "dated", number)
    return Wish(
        number,
        day,
        chance.weighted(asking, "asks", number),
        kind,
        chance.pick(KINDS[kind].requests, "asked title", number),
        chance.pick(parameters.minutes, "asked minutes", number),
        chance.whole(*_DAYS_AHEAD, "days ahead", number) if is_dated else None,
        chance.pick(_TIMES, "at", number) if is_dated else None,
    )


def _meetings(parameters: Parameters, chance: Chance, lively: Sequence[float], days: int) -> Sequence[Meeting]:
    count = round(parameters.unlisted * parameters.members * days / DAYS_A_YEAR)
    return [_meeting(parameters, chance, lively, number, days) for number in range(count)]


def _meeting(parameters: Parameters, chance: Chance, lively: Sequence[float], number: int, days: int) -> Meeting:
    giver = chance.weighted(lively, "meets as giver", number)
    others = [0 if other == giver else weight for other, weight in enumerate(lively)]
    return Meeting(
        number,
        chance.whole(0, days - 1, "meets on", number),
        giver,
        chance.weighted(others, "meets as receiver", number),
        chance.pick(parameters.minutes, "meets for", number),
    )
