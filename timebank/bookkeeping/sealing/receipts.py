"""Files that anybody can verify offline: receipts of entries, and consistency proofs between checkpoints."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from timebank.bookkeeping.models import Account, Entry, Memo
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.bookkeeping.sealing.logs import list_names
from timebank.bookkeeping.sealing.models import Leaf, Seal
from timebank.ledger.leaves import LeafKind
from timebank.ledger.merkle import BLOCK, Span, consistency_proof, inclusion_proof, root
from timebank.ledger.notes import Checkpoint, Key
from timebank.ledger.papers import RECEIPT, SUCCESSION

_BANK = table("bank", column("id"))  # its model lies in a room above


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """Public totals of a bank's books: the sum of all balances in minutes, and the number of entries."""

    total_minutes: int
    entries: int


def count_public(session: Session, bank_id: int) -> PublicFigures:
    """Return the public totals of a bank."""
    total = session.scalar(select(func.sum(Account.balance)).where(Account.bank_id == bank_id))
    entries = session.scalar(select(func.count()).select_from(Entry).where(Entry.bank_id == bank_id))
    return PublicFigures(int(total or 0), entries or 0)


def make_receipt(session: Session, bank_id: int, entry_id: int) -> str | None:
    """Return the receipt of an entry as JSON text; None if it is not sealed yet."""
    source = SOURCES[LeafKind.ENTRY]
    row = session.execute(
        select(Leaf.number, *source.columns, Memo.words, Memo.salt)
        .join(Entry, source.is_leaf)
        .outerjoin(Memo, (Memo.bank_id == Entry.bank_id) & (Memo.entry_id == Entry.id))
        .where(Entry.bank_id == bank_id, Entry.id == entry_id)
    ).first()
    newest = find_checkpoint(session, bank_id)
    if row is None or newest is None or row.number >= newest[0]:
        return None
    proof = inclusion_proof(row.number, newest[0], _span(session, bank_id))
    return _file(
        {
            "format": RECEIPT,
            "leaf": source.encode(row, session.info["books_key"]).decode(),
            "number": row.number,
            "proof": _base64(proof),
            "words": row.words,
            "salt": bytes(row.salt).hex() if row.salt else None,
            "checkpoint": newest[1],
            "keys": [str(key) for key in list_keys(session, bank_id)],
        }
    )


def make_succession(session: Session, bank_id: int, old: int, new: int) -> str | None:
    """Return two checkpoints, given by their numbers of leaves, and the consistency proof, as JSON text.

    None if there are no such checkpoints.
    """
    first, second = find_checkpoint(session, bank_id, old), find_checkpoint(session, bank_id, new)
    if first is None or second is None or old > new:
        return None
    proof = consistency_proof(old, new, _span(session, bank_id))
    return _file(
        {
            "format": SUCCESSION,
            "old": first[1],
            "checkpoint": second[1],
            "proof": _base64(proof),
            "keys": [str(key) for key in list_keys(session, bank_id)],
        }
    )


def find_checkpoint(session: Session, bank_id: int, size: int | None = None) -> tuple[int, str] | None:
    """Return (number of leaves, text) of the newest checkpoint, or of that with `size` leaves; None if none."""
    query = select(Seal.size, Seal.checkpoint).where(Seal.bank_id == bank_id)
    if size is not None:
        query = query.where(Seal.size == size)
    seal = session.execute(query.order_by(Seal.number.desc()).limit(1)).first()
    return None if seal is None else (seal.size, seal.checkpoint)


def list_seals(session: Session, bank_id: int, limit: int) -> Sequence[tuple[int, object]]:
    """Return (number of leaves, moment of signing) of the newest seals, the newest first."""
    rows = session.execute(
        select(Seal.size, Seal.signed_at).where(Seal.bank_id == bank_id).order_by(Seal.number.desc()).limit(limit)
    )
    return [(row.size, row.signed_at) for row in rows]


def find_newest_seal_at(session: Session) -> datetime | None:
    """Return when any bank of the installation was sealed last; None before the first seal."""
    of_bank = select(Seal.signed_at).where(Seal.bank_id == _BANK.c.id).order_by(Seal.number.desc()).limit(1)
    return session.scalar(select(func.max(of_bank.scalar_subquery())).select_from(_BANK))


def list_keys(session: Session, bank_id: int) -> list[Key]:
    """Return the public keys of a bank's seals under the name of each of its logs, the newest log last."""
    return [Key(name, public) for name in list_names(session, bank_id) for public in session.info["seal_keys"]]


def begins_with(session: Session, bank_id: int, checkpoint: Checkpoint) -> bool:
    """Return whether a bank's leaves begin with those that a checkpoint signs."""
    leaves = session.scalar(select(func.count()).select_from(Leaf).where(Leaf.bank_id == bank_id)) or 0
    return checkpoint.size <= leaves and _span(session, bank_id)(0, checkpoint.size) == checkpoint.root


def _span(session: Session, bank_id: int) -> Span:
    """Return a function for hashes over ranges of leaves, which uses the stored hashes of whole blocks.

    A range of the tree that is not made of whole blocks lies within one block; its leaves are read once and cached.
    """
    read = dict[int, Sequence[bytes]]()

    def leaves(start: int, end: int) -> Sequence[bytes]:
        first = start - start % BLOCK
        if first not in read:
            block = (Leaf.bank_id == bank_id, Leaf.number >= first, Leaf.number < first + BLOCK)
            read[first] = session.scalars(select(Leaf.hash).where(*block).order_by(Leaf.number)).all()
        return [bytes(leaf_hash) for leaf_hash in read[first][start - first : end - first]]

    def span(start: int, end: int) -> bytes:
        whole = (end - start) // BLOCK * BLOCK if start % BLOCK == 0 else 0
        blocks = select(Leaf.block).where(
            Leaf.bank_id == bank_id, Leaf.block.is_not(None), Leaf.number >= start, Leaf.number < start + whole
        )
        hashes = list(session.scalars(blocks.order_by(Leaf.number))) if whole else []
        single = leaves(start + whole, end) if start + whole < end else []
        return root([*(bytes(block_hash or b"") for block_hash in hashes), *([root(single)] if single else [])])

    return span


def _base64(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(node).decode() for node in hashes]


def _file(content: dict[str, object]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
