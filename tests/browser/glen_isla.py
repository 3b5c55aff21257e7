"""The demo village on a server of its own, with one example at least of everything that has a page."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from waitress.server import create_server

from timebank import clock
from timebank.actors import Actor, CodeMaker, Doing, Standing, Unattended, signed_in_by_code
from timebank.app import create_app
from timebank.approvals.queries import list_waiting_roles
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.bookkeeping.closings import list_signed_off
from timebank.bookkeeping.queries import get_account
from timebank.bookkeeping.sealing.actions import seal
from timebank.cli.demo_bank import demo_settings, make_demo
from timebank.config import Settings, database
from timebank.corrections.figures import next_month
from timebank.corrections.month_queries import list_waiting_months
from timebank.corrections.queries import list_corrections
from timebank.db import make_engine
from timebank.demo import village
from timebank.demo.people import CAST
from timebank.exchanges import drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import list_waiting_reversals
from timebank.exchanges.rules import Side
from timebank.interchange.listings import COLUMNS, read, store
from timebank.jobs import files
from timebank.jobs.actions import ask
from timebank.jobs.claims import JobProgress, claim, finish, go_on
from timebank.jobs.queries import list_jobs
from timebank.jobs.rules import JobKind, JobStep
from timebank.joining.models import Application
from timebank.ledger.accounts import Account
from timebank.listings.models import Listing
from timebank.matching.models import Invitation
from timebank.members.actions import NewMember, admit
from timebank.members.models import Membership, Person
from timebank.members.profiles import Profile, change_profile
from timebank.members.queries import find_actor, find_actor_by_code
from timebank.members.rules import ContactKind
from timebank.members.standing import change_standing
from timebank.messages.actions import write
from timebank.messages.queries import find_talk
from timebank.notices.models import Delivery
from timebank.notices.rules import Way
from timebank.security.actions import NewEvent, record
from timebank.security.rules import EventKind
from timebank.signing_in.code_actions import make_half
from timebank.tasks.queries import Shows, list_tasks
from timebank.tasks.rules import TaskKind
from timebank.telling.letters import note_posted, print_letters
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import make_transport

NEWCOMER = "nora"


@dataclass
class Site:
    """The village being served; `codes` names what its addresses need, such as 'ironing' or 'grace'."""

    app: Flask
    settings: Settings
    address: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    months: dict[str, date] = field(default_factory=dict)

    def url(self, endpoint: str, **values: object) -> str:
        """The address of a page of the village; a `code` is given by its name in `codes`, unless of a kind or area."""
        if "code" in values:
            code = str(values["code"])
            values["code"] = code if endpoint.startswith("missing.") else self.codes[code]
        if endpoint == "matching.invitations":
            values["who"] = self.codes[str(values["who"])]
        for part in {"name", "token"} & set(values) if endpoint.startswith(("notices.", "imports.")) else ():
            values[part] = self.codes[str(values[part])]
        if str(values.get("month")) in self.months:
            values["month"] = self.months[str(values["month"])]
        with self.app.test_request_context():
            if self.app.url_map.is_endpoint_expecting(endpoint, "bank_slug"):
                values["bank_slug"] = village.SLUG
            return self.address + url_for(endpoint, **values)

    @contextmanager
    def books(self) -> Iterator[tuple[Session, Bank]]:
        """The books as they stand, beside the server."""
        with (
            _engine(self.settings) as engine,
            Session(engine, info=self.settings.session_info, expire_on_commit=False) as session,
        ):
            bank = find_bank(session, village.SLUG)
            assert bank is not None
            yield session, bank

    def account(self, key: str) -> Account:
        """Somebody's account as the books have it."""
        with self.books() as (session, bank):
            return get_account(session, bank.id, actor(session, bank, key).account_id)

    def exchanges(self, what: str) -> list[Exchange]:
        """Every exchange that was described in these words, oldest first."""
        with self.books() as (session, bank):
            query = select(Exchange).where(Exchange.bank_id == bank.id, Exchange.what == what).order_by(Exchange.id)
            return list(session.scalars(query))


@contextmanager
def _engine(settings: Settings) -> Iterator:
    engine = make_engine(settings.database_url)
    yield engine
    engine.dispose()


def actor(session: Session, bank: Bank, key: str) -> Actor:
    query = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    person_id = session.scalars(query.where(Person.email == f"{key}@example.org", Membership.bank_id == bank.id)).one()
    found = find_actor(session, bank.id, person_id)
    assert found is not None
    return found


def make_site(folder: Path) -> Site:
    """Build the village in a folder, and add what its people have not done: a newcomer and drafts."""
    url = database(f"sqlite:///{folder / 'not-used.db'}")
    settings = demo_settings(Settings(instance=folder, database_url=url, owner_url=url))
    make_demo(settings)
    site = Site(create_app(settings), settings)
    with site.books() as (session, bank):
        _newcomer(session, bank)
        _left_long_ago(site, session, bank)
        _name_codes(site, session, bank)
        _listings(site, session, bank)
        _invitations(site, session, bank)
        _reported(site, session, bank)
        _open_reversal(site, session, bank)
        _drafts(site, session, bank)
        _tasks(site, session, bank)
        _corrections(site, session, bank)
        _applications(site, session, bank)
        _at_the_doors(site, session, bank)
        _jobs(site, session, bank)
        seal(session, bank.id, now=clock.now())
        session.commit()
    _tell(site)
    return site


def _tell(site: Site) -> None:
    """Send what is due: e-mails into the folder, telephone deliveries to the brokers' list."""
    with _engine(site.settings) as engine:
        office = Office(site.settings, engine, site.app, make_transport(site.settings.mail))
        send_what_is_due(office)
    with site.books() as (session, bank):
        ada = actor(session, bank, "ada").membership_id
        of_ada = select(Delivery.stop_token).where(Delivery.member_id == ada, Delivery.way == Way.EMAIL)
        site.codes["stop"] = session.scalars(of_ada).first() or ""
        rung = select(Membership.code).join(Delivery, Delivery.member_id == Membership.id)
        site.codes["told by telephone"] = session.scalars(rung.where(Delivery.way == Way.PHONE)).first() or ""
    site.codes["posted bundle"] = _print_letters(site)
    with site.books() as (session, bank):
        by_post = select(Membership.code).join(Person, Person.id == Membership.person_id)
        archie = find_actor_by_code(session, bank.id, session.scalars(by_post.where(Person.postal_address != "")).one())
        assert archie is not None
        rosa = actor(session, bank, "rosa")
        note_posted(session, bank, site.codes["posted bundle"], [archie.code], Doing(rosa, clock.now(), "post"))
        write(session, archie, "Could you come at ten?", Doing(rosa, clock.now(), "to Archie"))
        session.commit()
    with _engine(site.settings) as engine:
        send_what_is_due(Office(site.settings, engine, site.app, make_transport(site.settings.mail)))
    site.codes["bundle"] = _print_letters(site)
    names = sorted(path.stem for path in Path(site.settings.mail.removeprefix("folder:")).glob("*.eml"))
    with site.app.test_client() as browser:
        site.codes["mail"] = next(
            name for name in names if browser.get(f"/{village.SLUG}/sent/{name}").status_code == 200
        )


def _print_letters(site: Site) -> str:
    """Put the letters that wait into a bundle; return its code."""
    with site.books() as (session, bank):
        code = print_letters(session, bank, Doing(actor(session, bank, "rosa"), clock.now()))
        session.commit()
    return code


def _jobs(site: Site, session: Session, bank: Bank) -> None:
    """The check and the file of the demo, a plan with a refused line, one under way, and a check that waits."""
    done = {job.kind: job.code for job in list_jobs(session, bank.id, list(JobKind)).rows}
    site.codes |= {"check": done[JobKind.CHECK_BOOKS], "export": done[JobKind.EXPORT_BOOKS]}
    rosa, mary = actor(session, bank, "rosa"), actor(session, bank, "mary")
    now = clock.now() - timedelta(minutes=10)
    refused = [[site.codes["request"], actor(session, bank, "iain").membership_id, "may_not_be_asked"]]
    site.codes["refused plan"] = ask(session, JobKind.SEND_PLAN, {}, Doing(rosa, now))
    sent = claim(session, now)
    assert sent is not None
    finish(session, sent, now, {"asked": 5, "waiting": 2, "refused": refused})
    site.codes["import"] = ask(session, JobKind.IMPORT_LISTINGS, {"file": "0" * 64}, Doing(mary, now))
    brought_in = claim(session, now)
    assert brought_in is not None
    finish(session, brought_in, now, {"offers": 1_204, "requests": 1, "before": 37})
    _chosen_sheet(site, bank.id, mary.membership_id)
    site.codes["running job"] = ask(session, JobKind.SEND_PLAN, {}, Doing(rosa, now))
    running = claim(session, now)
    assert running is not None
    go_on(session, running, JobProgress(JobStep.REQUESTS, 7, 19), now, {"asked": 7, "waiting": 0, "refused": []})
    site.codes["waiting job"] = ask(session, JobKind.CHECK_BOOKS, {}, Doing(mary, now))


def _chosen_sheet(site: Site, bank_id: int, member_id: int) -> None:
    """A file of listings that Mary has chosen, and not brought in."""
    secret = site.settings.secret_key
    key = files.new_key(secret, bank_id, member_id)
    rows = ("glen-isla,1,offer,Car rides,13", "glen-isla,2,request,Jam,999", "perth,3,offer,Piano,3 13 20 23")
    with files.new_file(site.settings.job_files, files.token_of(secret, bank_id, member_id, key)) as (_token, path):
        path.write_text("\n".join([",".join(COLUMNS), *rows]))
    site.codes["sheet"] = key


def _newcomer(session: Session, bank: Bank) -> None:
    """Somebody who has done nothing yet, with a long name and no words about themselves."""
    name = "Nora Featherstonehaugh-Abernethy"
    mary = actor(session, bank, "mary")
    newcomer = NewMember(name, email=f"{NEWCOMER}@example.org", proved=frozenset({ContactKind.EMAIL}))
    membership = admit(session, bank, newcomer, Doing(mary, clock.now()))
    ada = session.get_one(Person, actor(session, bank, "ada").person_id)
    session.get_one(Person, membership.person_id).password_hash = ada.password_hash


def _left_long_ago(site: Site, session: Session, bank: Bank) -> None:
    """Somebody who left with hours on the account, as it was before accounts were closed."""
    mary = actor(session, bank, "mary")
    membership = admit(session, bank, NewMember("Effie Gunn", phone="+441632960188"), Doing(mary, clock.now()))
    effie = find_actor_by_code(session, bank.id, membership.code)
    assert effie is not None
    change_standing(session, effie, Standing.LEFT, Doing(mary, clock.now()), reason="Moved in with her son")
    site.codes["left long ago"] = effie.code


def _name_codes(site: Site, session: Session, bank: Bank) -> None:
    for key in (*(person.key for person in CAST if person.email == f"{person.key}@example.org"), NEWCOMER):
        site.codes[key] = actor(session, bank, key).code
    names = {
        "Gardening: the hedge": "confirmed",
        "Lift to the clinic": "reversed",
        "Soup and a talk": "to be reversed",
        "Ironing": "disputed",
        "Gardening: the roses": "recorded by receiver",
        "A walk with Biscuit": "recorded",
        "Walk Biscuit on your way to town": "proposed",
        "Hang two pictures": "accepted",
    }
    for exchange in session.scalars(select(Exchange).where(Exchange.bank_id == bank.id).order_by(Exchange.id)):
        if exchange.what in names:
            site.codes[names[exchange.what]] = exchange.code


def _listings(site: Site, session: Session, bank: Bank) -> None:
    """Some of the village's, and one that was imported and has no owner yet."""
    sheet = "timebank,listing_id,type,description,category_ids\nglen,1,offer,I offer rides to the far side of town,13\n"
    store(session, bank, read(sheet.encode()), Unattended(bank.id, clock.now()))
    names = {
        "Lift to the clinic": "offer",
        "Somebody to walk Biscuit on Saturdays": "request",
        "Two pictures to hang, straight": "filled request",
        "A garden that needs a friend": "request with invitations",
        "Carrying the shopping": "weekend offer",
        "I offer rides to the far side of town": "imported",
    }
    for listing in session.scalars(select(Listing).where(Listing.bank_id == bank.id)):
        if listing.title in names:
            site.codes[names[listing.title]] = listing.code


def _invitations(site: Site, session: Session, bank: Bank) -> None:
    """Ada's, which waits for her; Linus's, who cannot; Eilidh's, who said yes."""
    query = select(Invitation).where(Invitation.bank_id == bank.id).order_by(Invitation.id.desc())
    names = {"sent": "invitation", "no": "refused invitation", "yes": "agreed invitation"}
    for invitation in session.scalars(query):
        if invitation.state in names:
            site.codes.setdefault(names[invitation.state], invitation.code)


def _reported(site: Site, session: Session, bank: Bank) -> None:
    """What Hamish wrote to Eilidh, who reported it."""
    one, other = (actor(session, bank, key).membership_id for key in ("hamish", "eilidh"))
    talk = find_talk(session, bank.id, one, other)
    site.codes["reported conversation"] = talk.code if talk else ""


def _open_reversal(site: Site, session: Session, bank: Bank) -> None:
    (waiting,) = list_waiting_reversals(session, bank.id)
    assert waiting.exchange_code == site.codes["to be reversed"]
    site.codes["open reversal"] = waiting.code


def _corrections(site: Site, session: Session, bank: Bank) -> None:
    """One that waits and one that was approved, and a month at each stage."""
    for name, waits in (("waiting correction", True), ("approved correction", False)):
        (row,) = list_corrections(session, bank.id, waits=waits).rows
        site.codes[name] = row.code
    (waiting,) = list_waiting_months(session, bank.id)
    site.months = {
        "waiting month": waiting.month,
        "signed month": list_signed_off(session, bank.id)[0].month,
        "month to sign": next_month(waiting.month),
        "this month": clock.local_day(clock.now(), bank.time_zone).replace(day=1),
    }


def _applications(site: Site, session: Session, bank: Bank) -> None:
    """Those of the village by name, whatever came of them."""
    query = select(Application.name, Application.code).where(Application.bank_id == bank.id)
    site.codes |= dict(map(tuple, session.execute(query)))


def _drafts(site: Site, session: Session, bank: Bank) -> None:
    ada, grace = actor(session, bank, "ada"), actor(session, bank, "grace")
    for name, purpose in (("record draft", Purpose.RECORD), ("ask draft", Purpose.PROPOSE)):
        draft = drafts.start(session, ada, purpose, Side.RECEIVER, now=clock.now())
        draft.other_account_id, draft.what, draft.minutes = grace.account_id, "Wrote a letter with me", 50
        draft.day = clock.local_day(clock.now(), bank.time_zone)
        site.codes[name] = draft.code
    agreed = session.scalars(select(Exchange).where(Exchange.code == site.codes["accepted"])).one()
    site.codes["agreed draft"] = drafts.start_for(session, ada, agreed, now=clock.now()).code


def _tasks(site: Site, session: Session, bank: Bank) -> None:
    """One that nobody has, one that Rosa has taken, and one about what somebody looks for."""
    rosa = actor(session, bank, "rosa")
    for name, shows, kind in (
        ("task", Shows.OPEN, TaskKind.BELOW_SOFT_LIMIT),
        ("taken task", Shows.TAKEN, TaskKind.ABOVE_SOFT_LIMIT),
        ("looked for", Shows.OPEN, TaskKind.FIND_SOMEBODY),
        ("done task", Shows.DONE, TaskKind.BELOW_SOFT_LIMIT),
        ("kind to find", Shows.OPEN, TaskKind.SOMETHING_MISSING),
        ("area to look at", Shows.TAKEN, TaskKind.SOMETHING_MISSING),
    ):
        rows = list_tasks(session, bank.id, shows, membership_id=rosa.membership_id).rows
        site.codes[name] = next(row.code for row in rows if row.kind == kind)


def _at_the_doors(site: Site, session: Session, bank: Bank) -> None:
    """A role that waits, half a code that waits, and what somebody did after signing in with a broker's code."""
    (change,) = list_waiting_roles(session, bank.id)
    site.codes["role change"] = change.code
    mary, rosa, iain = (actor(session, bank, key) for key in ("mary", "rosa", "iain"))
    make_half(session, iain, Doing(mary, clock.now()))
    agnes = actor(session, bank, "agnes")
    by_code = signed_in_by_code(agnes, CodeMaker(rosa.membership_id, rosa.account_id, rosa.name))
    person = session.get_one(Person, agnes.person_id)
    profile = Profile(person.name, person.email, person.phone, "I knit, and I like company.")
    change_profile(session, profile, Doing(by_code, clock.now()))
    event = NewEvent(EventKind.SIGN_IN_FAILED, bank.id, agnes.person_id, by=None, now=clock.now())
    record(session, event)


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """The village on a free port, served the way `timebank run` serves it."""
    server = create_server(site.app, host="127.0.0.1", port=0, threads=8, ident=None)
    site.address = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, name="village", daemon=True)
    thread.start()
    yield site
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(timeout=10)
