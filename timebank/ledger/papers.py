"""Reading the files that somebody brings: receipts, and checkpoints with the proof that they belong together."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.leaves import canonical
from timebank.ledger.merkle import hash_leaf, is_consistent, is_included
from timebank.ledger.notes import Key, Note, may_follow, read_key, read_note, split_origin

RECEIPT = "timebank-receipt-1"
SUCCESSION = "timebank-succession-1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt taken apart: the leaf as it was sealed and as it reads, its place, and the checkpoint over it."""

    leaf: bytes
    told: dict[str, Any]
    number: int
    proof: Sequence[bytes]
    words: str | None
    salt: bytes | None
    note: Note
    keys: Sequence[Key]

    @property
    def stands(self) -> bool:
        """Whether the leaf stands in the list that the checkpoint signs, and belongs to that bank."""
        seal = self.note.checkpoint
        bank = split_origin(seal.origin)
        is_own = bank is not None and bank[0] == f"timebank/{self.told.get('bank_id')}"
        is_own = is_own and self.told.get("leaf") == "entry"
        return is_own and is_included(hash_leaf(self.leaf), self.number, seal.size, self.proof, seal.root)

    @property
    def words_fit(self) -> bool:
        """Whether the words are those that were sealed; words that are left out or erased say nothing false."""
        if self.words is None:
            return True
        digest = hmac.new(self.salt or b"", self.words.encode(), hashlib.sha256).hexdigest()
        return digest == self.told.get("words_digest")


@dataclass(frozen=True, slots=True)
class Paper:
    """A checkpoint that somebody brings, with the proof that it goes on from `old`, where the file carries one."""

    note: Note
    keys: Sequence[Key] = ()
    old: Note | None = None
    proof: Sequence[bytes] = ()


def read_receipt(text: str) -> Receipt:
    """A receipt from its file. Raises NotACheckpointError where it is none."""
    told = _object(text, RECEIPT)
    try:
        leaf = told["leaf"].encode()
        fields = json.loads(leaf)
        salt = told["salt"]
        found = Receipt(
            leaf=leaf,
            told=fields,
            number=told["number"],
            proof=_hashes(told["proof"]),
            words=told["words"],
            salt=None if salt is None else bytes.fromhex(salt),
            note=read_note(told["checkpoint"]),
            keys=[read_key(line) for line in told["keys"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NotACheckpointError from error
    # A name said twice would let two readers see two things.
    if not isinstance(fields, dict) or type(found.number) is not int or canonical(fields) != leaf:
        raise NotACheckpointError
    if not isinstance(found.words, str | None):
        raise NotACheckpointError
    return found


def read_paper(text: str) -> Paper:
    """A checkpoint, alone or in a file with its proof. Raises NotACheckpointError where it is neither."""
    if not text.lstrip().startswith("{"):
        return Paper(read_note(text))
    told = _object(text, SUCCESSION)
    try:
        keys = [read_key(line) for line in told["keys"]]
        return Paper(read_note(told["checkpoint"]), keys, read_note(told["old"]), _hashes(told["proof"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotACheckpointError from error


def goes_on(old: Note, new: Paper) -> bool | None:
    """Whether the new checkpoint's books begin with those of the old one; None where the file has no proof for it.

    A later log of the same bank may go on from an earlier one, as far as its rows are the same.
    """
    first, second = old.checkpoint, new.note.checkpoint
    if not may_follow(first.origin, second.origin) or first.size > second.size:
        return False
    if first.size == second.size:
        return first.root == second.root
    if new.old is None or new.old.checkpoint.size != first.size:
        return None
    return is_consistent(first.size, second.size, first.root, second.root, new.proof)


def _object(text: str, kind: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotACheckpointError from error
    if not isinstance(told, dict) or told.get("format") != kind:
        raise NotACheckpointError
    return told


def _hashes(told: Sequence[str]) -> list[bytes]:
    try:
        return [base64.b64decode(one, validate=True) for one in told]
    except binascii.Error as error:
        raise NotACheckpointError from error
