"""Whether the keys fit the database: rows that carry the books' mark, and the newest seals."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.bookkeeping.sealing.memory import goes_on, recall
from timebank.bookkeeping.sealing.receipts import find_checkpoint, list_keys
from timebank.bookkeeping.sealing.signing import find_signer
from timebank.doctor.rules import Diagnosis, quote, well, wrong
from timebank.ledger.errors import NotACheckpointError, SealsForkedError
from timebank.ledger.notes import Note, read_note
from timebank.marks import columns_marked, is_marked

_MOST_NAMED = 3


def examine_witnesses(session: Session) -> Iterator[Diagnosis]:
    """Yield whether `books.key` and the keys of the seals are those with which this database was written."""
    columns = [getattr(Bank, name) for name in columns_marked(Bank)]
    banks = session.execute(select(*columns, Bank.mark).order_by(Bank.slug)).all()
    if not banks:
        yield wrong("books.key and the database", "there is no bank yet: run 'timebank init'.")
        return
    foreign = [bank.slug for bank in banks if not is_marked(session.info["books_key"], Bank, bank)]
    if foreign:
        yield wrong(
            "books.key and the database",
            f"{_named(foreign)} was changed, or marked with another key: put that one back, or ask 'check-books'.",
        )
    else:
        yield well("books.key and the database", "this key has marked what is there.")
    unsigned = [bank.slug for bank in banks if not _is_signed(session, bank.id)]
    if unsigned:
        yield wrong(
            "seal.pub and the database",
            f"no key in it signed the newest seal of {_named(unsigned)}: put your copies of both keys back.",
        )
    else:
        yield well("seal.pub and the database", "a key in it signed the newest seal of each bank that has one.")
    forked = [bank.slug for bank in banks if not _goes_on(session, bank.id)]
    if forked:
        yield wrong(
            "seal.signed and the database",
            f"the books of {_named(forked)} do not go on from the seal that was signed last: rows were taken out, or an"
            " older copy was put back. Keep the database as it is, and read 'Keys' in docs/operating.md.",
        )
    else:
        yield well("seal.signed and the database", "the books go on from the seals that were signed last.")


def _is_signed(session: Session, bank_id: int) -> bool:
    """Return whether a known key signed the newest seal; True where there is none."""
    newest = find_checkpoint(session, bank_id)
    note = None if newest is None else _read(newest[1])
    return newest is None or (note is not None and find_signer(note, list_keys(session, bank_id)) is not None)


def _goes_on(session: Session, bank_id: int) -> bool:
    """Return whether a bank's books go on from the seal that is remembered beside the key, as sealing asks too."""
    try:
        remembered = recall(session, bank_id)
    except SealsForkedError:  # its file is damaged
        return False
    return remembered is None or goes_on(session, bank_id, remembered)


def _read(checkpoint: str) -> Note | None:
    try:
        return read_note(checkpoint)
    except NotACheckpointError:
        return None


def _named(slugs: list[str]) -> str:
    names = ", ".join(quote(slug) for slug in slugs[:_MOST_NAMED])
    return f"{names} and {len(slugs) - _MOST_NAMED} more" if len(slugs) > _MOST_NAMED else names
