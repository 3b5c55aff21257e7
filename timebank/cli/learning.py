"""`timebank learn-kinds`: learn from the listings which words belong to which kinds of help."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Unattended
from timebank.banks.queries import find_bank, list_banks
from timebank.cli.installation import WORDS, no_bank, settings_there, writing
from timebank.config import Settings
from timebank.db import opened, reading
from timebank.listings.learning import LEAST_LISTINGS, Lesson, keep_learned, learn_from, list_lessons
from timebank.listings.meanings import vocabulary_model, write_meanings_again
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
    with _reading(settings) as session:
        banks = [find_bank(session, slug) for slug, _name in list_banks(session)]
        ids = {bank_row.slug: bank_row.id for bank_row in banks if bank_row}
        shared = list_lessons(session, list(ids.values())) if pooled else None
    if bank is not None and bank not in ids:
        raise no_bank(bank)
    for slug in [bank] if bank else ids:
        click.echo(f"{slug}: {_learn(settings, slug, ids[slug], shared)}")


def _learn(settings: Settings, slug: str, bank_id: int, shared: list[Lesson] | None) -> str:
    """Learn for one bank; return what came of it, in words. Nobody waits for a lock while it learns."""
    vocabulary = vocabulary_model(settings.word_models)
    with _reading(settings) as session:
        lessons = list_lessons(session, [bank_id]) if shared is None else shared
    with one_thread():
        packed = learn_from(lessons, vocabulary)
    if packed is None:
        return f"{len(lessons)} listings with a kind are too few to learn from, it takes {LEAST_LISTINGS}"
    with writing(settings) as session:
        bank = find_bank(session, slug)
        if bank is None:
            return "it is not there any more"
        keep_learned(session, bank, packed, len(lessons), Unattended(bank.id, clock.now()))
    with writing(settings) as session:
        count = write_meanings_again(session, bank_id)
    return f"learned from {len(lessons)} listings; {count} were understood anew"


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    """A session that reads one moment of the database and keeps nobody waiting."""
    with opened(settings.database_url) as engine, Session(reading(engine), info=settings.session_info) as session:
        yield session
