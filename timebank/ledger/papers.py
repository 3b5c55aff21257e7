"""Parsing of files for verification: receipts, and checkpoints with consistency proofs."""

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
    """A parsed receipt: the leaf as bytes and as its fields, its number and inclusion proof, and the checkpoint."""

    leaf: bytes
    fields: dict[str, Any]
    number: int
    proof: Sequence[bytes]
    words: str | None
    salt: bytes | None
    note: Note
    keys: Sequence[Key]

    @property
    def stands(self) -> bool:
        """Whether the leaf is in the log that the checkpoint signs, and is an entry of that bank."""
        seal = self.note.checkpoint
        bank = split_origin(seal.origin)
        is_own = bank is not None and bank[0] == f"timebank/{self.fields.get('bank_id')}"
        is_own = is_own and self.fields.get("leaf") == "entry"
        return is_own and is_included(hash_leaf(self.leaf), self.number, seal.size, self.proof, seal.root)

    @property
    def words_fit(self) -> bool:
        """Whether the words match the sealed digest; True without words, since they may be left out or erased."""
        if self.words is None:
            return True
        digest = hmac.new(self.salt or b"", self.words.encode(), hashlib.sha256).hexdigest()
        return digest == self.fields.get("words_digest")


@dataclass(frozen=True, slots=True)
class Paper:
    """A parsed checkpoint, and if the file has one, the proof that it continues `old`."""

    note: Note
    keys: Sequence[Key] = ()
    old: Note | None = None
    proof: Sequence[bytes] = ()


def read_receipt(text: str) -> Receipt:
    """Parse a receipt. Raises NotACheckpointError for any other text."""
    content = _object(text, RECEIPT)
    try:
        leaf = content["leaf"].encode()
        fields = json.loads(leaf)
        salt = content["salt"]
        receipt = Receipt(
            leaf=leaf,
            fields=fields,
            number=content["number"],
            proof=_hashes(content["proof"]),
            words=content["words"],
            salt=None if salt is None else bytes.fromhex(salt),
            note=read_note(content["checkpoint"]),
            keys=[read_key(line) for line in content["keys"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NotACheckpointError from error
    # A repeated name would let two parsers read different fields.
    if not isinstance(fields, dict) or type(receipt.number) is not int or canonical(fields) != leaf:
        raise NotACheckpointError
    if not isinstance(receipt.words, str | None):
        raise NotACheckpointError
    return receipt


def read_paper(text: str) -> Paper:
    """Parse a checkpoint, alone or with its proof as JSON. Raises NotACheckpointError for any other text."""
    if not text.lstrip().startswith("{"):
        return Paper(read_note(text))
    content = _object(text, SUCCESSION)
    try:
        keys = [read_key(line) for line in content["keys"]]
        return Paper(read_note(content["checkpoint"]), keys, read_note(content["old"]), _hashes(content["proof"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotACheckpointError from error


def goes_on(old: Note, new: Paper) -> bool | None:
    """Return whether the new checkpoint's log begins with the old one's leaves; None if the file has no proof of it.

    A later log of the same bank may continue an earlier one.
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
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotACheckpointError from error
    if not isinstance(content, dict) or content.get("format") != kind:
        raise NotACheckpointError
    return content


def _hashes(encoded: Sequence[str]) -> list[bytes]:
    try:
        return [base64.b64decode(line, validate=True) for line in encoded]
    except binascii.Error as error:
        raise NotACheckpointError from error
