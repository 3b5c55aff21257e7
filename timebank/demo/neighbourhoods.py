"""The demo's areas, and the profiles of its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from timebank.actors import Doing
from timebank.banks.areas import add_area, close_area, set_travel
from timebank.banks.queries import find_area
from timebank.demo.people import Villager
from timebank.demo.stories import Neighbourhood, Story
from timebank.members.profiles import Profile, change_profile

_AFTER_THE_FIRST = timedelta(minutes=1)
_SETTLED_AT = time(18)


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of a bank: `ways` are (from, to, minutes of travel), `homes` maps people to areas.

    `shows_phone` and `shows_email` are the people who show that contact to those with whom they have agreed help.
    """

    names: Sequence[str]
    closed: str
    ways: Sequence[tuple[str, str, int]]
    homes: Mapping[str, str]
    shows_phone: frozenset[str]
    shows_email: frozenset[str]


def lay_out(neighbourhood: Neighbourhood, areas: Areas, coordinator: Villager) -> Story:
    """The coordinator adds the areas a minute after joining, and closes one of them a day later."""
    session, bank = neighbourhood.session, neighbourhood.bank
    now = yield neighbourhood.moment(coordinator.joined) + _AFTER_THE_FIRST
    by = neighbourhood.people[coordinator.key]
    for name in (*areas.names, areas.closed):
        add_area(session, name, Doing(by, now, f"village-area-{name}"))
    ids = {name: area for name in areas.names if (area := find_area(session, bank.id, name))}
    for name in areas.names:
        minutes: dict[int, int | None] = {ids[to].id: way for origin, to, way in areas.ways if origin == name}
        key = f"village-ways-{name}"
        if minutes:
            set_travel(session, ids[name], minutes, Doing(by, now, key))
    closing = find_area(session, bank.id, areas.closed)
    now = yield neighbourhood.moment(coordinator.joined - 1)
    if closing is not None:
        close_area(session, closing, Doing(by, now))


def settle(neighbourhood: Neighbourhood, areas: Areas, villager: Villager) -> Story:
    """A member sets which contact they show, and their area."""
    now = yield neighbourhood.finds_time(villager.key, neighbourhood.moment(villager.joined, _SETTLED_AT))
    home = find_area(neighbourhood.session, neighbourhood.bank.id, areas.homes.get(villager.key, ""))
    profile = Profile(
        villager.name,
        villager.email,
        villager.phone,
        villager.about,
        area_id=home.id if home else None,
        shows_phone=villager.key in areas.shows_phone,
        shows_email=villager.key in areas.shows_email,
        postal_address=villager.postal_address,
    )
    change_profile(neighbourhood.session, profile, Doing(neighbourhood.actor(villager.key), now))
