"""The files of an installation: missing, of another length, open to others, or where web servers hand them out."""

from dataclasses import replace
from pathlib import Path

import pytest

from timebank.config import Settings, read_settings
from timebank.doctor.keys import examine_keys
from timebank.doctor.rules import Condition
from timebank.worker.dkim_signing import make_key

WELL, WRONG = Condition.WELL, Condition.WRONG


def _made(folder):
    settings = read_settings({"TIMEBANK_INSTANCE": str(folder)})
    folder.mkdir(parents=True, mode=0o700)
    settings.make_keys()
    return settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return _made(tmp_path / "instance")


def conditions(settings):
    return {row.subject: row.condition for row in examine_keys(settings)}


def wrong(settings):
    return {row.subject: row.words for row in examine_keys(settings) if row.condition is not WELL}


def test_keys_as_they_are_made_are_well(settings):
    assert conditions(settings) == {
        "secret.key": WELL,
        "books.key": WELL,
        "seal.key": WELL,
        "seal.pub": WELL,
        "instance folder": WELL,
    }


def test_without_any_keys_it_says_how_they_are_made(tmp_path):
    (row,) = examine_keys(read_settings({"TIMEBANK_INSTANCE": str(tmp_path)}))
    assert row.condition is WRONG
    assert "timebank init" in row.words


@pytest.mark.parametrize("name", ["secret.key", "seal.key", "seal.pub"])
def test_a_missing_key_is_wrong(settings, name):
    (settings.instance / name).unlink()
    assert "is missing" in wrong(settings)[name]


@pytest.mark.parametrize("name", ["secret.key", "books.key", "seal.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_key_that_others_can_read_or_change_is_wrong(settings, name, mode):
    (settings.instance / name).chmod(mode)
    assert wrong(settings).keys() == {name}
    assert f"chmod 600 {settings.instance / name}" in wrong(settings)[name]


@pytest.mark.parametrize("name", ["secret.key", "books.key"])
def test_a_key_of_another_length_is_wrong(settings, name):
    (settings.instance / name).write_bytes(b"short")
    assert "5 bytes" in wrong(settings)[name]


def test_a_key_of_seals_that_is_not_listed_is_wrong(settings):
    listed = (settings.instance / "seal.pub").read_bytes()
    settings.change_seal_key()
    assert wrong(settings) == {}
    (settings.instance / "seal.pub").write_bytes(listed)
    assert "does not list the key that signs now" in wrong(settings)["seal.pub"]


@pytest.mark.parametrize(
    ("name", "content"), [("seal.pub", b"!!\n"), ("seal.pub", b"\xff\xfe"), ("seal.key", b"short")]
)
def test_a_file_of_the_seals_that_is_garbage_is_wrong(settings, name, content):
    (settings.instance / name).write_bytes(content)
    assert "seal.pub" in wrong(settings)


@pytest.mark.parametrize("folder", ["public_html/instance", "www/data/keys", "static"])
def test_keys_in_a_folder_that_web_servers_hand_out_are_wrong(tmp_path, folder):
    assert wrong(_made(tmp_path / folder)).keys() == {"secret.key", "books.key", "seal.key"}


def test_keys_behind_a_link_into_such_a_folder_are_wrong_too(tmp_path):
    settings = _made(tmp_path / "htdocs")
    (tmp_path / "instance").symlink_to(settings.instance)
    assert "secret.key" in wrong(replace(settings, instance=tmp_path / "instance"))


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_in_which_others_can_put_keys_is_wrong(settings, mode):
    settings.instance.chmod(mode)
    assert wrong(settings).keys() == {"instance folder"}


def test_the_key_of_dkim_is_the_owners_alone_too(settings):
    path = settings.instance / "dkim.key"
    make_key(path)
    signing = replace(settings, dkim_key=path)
    assert conditions(signing)["key of DKIM"] is WELL
    path.chmod(0o644)
    assert wrong(signing).keys() == {"key of DKIM"}


def test_no_answer_has_anything_of_a_key(settings):
    keys = [path.read_bytes() for path in Path(settings.instance).glob("*.key")]
    words = " ".join(row.words for row in examine_keys(settings))
    assert not [key for key in keys if key.hex() in words]
