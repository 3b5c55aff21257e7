"""When a digest is due, what goes into it, and whether that is enough. Pure functions of values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from timebank.notices.rules import Often

#: What was listed longer ago is no news.
LOOK_BACK = timedelta(days=14)
#: 'As things come': so many new things after so many days of silence, or the second pair.
FEW, SILENCE = 3, timedelta(days=2)
ONE, LONG_SILENCE = 1, timedelta(days=7)
#: So many are listed of each kind.
MOST_COULD_HELP, MOST_ASKED, MOST_OFFERED = 3, 5, 5
#: So many minutes of travel are near.
NEAR_MINUTES = 30


def is_due(often: Often, last: date, today: date) -> bool:
    """Return whether a digest may be made today, the last one having been made or looked for on day `last`.

    Weekly ones are due in each ISO 8601 week, from Monday on, monthly ones in each month.
    """
    if often is Often.WEEKLY:
        return last.isocalendar()[:2] != today.isocalendar()[:2] and today > last
    if often is Often.MONTHLY:
        return (last.year, last.month) != (today.year, today.month) and today > last
    return today > last


def is_enough(often: Often, number: int, last_sent: date, today: date) -> bool:
    """Return whether so many new things are worth a digest, the last one having been sent on day `last_sent`."""
    silence = today - last_sent
    if often is not Often.AS_THINGS_COME:
        return number >= ONE
    return (number >= FEW and silence >= SILENCE) or (number >= ONE and silence >= LONG_SILENCE)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was listed: its code, whose it is, its area, and whether it is done from anywhere."""

    code: str
    member_id: int
    area_id: int | None
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a bank, the newest first. `fitting` is {membership id: codes of requests that suit them}.

    `announced` are codes of announcements that stand. `times_shown` is {code: to how many it was shown}. `travel` is
    {area id: {other area's id: minutes}}.
    """

    requests: Sequence[Item]
    offers: Sequence[Item]
    fitting: Mapping[int, Sequence[str]]
    travel: Mapping[int, Mapping[int, int]]
    times_shown: dict[str, int] = field(default_factory=dict)
    announced: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Codes for one member: of listings that they could help with, that are asked for near them, that are offered.

    And of announcements.
    """

    could_help: tuple[str, ...]
    asked: tuple[str, ...]
    offered: tuple[str, ...]
    announced: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all of them."""
        return (*self.could_help, *self.asked, *self.offered, *self.announced)


def choose(news: News, member_id: int, area_id: int | None, seen: Collection[str]) -> Chosen:
    """Return what a member is shown: nothing of their own, nothing twice, first what the fewest have been shown."""
    by_code = {item.code: item for item in news.requests}
    fitting = [code for code in news.fitting.get(member_id, ()) if code in by_code and code not in seen]
    could_help = tuple(fitting[:MOST_COULD_HELP])
    kept_out = {*seen, *could_help}
    asked = _fewest_shown(news, [item for item in news.requests if _is_near(news, item, area_id)], member_id, kept_out)
    offered = _fewest_shown(news, news.offers, member_id, kept_out)
    announced = tuple(code for code in news.announced if code not in seen)
    return Chosen(could_help, asked[:MOST_ASKED], offered[:MOST_OFFERED], announced)


def _fewest_shown(news: News, items: Sequence[Item], member_id: int, kept_out: Collection[str]) -> tuple[str, ...]:
    """Return the codes of those that are not the member's and not kept out, the least shown first, then the newest."""
    codes = [item.code for item in items if item.member_id != member_id and item.code not in kept_out]
    return tuple(
        sorted(codes, key=lambda code: news.times_shown.get(code, 0))
    )  # sorting is stable: the newest stay first


def _is_near(news: News, item: Item, area_id: int | None) -> bool:
    """Return whether a request can be met from where a member is; unknown areas are near to all."""
    if item.anywhere or item.area_id is None or area_id is None or item.area_id == area_id:
        return True
    return news.travel.get(area_id, {}).get(item.area_id, NEAR_MINUTES + 1) <= NEAR_MINUTES
