"""The demo's installation: a folder and a database of its own, with a made-up village in it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Unattended
from timebank.audit.actions import AskedFrom, store
from timebank.audit.checks import check_books
from timebank.banks.models import Bank
from timebank.banks.queries import find_bank
from timebank.cli.installation import writing
from timebank.cli.setting_up import CannotSetUpError, refuse_mixing, take_steps
from timebank.config import Settings, database
from timebank.db import opened
from timebank.demo import village
from timebank.demo.names import SLUG
from timebank.listings.actions import open_categories
from timebank.migrations import run as migrations


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
        bank = find_bank(session, SLUG) or _build_village(session)
        open_categories(session, bank, Unattended(bank.id, clock.now()))  # a demo of an earlier version has none


def _build_village(session: Session) -> Bank:
    """Build the village and check its books once, so that the audit page has a result."""
    bank = village.build(session, now=clock.now())
    began = clock.now()
    results = list(check_books(session))
    ended = clock.now()
    store(session, results, asked_from=AskedFrom.COMMAND, seconds=(ended - began) // timedelta(seconds=1), now=ended)
    return bank
