"""What a simulated year assumes: every figure with its meaning and where it comes from. Pure.

`docs/simulation.md` lists the same; a test compares them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

_Value = TypeVar("_Value")


class Source(StrEnum):
    """Where a figure comes from."""

    REAL = "median of real banks"
    ASSUMED = "assumed"


def _figure(value: _Value, source: Source, meaning: str) -> _Value:
    return field(default=value, metadata={"source": source, "meaning": meaning})


def _real(value: _Value, meaning: str) -> _Value:
    return _figure(value, Source.REAL, meaning)


def _assumed(value: _Value, meaning: str) -> _Value:
    return _figure(value, Source.ASSUMED, meaning)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The figures of a simulated bank and of its members' behaviour. Shares and chances are from 0 to 1."""

    members: int = _real(126, "members, all there from the first day to the last")
    offers: int = _real(39, "open offers on the first day; none comes or goes")
    requests: int = _real(38, "open requests on the first day, all for any day; they are left out of the fill rate")
    exchanges_per_member: float = _real(
        1.3, "exchanges per member and year; nothing is computed from it, the table shows what the year had beside it"
    )
    minutes: tuple[int, ...] = _assumed(
        (60, 120, 180, 240, 240), "minutes of an exchange, each as likely; mean 2.8 hours, the median of real banks"
    )
    new_requests: float = _assumed(114, "requests that come in a year, spread evenly: three times those open at once")
    dated_share: float = _assumed(0.4, "share of new requests that are for one day and time, 3 to 17 days ahead")
    lively_share: float = _assumed(0.2, "share of members who are lively: they look at the open requests once a week")
    asleep_share: float = _assumed(
        0.3, "share of members who are asleep: they never look and answer nobody; the rest look once in 30 days"
    )
    lively_weight: float = _assumed(3, "how much likelier a lively member is to offer, ask or help than another")
    asleep_weight: float = _assumed(0.5, "how likely a sleeping one is to have an offer from before; they never ask")
    kinds_each: int = _assumed(3, "kinds of help, of 24, that each member can give, whether or not they offer them")
    limited_share: float = _assumed(
        0.4, "share of members who are free on weekdays by day only, or in evenings and at weekends only"
    )
    says_when_share: float = _assumed(0.5, "share of members who have told the site when they can help")
    own_fitting: float = _assumed(
        0.025, "chance that a member who sees a request of a kind that they can do offers help by themselves"
    )
    own_other: float = _assumed(0.0015, "the same for a kind that is none of theirs")
    searches: float = _assumed(
        0.25, "chance, in each of a request's first four weeks, that who asked searches the offers and asks one member"
    )
    lively_answers: float = _assumed(0.85, "chance that a lively member who is asked answers at all, in 0 to 2 days")
    quiet_answers: float = _assumed(0.6, "the same for one who is neither lively nor asleep")
    yes_fitting: float = _assumed(0.5, "chance that who answers says yes, where they can do it and are free and rested")
    yes_other: float = _assumed(0.1, "the same for a kind that is none of theirs")
    tires: float = _assumed(0.2, "share of the chance of a yes that each time of being asked takes for 28 days")
    busy: float = _assumed(0.4, "share of the chance of a yes that each other agreed help within 7 days takes")
    less_share: float = _assumed(0.1, "share of those who say no to an invitation who ask to be invited less")
    accepts: float = _assumed(0.9, "chance that who asked for help accepts what a member offers by themselves")
    comes_about: float = _assumed(0.9, "chance that agreed help comes about; else it is called off on its day")
    unlisted: float = _assumed(
        0.9, "exchanges per member and year among those who are awake and know each other, without any listing"
    )
    board_days: int = _assumed(2, "days of the week on which a broker opens the board: 1, 2 or 4")
    passed_on: int = _assumed(3, "how many more members a broker puts in turn behind the first, where the plan has any")


USUAL = Parameters()


class Variation(NamedTuple):
    """An assumption that is halved and doubled: what it is called, and its fields. A share stays below `most`."""

    name: str
    fields: Sequence[str]
    most: float | None = 1
    is_of_the_board: bool = False

    def of(self, parameters: Parameters, factor: float) -> Parameters:
        """Return the parameters with these fields multiplied; whole numbers stay whole."""
        changed: dict[str, Any] = {name: self._times(getattr(parameters, name), factor) for name in self.fields}
        return replace(parameters, **changed)

    def _times(self, value: float, factor: float) -> float:
        product = value * factor if self.most is None else min(self.most, value * factor)
        return max(1, round(product)) if isinstance(value, int) else product


#: The main assumptions, for the sensitivity table. Those of the board change nothing in a year without it.
VARIED = (
    Variation("requests that come in a year", ("new_requests",), None),
    Variation("share of requests for one day", ("dated_share",)),
    Variation("share of members asleep", ("asleep_share",), 0.7),
    Variation("kinds that each member can do", ("kinds_each",), 6),
    Variation("offering by themselves", ("own_fitting", "own_other")),
    Variation("searching and asking by themselves", ("searches",)),
    Variation("chance of an answer", ("lively_answers", "quiet_answers")),
    Variation("chance of a yes", ("yes_fitting", "yes_other")),
    Variation("tiring of being asked", ("tires",)),
    Variation("share who say when they can help", ("says_when_share",), is_of_the_board=True),
    Variation("exchanges without a listing", ("unlisted",), None),
    Variation("days of the board in a week", ("board_days",), None, is_of_the_board=True),
)


def list_figures() -> Sequence[tuple[str, str, str, str]]:
    """Return (name, value, source, meaning) of each parameter, as `docs/simulation.md` has them."""
    return [
        (figure.name, str(figure.default), str(figure.metadata["source"]), str(figure.metadata["meaning"]))
        for figure in fields(Parameters)
    ]
