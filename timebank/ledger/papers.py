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
_RECEIPT_NAMES = {"format", "leaf", "number", "proof", "words", "salt", "checkpoint", "keys"}
_PARTS_OF_A_LINE = (3, 4)


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
        leaf, words, salt = content["leaf"].encode(), content["words"], content["salt"]
        fields = _parse(leaf.decode())
        is_whole = _is_entry(fields) and canonical(fields) == leaf and set(content) == _RECEIPT_NAMES
        receipt = Receipt(
            leaf=leaf,
            fields=fields,
            number=content["number"],
            proof=_hashes(content["proof"]),
            words=None if words is None else words.encode().decode(),
            salt=None if salt is None else bytes.fromhex(salt),
            note=read_note(content["checkpoint"]),
            keys=[read_key(line) for line in content["keys"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NotACheckpointError from error
    if not is_whole or type(receipt.number) is not int or (words is None) != (salt is None):
        raise NotACheckpointError
    return receipt


def _is_entry(fields: object) -> bool:
    """Return whether a leaf has the fields that are read of an entry, each of its type."""
    if not isinstance(fields, dict) or not isinstance(fields.get("occurred_on"), str):
        return False
    lines = fields.get("lines")
    return isinstance(lines, list) and all(
        isinstance(line, list)
        and len(line) in _PARTS_OF_A_LINE
        and all(type(part) is kind for part, kind in zip(line, (str, str, int, int), strict=False))
        for line in lines
    )


def read_paper(text: str) -> Paper:
    """Parse a checkpoint, alone or with its proof as JSON. Raises NotACheckpointError for any other text."""
    if not text.lstrip().startswith("{"):
        return Paper(read_note(text))
    content = _object(text, SUCCESSION)
    try:
        keys = [read_key(line) for line in content["keys"]]
        return Paper(read_note(content["checkpoint"]), keys, read_note(content["old"]), _hashes(content["proof"]))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
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
        content = _parse(text)
    except (ValueError, RecursionError) as error:
        raise NotACheckpointError from error
    if not isinstance(content, dict) or content.get("format") != kind:
        raise NotACheckpointError
    return content


def _parse(text: str) -> Any:  # noqa: ANN401 (any JSON value)
    """Parse JSON. Raises ValueError where an object repeats a name: two parsers could read different values."""
    return json.loads(text, object_pairs_hook=_distinct)


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        message = "a name is given twice"
        raise ValueError(message)
    return names


def _hashes(encoded: Sequence[str]) -> list[bytes]:
    try:
        return [base64.b64decode(line, validate=True) for line in encoded]
    except binascii.Error as error:
        raise NotACheckpointError from error
