"""A village of made-up neighbours and their last three months, made with the same verbs as real life.

Two banks: Glen Isla, and Strathmore over the hill, which is smaller. Their days lie back from the moment that they are
made at, and nothing in them is left to chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_area
from timebank.demo import correcting, desk, glen_isla, lives, offers, people, strathmore, wanted
from timebank.demo.deeds import Habit, Help
from timebank.demo.desk import DeskWork
from timebank.demo.joining import Wished, join
from timebank.demo.listed import Listed, list_one
from timebank.demo.names import SECOND_SLUG, SLUG
from timebank.demo.neighbourhoods import Areas, lay_out, settle
from timebank.demo.people import Told, Villager
from timebank.demo.stories import Neighbourhood, Story, live, tell
from timebank.listings.actions import open_categories
from timebank.listings.rules import Kind
from timebank.members.actions import NewMember, admit
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.signing_in.passwords import hash_password

PASSWORD = "three-green-otters"  # noqa: S105 (printed on purpose: the demo is for everybody)
TIME_ZONE = "Europe/London"
OPENED_DAYS_AGO = 95
#: After so many months people say whether a listing is still right.
REVIEW_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A bank of the demo: what is known of it, who lives there and would like to join, and what they do."""

    slug: str
    name: str
    phone: str
    opening_hours: str
    coordinator_key: str
    cast: Sequence[Villager]
    habits: Sequence[Habit]
    once: Sequence[Help]
    offers: Sequence[Listed]
    requests: Sequence[Listed]
    wished: Sequence[Wished]
    areas: Areas
    desk_work: DeskWork

    @property
    def coordinator(self) -> Villager:
        """Who looks after it, and is there first."""
        return next(one for one in self.cast if one.key == self.coordinator_key)

    @property
    def admitted(self) -> frozenset[str]:
        """The keys of those who came by applying."""
        return frozenset(one.admitted for one in self.wished if one.admitted)

    @property
    def told(self) -> dict[str, Told]:
        """How those who never sign in tell a broker, by key."""
        return {villager.key: villager.told for villager in self.cast if villager.told}


PLANS = (
    Plan(
        SLUG,
        "Glen Isla Time Bank",
        "01632 960 123",
        "Monday to Friday, 9 to 4",
        people.COORDINATOR_KEY,
        people.CAST,
        lives.HABITS,
        (*lives.LONG_AGO, *lives.LATELY),
        offers.OFFERS,
        wanted.REQUESTS,
        glen_isla.WISHED,
        glen_isla.AREAS,
        glen_isla.DESK_WORK,
    ),
    Plan(
        SECOND_SLUG,
        "Strathmore Time Bank",
        "01632 960 456",
        "Mondays and Thursdays, 10 to 1",
        strathmore.COORDINATOR_KEY,
        strathmore.CAST,
        strathmore.HABITS,
        strathmore.ONCE,
        strathmore.OFFERS,
        strathmore.REQUESTS,
        strathmore.WISHED,
        strathmore.AREAS,
        DeskWork(),
    ),
)
#: Good ones to sign in as.
TO_TRY = tuple(villager for plan in PLANS for villager in plan.cast if villager.part)


def build(session: Session, *, now: datetime) -> Bank:
    """Open both banks and let their people live three months up to `now`; gives Glen Isla's."""
    today, hashed, persons = clock.local_day(now, TIME_ZONE), hash_password(PASSWORD), dict[str, int]()
    places = [Neighbourhood(session, _open(session, plan, now), today, plan.told) for plan in PLANS]
    tell(
        chain.from_iterable(
            chain(_move_in(plan, place, hashed, persons), _live(plan, place), _look_after(plan, place, now))
            for plan, place in zip(PLANS, places, strict=True)
        ),
        until=now,
    )
    return places[0].bank


def _open(session: Session, plan: Plan, now: datetime) -> Bank:
    bank = open_bank(
        session,
        slug=plan.slug,
        name=plan.name,
        now=now - timedelta(days=OPENED_DAYS_AGO),
        time_zone=TIME_ZONE,
        phone=plan.phone,
        coordinator_name=plan.coordinator.name,
        opening_hours=plan.opening_hours,
        review_months=REVIEW_MONTHS,
    )
    open_categories(session, bank, bank.opened_at)
    return bank


def _move_in(plan: Plan, place: Neighbourhood, hashed: str, persons: dict[str, int]) -> Iterator[Story]:
    """Everybody joins, some of them later or by applying; the coordinator comes first and takes the others in."""
    yield lay_out(place, plan.areas, plan.coordinator)
    for wished in plan.wished:
        yield join(place, wished)
    for number, villager in enumerate(plan.cast):
        at = place.moment(villager.joined) + timedelta(minutes=10 * number)
        yield _arrive(plan, place, villager, hashed, persons, at)
        if villager.key in plan.areas.shows_phone | plan.areas.shows_email | {plan.coordinator_key}:
            yield settle(place, plan.areas, villager)


def _arrive(
    plan: Plan, place: Neighbourhood, villager: Villager, hashed: str, persons: dict[str, int], at: datetime
) -> Story:
    """Somebody of the cast comes, and gets the password that all of them have."""
    now = yield at
    if villager.key not in plan.admitted:  # whom the broker has taken in earlier that day
        _take_in(plan, place, villager, persons, now)
    if not villager.told:
        person_id = place.people[villager.key].person_id
        place.session.execute(update(Person).where(Person.id == person_id).values(password_hash=hashed))


def _take_in(plan: Plan, place: Neighbourhood, villager: Villager, persons: dict[str, int], now: datetime) -> None:
    """The coordinator takes somebody in; who is in the other bank already stays the same person."""
    home = find_area(place.session, place.bank.id, plan.areas.homes.get(villager.key, ""))
    newcomer = NewMember(
        villager.name,
        email=villager.email,
        phone=villager.phone,
        about=villager.about,
        area_id=home.id if home else None,
        roles=villager.roles,
        person_id=persons.get(villager.key),
    )
    by = place.people.get(plan.coordinator_key)
    membership = admit(place.session, place.bank, newcomer, by=by, now=now)
    found = find_actor_by_code(place.session, place.bank.id, membership.code)
    if found is None:
        raise LookupError(villager.key)
    place.people[villager.key], persons[villager.key] = found, found.person_id


def _live(plan: Plan, place: Neighbourhood) -> Iterator[Story]:
    """What they offer and ask for, and do week by week and once."""
    for kind, listed in ((Kind.OFFER, plan.offers), (Kind.REQUEST, plan.requests)):
        for number, one in enumerate(listed):
            yield list_one(place, kind, one, number, plan.areas.homes.get(one.whose))
    helps = chain(chain.from_iterable(habit.times(place.today) for habit in plan.habits), plan.once)
    for number, told in enumerate(helps):
        yield live(place, told, number)


def _look_after(plan: Plan, place: Neighbourhood, now: datetime) -> Iterator[Story]:
    """What the bank's desk sees to."""
    work = plan.desk_work
    for limit in work.limits:
        yield desk.lower(place, limit, plan.coordinator_key)
    for moved in work.moved:
        yield desk.change(place, moved, plan.coordinator_key)
    for looked_for in work.looked_for:
        yield desk.look_for(place, looked_for)
    for handled in work.handled:
        yield desk.handle(place, handled)
    for adjusted in work.adjusted:
        yield correcting.adjust(place, adjusted, plan.coordinator_key)
    if work.approver:
        yield from correcting.sign_off(place, plan.coordinator_key, work.approver, until=now)
