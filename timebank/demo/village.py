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
from timebank.bookkeeping.actions import change_limit
from timebank.demo import lives, people, strathmore
from timebank.demo.deeds import Habit, Help, LowerLimit
from timebank.demo.people import Told, Villager
from timebank.demo.stories import Neighbourhood, Story, live, tell
from timebank.members.actions import NewMember, admit
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.signing_in.passwords import hash_password

SLUG = "glen-isla"
SECOND_SLUG = "strathmore"
PASSWORD = "three-green-otters"  # noqa: S105 (printed on purpose: the demo is for everybody)
TIME_ZONE = "Europe/London"
OPENED_DAYS_AGO = 95


@dataclass(frozen=True, slots=True)
class Plan:
    """A bank of the demo: what is known of it, who lives there, and what they do."""

    slug: str
    name: str
    phone: str
    opening_hours: str
    coordinator_key: str
    cast: Sequence[Villager]
    habits: Sequence[Habit]
    once: Sequence[Help]
    limits: Sequence[LowerLimit] = ()

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
        lives.LIMITS,
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
    ),
)
SLUGS = frozenset(plan.slug for plan in PLANS)
#: Good ones to sign in as.
TO_TRY = tuple(villager for plan in PLANS for villager in plan.cast if villager.part)


def build(session: Session, *, now: datetime) -> Bank:
    """Open both banks and let their people live three months up to `now`; gives Glen Isla's."""
    today, hashed, persons = clock.local_day(now, TIME_ZONE), hash_password(PASSWORD), dict[str, int]()
    places = [Neighbourhood(session, _open(session, plan, now), today, plan.told) for plan in PLANS]
    tell(
        chain.from_iterable(
            chain(_move_in(plan, place, hashed, persons), _live(plan, place))
            for plan, place in zip(PLANS, places, strict=True)
        ),
        until=now,
    )
    return places[0].bank


def _open(session: Session, plan: Plan, now: datetime) -> Bank:
    return open_bank(
        session,
        slug=plan.slug,
        name=plan.name,
        now=now - timedelta(days=OPENED_DAYS_AGO),
        time_zone=TIME_ZONE,
        phone=plan.phone,
        coordinator_name=next(one.name for one in plan.cast if one.key == plan.coordinator_key),
        opening_hours=plan.opening_hours,
    )


def _move_in(plan: Plan, place: Neighbourhood, hashed: str, persons: dict[str, int]) -> Iterator[Story]:
    """Everybody joins, some of them later; the coordinator comes first and takes the others in."""
    for number, villager in enumerate(plan.cast):
        at = place.moment(villager.joined) + timedelta(minutes=10 * number)
        yield _join(plan, place, villager, hashed, persons, at)


def _join(
    plan: Plan, place: Neighbourhood, villager: Villager, hashed: str, persons: dict[str, int], at: datetime
) -> Story:
    """Somebody joins; who is in the other bank already stays the same person."""
    now = yield at
    newcomer = NewMember(
        villager.name,
        email=villager.email,
        phone=villager.phone,
        about=villager.about,
        roles=villager.roles,
        person_id=persons.get(villager.key),
    )
    by = place.people.get(plan.coordinator_key)
    membership = admit(place.session, place.bank, newcomer, by=by, now=now)
    found = find_actor_by_code(place.session, place.bank.id, membership.code)
    if found is None:
        raise LookupError(villager.key)
    place.people[villager.key], persons[villager.key] = found, found.person_id
    if not villager.told:
        place.session.execute(update(Person).where(Person.id == found.person_id).values(password_hash=hashed))


def _live(plan: Plan, place: Neighbourhood) -> Iterator[Story]:
    """What they do week by week, once, and for a time."""
    helps = chain(chain.from_iterable(habit.times(place.today) for habit in plan.habits), plan.once)
    for number, told in enumerate(helps):
        yield live(place, told, number)
    for limit in plan.limits:
        yield _lower_limit(plan, place, limit)


def _lower_limit(plan: Plan, place: Neighbourhood, limit: LowerLimit) -> Story:
    """The coordinator lets somebody go further below zero for a time."""
    now = yield place.moment(limit.days_ago)
    change_limit(
        place.session,
        place.bank.id,
        place.people[limit.whose].account_id,
        limit.floor_minutes,
        reason=limit.reason,
        by=place.people[plan.coordinator_key].membership_id,
        now=now,
        until=place.today + timedelta(days=limit.days - limit.days_ago),
    )
