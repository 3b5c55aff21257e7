"""`timebank worker`: sends notices, and does by itself what cron would have to do."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import click

from timebank import clock
from timebank.app import create_app
from timebank.audit.queries import find_newest_check_at
from timebank.cli.checking import ask_checks
from timebank.cli.installation import settings_there, writing
from timebank.cli.keeping_backups import back_up_if_due
from timebank.cli.sealing import seal_all
from timebank.cli.sweeping import remind_all, sweep_all
from timebank.config import Settings
from timebank.db import make_engine
from timebank.jobs.queue import DELIVER, WORK, make_queue
from timebank.web import request_log
from timebank.web.extensions import db
from timebank.worker.digesting import make_digests
from timebank.worker.dkim_signing import read_signer
from timebank.worker.doing_jobs import do_jobs, give_back_job
from timebank.worker.mailbox import read_mailbox
from timebank.worker.office import Office
from timebank.worker.running import Chore, Often, do_all, serve
from timebank.worker.sending import send_what_is_due
from timebank.worker.text_transports import make_text_transport
from timebank.worker.transports import make_transport

#: The nightly check of the books is left out where one was done this recently.
_CHECKED = timedelta(hours=20)
_log = logging.getLogger(__name__)


class BooksWrongError(Exception):
    """The nightly check found something wrong: its chore has failed."""


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and end, for hosts that have cron only.")
def worker(*, once: bool) -> None:
    """Send notices, do the jobs that were asked for, and seal, sweep, remind, check and back up at their times."""
    settings = settings_there()
    if not settings.mail:
        click.echo("Without TIMEBANK_MAIL no e-mail goes out.", err=True)
    if once:
        request_log.configure(settings)
        with opened_office(settings) as office:
            failed = do_all(list_chores(office))
        if failed:
            message = f"{', '.join(failed)} failed: the log says why"
            raise click.ClickException(message)
        return
    click.echo(f"Working since {clock.now():%H:%M} UTC. Ctrl+C ends it.")
    work(settings)


def work(settings: Settings) -> None:
    """Work until a signal ends it."""
    request_log.configure(settings)
    logging.getLogger("huey").setLevel(logging.WARNING)
    with opened_office(settings) as office:
        answers = {DELIVER: lambda: send_what_is_due(office), WORK: lambda: do_jobs(office)}
        serve(make_queue(settings), list_chores(office), answers, lambda: give_back_job(office))


@contextmanager
def opened_office(settings: Settings) -> Iterator[Office]:
    """Yield what the worker works with; dispose of its connections at the end, and of those of the app that renders.

    Raises BadDkimKeyError: rather no worker than e-mails that providers refuse for want of a signature.
    """
    transport = make_transport(settings.mail, read_signer(settings))
    engine, app = make_engine(settings.database_url), create_app(settings)
    try:
        yield Office(settings, engine, app, transport, texts=make_text_transport(settings))
    finally:
        engine.dispose()
        with app.app_context():
            db.engine.dispose()


def list_chores(office: Office) -> Sequence[Chore]:
    """Return the worker's chores in the order in which `--once` does them: notices are sent after they were found."""
    settings = office.settings
    return (
        Chore("remind", Often.HOURLY, lambda: remind_all(settings)),
        Chore("digests", Often.HOURLY, lambda: make_digests(office)),
        Chore("sweep", Often.HOURLY, lambda: sweep_all(settings)),
        Chore("jobs", Often.MINUTELY, lambda: do_jobs(office)),
        Chore("send", Often.MINUTELY, lambda: send_what_is_due(office)),
        Chore("returned_mail", Often.MINUTELY, lambda: read_mailbox(office)),
        Chore("seal", Often.MINUTELY, lambda: seal_all(settings)),
        Chore("check_books", Often.NIGHTLY, lambda: _check_books(settings)),
        Chore("back_up", Often.HOURLY, lambda: back_up_if_due(settings, office.watch())),
    )


def _check_books(settings: Settings) -> None:
    with writing(settings) as session:
        checked_at = find_newest_check_at(session)
    if checked_at is None or clock.now() - checked_at > _CHECKED:
        is_right = ask_checks(settings, prints=False, progress=False)
        if not is_right:
            _log.error("the books do not balance: run `timebank check-books`")
            raise BooksWrongError
