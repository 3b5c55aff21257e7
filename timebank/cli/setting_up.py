"""What `timebank init` and `timebank demo` do: database, keys, first bank, first people."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Role, Unattended
from timebank.audit.actions import AskedFrom, store
from timebank.audit.checks import check_books
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank, list_banks
from timebank.config import Settings, database
from timebank.db import opened, refuse_unsafe
from timebank.demo import village
from timebank.exchanges.drafts import clear_drafts
from timebank.exchanges.expiry import expire
from timebank.ledger.checks import CheckResult
from timebank.listings.actions import open_categories
from timebank.members.actions import NewMember, admit
from timebank.members.limits import end_overrides
from timebank.members.models import Membership
from timebank.members.queries import find_actor_by_code
from timebank.migrations import run as migrations
from timebank.signing_in.actions import clear_stale, make_code
from timebank.signing_in.queries import plain_email

#: A first coordinator does everything: nobody else is there yet.
COORDINATORS_ROLES = frozenset({Role.MEMBER, Role.BROKER, Role.COORDINATOR})


class CannotSetUpError(Exception):
    """Something that the administrator has to mend first."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `timebank init` was told."""

    bank: str
    slug: str
    coordinator: str
    coordinator_name: str = ""
    phone: str = ""
    trustee: str | None = None
    time_zone: str = "Europe/London"
    web_address: str = "http://127.0.0.1:5000"


def set_up(settings: Settings, answers: Answers) -> list[tuple[str, str]]:
    """Make what is not there yet; gives (name, one-time link) of the coordinator and of a second approver.

    Raises SlugTakenError where the bank exists, NotASlugError, or UnsafeDatabaseError.
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
        links = []
        for person in people:
            membership = admit(session, bank, person, administrator)
            member = _actor(session, membership)
            links.append((person.name, _link(session, member, answers.slug, answers.web_address)))
    return links


def take_steps(engine: Engine) -> None:
    """Bring the database up to date. Raises CannotSetUpError where another version made it."""
    try:
        migrations.upgrade(engine)
    except migrations.UnknownStepError as error:
        message = (
            f"{engine.url.render_as_string()} was made by a version that this one does not know, such as a development"
            " version before the first release. Put it aside, and make a new one."
        )
        raise CannotSetUpError(message) from error


def prepare(settings: Settings) -> None:
    """Make the keys and the tables that are not there yet. Raises UnsafeDatabaseError or CannotSetUpError."""
    settings.make_keys()
    with opened(settings.owner_url) as owner:
        take_steps(owner)
        refuse_unsafe(owner)
    let_web_role_in(settings)


def complete_banks(settings: Settings) -> None:
    """Give each bank what a new version brings and every bank needs: its categories."""
    with writing(settings) as session:
        for slug, _name in list_banks(session):
            bank = find_bank(session, slug)
            if bank is not None:
                open_categories(session, bank, Unattended(bank.id, clock.now()))


def add_coordinator(settings: Settings, slug: str, person: NewMember, web_address: str) -> str:
    """Take a coordinator into a bank that is there; gives their one-time link. Raises CannotSetUpError."""
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is None:
            message = f"no bank is called {slug}"
            raise CannotSetUpError(message)
        membership = admit(session, bank, person, Unattended(bank.id, clock.now()))
        return _link(session, _actor(session, membership), slug, web_address)


def make_link(settings: Settings, slug: str, number: int, web_address: str) -> tuple[str, str]:
    """(name, one-time link) for a member by number. Raises CannotSetUpError where there is none."""
    with writing(settings) as session:
        bank = find_bank(session, slug)
        membership = bank and session.scalar(
            select(Membership).where(Membership.bank_id == bank.id, Membership.number == number)
        )
        if not membership:
            message = f"no member {number} in a bank called {slug}"
            raise CannotSetUpError(message)
        member = _actor(session, membership)
        return member.name, _link(session, member, slug, web_address)


def _actor(session: Session, membership: Membership) -> Actor:
    member = find_actor_by_code(session, membership.bank_id, membership.code)
    if member is None:
        raise LookupError(membership.code)
    return member


def _link(session: Session, member: Actor, slug: str, web_address: str) -> str:
    code = make_code(session, member, Unattended(member.bank_id, clock.now()))
    return f"{web_address.rstrip('/')}/{slug}/sign-in/code?code={codes.spoken(code)}"


def let_web_role_in(settings: Settings) -> None:
    """On PostgreSQL with an owner of its own, grant the web's role what it needs and nothing more."""
    role = _web_role(settings)
    if role is not None:
        with opened(settings.owner_url) as owner:
            migrations.grant(owner, role)


def about_role(settings: Settings) -> str:
    """A sentence on who owns the tables."""
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


def sweep(settings: Settings) -> tuple[int, int, int]:
    """(floors raised, exchanges ended, stale rows cleared away) over all banks, a unit of work for each bank."""
    now, raised, ended = clock.now(), 0, 0
    with writing(settings) as session:
        cleared = clear_drafts(session, now=now) + clear_stale(session, now=now)
        slugs = [slug for slug, _name in list_banks(session)]
    for slug in slugs:
        with writing(settings) as session:
            bank = find_bank(session, slug)
            if bank is not None:
                ended += expire(session, bank, now=now)
                raised += end_overrides(session, bank, now=now)
    return raised, ended, cleared


def keep_check(settings: Settings, results: Sequence[CheckResult], *, began: datetime) -> str | None:
    """Keep what the checks found, in a short unit of work of its own; gives why not, where that cannot be done.

    A database that nobody may write, such as a copy on a read-only disk, is checked all the same.
    """
    ended = clock.now()
    seconds = (ended - began) // timedelta(seconds=1)
    try:
        with writing(settings) as session:
            store(session, results, asked_from=AskedFrom.COMMAND, seconds=seconds, now=ended)
    except DBAPIError as error:
        return str(error.orig)
    return None


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """A session that commits once, at the end."""
    with (
        opened(settings.database_url) as engine,
        Session(engine, info=settings.session_info) as session,
    ):
        yield session
        session.commit()


def refuse_mixing(session: Session, settings: Settings) -> None:
    """The demo's people have a published password, and its entries another key: a real bank never stands beside them.

    Raises CannotSetUpError.
    """
    slugs = {slug for slug, _name in list_banks(session)}
    if settings.demo and slugs - village.SLUGS:
        message = "this database holds a real time bank: give the demo one of its own"
        raise CannotSetUpError(message)
    if not settings.demo and village.SLUG in slugs:
        message = "this database holds the demo: give the real time bank one of its own"
        raise CannotSetUpError(message)


def demo_settings(settings: Settings) -> Settings:
    """The same installation, but with the demo's own folder and embedded database, or a server's that holds no bank."""
    instance = settings.instance / "demo"
    url = settings.database_url
    if url.get_backend_name() == "sqlite":
        url = database(f"sqlite:///{instance / 'timebank.db'}")
    return replace(settings, instance=instance, database_url=url, owner_url=url, demo=True)


def make_demo(settings: Settings) -> None:
    """Make the demo's database and people, once. Raises CannotSetUpError where a real bank is in it."""
    settings.make_keys()
    with opened(settings.database_url) as engine:
        if not migrations.is_up_to_date(engine):
            take_steps(engine)
    with writing(settings) as session:
        refuse_mixing(session, settings)
        bank = find_bank(session, village.SLUG) or _build_village(session)
        open_categories(session, bank, Unattended(bank.id, clock.now()))  # a demo of an earlier version has none


def _build_village(session: Session) -> Bank:
    """The village, with its books checked once, so that the audit page has an answer."""
    bank = village.build(session, now=clock.now())
    began = clock.now()
    results = list(check_books(session))
    ended = clock.now()
    store(session, results, asked_from=AskedFrom.COMMAND, seconds=(ended - began) // timedelta(seconds=1), now=ended)
    return bank
