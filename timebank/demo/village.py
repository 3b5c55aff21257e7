"""A few neighbours in Glen Isla and their last three weeks, made with the same verbs as real life."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.demo.listings import list_help
from timebank.exchanges import actions, reversals
from timebank.exchanges.terms import Terms
from timebank.members import joining
from timebank.members.actions import NewMember, admit
from timebank.members.joining import Wish
from timebank.members.joining_rules import Agreed
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.members.rules import Actor, Role
from timebank.signing_in.passwords import hash_password

SLUG = "glen-isla"
PASSWORD = "three-green-otters"  # noqa: S105 (printed on purpose: the demo is for everybody)
_MEMBER = frozenset({Role.MEMBER})


@dataclass(frozen=True, slots=True)
class Villager:
    """Somebody in the demo, and the part they play."""

    key: str
    name: str
    email: str
    part: str
    about: str = ""
    roles: frozenset[Role] = _MEMBER


CAST = (
    Villager("mary", "Mary Duncan", "mary@example.org", "coordinator", roles=_MEMBER | {Role.BROKER, Role.COORDINATOR}),
    Villager("rosa", "Rosa Lindsay", "rosa@example.org", "broker", "Ring me any morning.", _MEMBER | {Role.BROKER}),
    Villager("ada", "Ada Lamont", "ada@example.org", "member", "I like dogs, gardens and long talks."),
    Villager("grace", "Grace Okafor", "grace@example.org", "member", "Biscuit, my terrier, needs a walk now and then."),
    Villager("sam", "Sam Reid", "sam@example.org", "member", "I mend lamps and clocks."),
    Villager("linus", "Linus Baxter", "linus@example.org", "member"),
    Villager("tom", "Tom Ferrier", "tom@example.org", "trustee: approves corrections", roles=frozenset({Role.TRUSTEE})),
    Villager(
        "audrey", "Audrey Keir", "audrey@example.org", "auditor: reads the books", roles=frozenset({Role.AUDITOR})
    ),
)


def build(session: Session, *, now: datetime) -> Bank:
    """Open the village's bank and let its people live three weeks up to `now`; gives the bank."""
    start = now - timedelta(days=24)
    bank = open_bank(
        session,
        slug=SLUG,
        name="Glen Isla Time Bank",
        now=start,
        phone="01632 960 123",
        coordinator_name="Mary Duncan",
        opening_hours="Monday to Friday, 9 to 4",
    )
    people = _move_in(session, bank, start)
    _live(session, bank, people, now)
    _ask_to_join(session, bank, people, now)
    list_help(session, bank, people, now)
    return bank


def _move_in(session: Session, bank: Bank, start: datetime) -> dict[str, Actor]:
    """Everybody joins; the coordinator takes the others in, so that they get their welcome hours."""
    people: dict[str, Actor] = {}
    hashed = hash_password(PASSWORD)
    for number, villager in enumerate(CAST):
        newcomer = NewMember(villager.name, email=villager.email, about=villager.about, roles=villager.roles)
        joined = start + timedelta(hours=number)
        membership = admit(session, bank, newcomer, by=people.get("mary"), now=joined)
        found = find_actor_by_code(session, bank.id, membership.code)
        if found is None:
            raise LookupError(villager.key)
        people[villager.key] = found
        session.execute(update(Person).where(Person.id == found.person_id).values(password_hash=hashed))
    return people


@dataclass(frozen=True, slots=True)
class _Deed:
    """Help between two of the cast: so many days ago, and what became of it."""

    days_ago: int
    giver: str
    receiver: str
    what: str
    minutes: int
    then: str = "confirmed"


_LIFE = (
    _Deed(21, "ada", "sam", "Gardening: the hedge", 90),
    _Deed(19, "sam", "ada", "Mended the reading lamp", 60),
    _Deed(16, "ada", "grace", "A walk with Biscuit", 45),
    _Deed(14, "grace", "linus", "Help with a letter to the council", 60),
    _Deed(12, "linus", "ada", "Carried the shopping", 30),
    _Deed(9, "sam", "linus", "Lift to the clinic", 120, "reversed"),
    _Deed(9, "sam", "linus", "Lift to the clinic, put right", 60),
    _Deed(6, "rosa", "sam", "Soup and a talk", 60),
    _Deed(4, "linus", "grace", "Ironing", 180, "disputed"),
    _Deed(3, "ada", "sam", "Gardening: the roses", 90, "recorded by receiver"),
    _Deed(1, "ada", "grace", "A walk with Biscuit", 45, "recorded"),
)


def _live(session: Session, bank: Bank, people: dict[str, Actor], now: datetime) -> None:
    for number, deed in enumerate(_LIFE):
        at = now - timedelta(days=deed.days_ago, hours=-1)
        giver, receiver = people[deed.giver], people[deed.receiver]
        day = clock.local_day(now - timedelta(days=deed.days_ago), bank.time_zone)
        terms = Terms(giver.account_id, receiver.account_id, deed.what, day, deed.minutes)
        first, second = (receiver, giver) if deed.then == "recorded by receiver" else (giver, receiver)
        code = actions.record(session, bank, terms, by=first, now=at, form_key=f"village-{number}")
        later = at + timedelta(hours=5)
        if deed.then in {"confirmed", "reversed"}:
            actions.confirm(session, code, by=second, now=later)
        if deed.then == "disputed":
            words = "It was two hours: we stopped for tea."
            actions.dispute(session, code, words=words, minutes=120, by=second, now=later)
        if deed.then == "reversed":
            reason = "It took one hour, not two. Sam and Linus both rang."
            reversal = reversals.propose(session, code, reason=reason, by=people["mary"], now=later)
            reversals.approve(session, bank, reversal, by=people["tom"], now=later + timedelta(hours=1))
    tomorrow = clock.local_day(now + timedelta(days=2), bank.time_zone)
    walk = Terms(people["ada"].account_id, people["grace"].account_id, "Walk Biscuit on your way to town", tomorrow, 45)
    actions.propose(session, bank, walk, by=people["grace"], now=now, form_key="village-walk")
    lift = Terms(people["sam"].account_id, people["ada"].account_id, "Hang two pictures", tomorrow, 60)
    code = actions.propose(session, bank, lift, by=people["ada"], now=now - timedelta(days=1), form_key="village-lift")
    actions.accept(session, code, by=people["sam"], now=now - timedelta(hours=3))


def _ask_to_join(session: Session, bank: Bank, people: dict[str, Actor], now: datetime) -> None:
    """One neighbour wrote on the site and waits to be rung; another is waiting for the second reference."""
    rosa, yesterday = people["rosa"], now - timedelta(days=1)
    peter = Wish("Peter Geddes", phone="+441632960777", about="I drive.", is_adult=True, agreed=Agreed.PHONE)
    code = joining.apply(session, bank, peter, by=rosa, now=now - timedelta(days=6), form_key="village-peter")
    words = "Drove a bus for thirty years. Would like company on Sundays."
    joining.interview(session, code, words=words, by=rosa, now=yesterday, form_key="village-peter-talk")
    words = "They go to the same church, and she would trust him with her keys."
    joining.take_reference(
        session, code, referee="Ishbel Crow", words=words, by=rosa, now=yesterday, form_key="village-peter-reference"
    )
    effie = Wish("Effie Gow", email="effie@example.org", about="I knit.", is_adult=True, agreed=Agreed.ONLINE)
    joining.apply(session, bank, effie, by=None, now=yesterday, form_key="village-effie")
