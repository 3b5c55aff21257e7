"""Checkpoints as text: a signed note (c2sp.org/signed-note) that says how long a list is and what its root is.

Its body follows c2sp.org/tlog-checkpoint: origin, number of leaves, root, and a line of ours with the moment of
signing. How to sign and what a right signature is stand elsewhere: here is only the text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.merkle import HASH_BYTES

_ED25519 = b"\x01"
_DASH = "\u2014"
_ID_BYTES = 4
_MOST_LETTERS = 100_000
_SIGNED = "signed "
_LOG = re.compile(r"(timebank/[1-9][0-9]*)(?:/([2-9]|[1-9][0-9]+))?")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key (Ed25519, 32 bytes) under the name of whose it is."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """The key as one line, `name+id+key`, as Go's `note` package writes and reads it."""
        return f"{self.name}+{self.id.hex()}+{_told(_ED25519 + self.public)}"


def read_key(line: str) -> Key:
    """A key from its line. Raises NotACheckpointError where the line is no Ed25519 key or its id is another's."""
    name, _plus, rest = line.strip().partition("+")
    key_id, _plus, told = rest.partition("+")
    kept = _bytes(told)
    key = Key(name, kept[1:])
    if not is_name(name) or kept[:1] != _ED25519 or len(key.public) != HASH_BYTES or key.id.hex() != key_id:
        raise NotACheckpointError
    return key


def is_name(name: str) -> bool:
    """Whether a signed note takes this as the name of a key."""
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def name_log(bank_id: int, log: int = 1) -> str:
    """The origin of a bank's seals, and the name of the keys that sign them, unlike those of any other bank.

    Where a restored backup could not go on from a seal that was made public, a new log begins, with its number behind.
    """
    return f"timebank/{bank_id}" if log == 1 else f"timebank/{bank_id}/{log}"


def split_origin(origin: str) -> tuple[str, int] | None:
    """(origin of the bank's first log, number of this log); None for what is no log of a time bank."""
    match = _LOG.fullmatch(origin)
    return None if match is None else (match[1], int(match[2] or 1))


def may_follow(old: str, new: str) -> bool:
    """Whether the origin `new` may go on from `old`: the same log, or a later one of the same bank."""
    first, second = split_origin(old), split_origin(new)
    if first is None or second is None:
        return old == new
    return first[0] == second[0] and first[1] <= second[1]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says: of which list, how many leaves, their root, and when that was signed (RFC 3339)."""

    origin: str
    size: int
    root: bytes
    signed_at: str

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_told(self.root)}\n{_SIGNED}{self.signed_at}\n"

    def with_signature(self, key: Key, signature: bytes) -> str:
        """The whole note."""
        return f"{self.body}\n{_DASH} {key.name} {_told(key.id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note taken apart; `signatures` are (name, id of the key, signature)."""

    body: str
    checkpoint: Checkpoint
    signatures: Sequence[tuple[str, bytes, bytes]]


def read_note(text: str) -> Note:
    """A checkpoint with its signatures. Raises NotACheckpointError where it is not one of ours, letter by letter."""
    body, gap, signed = text.rpartition("\n\n")
    if not gap or len(text) > _MOST_LETTERS or not signed.endswith("\n"):
        raise NotACheckpointError
    lines = body.split("\n")
    try:
        origin, size, root, moment = lines
        found = Checkpoint(origin, int(size), _bytes(root), moment.removeprefix(_SIGNED))
    except ValueError as error:
        raise NotACheckpointError from error
    # Written anew it must be the same text, so that nothing is said in two ways.
    if found.body != body + "\n" or not is_name(origin) or len(found.root) != HASH_BYTES or found.size < 0:
        raise NotACheckpointError
    return Note(found.body, found, [_signature(line) for line in signed[:-1].split("\n")])


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case [dash, name, told] if dash == _DASH and is_name(name):
            kept = _bytes(told)
            return name, kept[:_ID_BYTES], kept[_ID_BYTES:]
    raise NotACheckpointError


def _told(kept: bytes) -> str:
    return base64.b64encode(kept).decode()


def _bytes(told: str) -> bytes:
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotACheckpointError from error
