"""The parts of a bank's neighbourhood, and who lives where and shows which contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from timebank.actors import Doing
from timebank.banks.areas import add_area, close_area, set_travel
from timebank.banks.queries import find_area
from timebank.demo.people import Villager
from timebank.demo.stories import Neighbourhood, Story
from timebank.members.actions import Profile, change_profile

_AFTER_THE_FIRST = timedelta(minutes=1)
_SETTLED_AT = time(18)


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of a bank, one that is closed, the minutes of each way, who lives where, and who shows what.

    `shows_phone` and `shows_email` are of those whose contact people see with whom they have agreed help.
    """

    names: Sequence[str]
    closed: str
    ways: Sequence[tuple[str, str, int]]
    homes: Mapping[str, str]
    shows_phone: frozenset[str]
    shows_email: frozenset[str]


def lay_out(place: Neighbourhood, areas: Areas, coordinator: Villager) -> Story:
    """The coordinator writes the areas down as soon as they are there, then that one of them is no more."""
    session, bank = place.session, place.bank
    now = yield place.moment(coordinator.joined) + _AFTER_THE_FIRST
    by = place.people[coordinator.key]
    for name in (*areas.names, areas.closed):
        add_area(session, name, Doing(by, now, f"village-area-{name}"))
    ids = {name: area for name in areas.names if (area := find_area(session, bank.id, name))}
    for one in areas.names:
        minutes: dict[int, int | None] = {ids[other].id: way for first, other, way in areas.ways if first == one}
        key = f"village-ways-{one}"
        if minutes:
            set_travel(session, ids[one], minutes, Doing(by, now, key))
    closing = find_area(session, bank.id, areas.closed)
    now = yield place.moment(coordinator.joined - 1)
    if closing is not None:
        close_area(session, closing, Doing(by, now))


def settle(place: Neighbourhood, areas: Areas, villager: Villager) -> Story:
    """Somebody says which contact they show, and where they live."""
    now = yield place.finds_time(villager.key, place.moment(villager.joined, _SETTLED_AT))
    home = find_area(place.session, place.bank.id, areas.homes.get(villager.key, ""))
    profile = Profile(
        villager.name,
        villager.email,
        villager.phone,
        villager.about,
        area_id=home.id if home else None,
        shows_phone=villager.key in areas.shows_phone,
        shows_email=villager.key in areas.shows_email,
    )
    change_profile(place.session, profile, Doing(place.actor(villager.key), now))
