"""A backup that somebody doctored is refused before anything is changed, and no file ends in a traceback."""

import gzip
import io
import json
import os
import tarfile

import pytest
from sqlalchemy import text

from tests.cli.conftest import ANSWERS
from tests.scratch import bundled_programs
from timebank.cli import archives
from timebank.db import make_engine


@pytest.fixture(autouse=True)
def programs_of_the_servers_version(monkeypatch):
    """As in test_backup.py: pg_dump has to be of the server's version."""
    if "TEST_DATABASE_URL" not in os.environ:
        monkeypatch.setenv("PATH", f"{bundled_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def lived_in(installation):
    """Books with one bank, sealed."""
    installation.timebank("init", *ANSWERS)
    installation.timebank("seal")
    return installation


def _backed_up(installation, tmp_path):
    result = installation.timebank("backup", "--out", str(tmp_path / "one.backup"))
    assert result.exit_code == 0, result.output
    installation.close()
    return tmp_path / "one.backup"


def _parts(file):
    with tarfile.open(file) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()}


def _pack(file, parts):
    with tarfile.open(file, "w:gz") as tar:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _refused(installation, file):
    """The answer to a restore, after which the database and the public keys are as they were."""
    before, keys = installation.content(), (installation.folder / "seal.pub").read_text()
    installation.close()
    result = installation.timebank("restore", str(file), "--replace")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert (installation.content(), (installation.folder / "seal.pub").read_text()) == (before, keys)
    return result.output


def _signed_anew(installation, parts, **changed):
    """The note as somebody writes it who has the books' key."""
    note = archives.BackupNote(**{**json.loads(parts["backup.json"]), **changed})
    signature = archives._sign(note, (installation.folder / "books.key").read_bytes())
    return json.dumps({**json.loads(parts["backup.json"]), **changed, "signature": signature}).encode()


def test_a_changed_database_under_its_new_digest_is_refused(lived_in, tmp_path):
    file = _backed_up(lived_in, tmp_path)
    parts = _parts(file)
    parts["database"] = parts["database"][:-1] + b"X"
    note = {**json.loads(parts["backup.json"]), "sha256": archives.hashlib.sha256(parts["database"]).hexdigest()}
    _pack(file, {**parts, "backup.json": json.dumps(note).encode()})
    assert "its note is not signed with books.key" in _refused(lived_in, file)


@pytest.mark.parametrize(
    "changed",
    [
        {"seal_keys": "!!!\n"},
        {"seal_keys": 5},
        {"banks": None},
        {"banks": []},
        {"banks": {"angus": {}}},
        {"made_at": "2030-01-01"},
        {"signature": ""},
        {"signature": None},
        {"size": 1},
        {"size": "x"},
        {"books_key_mark": 5},
        {"format": "\x1b[2J"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_changed_note_is_refused(lived_in, tmp_path, changed):
    file = _backed_up(lived_in, tmp_path)
    parts = _parts(file)
    note = json.dumps({**json.loads(parts["backup.json"]), **changed}).encode()
    _pack(file, {**parts, "backup.json": note})
    assert "\x1b" not in _refused(lived_in, file)


@pytest.mark.parametrize("note", [b"[" * 100_000, b"\xff", b"null", b"[]", b"{}", b""], ids=["deep", *"abcde"])
def test_a_note_that_is_none_is_refused(lived_in, tmp_path, note):
    file = _backed_up(lived_in, tmp_path)
    _pack(file, {**_parts(file), "backup.json": note})
    assert "no whole backup" in _refused(lived_in, file)


def test_what_is_no_plain_file_is_refused(lived_in, tmp_path):
    file = _backed_up(lived_in, tmp_path)
    note = _parts(file)["backup.json"]
    with tarfile.open(file, "w:gz") as tar:
        member = tarfile.TarInfo("backup.json")
        member.size = len(note)
        tar.addfile(member, io.BytesIO(note))
        folder = tarfile.TarInfo("database")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    assert "no whole backup" in _refused(lived_in, file)


@pytest.mark.parametrize("name", ["backup.json", "before", "database"])
def test_a_bomb_is_refused_before_it_is_unpacked(lived_in, tmp_path, name, monkeypatch):
    file = _backed_up(lived_in, tmp_path)
    parts = _parts(file)
    bomb = bytes(64 << 20)
    ordered = {"before": bomb, **parts} if name == "before" else {**parts, name: bomb}
    _pack(file, ordered)
    assert file.stat().st_size < 1 << 20 if lived_in.name == "sqlite" else True
    read = []
    whole = gzip.GzipFile.read

    def counted(self, size=-1):
        read.append(size)
        return whole(self, size)

    monkeypatch.setattr(gzip.GzipFile, "read", counted)
    assert "no whole backup" in _refused(lived_in, file)
    assert sum(read) < (20 << 20) + len(parts["database"])


def test_a_database_that_is_junk_is_refused(lived_in, tmp_path):
    file = _backed_up(lived_in, tmp_path)
    parts = _parts(file)
    junk = b"junk" * 5_000
    digest = archives.hashlib.sha256(junk).hexdigest()
    parts["backup.json"] = _signed_anew(lived_in, parts, sha256=digest, size=len(junk))
    _pack(file, {**parts, "database": junk})
    assert "Error: " in _refused(lived_in, file)


def test_a_foreign_trigger_in_a_genuine_backup_is_refused_by_name(lived_in, tmp_path):
    owner = make_engine(lived_in.settings.owner_url)
    ignoring = {
        "sqlite": ["CREATE TRIGGER z BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END"],
        "postgresql": [
            "CREATE FUNCTION z() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER z BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION z()",
        ],
    }
    with owner.begin() as connection:
        for statement in ignoring[owner.dialect.name]:
            connection.execute(text(statement))
    owner.dispose()
    file = _backed_up(lived_in, tmp_path)
    assert "trigger entry.z: it is none of ours" in _refused(lived_in, file)


def test_a_public_key_is_taken_only_if_it_signed_a_restored_seal(lived_in, tmp_path):
    stranger = "A" * 43 + "="
    first = (lived_in.folder / "seal.pub").read_text()
    lived_in.timebank("seal", "--new-key")
    second = (lived_in.folder / "seal.pub").read_text().split()[1]
    file = _backed_up(lived_in, tmp_path)
    parts = _parts(file)
    keys = f"{first}{second}\n{stranger}\n!!!\n"
    _pack(file, {**parts, "backup.json": _signed_anew(lived_in, parts, seal_keys=keys)})
    (lived_in.folder / "seal.pub").write_text(f"{second}\n")
    result = lived_in.timebank("restore", str(file), "--replace")
    assert result.exit_code == 0, result.output
    assert (lived_in.folder / "seal.pub").read_text() == f"{first}{second}\n"


def test_a_backup_that_was_packed_anew_is_restored(lived_in, tmp_path):
    """Control: nothing in it was changed."""
    file = _backed_up(lived_in, tmp_path)
    _pack(file, _parts(file))
    assert lived_in.timebank("restore", str(file), "--replace").exit_code == 0
