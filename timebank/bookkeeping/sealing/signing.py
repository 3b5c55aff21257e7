"""Signing and verifying checkpoints with Ed25519 (RFC 8032)."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from timebank.ledger.notes import Checkpoint, Key, Note


def sign(checkpoint: Checkpoint, private: bytes) -> str:
    """Return the checkpoint as a signed note; `private` is the seed of 32 bytes."""
    signer = Ed25519PrivateKey.from_private_bytes(private)
    key = Key(checkpoint.origin, signer.public_key().public_bytes_raw())
    return checkpoint.with_signature(key, signer.sign(checkpoint.body.encode()))


def find_signer(note: Note, keys: Sequence[Key]) -> Key | None:
    """Return the key that signed the note; None if none of the keys did, or a signature of one of them is invalid.

    Only keys with the name of the note's origin are considered.
    """
    signer = None
    known = {(key.name, key.id): key for key in keys if key.name == note.checkpoint.origin}
    for name, key_id, signature in note.signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, note.body.encode())
        except InvalidSignature:
            return None
        signer = signer or key
    return signer
