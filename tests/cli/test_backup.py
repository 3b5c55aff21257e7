"""`timebank backup` and `timebank restore`: all in one file, back again, and never two histories under one name."""

import json
import os
import re
import sqlite3
import stat
import tarfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from tests.cli import stranger
from tests.cli.conftest import ANSWERS
from tests.people import NOW, join
from tests.scratch import bundled_programs
from timebank.actors import Unattended
from timebank.banks.queries import find_bank
from timebank.bookkeeping.actions import NewEntry, post
from timebank.bookkeeping.sealing import receipts
from timebank.cli import postgresql_programs
from timebank.db import make_engine
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.notes import read_note
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

SECRETS = ("secret.key", "books.key", "seal.key")


@pytest.fixture(autouse=True)
def programs_of_the_servers_version(monkeypatch):
    """pg_dump has to be of the server's version: the one that came with our test server, where it is ours."""
    if "TEST_DATABASE_URL" not in os.environ:
        monkeypatch.setenv("PATH", f"{bundled_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def lived_in(opened):
    """An installation with two neighbours, something in the books, and a seal on it."""
    _give(opened, "first", people=True)
    assert opened.timebank("seal").exit_code == 0
    return opened


def _give(installation, key, *, people=False):
    """Hours in the books, as the site writes them."""
    engine = make_engine(installation.settings.database_url)
    with Session(engine, info=installation.settings.session_info, expire_on_commit=False) as session:
        bank = find_bank(session, "angus")
        if people:
            join(session, bank, "Ada Lamont")
            join(session, bank, "Grace Okafor")
        query = "SELECT id, account_id FROM membership ORDER BY number DESC"
        grace, ada = session.execute(text(query)).all()[:2]
        entry = NewEntry(
            bank_id=bank.id,
            key=key,
            kind=EntryKind.GIFT,
            lines=(Line(grace.account_id, ada.account_id, 30),),
            occurred_on=NOW.date(),
            recorded_at=NOW,
            recorded_by=grace.id,
            deed=f"test:{key}",
        )
        trail.begin(session, Unattended(bank.id, NOW, grace.id), DeedName.RULES_CHANGED, Ref(Subject.BANK, bank.slug))
        post(session, entry)
        session.commit()
    engine.dispose()


def _published(installation, tmp_path, name):
    """The newest seal, kept by somebody outside."""
    ((checkpoint,),) = installation.rows("SELECT checkpoint FROM seal ORDER BY number DESC LIMIT 1")
    kept = tmp_path / name
    kept.write_text(checkpoint)
    return kept


def _backed_up(installation, tmp_path, name="one.backup"):
    result = installation.timebank("backup", "--out", str(tmp_path / name))
    assert result.exit_code == 0, result.output
    installation.close()
    return tmp_path / name


def _restored(installation, *words):
    installation.close()
    result = installation.timebank("restore", *map(str, words))
    assert result.exit_code == 0, result.output
    return result.output


def _origins(installation):
    rows = installation.rows("SELECT checkpoint FROM seal ORDER BY bank_id, number")
    return [read_note(checkpoint).checkpoint.origin for (checkpoint,) in rows]


def test_what_was_backed_up_comes_back_row_by_row_and_the_books_balance(lived_in, tmp_path):
    before = lived_in.content()
    kept = _backed_up(lived_in, tmp_path)
    _give(lived_in, "later")
    told = _restored(lived_in, kept, "--replace")
    after = lived_in.content()
    del before["books_check"], after["books_check"]
    assert after == before
    assert told.endswith("The books balance.\n")
    assert "angus: entries 1, sealed up to row" in told
    assert "No --checkpoint was given." in told


def test_a_backup_is_one_file_for_its_owner_alone_with_no_secret_in_it(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["one.backup"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with tarfile.open(kept) as tar:
        assert tar.getnames() == ["backup.json", "database"]
        parts = [tar.extractfile(name).read() for name in tar.getnames()]
    for name in SECRETS:
        secret = (lived_in.folder / name).read_bytes()
        assert not any(secret in part or secret.hex().encode() in part for part in parts), name
    note = json.loads(parts[0])
    assert note["seal_keys"] == (lived_in.folder / "seal.pub").read_text()
    assert note["banks"]["angus"]["entries"] == 1


def test_a_backup_says_that_the_keys_are_to_be_kept_elsewhere(lived_in, tmp_path):
    said = lived_in.timebank("backup", "--out", str(tmp_path / "x.backup")).output
    assert f"Keep copies of the files in {lived_in.folder} in another place." in said


def test_a_backup_takes_the_place_of_no_other(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    content = kept.read_bytes()
    result = lived_in.timebank("backup", "--out", str(kept))
    assert (result.exit_code, kept.read_bytes()) == (1, content)
    assert "never takes the place of another" in result.output


def test_a_backup_is_of_one_moment_while_others_write(embedded, tmp_path):
    embedded.timebank("init", *ANSWERS)
    writer = sqlite3.connect(embedded.folder / "timebank.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE bank SET name = 'Half written'")
    kept = _backed_up(embedded, tmp_path)
    writer.execute("COMMIT")
    writer.close()
    _restored(embedded, kept, "--replace")
    assert embedded.rows("SELECT name FROM bank") == [("Angus Time Bank",)]


def test_restore_refuses_a_database_that_is_there_and_changes_nothing(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    _give(lived_in, "later")
    before = lived_in.content()
    result = lived_in.timebank("restore", str(kept))
    assert result.exit_code == 1
    assert "a database is there already, and nothing was changed: say --replace" in result.output
    assert lived_in.content() == before


def test_restore_refuses_while_somebody_is_connected_and_changes_nothing(lived_in, tmp_path):
    """A site that ran on would write into the database that was put aside."""
    kept = _backed_up(lived_in, tmp_path)
    before = lived_in.content()
    lived_in.close()
    site = make_engine(lived_in.settings.database_url)
    with site.connect() as connection:
        connection.execute(text("SELECT count(*) FROM bank"))
    result = lived_in.timebank("restore", str(kept), "--replace")
    site.dispose()
    assert result.exit_code == 1
    assert "somebody is connected to the database, and nothing was changed: stop the site first" in result.output
    assert lived_in.content() == before


def test_a_database_that_cannot_be_read_is_put_aside_as_it_is(embedded, tmp_path):
    embedded.timebank("init", *ANSWERS)
    kept = _backed_up(embedded, tmp_path)
    database = embedded.folder / "timebank.db"
    database.write_bytes(b"not a database at all" * 1000)
    told = _restored(embedded, kept, "--replace")
    aside = re.search(r"lies at (\S+) now", told)[1]
    assert Path(aside).read_bytes().startswith(b"not a database")


def test_the_embedded_database_that_was_there_is_put_aside(embedded, tmp_path):
    embedded.timebank("init", *ANSWERS)
    kept = _backed_up(embedded, tmp_path)
    told = _restored(embedded, kept, "--replace")
    aside = re.search(r"lies at (\S+) now", told)[1]
    assert sqlite3.connect(aside).execute("SELECT slug FROM bank").fetchall() == [("angus",)]


def test_on_a_new_machine_the_keys_come_first(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    keys = {name: (lived_in.folder / name).read_bytes() for name in SECRETS}
    public = (lived_in.folder / "seal.pub").read_text()
    lived_in.environment["TIMEBANK_INSTANCE"] = str(tmp_path / "new")
    result = lived_in.timebank("restore", str(kept))
    assert result.exit_code == 1
    assert "put your copies of secret.key, books.key, seal.key into" in result.output
    for name, content in keys.items():
        (tmp_path / "new" / name).write_bytes(content)
    more = ["--replace"] if lived_in.name == "postgresql" else []
    assert "The books balance." in _restored(lived_in, kept, *more)
    assert (tmp_path / "new" / "seal.pub").read_text() == public


def test_restore_refuses_another_books_key(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    (lived_in.folder / "books.key").write_bytes(bytes(32))
    result = lived_in.timebank("restore", str(kept), "--replace")
    assert result.exit_code == 1
    assert "is not the key of this backup" in result.output


@pytest.mark.parametrize("harm", ["cut off", "changed", "no backup"])
def test_a_file_that_is_not_whole_is_refused_and_nothing_is_changed(lived_in, tmp_path, harm):
    kept = _backed_up(lived_in, tmp_path)
    before = lived_in.content()
    lived_in.close()
    content = kept.read_bytes()
    if harm == "cut off":
        kept.write_bytes(content[: len(content) // 2])
    elif harm == "no backup":
        kept.write_text("hello")
    else:
        with tarfile.open(kept) as tar:
            tar.extractall(tmp_path / "parts", filter="data")
        with (tmp_path / "parts" / "database").open("r+b") as file:
            file.seek(5_000)
            file.write(b"X" * 10)
        with tarfile.open(kept, "w:gz") as tar:
            for part in ("backup.json", "database"):
                tar.add(tmp_path / "parts" / part, part)
    result = lived_in.timebank("restore", str(kept), "--replace")
    assert result.exit_code == 1
    assert re.search(r"no whole backup|is damaged", result.output)
    assert lived_in.content() == before


def test_a_backup_of_the_other_kind_of_database_is_refused(embedded, tmp_path):
    embedded.timebank("init", *ANSWERS)
    kept = _backed_up(embedded, tmp_path)
    embedded.environment["TIMEBANK_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    result = embedded.timebank("restore", str(kept))
    assert result.exit_code == 1
    assert "this is a backup of sqlite, and the settings name a database of postgresql" in result.output


def test_where_pg_dump_is_missing_its_package_is_named(served, tmp_path, monkeypatch):
    served.timebank("init", *ANSWERS)
    monkeypatch.setattr(postgresql_programs.shutil, "which", lambda _program: None)
    result = served.timebank("backup", "--out", str(tmp_path / "x.backup"))
    assert result.exit_code == 1
    assert "pg_dump is not installed: it comes with the package postgresql-client" in result.output
    assert not (tmp_path / "x.backup").exists()


def test_books_that_go_on_from_what_was_published_keep_their_log(lived_in, tmp_path):
    seal = _published(lived_in, tmp_path, "seal.txt")
    kept = _backed_up(lived_in, tmp_path)
    told = _restored(lived_in, kept, "--replace", "--checkpoint", seal)
    assert "FORK" not in told
    _give(lived_in, "later")
    lived_in.timebank("seal")
    assert len(set(_origins(lived_in))) == 1
    assert lived_in.timebank("check-books").exit_code == 0


@pytest.mark.parametrize("kept_by", ["somebody", "the database that was there"])
def test_a_backup_older_than_a_published_seal_begins_a_new_log(lived_in, tmp_path, kept_by):
    kept = _backed_up(lived_in, tmp_path)
    (first,) = set(_origins(lived_in))
    _give(lived_in, "later")
    lived_in.timebank("seal")
    orphan = _published(lived_in, tmp_path, "orphan.txt")
    size = read_note(orphan.read_text()).checkpoint.size
    words = ["--checkpoint", orphan] if kept_by == "somebody" else []
    told = _restored(lived_in, kept, "--replace", *words)
    assert f"FORK angus: the seal of {size:,} rows" in told
    assert f"have {size - 1:,} sealed rows and do not go on from it." in told
    assert f"angus is sealed from now on as {first}/2." in told
    assert _origins(lived_in) == [first, f"{first}/2"]
    ((body,),) = lived_in.rows("SELECT checkpoint FROM seal_log")
    assert body == read_note(orphan.read_text()).body
    assert lived_in.rows("SELECT deed FROM trail ORDER BY id DESC LIMIT 1") == [("seals.log_begun",)]
    _give(lived_in, "another way")
    lived_in.timebank("seal")
    assert _origins(lived_in) == [first, f"{first}/2", f"{first}/2"]
    assert lived_in.timebank("check-books").exit_code == 0


def test_restored_once_more_the_log_after_it_is_a_third(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    (first,) = set(_origins(lived_in))
    _restored(lived_in, kept, "--replace", "--new-log")
    second = _published(lived_in, tmp_path, "second.txt")
    told = _restored(lived_in, kept, "--replace", "--checkpoint", second)
    assert f"as {first}/3." in told
    assert _origins(lived_in) == [first, f"{first}/3"]


def test_what_a_later_log_knows_of_is_no_fork_again(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    _give(lived_in, "later")
    lived_in.timebank("seal")
    orphan = _published(lived_in, tmp_path, "orphan.txt")
    _restored(lived_in, kept, "--replace", "--checkpoint", orphan)
    again = _backed_up(lived_in, tmp_path, "two.backup")
    assert "FORK" not in _restored(lived_in, again, "--replace", "--checkpoint", orphan)


@pytest.mark.parametrize(("change", "said"), [("another key", "no key that we know"), ("hello", "is no seal")])
def test_a_seal_that_is_not_ours_is_refused_before_anything_changes(lived_in, tmp_path, change, said):
    seal = _published(lived_in, tmp_path, "seal.txt")
    kept = _backed_up(lived_in, tmp_path)
    before = lived_in.content()
    if change == "hello":
        seal.write_text("hello")
    else:
        (lived_in.folder / "seal.key").unlink()
        (lived_in.folder / "seal.pub").unlink()
        lived_in.settings.make_keys()
        lived_in.timebank("init", *ANSWERS[:2], "--slug", "perth", *ANSWERS[4:])
        lived_in.timebank("seal", "--bank", "perth")
        before = lived_in.content()
        note = read_note(seal.read_text())
        other = lived_in.rows("SELECT checkpoint FROM seal ORDER BY signed_at DESC LIMIT 1")[0][0]
        stolen = other.split("\n\n")[1].replace(read_note(other).checkpoint.origin, note.checkpoint.origin)
        seal.write_text(note.body + "\n" + stolen)
    lived_in.close()
    result = lived_in.timebank("restore", str(kept), "--replace", "--checkpoint", str(seal))
    assert result.exit_code == 1
    assert said in result.output
    assert lived_in.content() == before


def test_a_seal_of_a_bank_that_is_not_in_the_backup_is_named(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    lived_in.timebank("init", *ANSWERS[:2], "--slug", "perth", *ANSWERS[4:])
    lived_in.timebank("seal", "--bank", "perth")
    ((told,),) = lived_in.rows("SELECT checkpoint FROM seal WHERE bank_id = (SELECT id FROM bank WHERE slug = 'perth')")
    (tmp_path / "perth.txt").write_text(told)
    lived_in.close()
    result = lived_in.timebank("restore", str(kept), "--replace", "--checkpoint", str(tmp_path / "perth.txt"))
    assert result.exit_code == 1
    assert "is of a bank that is not in this backup" in result.output


def test_neither_command_leaves_a_connection_open(lived_in, tmp_path):
    kept = _backed_up(lived_in, tmp_path)
    lived_in.left_open.clear()
    _restored(lived_in, kept, "--replace", "--new-log")
    assert lived_in.left_open == []


def test_a_stranger_sees_what_the_new_log_goes_on_from_and_what_it_does_not(lived_in, tmp_path):
    old = _published(lived_in, tmp_path, "old.txt")
    kept = _backed_up(lived_in, tmp_path)
    _give(lived_in, "later")
    lived_in.timebank("seal")
    orphan = _published(lived_in, tmp_path, "orphan.txt")
    _restored(lived_in, kept, "--replace", "--checkpoint", orphan)
    _give(lived_in, "another way")
    lived_in.timebank("seal")
    newest = read_note(_published(lived_in, tmp_path, "newest.txt").read_text()).checkpoint
    with lived_in.session() as session:
        bank = find_bank(session, "angus")
        (tmp_path / "keys.txt").write_text("".join(f"{key}\n" for key in receipts.list_keys(session, bank.id)))
        for name in ("old", "orphan"):
            size = read_note((tmp_path / f"{name}.txt").read_text()).checkpoint.size
            proof = receipts.make_succession(session, bank.id, size, newest.size)
            (tmp_path / f"{name}.json").write_text(proof)
    verified = {}
    for name in ("old", "orphan"):
        files = [str(tmp_path / f"{name}{suffix}") for suffix in (".txt", ".json")]
        verified[name] = lived_in.timebank("verify-checkpoints", *files, "--key", str(tmp_path / "keys.txt"))
    assert verified["old"].exit_code == 0, verified["old"].output
    assert f"The newer one is of a new log, {newest.origin}: a backup was restored since." in verified["old"].output
    assert verified["orphan"].exit_code == 1
    assert f"of a new log, {newest.origin}" in verified["orphan"].output
    assert "History was rewritten" in verified["orphan"].output
    assert stranger.succession_is_right(
        old.read_text(), (tmp_path / "old.json").read_text(), (tmp_path / "keys.txt").read_text().split()
    )


def test_no_other_program_reads_the_password(monkeypatch, tmp_path):
    """Words of a program are for everybody to see; the file that holds it is its owner's alone and goes away."""
    seen = []

    def run(words, **_how):
        file = Path(re.search(r"passfile=([^&]+)", unquote(words[-1]))[1])
        seen.append((" ".join(words), file.read_text(), stat.S_IMODE(file.stat().st_mode), file))

    monkeypatch.setattr(postgresql_programs, "_run", lambda program, *words: run((program, *words)))
    monkeypatch.setattr(postgresql_programs, "list_content", lambda _copy: None)
    postgresql_programs.dump(make_url("postgresql+psycopg://me:a%3Ab%5Cc@h:5/d"), tmp_path / "copy", "moment")
    ((words, kept, mode, file),) = seen
    assert "a:b" not in unquote(words)
    assert (kept, mode, file.exists()) == ("*:*:*:*:a\\:b\\\\c\n", 0o600, False)
