"""Builds the demo: two banks of fictional people with three months of history, made through the application's actions.

Glen Isla is the larger bank, Strathmore the smaller. All dates are relative to the time of building, and nothing is
random.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_area
from timebank.demo import correcting, desk, glen_isla, glen_isla_told, lives, offers, people, strathmore, wanted
from timebank.demo.asking import AskedToHelp, ask_to_help
from timebank.demo.deeds import Habit, Help
from timebank.demo.desk import DeskWork
from timebank.demo.helping import CanHelp, say_when
from timebank.demo.joining import Wished, join
from timebank.demo.listed import Listed, list_one
from timebank.demo.names import SECOND_SLUG, SLUG
from timebank.demo.neighbourhoods import Areas, lay_out, settle
from timebank.demo.people import Instruction, Villager
from timebank.demo.stories import Neighbourhood, Story, live, play
from timebank.demo.telling import Telling, tell
from timebank.listings.actions import open_categories
from timebank.listings.rules import ListingKind
from timebank.members.actions import NewMember, admit
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.members.roles import give
from timebank.members.rules import ContactKind
from timebank.phones import is_mobile
from timebank.signing_in.passwords import hash_password

PASSWORD = "three-green-otters"  # noqa: S105 (printed on purpose: the demo is for everybody)
TIME_ZONE = "Europe/London"
OPENED_DAYS_AGO = 95
#: Months after which a listing has to be reconfirmed.
REVIEW_MONTHS = 3


@dataclass(frozen=True, slots=True)
class VillagePlan:
    """The data of one bank of the demo: settings, people, what they do and say, and the work of its desk."""

    slug: str
    name: str
    phone: str
    opening_hours: str
    email: str
    coordinator_key: str
    cast: Sequence[Villager]
    habits: Sequence[Habit]
    once: Sequence[Help]
    offers: Sequence[Listed]
    requests: Sequence[Listed]
    wished: Sequence[Wished]
    areas: Areas
    helping: Sequence[CanHelp]
    asked: Sequence[AskedToHelp]
    desk_work: DeskWork
    telling: Telling
    sends_letters: bool = False
    texts_a_month: int = 0
    answers_by_text: bool = False
    by_time_days_ago: int | None = None

    @property
    def coordinator(self) -> Villager:
        """The bank's coordinator, its first member."""
        return next(villager for villager in self.cast if villager.key == self.coordinator_key)

    @property
    def admitted(self) -> frozenset[str]:
        """The keys of the people who joined by an application."""
        return frozenset(wished.admitted for wished in self.wished if wished.admitted)

    @property
    def instructions(self) -> dict[str, Instruction]:
        """The instructions of people who never sign in, by key."""
        return {villager.key: villager.instruction for villager in self.cast if villager.instruction}


PLANS = (
    VillagePlan(
        SLUG,
        "Glen Isla Time Bank",
        "01632 960 123",
        "Monday to Friday, 9 to 4",
        "office@glenisla.example",
        people.COORDINATOR_KEY,
        people.CAST,
        lives.HABITS,
        (*lives.LONG_AGO, *lives.LATELY),
        offers.OFFERS,
        wanted.REQUESTS,
        glen_isla.WISHED,
        glen_isla.AREAS,
        glen_isla.HELPING,
        glen_isla.ASKED,
        glen_isla.DESK_WORK,
        glen_isla_told.TELLING,
        sends_letters=True,
        texts_a_month=200,
        answers_by_text=True,
    ),
    VillagePlan(
        SECOND_SLUG,
        "Strathmore Time Bank",
        "01632 960 456",
        "Mondays and Thursdays, 10 to 1",
        "office@strathmore.example",
        strathmore.COORDINATOR_KEY,
        strathmore.CAST,
        strathmore.HABITS,
        strathmore.ONCE,
        strathmore.OFFERS,
        strathmore.REQUESTS,
        strathmore.WISHED,
        strathmore.AREAS,
        strathmore.HELPING,
        strathmore.ASKED,
        DeskWork(),
        Telling(),
        by_time_days_ago=62,
    ),
)
#: Accounts to sign in with, for trying the demo.
TO_TRY = tuple(villager for plan in PLANS for villager in plan.cast if villager.part)


def build(session: Session, *, now: datetime) -> Bank:
    """Open both banks and play three months up to `now`; return Glen Isla's."""
    today, hashed, persons = clock.local_day(now, TIME_ZONE), hash_password(PASSWORD), dict[str, int]()
    neighbourhoods = [Neighbourhood(session, _open(session, plan, now), today, plan.instructions) for plan in PLANS]
    play(
        chain.from_iterable(
            chain(
                _move_in(plan, neighbourhood, hashed, persons),
                _live(plan, neighbourhood),
                _look_after(plan, neighbourhood, now),
            )
            for plan, neighbourhood in zip(PLANS, neighbourhoods, strict=True)
        ),
        until=now,
    )
    return neighbourhoods[0].bank


def _open(session: Session, plan: VillagePlan, now: datetime) -> Bank:
    bank = open_bank(
        session,
        slug=plan.slug,
        name=plan.name,
        now=now - timedelta(days=OPENED_DAYS_AGO),
        time_zone=TIME_ZONE,
        phone=plan.phone,
        coordinator_name=plan.coordinator.name,
        opening_hours=plan.opening_hours,
        email=plan.email,
        review_months=REVIEW_MONTHS,
        sends_letters=plan.sends_letters,
        texts_a_month=plan.texts_a_month,
        answers_by_text=plan.answers_by_text,
    )
    open_categories(session, bank, Unattended(bank.id, bank.opened_at))
    return bank


def _move_in(plan: VillagePlan, neighbourhood: Neighbourhood, hashed: str, persons: dict[str, int]) -> Iterator[Story]:
    """Yield the stories of joining; the coordinator is first and admits the others."""
    yield lay_out(neighbourhood, plan.areas, plan.coordinator)
    for wished in plan.wished:
        yield join(neighbourhood, wished)
    for number, villager in enumerate(plan.cast):
        at = neighbourhood.moment(villager.joined) + timedelta(minutes=10 * number)
        yield _arrive(plan, neighbourhood, villager, hashed, persons, at)
        if villager.key in plan.areas.shows_phone | plan.areas.shows_email | {plan.coordinator_key}:
            yield settle(neighbourhood, plan.areas, villager)


def _arrive(
    plan: VillagePlan,
    neighbourhood: Neighbourhood,
    villager: Villager,
    hashed: str,
    persons: dict[str, int],
    at: datetime,
) -> Story:
    """A person joins, and gets the password of the demo."""
    now = yield at
    if villager.key not in plan.admitted:  # else admitted by their application, earlier that day
        _take_in(plan, neighbourhood, villager, persons, now)
    if not villager.instruction:
        person = neighbourhood.session.get_one(Person, neighbourhood.people[villager.key].person_id)
        person.password_hash = hashed
        if person.email_is_proved:
            person.email_trusted_from = now  # they have typed a code that was sent there
        if person.phone and person.phone_is_proved and plan.texts_a_month and is_mobile(person.phone):
            person.phone_trusted_from = now  # and another that came by text


def _take_in(
    plan: VillagePlan, neighbourhood: Neighbourhood, villager: Villager, persons: dict[str, int], now: datetime
) -> None:
    """The coordinator admits a person; a member of the other bank stays the same person.

    Roles are given by the administrator, as when a time bank is opened.
    """
    home = find_area(neighbourhood.session, neighbourhood.bank.id, plan.areas.homes.get(villager.key, ""))
    newcomer = NewMember(
        villager.name,
        email=villager.email,
        phone=villager.phone,
        about=villager.about,
        area_id=home.id if home else None,
        roles=villager.roles & {Role.MEMBER},
        person_id=persons.get(villager.key),
        proved=frozenset(ContactKind),
    )
    by = neighbourhood.people.get(plan.coordinator_key)
    doing = Doing(by, now) if by else Unattended(neighbourhood.bank.id, now)
    membership = admit(neighbourhood.session, neighbourhood.bank, newcomer, doing)
    for role in sorted(villager.roles - {Role.MEMBER}):
        give(neighbourhood.session, membership, role, Unattended(neighbourhood.bank.id, now), granted_by=None)
    actor = find_actor_by_code(neighbourhood.session, neighbourhood.bank.id, membership.code)
    if actor is None:
        raise LookupError(villager.key)
    neighbourhood.people[villager.key], persons[villager.key] = actor, actor.person_id


def _live(plan: VillagePlan, neighbourhood: Neighbourhood) -> Iterator[Story]:
    """Yield the stories of listings, of when people can help, of exchanges and of invitations."""
    if plan.by_time_days_ago is not None:
        yield desk.confirm_by_time(neighbourhood, plan.by_time_days_ago, plan.coordinator_key)
    for number, can_help in enumerate(plan.helping):
        yield say_when(neighbourhood, can_help, number)
    for kind, listings in ((ListingKind.OFFER, plan.offers), (ListingKind.REQUEST, plan.requests)):
        for number, listed in enumerate(listings):
            yield list_one(neighbourhood, kind, listed, number, plan.areas.homes.get(listed.whose))
    helps = chain(chain.from_iterable(habit.times(neighbourhood.today) for habit in plan.habits), plan.once)
    for number, event in enumerate(helps):
        yield live(neighbourhood, event, number)
    for number, asked in enumerate(plan.asked):
        yield ask_to_help(neighbourhood, asked, number)


def _look_after(plan: VillagePlan, neighbourhood: Neighbourhood, now: datetime) -> Iterator[Story]:
    """Yield the stories of the bank's desk."""
    work = plan.desk_work
    for limit in work.limits:
        yield desk.lower(neighbourhood, limit, plan.coordinator_key)
    for move in work.moves:
        yield desk.change(neighbourhood, move, plan.coordinator_key)
    for looked_for in work.looked_for:
        yield desk.look_for(neighbourhood, looked_for)
    for proposed in work.proposed_roles:
        yield desk.propose_role(neighbourhood, proposed, plan.coordinator_key)
    for let_in in work.let_in:
        yield desk.let_in_by_code(neighbourhood, let_in)
    for handled in work.handled:
        yield desk.handle(neighbourhood, handled)
    for noted in work.missing:
        yield desk.note_missing(neighbourhood, noted)
    yield from tell(neighbourhood, plan.telling)
    for adjusted in work.adjusted:
        yield correcting.adjust(neighbourhood, adjusted, plan.coordinator_key)
    if work.approver:
        yield from correcting.sign_off(neighbourhood, plan.coordinator_key, work.approver, until=now)
