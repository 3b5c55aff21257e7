"""The demo's installation: a folder and a database of its own, with a made-up village in it."""

from dataclasses import replace
from operator import attrgetter

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Unattended, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.cli.installation import writing
from timebank.cli.setting_up import CannotSetUpError, refuse_mixing, take_steps
from timebank.cli.working import opened_office
from timebank.config import Settings, database
from timebank.db import opened
from timebank.demo import village
from timebank.demo.names import SLUG
from timebank.interchange.formats import FileFormat
from timebank.jobs.actions import ask
from timebank.jobs.rules import JobKind
from timebank.listings.actions import open_categories
from timebank.members.queries import find_actor_by_id, list_member_names
from timebank.migrations import run as migrations
from timebank.worker.doing_jobs import do_jobs


def demo_settings(settings: Settings) -> Settings:
    """Return the settings with the demo's own folder and embedded database, or a server's that holds no real bank."""
    instance = settings.instance / "demo"
    url = settings.database_url
    if url.get_backend_name() == "sqlite":
        url = database(f"sqlite:///{instance / 'timebank.db'}")
    sent = f"folder:{instance / 'sent'}"
    return replace(settings, instance=instance, database_url=url, owner_url=url, demo=True, mail=sent, texts=sent)


def make_demo(settings: Settings) -> None:
    """Make the demo's database and people, once. Raises CannotSetUpError where a real bank is in the database."""
    settings.make_keys()
    with opened(settings.database_url) as engine:
        if not migrations.is_up_to_date(engine):
            take_steps(engine)
        try:
            migrations.refuse_outdated(engine)
        except migrations.NotMigratedError as error:
            raise CannotSetUpError(str(error)) from error
    with writing(settings) as session:
        refuse_mixing(session, settings)
        bank = find_bank(session, SLUG)
        is_new = bank is None
        if bank is None:
            bank = village.build(session, now=clock.now())
            _ask_for_jobs(session, bank)
        open_categories(session, bank, Unattended(bank.id, clock.now()))  # a demo of an earlier version has none
    if is_new:
        with opened_office(settings) as office:
            do_jobs(office)


def _ask_for_jobs(session: Session, bank: Bank) -> None:
    """Let a coordinator ask for a check of the books, so that the audit page has a result, and for a copy of them."""
    members = sorted(list_member_names(session, bank.id), key=attrgetter("number"))
    actors = (find_actor_by_id(session, bank.id, member.id) for member in members)
    by = next(actor for actor in actors if actor is not None and may_coordinate(actor))
    ask(session, JobKind.CHECK_BOOKS, {}, Doing(by, clock.now()))
    ask(session, JobKind.EXPORT_BOOKS, {"format": FileFormat.CSV, "with_names": False}, Doing(by, clock.now()))
