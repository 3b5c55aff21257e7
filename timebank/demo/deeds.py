"""Data types of the demo: help that happened once, weekly help, and limit overrides."""

from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from enum import Enum, auto

from timebank.exchanges.rules import Side
from timebank.ledger.hours import MINUTES_PER_HOUR

HOUR = MINUTES_PER_HOUR
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
_DAYS_A_WEEK = 7


class Ending(Enum):
    """The state in which an exchange ends up."""

    PROPOSED = auto()
    DECLINED = auto()
    ACCEPTED = auto()
    CALLED_OFF = auto()
    RECORDED = auto()
    WITHDRAWN = auto()
    CONFIRMED = auto()
    CONFIRMED_BY_TIME = auto()
    CONFIRMED_BY_TEXT = auto()
    DISPUTED = auto()
    AGREED_AFTER_ALL = auto()
    DECIDED = auto()
    TO_BE_REVERSED = auto()
    REVERSED = auto()


#: Endings of exchanges that are never recorded.
UNRECORDED = frozenset({Ending.PROPOSED, Ending.DECLINED, Ending.ACCEPTED, Ending.CALLED_OFF})


@dataclass(frozen=True, slots=True)
class Help:
    """An exchange between two neighbours, `days_ago` days in the past (negative: in the future); times in minutes.

    `asked` (by the receiver) and `offered` (by the giver) exchanges were agreed first, with `travel` minutes on top.
    `by` is the side that recorded it, `late` days afterwards; `slip` is the reference of a slip that both signed.
    `listing` is the title of its listing, `under` the key of the category that a broker filed it under. `words` and
    `claimed_minutes` are from the other side's dispute, the broker's decision or the coordinator's reversal.
    """

    days_ago: int
    giver: str
    receiver: str
    what: str
    minutes: int
    _: KW_ONLY
    ending: Ending = Ending.CONFIRMED
    by: Side = Side.GIVER
    asked: bool = False
    offered: bool = False
    listing: str = ""
    under: str = ""
    travel: int = 0
    late: int = 0
    slip: str = ""
    words: str = ""
    claimed_minutes: int = 0
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class Habit:
    """Help on the same day of the week (Monday is 0), `weeks_ago` weeks back; only the last time has thanks."""

    day: int
    weeks_ago: Sequence[int]
    giver: str
    receiver: str
    what: str
    minutes: int
    _: KW_ONLY
    by: Side = Side.GIVER
    asked: bool = False
    listing: str = ""
    travel: int = 0
    thanks: str = ""

    def times(self, today: date) -> Iterator[Help]:
        """Yield each occurrence, all before the Monday of this week."""
        for weeks in self.weeks_ago:
            yield Help(
                today.weekday() - self.day + weeks * _DAYS_A_WEEK,
                self.giver,
                self.receiver,
                self.what,
                self.minutes,
                by=self.by,
                asked=self.asked,
                listing=self.listing,
                travel=self.travel,
                thanks=self.thanks if weeks == self.weeks_ago[-1] else "",
            )


@dataclass(frozen=True, slots=True)
class LowerLimit:
    """A temporary override of a member's limit: a floor in minutes, in force for `days` days."""

    days_ago: int
    whose: str
    floor_minutes: int
    days: int
    reason: str


def weeks(first: int, last: int = 1, *, every: int = 1) -> Sequence[int]:
    """Return numbers of weeks ago, from `first` down to `last`."""
    return range(first, last - 1, -every)
