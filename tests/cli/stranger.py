"""A stranger's program: written from docs/ledger.md alone, it knows nothing of ours but the files it is given."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(data):
    return hashlib.sha256(data).digest()


def note_is_signed(text, vkeys):
    """Raises InvalidSignature where a known key's signature is wrong; False where no known key signed."""
    body, signatures = text.split("\n\n")
    body += "\n"
    origin = body.split("\n")[0]
    signed = False
    for line in signatures.splitlines():
        dash, name, told = line.split(" ")
        assert dash == "\u2014"
        blob = base64.b64decode(told)
        for vkey in vkeys:
            key_name, key_id, key = vkey.split("+", 2)
            raw = base64.b64decode(key)
            assert raw[0] == 1
            expected = sha(key_name.encode() + b"\n" + raw)[:4]
            assert expected.hex() == key_id
            if name == key_name == origin and blob[:4] == expected:
                Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], body.encode())
                signed = True
    return signed


def parts(text):
    origin, size, root, signed = text.split("\n\n")[0].split("\n")
    assert signed.startswith("signed ")
    return origin, int(size), base64.b64decode(root)


def path_root(leaf, number, size, proof):
    """The root that a path leads to, by halving the list as RFC 9162 defines the tree, from the top down."""
    if size == 1:
        assert proof == []
        return leaf
    split = 1
    while split * 2 < size:
        split *= 2
    if number < split:
        return sha(b"\x01" + path_root(leaf, number, split, proof[:-1]) + proof[-1])
    return sha(b"\x01" + proof[-1] + path_root(leaf, number - split, size - split, proof[:-1]))


def roots(old, new, proof, old_root, *, whole=True):
    """(old root, new root) that a consistency proof leads to, from the top down."""
    if old == new:
        if whole:
            assert proof == []
            return old_root, old_root
        (only,) = proof
        return only, only
    split = 1
    while split * 2 < new:
        split *= 2
    if old <= split:
        first, second = roots(old, split, proof[:-1], old_root, whole=whole)
        return first, sha(b"\x01" + second + proof[-1])
    first, second = roots(old - split, new - split, proof[:-1], old_root, whole=False)
    return sha(b"\x01" + proof[-1] + first), sha(b"\x01" + proof[-1] + second)


def receipt_is_right(text, vkeys):
    paper = json.loads(text)
    assert paper["format"] == "timebank-receipt-1"
    leaf = paper["leaf"].encode()
    told = json.loads(leaf)
    assert json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == leaf
    origin, size, root = parts(paper["checkpoint"])
    proof = [base64.b64decode(one) for one in paper["proof"]]
    words = paper["words"]
    return (
        note_is_signed(paper["checkpoint"], vkeys)
        and (origin + "/").startswith("timebank/" + told["bank_id"] + "/")
        and path_root(sha(b"\x00" + leaf), paper["number"], size, proof) == root
        and (
            words is None
            or hmac.new(bytes.fromhex(paper["salt"]), words.encode(), "sha256").hexdigest() == told["words_digest"]
        )
    )


def succession_is_right(old, text, vkeys):
    paper = json.loads(text)
    assert paper["format"] == "timebank-succession-1"
    (old_origin, old_size, old_root), (origin, size, root) = parts(old), parts(paper["checkpoint"])
    proof = [base64.b64decode(one) for one in paper["proof"]]
    return (
        note_is_signed(old, vkeys)
        and note_is_signed(paper["checkpoint"], vkeys)
        and (origin == old_origin or origin.startswith(old_origin + "/"))  # a new log goes on from an earlier one
        and roots(old_size, size, proof, old_root) == (old_root, root)
    )
