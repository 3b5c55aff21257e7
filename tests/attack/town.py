"""The town to attack: the demo's two banks, with rows in each that others must not see, and everybody who attacks."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from tests.attack.attackers import Attacker, Loot
from tests.attack.proposals import find_by_email, let_wait
from tests.attack.wire import Wire, loopback_sources
from tests.scratch import WEB_ROLE, make_database
from timebank import clock
from timebank.actors import Actor, Doing, Role, Unattended
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.bookkeeping.sealing.actions import seal
from timebank.cli.demo_bank import make_demo
from timebank.config import Settings
from timebank.db import make_engine
from timebank.demo.village import PASSWORD
from timebank.exchanges import actions as exchanges
from timebank.exchanges.terms import Terms
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.listings import actions as listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.members.actions import NewMember, admit
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor_by_code
from timebank.migrations import run as migrations
from timebank.references import Ref, Subject
from timebank.signing_in.passwords import hash_password
from timebank.tasks.actions import open_task


@dataclass(frozen=True, slots=True)
class Marked:
    """A bank, and the words by which its rows are known: `name` all its members may read, `secret` its brokers."""

    slug: str
    name: str
    secret: str


GLEN_ISLA = Marked("glen-isla", "Quillfern", "Brackenmoss")
STRATHMORE = Marked("strathmore", "Zembrook", "Thistlewick")
BANKS = (GLEN_ISLA, STRATHMORE)

#: (role, bank, e-mail); those without are not signed in.
CAST = (
    ("stranger", GLEN_ISLA, ""),
    ("member", GLEN_ISLA, "ada@example.org"),
    ("broker", GLEN_ISLA, "rosa@example.org"),
    ("coordinator", GLEN_ISLA, "mary@example.org"),
    ("trustee", GLEN_ISLA, "tom@example.org"),
    ("auditor", GLEN_ISLA, "audrey@example.org"),
    ("second member", GLEN_ISLA, "grace@example.org"),
    ("stranger", STRATHMORE, ""),
    ("member", STRATHMORE, "lena@example.org"),
    ("broker", STRATHMORE, "murdo@example.org"),
    ("coordinator", STRATHMORE, "elspeth@example.org"),
    ("trustee", STRATHMORE, "fiona@example.org"),
    ("auditor", STRATHMORE, "irma@example.org"),
    ("member of both", GLEN_ISLA, "callum@example.org"),
    ("dependent trustee", GLEN_ISLA, "merlin@example.org"),
    ("dependent trustee", STRATHMORE, "kestrel@example.org"),
)
#: {bank: (who proposes there, a trustee whom they have made)}
_PROPOSERS = {
    GLEN_ISLA.slug: ("mary@example.org", "Merlin"),
    STRATHMORE.slug: ("elspeth@example.org", "Kestrel"),
}
_EXCHANGE = frozenset({"member", "second member", "member of both", "broker", "coordinator"})
_BROKERS = frozenset({"broker", "coordinator"})


def make_town(settings: Settings) -> None:
    """Make the demo in an empty database, as its owner, with the marked rows in it."""
    owner = replace(settings, database_url=settings.owner_url)
    make_demo(owner)
    if settings.owner_url != settings.database_url:
        engine = make_engine(settings.owner_url)
        migrations.grant(engine, WEB_ROLE)
        engine.dispose()
    mark_town(owner)


def mark_town(settings: Settings) -> None:
    """Write rows with the words of `BANKS` into the demo."""
    engine = make_engine(settings.database_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        for marked in BANKS:
            bank = find_bank(session, marked.slug)
            assert bank is not None
            _mark(session, bank, marked)
        hashed = hash_password(PASSWORD)
        for person in session.scalars(select(Person).where(Person.password_hash.is_(None))):
            person.password_hash = hashed
        session.commit()
    engine.dispose()


def _mark(session: Session, bank: Bank, marked: Marked) -> None:
    heron, teal = (_joined(session, bank, f"{name} {marked.name}") for name in ("Heron", "Teal"))
    if marked is STRATHMORE:
        _joined(session, bank, "Irma Blackadder", Role.AUDITOR)  # the demo has none there
    now, secret = clock.now(), marked.secret
    category = next(iter(get_tree(session, bank.id).by_key.values()))
    for kind in ListingKind:
        text = ListingText(f"{marked.name} {kind}", f"{marked.name} words", (category.id,), in_person=True)
        listings.add(session, bank, kind, text, Doing(heron, now, f"marked-{kind}"))
    proposer, dependant = _PROPOSERS[marked.slug]
    let_wait(session, bank, find_by_email(session, bank, proposer), marked.name, f"{dependant} {marked.name}")
    day = clock.local_day(now, bank.time_zone) - timedelta(days=1)
    terms = Terms(heron.account_id, teal.account_id, f"{marked.name} hedge", day, 60)
    exchanges.confirm(session, exchanges.record(session, bank, terms, Doing(heron, now)), Doing(teal, now))
    _wait_for_answers(session, bank, heron, day)
    open_task(session, bank.id, kind="below_soft_limit", subject=Ref(Subject.MEMBER, heron.code), note=secret, now=now)
    wish = NewApplication(f"Finch {secret}", phone="+441632960799", is_adult=True, agreed=Agreed.ONLINE)
    joining.apply(session, bank, wish, Unattended(bank.id, now), form_key=f"marked-{secret}")
    seal(session, bank.id, now=now)


def _wait_for_answers(session: Session, bank: Bank, heron: Actor, day: date) -> None:
    """Leave exchanges in each state in which somebody has to act between Heron and those of the cast who may."""
    query = select(Person.email, Membership.code).join(Membership, Membership.person_id == Person.id)
    emails = {email for role, marked, email in CAST if marked.slug == bank.slug and role in _EXCHANGE}
    for email, code in session.execute(query.where(Membership.bank_id == bank.id, Person.email.in_(emails))).all():
        actor = find_actor_by_code(session, bank.id, code)
        assert actor is not None
        now, terms = clock.now(), Terms(heron.account_id, actor.account_id, f"Teas for {email}", day, 45)
        to_come = replace(terms, day=day + timedelta(days=8))
        exchanges.propose(session, bank, to_come, Doing(heron, now))
        exchanges.accept(session, exchanges.propose(session, bank, to_come, Doing(actor, now)), Doing(heron, now))
        exchanges.record(session, bank, terms, Doing(heron, now))
        disputed = exchanges.record(session, bank, terms, Doing(heron, now))
        exchanges.dispute(session, disputed, Doing(actor, now), words="It was shorter.", minutes=30)
        disputed = exchanges.record(
            session,
            bank,
            replace(terms, giver_account_id=actor.account_id, receiver_account_id=heron.account_id),
            Doing(actor, now),
        )
        exchanges.dispute(session, disputed, Doing(heron, now), words="It was shorter.", minutes=15)


def _joined(session: Session, bank: Bank, name: str, role: Role = Role.MEMBER) -> Actor:
    email = f"{name.partition(' ')[0].lower()}@example.org"
    newcomer = NewMember(name, email=email, about=f"{name} says hello.", roles=frozenset({role}))
    membership = admit(session, bank, newcomer, Unattended(bank.id, clock.now()))
    actor = find_actor_by_code(session, bank.id, membership.code)
    assert actor is not None
    return actor


def unseen_by(role: str, bank: Marked) -> frozenset[str]:
    """Return the marking words, in lower case, that somebody must never read."""
    if role == "member of both":
        return frozenset(marked.secret.casefold() for marked in BANKS)
    visible = {bank.name, bank.secret} if role in _BROKERS else {bank.name}
    if role == "stranger":
        visible = set()
    return frozenset(
        word.casefold() for marked in BANKS for word in (marked.name, marked.secret) if word not in visible
    )


def attackers_at(settings: Settings, port: int) -> Sequence[Attacker]:
    """Return everybody who attacks the site on this port of this machine, each from a loopback address of their own.

    They sign in by their numbers, which no form changes.
    """
    numbers = _numbers(settings)
    loot = Loot(frozenset(word.casefold() for marked in BANKS for word in (marked.name, marked.secret)))
    sources = loopback_sources(len(CAST))
    attackers = [
        Attacker(
            role,
            bank.slug,
            Wire(port, source=source),
            loot,
            numbers.get((bank.slug, who), ""),
            PASSWORD,
            unseen_by(role, bank),
            is_out=bool(who),
        )
        for (role, bank, who), source in zip(CAST, sources, strict=True)
    ]
    for attacker in attackers:
        attacker.start_at(["/", f"/{attacker.bank}/", *(f"/{attacker.bank}/{page}" for page in STARTS)])
    return attackers


def _numbers(settings: Settings) -> dict[tuple[str, str], str]:
    """Return {(bank, e-mail): member number}."""
    engine = make_engine(settings.database_url)
    query = (
        select(Bank.slug, Person.email, Membership.number)
        .join(Membership, Membership.bank_id == Bank.id)
        .join(Person, Person.id == Membership.person_id)
    )
    with engine.connect() as connection:
        numbers = {(row.slug, row.email): str(row.number) for row in connection.execute(query)}
    engine.dispose()
    return numbers


#: Pages that are linked only for some, and that everybody tries.
STARTS = (
    *(
        "sign-in",
        "sign-in/code",
        "join",
        "members",
        "listings",
        "help-wanted",
        "desk",
        "audit",
        "tasks",
        "areas",
        "pot",
    ),
    *("applications", "applications/new", "audit/corrections", "audit/adjustment", "audit/months", "audit/entries"),
    *("hours", "profile", "password", "exchanges", "categories", "rules", "rules/settings", "seals", "my-listings"),
)


@contextmanager
def copy_of_town(town: Settings, folder: Path, server: URL | None = None, name: str = "") -> Iterator[Settings]:
    """Yield the settings of a copy of the town; it stays in the folder, or under its name on the server."""
    shutil.copytree(town.instance, folder / "instance")
    if server is None:
        url = town.database_url.set(database=str(folder / "instance" / "timebank.db"))
        yield replace(town, instance=folder / "instance", database_url=url, owner_url=url)
        return
    web, owner = make_database(server, name, template=town.owner_url.database or "")
    yield replace(town, instance=folder / "instance", database_url=web, owner_url=owner)
