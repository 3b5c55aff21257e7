"""Format of checkpoints and keys: each has exactly one text."""

import base64
import hashlib

import pytest

from timebank.ledger.errors import NotACheckpointError
from timebank.ledger.notes import Checkpoint, Key, may_follow, name_log, read_key, read_note, split_origin

NAME = "timebank/17"
KEY = Key(NAME, bytes(range(32)))
SAID = Checkpoint(NAME, 3, b"\x07" * 32, "2026-11-21T10:00:00.000000Z")
NOTE = SAID.with_signature(KEY, b"\x09" * 64)
ROOT = base64.b64encode(b"\x07" * 32).decode()


def test_a_keys_id_is_the_hash_of_name_algorithm_and_key():
    assert KEY.id == hashlib.sha256(b"timebank/17\n\x01" + bytes(range(32))).digest()[:4]


def test_a_key_line_is_parsed_back_to_the_key():
    name, key_id, encoded = str(KEY).split("+", 2)
    assert (name, key_id, base64.b64decode(encoded)) == (NAME, KEY.id.hex(), b"\x01" + bytes(range(32)))
    assert read_key(str(KEY) + "\n") == KEY


def test_the_key_of_sum_golang_org_is_parsed():
    """The key of Go's checksum database, sum.golang.org, as in Go's source."""
    key = read_key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert (key.name, key.id.hex()) == ("sum.golang.org", "033de0ae")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "timebank/17",
        str(KEY).replace(KEY.id.hex(), "00000000"),
        str(KEY)[:-4],
        str(KEY).replace("timebank", "time bank"),
        "+" + str(KEY),
        f"{NAME}+{KEY.id.hex()}+%%%",
        str(KEY).replace("+A", "+B"),
    ],
)
def test_a_malformed_key_line_is_refused(line):
    with pytest.raises(NotACheckpointError):
        read_key(line)


def test_a_checkpoint_is_written_as_a_signed_note():
    signature = base64.b64encode(KEY.id + b"\x09" * 64).decode()
    signed = "signed 2026-11-21T10:00:00.000000Z"
    assert f"timebank/17\n3\n{ROOT}\n{signed}\n\n\u2014 timebank/17 {signature}\n" == NOTE


def test_a_checkpoint_is_parsed_back_to_itself():
    note = read_note(NOTE)
    assert (note.checkpoint, note.body) == (SAID, SAID.body)
    assert note.signatures == [(NAME, KEY.id, b"\x09" * 64)]


def test_a_checkpoint_may_carry_signatures_of_others():
    other = Key("witness.example", b"\x01" * 32)
    line = SAID.with_signature(other, b"\x02" * 64).rpartition("\n\n")[2]
    assert [name for name, _id, _signature in read_note(NOTE + line).signatures] == [NAME, "witness.example"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n 3\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\nthree\n"),
        ("\n3\n", "\n\n"),
        ("timebank/17\n3", "\n3"),
        ("timebank/17\n3", "time bank\n3"),
        ("signed 2026", "2026"),
        (ROOT, ROOT[:-4]),
        (ROOT, "%"),
        ("\n\n", "\nmore\n\n"),
        ("\n\n", "\n"),
        ("\u2014 ", "- "),
        ("\u2014 timebank", "\u2014 time bank"),
    ],
)
def test_a_malformed_checkpoint_is_refused(old, new):
    assert old in NOTE
    with pytest.raises(NotACheckpointError):
        read_note(NOTE.replace(old, new))


@pytest.mark.parametrize("text", ["", "\n\n", NOTE[:-1], NOTE + "\n", NOTE * 1000])
def test_a_truncated_or_oversized_note_is_refused(text):
    with pytest.raises(NotACheckpointError):
        read_note(text)


@pytest.mark.parametrize(
    ("origin", "parts"),
    [
        ("timebank/7", ("timebank/7", 1)),
        ("timebank/7/2", ("timebank/7", 2)),
        ("timebank/7/31", ("timebank/7", 31)),
        ("timebank/7/1", None),
        ("timebank/7/02", None),
        ("timebank/7/2/3", None),
        ("timebank/07", None),
        ("timebank/\u0667", None),
        ("timebank/7/", None),
        ("elsewhere/7", None),
        ("", None),
    ],
)
def test_an_origin_has_the_bank_and_the_number_of_the_log(origin, parts):
    assert split_origin(origin) == parts
    if parts:
        assert name_log(int(parts[0].removeprefix("timebank/")), parts[1]) == origin


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("timebank/7", "timebank/7", True),
        ("timebank/7", "timebank/7/2", True),
        ("timebank/7/2", "timebank/7/3", True),
        ("timebank/7/2", "timebank/7", False),
        ("timebank/7", "timebank/8", False),
        ("timebank/7", "timebank/8/2", False),
        ("elsewhere", "elsewhere", True),
        ("elsewhere", "timebank/7", False),
    ],
)
def test_only_a_later_log_of_the_same_bank_may_follow(old, new, may):
    assert may_follow(old, new) is may
