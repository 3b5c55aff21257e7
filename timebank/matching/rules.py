"""The score of a member for a request: a sum whose lines are the reasons. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from timebank.matching.settings import USUAL, MatchingSettings

#: So far below zero what counts for it counts whole.
BELOW_ZERO_MINUTES = 600
#: What words and kinds count together at least: somebody whose offers are of other things is not named.
LEAST_FITTING = 0.45
#: From so much on they fit well: what fits only somewhat is never chosen for a broker beforehand.
CLOSE_FIT = 0.7
#: Travel one way from which nearness counts nothing.
FAR_MINUTES = 60


class Reason(StrEnum):
    """A line of a score."""

    WORDS = "words"
    KIND = "kind"
    GROUP = "group"
    NEAR = "near"
    FREE = "free"
    BELOW_ZERO = "below_zero"
    ASKED = "asked"


class Order(StrEnum):
    """What a list of members is ordered by: every line, or some of them alone."""

    ALL = "all"
    WORDS = "words"
    NEAR = "near"


_COUNTED = {
    Order.ALL: frozenset(Reason),
    Order.WORDS: frozenset({Reason.WORDS, Reason.KIND, Reason.GROUP}),
    Order.NEAR: frozenset({Reason.NEAR}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as it is compared: its kinds and their main ones, and the parts of the week that suit (0: any)."""

    kinds: frozenset[int]
    groups: frozenset[int]
    suits: int = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer and its owner as they are compared.

    `likeness` of the words is 1 for the same meaning; `travel_minutes` is one way, 0 in the same area, None where
    nobody knows; `free_parts` has the bits of `timebank.week`, 0 for any time; `balance` is in minutes. `asks` is how
    often the owner was invited of late, over as many weeks as the bank counts.
    """

    likeness: float
    kinds: frozenset[int]
    groups: frozenset[int]
    travel_minutes: int | None = None
    free_parts: int = 0
    balance: int = 0
    asks: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A reason and what it counts."""

    reason: Reason
    value: float


def score_lines(request: Wanted, offered: Offered, settings: MatchingSettings = USUAL) -> tuple[Line, ...]:
    """Return the lines of a score that are not 0; it is their sum."""
    in_common, groups = request.kinds & offered.kinds, request.groups & offered.groups
    below = min(max(-offered.balance, 0), BELOW_ZERO_MINUTES) / BELOW_ZERO_MINUTES
    values = {
        Reason.WORDS: 100 * max(0.0, min(1.0, offered.likeness)),
        Reason.KIND: settings.kind * len(in_common) / len(offered.kinds | request.kinds) if in_common else 0.0,
        Reason.GROUP: settings.main_kind if groups and not in_common else 0.0,
        Reason.NEAR: settings.near * nearness(offered.travel_minutes),
        Reason.FREE: settings.free if request.suits and offered.free_parts & request.suits else 0.0,
        Reason.BELOW_ZERO: settings.below_zero * below,
        Reason.ASKED: -settings.asked * offered.asks,
    }
    return tuple(Line(reason, value / 100) for reason, value in values.items() if value)


def nearness(travel_minutes: int | None) -> float:
    """Return how near somebody is: 1 in the same area, 0 from an hour away on or where nobody knows."""
    if travel_minutes is None:
        return 0.0
    return max(0, FAR_MINUTES - travel_minutes) / FAR_MINUTES


def total(lines: Iterable[Line], order: Order = Order.ALL) -> float:
    """Return the sum of the lines that count for an order."""
    return sum(line.value for line in lines if line.reason in _COUNTED[order])


def may_go(travel_minutes: int | None, farthest_minutes: int | None) -> bool:
    """Return whether a member goes so far: one who named a distance, only where it is known."""
    if farthest_minutes is None:
        return True
    return travel_minutes is not None and travel_minutes <= farthest_minutes
