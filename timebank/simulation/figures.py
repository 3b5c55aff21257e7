"""The figures of a simulated year, from what was on record at its end. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from statistics import mean, median, pstdev, quantiles
from typing import NamedTuple

MINUTES_AN_HOUR = 60
DAYS_A_YEAR = 365
#: Requests younger than this at the end are not counted: they have not had their time.
SETTLED_DAYS, SOON_DAYS = 30, 14


class AskedRequest(NamedTuple):
    """A request that came during the year, and the day on which the help was agreed that came about; None: none did."""

    asked_on: date
    agreed_on: date | None


class DoneExchange(NamedTuple):
    """An exchange whose hours moved: who gave and received (memberships), and whether it came of an invitation."""

    giver: int
    receiver: int
    by_invitation: bool


@dataclass(frozen=True, slots=True)
class YearOnRecord:
    """What was on record at the end: `balances` of all members in minutes; `asked` has a member for each ask."""

    first_day: date
    days: int
    requests: Sequence[AskedRequest]
    exchanges: Sequence[DoneExchange]
    balances: Sequence[int]
    invitations: int
    asked: Sequence[int]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a year, or of several as means; None where there is nothing to compute one from."""

    fill_rate: float | None
    filled_soon: float | None
    days_to_fill: float | None
    exchanges_per_member: float | None
    both_sides: float | None
    balance_range: float | None
    balance_deviation: float | None
    invitations: float | None
    invitations_per_fill: float | None
    asks_median: float | None
    asks_highest: float | None
    members_asked: float | None


NAMES = tuple(figure.name for figure in fields(Figures))


def compute(year: YearOnRecord) -> Figures:
    """Return the figures of a year; shares from 0 to 1, the spread of balances in hours."""
    last = year.first_day + timedelta(days=year.days - SETTLED_DAYS)
    counted = [request for request in year.requests if request.asked_on < last]
    took = [(request.agreed_on - request.asked_on).days for request in counted if request.agreed_on is not None]
    members, fills = len(year.balances), sum(exchange.by_invitation for exchange in year.exchanges)
    gave, received = ({exchange[side] for exchange in year.exchanges} for side in (0, 1))
    asks = Counter(year.asked)
    hours = [balance / MINUTES_AN_HOUR for balance in year.balances]
    return Figures(
        fill_rate=_share(len(took), len(counted)),
        filled_soon=_share(sum(days <= SOON_DAYS for days in took), len(counted)),
        days_to_fill=median(took) if took else None,
        exchanges_per_member=_share(len(year.exchanges) * DAYS_A_YEAR, members * year.days),
        both_sides=_share(len(gave & received), members),
        balance_range=_interquartile_range(hours),
        balance_deviation=pstdev(hours) if hours else None,
        invitations=year.invitations,
        invitations_per_fill=_share(year.invitations, fills),
        asks_median=median(asks.values()) if asks else 0,
        asks_highest=max(asks.values(), default=0),
        members_asked=len(asks),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _interquartile_range(values: Sequence[float]) -> float | None:
    if len(values) < 2:  # noqa: PLR2004 (of one value there is no range)
        return None
    first, _median, third = quantiles(values, method="inclusive")
    return third - first


class Summary(NamedTuple):
    """The mean of a figure over the years that have it, the lowest and the highest; None where none has it."""

    mean: float | None
    lowest: float | None
    highest: float | None


def summarize(years: Iterable[Figures]) -> dict[str, Summary]:
    """Return the summary of each figure by its name."""
    every = list(years)
    return {name: summarize_values([getattr(figures, name) for figures in every]) for name in NAMES}


def summarize_values(values: Sequence[float | None]) -> Summary:
    """Return the summary of one figure."""
    there = [value for value in values if value is not None]
    return Summary(mean(there), min(there), max(there)) if there else Summary(None, None, None)
