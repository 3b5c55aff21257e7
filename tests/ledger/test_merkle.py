"""The Merkle tree: published test vectors, the recursive definition, and proofs that fail for any changed bit."""

import hashlib

import pytest
from hypothesis import given, strategies as st

from timebank.ledger import merkle
from timebank.ledger.merkle import Peaks, consistency_proof, hash_leaf, inclusion_proof, is_consistent, is_included

#: The eight inputs of the Certificate Transparency test vectors, and the root of the first 1 to 8 of them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [hash_leaf(bytes.fromhex(leaf)) for leaf in INPUTS]
MOST = 70
MANY = [hash_leaf(str(number).encode()) for number in range(MOST)]


def naive(leaves):
    """RFC 9162, 2.1.1, transcribed."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def span_of(leaves):
    return lambda start, end: naive(leaves[start:end])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_equal_the_published_test_vectors(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_no_bytes():
    assert merkle.root([]) == hashlib.sha256(b"").digest()


#: Published with the same inputs: (leaf, size, path).
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]


@pytest.mark.parametrize(("number", "size", "path"), PATHS)
def test_proofs_equal_the_published_test_vectors(number, size, path):
    assert [node.hex() for node in inclusion_proof(number, size, span_of(LEAVES))] == path


@given(st.integers(0, MOST))
def test_the_root_equals_the_recursive_definition(size):
    assert merkle.root(MANY[:size]) == naive(MANY[:size])


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_growing_from_peaks_equals_building_at_once(first, last):
    first, last = sorted((first, last))
    grown = Peaks().grown(MANY[:first]).grown(MANY[first:last])
    assert grown == Peaks().grown(MANY[:last])
    assert (grown.size, grown.root) == (last, naive(MANY[:last]))
    assert len(grown.hashes) == last.bit_count()


@given(st.data())
def test_an_inclusion_proof_of_every_leaf_verifies(data):
    size = data.draw(st.integers(1, MOST))
    number = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(number, size, span_of(MANY))
    assert is_included(MANY[number], number, size, proof, naive(MANY[:size]))


@given(st.data())
def test_a_consistency_proof_of_every_prefix_verifies(data):
    new = data.draw(st.integers(1, MOST))
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, span_of(MANY))
    assert is_consistent(old, new, naive(MANY[:old]), naive(MANY[:new]), proof)


def _flipped(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(st.data())
def test_an_inclusion_proof_with_a_changed_bit_fails(data):
    size = data.draw(st.integers(1, MOST))
    number = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(number, size, span_of(MANY))
    parts = [MANY[number], naive(MANY[:size]), *proof]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = _flipped(parts[which], bit)
    assert not is_included(parts[0], number, size, parts[2:], parts[1])


@given(st.data())
def test_a_consistency_proof_with_a_changed_bit_fails(data):
    new = data.draw(st.integers(1, MOST))
    old = data.draw(st.integers(1, new))
    parts = [naive(MANY[:old]), naive(MANY[:new]), *consistency_proof(old, new, span_of(MANY))]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[which] = _flipped(parts[which], bit)
    assert not is_consistent(old, new, parts[0], parts[1], parts[2:])


@given(st.data())
def test_a_proof_fails_for_another_leaf_number(data):
    size = data.draw(st.integers(2, MOST))
    number, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    proof = inclusion_proof(number, size, span_of(MANY))
    assert not is_included(MANY[number], other, size, proof, naive(MANY[:size]))


@given(st.data())
def test_a_proof_with_a_hash_added_or_removed_fails(data):
    size = data.draw(st.integers(2, MOST))
    number = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(number, size, span_of(MANY)), naive(MANY[:size])
    assert not is_included(MANY[number], number, size, proof[:-1], root)
    assert not is_included(MANY[number], number, size, [*proof, MANY[0]], root)
    old = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(old, size, span_of(MANY))
    assert not is_consistent(old, size, naive(MANY[:old]), root, proof[:-1])
    assert not is_consistent(old, size, naive(MANY[:old]), root, [*proof, MANY[0]])


@pytest.mark.parametrize(("number", "size"), [(-1, 3), (3, 3), (0, 0), (1, 1)])
def test_a_leaf_number_outside_the_tree_fails(number, size):
    assert not is_included(MANY[0], number, size, [], MANY[0])


def test_consistency_with_a_longer_or_empty_tree_fails():
    assert not is_consistent(3, 2, naive(MANY[:3]), naive(MANY[:2]), [MANY[0]])
    assert not is_consistent(0, 2, naive([]), naive(MANY[:2]), [MANY[0]])
    assert not is_consistent(2, 2, naive(MANY[:2]), naive(MANY[:3]), [])


def test_hashes_of_whole_blocks_replace_their_leaves():
    many = [hash_leaf(str(number).encode()) for number in range(3 * merkle.BLOCK + 5)]
    blocks = []
    grown = Peaks().grown(many, blocks)
    assert [number for number, _hash in blocks] == [255, 511, 767]
    assert blocks[1][1] == naive(many[256:512])
    assert merkle.root([*(node for _number, node in blocks), naive(many[768:])]) == grown.root == naive(many)
