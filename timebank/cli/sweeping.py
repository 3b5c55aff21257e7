"""`timebank sweep`: the changes that come with time, as the worker makes them each hour."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import click

from timebank import clock
from timebank.banks.queries import find_bank, list_banks
from timebank.cli.installation import settings_there, writing
from timebank.config import Settings
from timebank.exchanges.by_time import confirm_by_time, settle_waiting
from timebank.exchanges.drafts import clear_drafts
from timebank.exchanges.expiry import expire
from timebank.exchanges.telling import remind
from timebank.jobs.claims import remove_old as remove_old_jobs
from timebank.jobs.files import remove_others
from timebank.jobs.queries import list_file_tokens
from timebank.listings.meanings import vocabulary_model, write_meanings_again
from timebank.matching.turns import lapse
from timebank.members.limits import end_overrides
from timebank.notices.bounces import remove_old_bounces
from timebank.notices.outbox import remove_old as remove_old_notices
from timebank.retries import with_retries
from timebank.security.actions import remove_old
from timebank.signing_in.actions import clear_stale
from timebank.telling.letters import open_task_again
from timebank.worker.each_bank import SomeBanksFailedError, in_each

#: A file without a job, which a worker left that was killed, is deleted after so long; or it is being written.
_FILES_LEFT = timedelta(days=1)


@click.command()
def sweep() -> None:
    """Do what time brings, as the worker does each hour.

    Floors whose override has ended are raised, recorded help that nobody answers is set aside, unanswered invitations
    are closed and the next are sent, and what is stale is cleared away.
    """
    try:
        swept = sweep_all(settings_there())
    except SomeBanksFailedError as error:
        message = f"it failed in {error}: the log says why"
        raise click.ClickException(message) from error
    click.echo(f"{swept['raised']} floors raised, {swept['ended']} unanswered exchanges set aside.")
    click.echo(f"{swept['silent']} unanswered invitations closed, {swept['asked']} sent to the next in turn.")
    click.echo(f"{swept['cleared']} stale drafts, tries and events at the doors cleared away.")
    if swept["understood"]:
        click.echo(f"{swept['understood']} offers and requests understood anew.")


def remind_all(settings: Settings) -> int:
    """Notify of what is agreed for tomorrow and remind of what waits, in every bank; return the number of notices.

    What has waited for a fortnight is confirmed by time or left to brokers, as the bank has chosen. Raises
    SomeBanksFailedError.
    """
    now = clock.now()
    with writing(settings) as session:
        slugs = [slug for slug, _name in list_banks(session)]
    return sum(in_each(slugs, lambda slug: with_retries(partial(_remind_bank, settings, slug, now))))


def _remind_bank(settings: Settings, slug: str, now: datetime) -> int:
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is None:
            return 0
        open_task_again(session, bank, now)
        reminded = remind(session, bank, now=now)
        to_confirm = settle_waiting(session, bank, now=now)
    for code in to_confirm:  # each in a transaction of its own: locks are held for one exchange only
        with_retries(partial(_confirm_by_time, settings, slug, code, now))
    return reminded


def _confirm_by_time(settings: Settings, slug: str, code: str, now: datetime) -> None:
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is not None:
            confirm_by_time(session, bank, code, now=now)


def sweep_all(settings: Settings) -> Counter[str]:
    """Return how much was done over all banks: raised floors, ended exchanges, silent and sent invitations, and so on.

    Each bank has a transaction of its own; one that lost a conflict with somebody's deed is tried again. Raises
    SomeBanksFailedError.
    """
    now, swept = clock.now(), Counter[str]()
    with writing(settings) as session:
        swept["cleared"] = clear_drafts(session, now=now) + clear_stale(session, now=now)
        remove_old_bounces(session, now)
        remove_old_notices(session, now)
        swept["cleared"] += remove_old_jobs(session, now)
        slugs = [slug for slug, _name in list_banks(session)]
    with writing(settings) as session:
        tokens = list_file_tokens(session)
    remove_others(settings.job_files, tokens, (now - _FILES_LEFT).timestamp())
    for of_bank in in_each(slugs, lambda slug: with_retries(partial(_sweep_bank, settings, slug, now))):
        swept.update(of_bank)
    vocabulary_model(settings.word_models)  # made, where it is missing, before anybody has to wait for a lock
    swept["understood"] += sum(in_each(slugs, lambda slug: _understand_bank(settings, slug)))
    return swept


def _sweep_bank(settings: Settings, slug: str, now: datetime) -> Counter[str]:
    """Return how much was done in a bank."""
    swept = Counter[str]()
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is not None:
            swept["ended"] = expire(session, bank, now=now)
            swept["raised"] = end_overrides(session, bank, now=now)
            swept["silent"], swept["asked"] = lapse(session, bank, now=now)
            swept["cleared"] = remove_old(session, bank.id, bank.slug, now=now)
    return swept


def _understand_bank(settings: Settings, slug: str) -> int:
    with writing(settings) as session:
        bank = find_bank(session, slug)
        return write_meanings_again(session, bank.id) if bank is not None else 0
