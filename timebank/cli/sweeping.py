"""`timebank sweep`: the changes that come with time, once a day from cron."""

import click

from timebank import clock
from timebank.banks.queries import find_bank, list_banks
from timebank.cli.installation import settings_there, writing
from timebank.config import Settings
from timebank.exchanges.drafts import clear_drafts
from timebank.exchanges.expiry import expire
from timebank.listings.meanings import vocabulary_model, write_meanings_again
from timebank.members.limits import end_overrides
from timebank.security.actions import remove_old
from timebank.signing_in.actions import clear_stale


@click.command()
def sweep() -> None:
    """Do what time brings, once a day from cron.

    Floors whose override has ended are raised, recorded help that nobody answers is set aside, and what is stale is
    cleared away.
    """
    raised, ended, cleared, understood = _sweep(settings_there())
    click.echo(f"{raised} floors raised, {ended} unanswered exchanges set aside.")
    click.echo(f"{cleared} stale drafts, tries and events at the doors cleared away.")
    if understood:
        click.echo(f"{understood} offers and requests understood anew.")


def _sweep(settings: Settings) -> tuple[int, int, int, int]:
    """Return (floors raised, exchanges ended, stale rows deleted, vectors of listings made again) over all banks.

    Each bank has a transaction of its own.
    """
    now, raised, ended, understood = clock.now(), 0, 0, 0
    with writing(settings) as session:
        cleared = clear_drafts(session, now=now) + clear_stale(session, now=now)
        slugs = [slug for slug, _name in list_banks(session)]
    for slug in slugs:
        with writing(settings) as session:
            bank = find_bank(session, slug)
            if bank is not None:
                ended += expire(session, bank, now=now)
                raised += end_overrides(session, bank, now=now)
                cleared += remove_old(session, bank.id, bank.slug, now=now)
    vocabulary_model(settings.word_models)  # made, where it is missing, before anybody has to wait for a lock
    for slug in slugs:
        with writing(settings) as session:
            bank = find_bank(session, slug)
            understood += write_meanings_again(session, bank.id) if bank is not None else 0
    return raised, ended, cleared, understood
