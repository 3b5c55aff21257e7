"""A Merkle tree over an append-only list (RFC 9162, section 2.1): its root hash commits to all leaves in their order.

For whoever keeps a root, an inclusion proof shows that a leaf is in the list, and a consistency proof that a longer
list begins with it. Neither can be made for a list that was changed.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
#: Leaves per block. The hash of each whole block is stored, so that making a proof never reads all leaves.
BLOCK = 256

#: Returns the hash over the leaves from the first number up to the second, exclusive.
Span = Callable[[int, int], bytes]


def hash_leaf(content: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + content).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node from those of its children (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes. The hash of a whole block of 2ⁿ leaves may replace the hashes of its leaves."""
    return Peaks().grown(hashes).root


@dataclass(frozen=True, slots=True)
class Peaks:
    """The state from which a tree of this size can grow: the root of each perfect subtree, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes], blocks: list[tuple[int, bytes]] | None = None) -> "Peaks":
        """Return the peaks with leaf hashes appended; completed blocks go to `blocks` as (last leaf's number, hash)."""
        size, peaks = self.size, list(self.hashes)
        for leaf in leaves:
            peaks.append(leaf)
            size += 1
            part = 1
            while size % (part * 2) == 0:
                right = peaks.pop()
                peaks[-1] = hash_node(peaks[-1], right)
                part *= 2
                if part == BLOCK and blocks is not None:
                    blocks.append((size - 1, peaks[-1]))
        return Peaks(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for peak in reversed(self.hashes[:-1]):
            node = hash_node(peak, node)
        return node


def inclusion_proof(number: int, size: int, span: Span) -> list[bytes]:
    """Return the inclusion proof of a leaf, numbered from 0, in a tree of this size (RFC 9162, 2.1.3.1)."""
    proof, start, end = list[bytes](), 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            proof.append(span(middle, end))
            end = middle
        else:
            proof.append(span(start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, span: Span) -> list[bytes]:
    """Return the proof that a tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.1); 0 < old ≤ new."""
    proof, start, end, is_whole = list[bytes](), 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(span(middle, end))
            end = middle
        else:
            proof.append(span(start, middle))
            start, is_whole = middle, False
    return ([] if is_whole else [span(start, end)]) + proof[::-1]


def is_included(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Return whether the proof leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= number < size:
        return False
    first, last, reached = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            reached = hash_node(step, reached)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            reached = hash_node(reached, step)
        first, last = first >> 1, last >> 1
    return last == 0 and reached == root_hash


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    reached_old = reached_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            reached_old, reached_new = hash_node(step, reached_old), hash_node(step, reached_new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            reached_new = hash_node(reached_new, step)
        first, last = first >> 1, last >> 1
    return last == 0 and reached_old == old_root and reached_new == new_root


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
