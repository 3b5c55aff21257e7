"""How an installation is set up: database, keys, first bank, first people."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Role, Unattended
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank, list_banks, lock_bank
from timebank.cli.installation import writing
from timebank.config import Settings
from timebank.db import opened, refuse_unsafe
from timebank.demo.names import SLUG as DEMO_SLUG, SLUGS as DEMO_SLUGS
from timebank.emails import plain_email
from timebank.listings.actions import open_categories
from timebank.members import roles
from timebank.members.actions import NewMember, admit
from timebank.members.keepers import has_other_coordinator
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_code
from timebank.migrations import run as migrations
from timebank.signing_in.code_actions import make_code

ROLES = [role.value for role in Role if role is not Role.MEMBER]
#: A first coordinator does everything: nobody else is there yet.
COORDINATORS_ROLES = frozenset({Role.MEMBER, Role.BROKER, Role.COORDINATOR})


class CannotSetUpError(Exception):
    """Something that the administrator has to put right first; the message says what."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the questions of `timebank init`."""

    bank: str
    slug: str
    coordinator: str
    coordinator_name: str = ""
    phone: str = ""
    trustee: str | None = None
    time_zone: str = "Europe/London"
    web_address: str = "http://127.0.0.1:5000"


class Invitation(NamedTuple):
    """A member by name and number, and the one-time link with which they sign in."""

    name: str
    number: int
    link: str


def set_up(settings: Settings, answers: Answers) -> list[Invitation]:
    """Make database, keys, bank and people; return the invitations of the coordinator and of a second approver.

    Raises what open_bank raises, CannotSetUpError or UnsafeDatabaseError.
    """
    prepare(settings)
    with writing(settings) as session:
        refuse_mixing(session, settings)
        now = clock.now()
        name = answers.coordinator_name or answers.coordinator.partition("@")[0]
        bank = open_bank(
            session,
            slug=answers.slug,
            name=answers.bank,
            now=now,
            phone=answers.phone,
            coordinator_name=answers.coordinator_name,
            time_zone=answers.time_zone,
        )
        administrator = Unattended(bank.id, now)
        open_categories(session, bank, administrator)
        people = [NewMember(name=name, email=plain_email(answers.coordinator), roles=COORDINATORS_ROLES)]
        if answers.trustee:
            trustee = answers.trustee.partition("@")[0]
            people.append(NewMember(name=trustee, email=plain_email(answers.trustee), roles=frozenset({Role.TRUSTEE})))
        members = [_actor(session, admit(session, bank, person, administrator)) for person in people]
        return [_invite(session, member, answers.slug, answers.web_address) for member in members]


def take_steps(engine: Engine) -> None:
    """Run the missing migrations. Raises CannotSetUpError where an unknown version made the database."""
    try:
        migrations.upgrade(engine)
    except migrations.UnknownStepError as error:
        message = (
            f"{engine.url.render_as_string()} was made by a version that this one does not know, such as a development"
            " version before the first release. Put it aside, and make a new one."
        )
        raise CannotSetUpError(message) from error


def prepare(settings: Settings) -> None:
    """Make the keys and tables that do not exist yet. Raises UnsafeDatabaseError or CannotSetUpError."""
    settings.make_keys()
    with opened(settings.owner_url) as owner:
        take_steps(owner)
        refuse_unsafe(owner)
    let_web_role_in(settings)


def complete_banks(settings: Settings) -> None:
    """Add to each bank the rows that a new version requires: its categories."""
    with writing(settings) as session:
        for slug, _name in list_banks(session):
            bank = find_bank(session, slug)
            if bank is not None:
                open_categories(session, bank, Unattended(bank.id, clock.now()))


def add_coordinator(settings: Settings, slug: str, person: NewMember, web_address: str) -> Invitation:
    """Admit a coordinator to an existing bank; return their invitation. Raises CannotSetUpError without the bank."""
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is None:
            message = f"no bank is called {slug}"
            raise CannotSetUpError(message)
        membership = admit(session, bank, person, Unattended(bank.id, clock.now()))
        return _invite(session, _actor(session, membership), slug, web_address)


def change_role(settings: Settings, slug: str, number: int, role: str, *, gives: bool) -> str:
    """Give or take a role of the member with this number; return their name.

    Raises CannotSetUpError where there is no such member, or nothing to change.
    """
    with writing(settings) as session:
        bank, membership = _get_member(session, slug, number)
        lock_bank(session, bank.id)
        member = _actor(session, membership)
        if (Role(role) in member.roles) is gives:
            message = f"{member.name} is {'already' if gives else 'not'} {role}"
            raise CannotSetUpError(message)
        if not gives and role == Role.COORDINATOR and not has_other_coordinator(session, membership):
            message = f"{member.name} is the last coordinator: give another member that role first"
            raise CannotSetUpError(message)
        administrator = Unattended(bank.id, clock.now())
        if gives:
            roles.give(session, membership, Role(role), administrator, granted_by=None)
        else:
            roles.take(session, membership, Role(role), administrator)
        return member.name


def _get_member(session: Session, slug: str, number: int) -> tuple[Bank, Membership]:
    """Return the bank and the membership. Raises CannotSetUpError where there is none."""
    bank = find_bank(session, slug)
    if bank is not None:
        query = select(Membership).where(Membership.bank_id == bank.id, Membership.number == number)
        membership = session.scalar(query)
        if membership is not None:
            return bank, membership
    message = f"no member {number} in a bank called {slug}"
    raise CannotSetUpError(message)


def make_link(settings: Settings, slug: str, number: int, web_address: str) -> Invitation:
    """Return the invitation of a member by number. Raises CannotSetUpError where there is none."""
    with writing(settings) as session:
        _bank, membership = _get_member(session, slug, number)
        return _invite(session, _actor(session, membership), slug, web_address)


def _actor(session: Session, membership: Membership) -> Actor:
    member = find_actor_by_code(session, membership.bank_id, membership.code)
    if member is None:
        raise LookupError(membership.code)
    return member


def _invite(session: Session, member: Actor, slug: str, web_address: str) -> Invitation:
    code = make_code(session, member, Unattended(member.bank_id, clock.now()))
    link = f"{web_address.rstrip('/')}/{slug}/sign-in/code?code={codes.spoken(code)}"
    return Invitation(member.name, member.number, link)


def let_web_role_in(settings: Settings) -> None:
    """On PostgreSQL with an owner role of its own, apply the grants of the web's role."""
    role = _web_role(settings)
    if role is not None:
        with opened(settings.owner_url) as owner:
            migrations.grant(owner, role)


def about_role(settings: Settings) -> str:
    """Return a sentence on who owns the tables."""
    if settings.database_url.get_backend_name() != "postgresql":
        return "The books are in the embedded database."
    role = _web_role(settings)
    if role is None:
        return "The web's role owns the tables. For real use, set TIMEBANK_OWNER_URL and run 'timebank migrate'."
    return f"The role {role} may write the books only by inserting an entry."


def _web_role(settings: Settings) -> str | None:
    same = settings.owner_url.username == settings.database_url.username
    if settings.database_url.get_backend_name() != "postgresql" or same:
        return None
    return settings.database_url.username


def refuse_mixing(session: Session, settings: Settings) -> None:
    """Raise CannotSetUpError where the demo and a real bank would share a database.

    The demo's people have a published password, and its entries are marked with another key.
    """
    slugs = {slug for slug, _name in list_banks(session)}
    if settings.demo and slugs - DEMO_SLUGS:
        message = "this database holds a real time bank: give the demo one of its own"
        raise CannotSetUpError(message)
    if not settings.demo and DEMO_SLUG in slugs:
        message = "this database holds the demo: give the real time bank one of its own, or set TIMEBANK_DEMO=1"
        raise CannotSetUpError(message)
