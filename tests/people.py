"""The cast: who plays which part in every test.

Ada offers and Grace requests in Angus; Linus is a stranger to what they do. Rosa brokers, Mary coordinates, Tom is
the trustee and Audrey the auditor; Clara coordinates too. Perdita is a member of Perth, and so a stranger to Angus.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import get_account
from timebank.exchanges import actions
from timebank.exchanges.terms import Terms
from timebank.ledger.accounts import Account
from timebank.members.actions import NewMember, admit
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.signing_in.passwords import hash_password

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
PASSWORD = "seven-blue-kettles"
MEMBER = frozenset({Role.MEMBER})


@dataclass
class Village:
    """Two banks and their people, each ready to act."""

    angus: Bank
    perth: Bank
    ada: Actor
    grace: Actor
    linus: Actor
    rosa: Actor
    mary: Actor
    clara: Actor
    tom: Actor
    audrey: Actor
    perdita: Actor


_ANGUS = {
    "mary": ("Mary Duncan", MEMBER | {Role.BROKER, Role.COORDINATOR}),
    "ada": ("Ada Lamont", MEMBER),
    "grace": ("Grace Okafor", MEMBER),
    "linus": ("Linus Baxter", MEMBER),
    "rosa": ("Rosa Lindsay", MEMBER | {Role.BROKER}),
    "clara": ("Clara Muir", MEMBER | {Role.COORDINATOR}),
    "tom": ("Tom Ferrier", frozenset({Role.TRUSTEE})),
    "audrey": ("Audrey Keir", frozenset({Role.AUDITOR})),
}


@lru_cache(maxsize=1)
def password_hash() -> str:
    """Hashing is slow on purpose, so the cast shares one."""
    return hash_password(PASSWORD)


def settle(session: Session) -> Village:
    """Open Angus and Perth and take everybody in. Nobody has welcome hours: what a test counts is what it did."""
    rules = {"welcome_minutes": 0, "phone": "01632 960 001", "coordinator_name": "Mary Duncan"}
    angus = open_bank(session, slug="angus", name="Angus Time Bank", now=NOW, **rules)
    perth = open_bank(session, slug="perth", name="Perth Time Bank", now=NOW, **rules)
    people = {key: join(session, angus, name, roles=roles) for key, (name, roles) in _ANGUS.items()}
    perdita = join(session, perth, "Perdita Shaw")
    give_passwords(session)
    return Village(angus=angus, perth=perth, perdita=perdita, **people)


def give_passwords(session: Session) -> None:
    """Give everybody the password of the cast."""
    for person in session.scalars(select(Person)):
        person.password_hash = password_hash()
    session.flush()


def join(session: Session, bank: Bank, name: str, *, roles: frozenset[Role] = MEMBER, by: Actor | None = None) -> Actor:
    """Take somebody in under their name, reached by first.name@example.org."""
    email = f"{name.partition(' ')[0].lower()}@example.org"
    membership = admit(
        session, bank, NewMember(name, email=email, roles=roles), Doing(by, NOW) if by else Unattended(bank.id, NOW)
    )
    found = find_actor_by_code(session, bank.id, membership.code)
    assert found is not None
    return found


def account_of(session: Session, actor: Actor) -> Account:
    return get_account(session, actor.bank_id, actor.account_id)


def balance_of(session: Session, actor: Actor) -> int:
    return account_of(session, actor).balance


def terms(giver: Actor, receiver: Actor, *, minutes: int = 60, what: str = "Gardening", day: date = TODAY) -> Terms:
    return Terms(giver.account_id, receiver.account_id, what, day, minutes)


def make_recorded(session: Session, village: Village, giver: Actor, receiver: Actor, **said: object) -> str:
    """Help that the giver recorded and the receiver has not confirmed yet; gives the exchange's code."""
    said_terms = terms(giver, receiver, **said)  # type: ignore[arg-type]
    key = f"make-{giver.number}-{receiver.number}-{sorted(said.items())}"[:60]
    return actions.record(session, village.angus, said_terms, Doing(giver, NOW, key))


def make_confirmed(session: Session, village: Village, giver: Actor, receiver: Actor, **said: object) -> str:
    """Help that both sides have said yes to; gives the exchange's code."""
    code = make_recorded(session, village, giver, receiver, **said)
    actions.confirm(session, code, Doing(receiver, NOW))
    return code


def show_phone_is_theirs(session: Session, actor: Actor, phone: str) -> None:
    """Give somebody a number that they have shown to be theirs by a code, at NOW."""
    person = session.get_one(Person, actor.person_id)
    person.phone, person.phone_is_proved, person.phone_trusted_from = phone, True, NOW
    session.flush()
