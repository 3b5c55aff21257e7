"""Format of checkpoints: signed notes (c2sp.org/signed-note) over the size and root of a log.

The body follows c2sp.org/tlog-checkpoint: origin, number of leaves, root, and an extension line with the moment of
signing. Signing and verifying are in `bookkeeping.sealing.signing`.
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
    """A public key (Ed25519, 32 bytes) and the name of its owner."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that distinguish keys of the same name."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the key as one line, `name+id+key`, in the format of Go's `note` package."""
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.public)}"


def read_key(line: str) -> Key:
    """Parse a key line. Raises NotACheckpointError if it is no Ed25519 key or its id does not match."""
    name, _plus, rest = line.strip().partition("+")
    key_id, _plus, encoded = rest.partition("+")
    content = _bytes(encoded)
    key = Key(name, content[1:])
    if not is_name(name) or content[:1] != _ED25519 or len(key.public) != HASH_BYTES or key.id.hex() != key_id:
        raise NotACheckpointError
    return key


def is_name(name: str) -> bool:
    """Return whether this is a valid name of a key in a signed note."""
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def name_log(bank_id: int, log: int = 1) -> str:
    """Return the origin of a bank's checkpoints, which is also the name of the keys that sign them; unique per bank.

    After the restore of a backup that is older than a published seal a new log begins, and its number is appended.
    """
    return f"timebank/{bank_id}" if log == 1 else f"timebank/{bank_id}/{log}"


def split_origin(origin: str) -> tuple[str, int] | None:
    """Return (origin of the bank's first log, number of this log); None if it is no origin of a time bank."""
    match = _LOG.fullmatch(origin)
    return None if match is None else (match[1], int(match[2] or 1))


def may_follow(old: str, new: str) -> bool:
    """Return whether log `new` may continue log `old`: it is the same log, or a later one of the same bank."""
    first, second = split_origin(old), split_origin(new)
    if first is None or second is None:
        return old == new
    return first[0] == second[0] and first[1] <= second[1]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Content of a note: the log's origin, its number of leaves, their root, and the moment of signing (RFC 3339)."""

    origin: str
    size: int
    root: bytes
    signed_at: str

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n{_SIGNED}{self.signed_at}\n"

    def with_signature(self, key: Key, signature: bytes) -> str:
        """Return the whole note."""
        return f"{self.body}\n{_DASH} {key.name} {_base64(key.id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed signed note; `signatures` are (name, id of the key, signature)."""

    body: str
    checkpoint: Checkpoint
    signatures: Sequence[tuple[str, bytes, bytes]]


def read_note(text: str) -> Note:
    """Parse a checkpoint and its signatures, without verifying them. Raises NotACheckpointError for any other text."""
    body, gap, signed = text.rpartition("\n\n")
    if not gap or len(text) > _MOST_LETTERS or not signed.endswith("\n"):
        raise NotACheckpointError
    lines = body.split("\n")
    try:
        origin, size, root, moment = lines
        checkpoint = Checkpoint(origin, int(size), _bytes(root), moment.removeprefix(_SIGNED))
    except ValueError as error:
        raise NotACheckpointError from error
    # Encoded again it must be the same text: one checkpoint has one encoding.
    is_canonical = checkpoint.body == body + "\n"
    if not is_canonical or not is_name(origin) or len(checkpoint.root) != HASH_BYTES or checkpoint.size < 0:
        raise NotACheckpointError
    return Note(checkpoint.body, checkpoint, [_signature(line) for line in signed[:-1].split("\n")])


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case [dash, name, encoded] if dash == _DASH and is_name(name):
            content = _bytes(encoded)
            return name, content[:_ID_BYTES], content[_ID_BYTES:]
    raise NotACheckpointError


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotACheckpointError from error
