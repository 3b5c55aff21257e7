"""`timebank learn-kinds`: learn from the listings which words belong to which kinds of help."""

import click

from timebank import clock
from timebank.actors import Unattended
from timebank.banks.queries import find_bank, list_banks
from timebank.cli.installation import WORDS, no_bank, settings_there, writing
from timebank.config import Settings
from timebank.listings.learning import LEAST_LISTINGS, Lesson, learn_kinds, list_lessons
from timebank.words.ridge import one_thread


@click.command()
@click.option("--bank", type=WORDS, default=None, help="Short name of one bank; without it, each of them.")
@click.option("--pooled", is_flag=True, help="Learn from the listings of all banks together, for each of them.")
def learn_kinds_command(bank: str | None, *, pooled: bool) -> None:
    """Learn from the listings which words belong to which kinds of help. Run it every month or so from cron.

    Without it the site knows the words of its own vocabulary. With --pooled, words of one bank's listings help to
    sort those of another; nothing else of them can be seen there.
    """
    settings = settings_there()
    with writing(settings) as session:
        banks = [find_bank(session, slug) for slug, _name in list_banks(session)]
        ids = {bank_row.slug: bank_row.id for bank_row in banks if bank_row}
        shared = list_lessons(session, list(ids.values())) if pooled else None
    if bank is not None and bank not in ids:
        raise no_bank(bank)
    for slug in [bank] if bank else ids:
        click.echo(f"{slug}: {_learn(settings, slug, shared)}")


def _learn(settings: Settings, slug: str, shared: list[Lesson] | None) -> str:
    """Learn for one bank in a transaction of its own; return what came of it, in words."""
    with writing(settings) as session, one_thread():
        bank = find_bank(session, slug)
        if bank is None:
            return "it is not there any more"
        lessons = list_lessons(session, [bank.id]) if shared is None else shared
        count = learn_kinds(session, bank, lessons, Unattended(bank.id, clock.now()))
    if count is None:
        return f"{len(lessons)} listings with a kind are too few to learn from, it takes {LEAST_LISTINGS}"
    return f"learned from {len(lessons)} listings; {count} were understood anew"
