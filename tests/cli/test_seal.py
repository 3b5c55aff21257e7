"""`timebank seal`: says what it sealed, changes its key, and stands in check-books."""

import re
import stat

from tests.cli.conftest import ANSWERS


def test_a_new_bank_is_sealed_and_then_nothing_is_new(opened):
    result = opened.timebank("seal")
    assert result.exit_code == 0
    sealed = r"\d+ accounts, \d+ account holders, \d+ limit changes(, \d+ entries)?"
    assert re.fullmatch(rf"angus: sealed {sealed}; \d+ in all\n", result.output)
    assert opened.timebank("seal").output == "angus: nothing new\n"
    assert opened.rows("SELECT count(*) FROM seal") == [(1,)]
    assert opened.timebank("check-books").exit_code == 0


def test_only_the_bank_that_was_named_is_sealed(opened):
    opened.timebank("init", *ANSWERS[:2], "--slug", "perth", *ANSWERS[4:])
    assert opened.timebank("seal", "--bank", "perth").output.startswith("perth: sealed")
    assert opened.rows("SELECT count(*) FROM seal") == [(1,)]


def test_a_bank_that_is_not_there_is_told_so(opened):
    result = opened.timebank("seal", "--bank", "dundee")
    assert (result.exit_code, result.output) == (1, "Error: no bank is called dundee\n")


def test_a_new_key_signs_and_the_old_seals_hold(opened):
    opened.timebank("seal")
    old = opened.settings.seal_key
    result = opened.timebank("seal", "--new-key")
    assert (result.exit_code, opened.settings.seal_key != old) == (0, True)
    assert len(opened.settings.seal_keys) == 2
    opened.timebank("init", *ANSWERS[:2], "--slug", "perth", *ANSWERS[4:])
    assert "perth: sealed" in opened.timebank("seal").output
    assert opened.timebank("check-books").exit_code == 0


def test_the_seal_of_a_key_that_nobody_knows_is_named(opened):
    opened.timebank("seal")
    (opened.folder / "seal.pub").unlink()
    opened.settings.make_keys()
    result = opened.timebank("check-books")
    assert result.exit_code == 1
    assert re.search(r"seal \d+/1: no key that we know signed it", result.output)


def test_the_keys_of_the_seals_are_for_their_owner_alone(opened):
    assert stat.S_IMODE((opened.folder / "seal.key").stat().st_mode) == 0o600
    opened.timebank("seal", "--new-key")
    assert stat.S_IMODE((opened.folder / "seal.key").stat().st_mode) == 0o600


def test_an_installation_without_a_key_of_the_seals_gets_one_with_migrate(opened):
    for name in ("seal.key", "seal.pub"):
        (opened.folder / name).unlink()
    result = opened.timebank("check-books")
    assert result.exit_code == 1
    assert "run 'timebank migrate' first" in result.output
    assert opened.timebank("migrate").exit_code == 0
    assert opened.timebank("seal").output.startswith("angus: sealed")


def test_sealing_leaves_no_connection_open(opened):
    opened.left_open.clear()
    opened.timebank("seal")
    assert opened.left_open == []
