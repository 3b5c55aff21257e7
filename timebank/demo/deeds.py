"""What the lives of the village are told in: help that happened once, and help that comes again every week."""

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
    """How far it has come."""

    PROPOSED = auto()
    DECLINED = auto()
    ACCEPTED = auto()
    CALLED_OFF = auto()
    RECORDED = auto()
    WITHDRAWN = auto()
    CONFIRMED = auto()
    DISPUTED = auto()
    AGREED_AFTER_ALL = auto()
    DECIDED = auto()
    TO_BE_REVERSED = auto()
    REVERSED = auto()


#: Help that was agreed beforehand and has come no further.
UNRECORDED = frozenset({Ending.PROPOSED, Ending.DECLINED, Ending.ACCEPTED, Ending.CALLED_OFF})


@dataclass(frozen=True, slots=True)
class Help:
    """Help between two neighbours, so many days ago (below zero: to come); times in minutes.

    `asked` for by the receiver or `offered` by the giver was agreed beforehand, with `travel` on top; `by` is the side
    that wrote it down, `late` the days until then, `slip` what both signed.
    `found` is the title of the listing that it came of, `under` the key of the category that a broker filed it under.
    `words` are what the other side, the broker or the coordinator had to say, and `said` the minutes that they named.
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
    found: str = ""
    under: str = ""
    travel: int = 0
    late: int = 0
    slip: str = ""
    words: str = ""
    said: int = 0
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class Habit:
    """Help that comes again on a day of the week, in so many weeks before this one; thanked for the last time."""

    day: int
    weeks_ago: Sequence[int]
    giver: str
    receiver: str
    what: str
    minutes: int
    _: KW_ONLY
    by: Side = Side.GIVER
    asked: bool = False
    found: str = ""
    travel: int = 0
    thanks: str = ""

    def times(self, today: date) -> Iterator[Help]:
        """Each time that it has happened before the Monday of this week."""
        for weeks in self.weeks_ago:
            yield Help(
                today.weekday() - self.day + weeks * _DAYS_A_WEEK,
                self.giver,
                self.receiver,
                self.what,
                self.minutes,
                by=self.by,
                asked=self.asked,
                found=self.found,
                travel=self.travel,
                thanks=self.thanks if weeks == self.weeks_ago[-1] else "",
            )


@dataclass(frozen=True, slots=True)
class LowerLimit:
    """A coordinator's word that somebody may go further below zero for a time."""

    days_ago: int
    whose: str
    floor_minutes: int
    days: int
    reason: str


def weeks(first: int, last: int = 1, *, every: int = 1) -> Sequence[int]:
    """Numbers of weeks ago, from the first time to the last."""
    return range(first, last - 1, -every)
