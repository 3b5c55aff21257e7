"""Files of jobs: keys that are one member's of one bank."""

from pathlib import Path

import pytest

from timebank.jobs import files

SECRET = b"s" * 32


def test_a_key_finds_its_file_for_whom_it_was_made():
    key = files.new_key(SECRET, 1, 2)
    token = files.token_of(SECRET, 1, 2, key)
    assert len(key) == 64
    assert token == files.token_of(SECRET, 1, 2, key)
    assert files.path_of(Path("jobs"), token) == Path("jobs", token)
    assert token != files.token_of(SECRET, 1, 2, files.new_key(SECRET, 1, 2))


@pytest.mark.parametrize(("secret", "bank_id", "member_id"), [(SECRET, 2, 2), (SECRET, 1, 3), (b"t" * 32, 1, 2)])
def test_a_key_is_nobody_elses(secret, bank_id, member_id):
    assert files.token_of(secret, bank_id, member_id, files.new_key(SECRET, 1, 2)) is None


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1], lambda key: "!" + key[1:], lambda key: key[:-1] + "!", lambda _key: ""]
)
def test_a_key_that_was_changed_is_none(change):
    assert files.token_of(SECRET, 1, 2, change(files.new_key(SECRET, 1, 2))) is None
