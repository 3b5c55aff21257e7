"""Receipts and checkpoints are checked on a computer that has neither database nor keys, by us and by a stranger."""

import json
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner

from tests.cli import stranger
from tests.people import NOW, make_confirmed
from timebank.bookkeeping.queries import find_entry_id
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.receipts import find_checkpoint, list_keys, make_receipt, make_succession
from timebank.cli import main, verifying
from timebank.ledger.notes import Key


class Desk:
    """A folder with what a member, a neighbour and the bank have made public, and nothing else."""

    def __init__(self, folder):
        self.folder = folder

    def put(self, name, text):
        (self.folder / name).write_text(text)

    def read(self, name):
        return (self.folder / name).read_text()

    def run(self, *words):
        """A command, told of a folder and a database that are not there."""
        nowhere = {"TIMEBANK_INSTANCE": str(self.folder / "none"), "TIMEBANK_DATABASE_URL": "postgresql://nowhere/x"}
        words = [str(self.folder / word) if "." in word else word for word in words]
        return CliRunner().invoke(main, words, env=nowhere, catch_exceptions=False)

    @property
    def keys(self):
        return self.read("keys.txt").splitlines()

    def change(self, name, **changed):
        self.put(name, json.dumps({**json.loads(self.read(name)), **changed}, ensure_ascii=False))


@pytest.fixture
def desk(backend, village, tmp_path):
    """Two seals of Angus, the receipt of an entry, and the proof between the two, on each database."""
    made = Desk(tmp_path)
    bank = village.angus.id
    with backend.session() as session:
        code = make_confirmed(
            session, village, village.ada, village.grace, minutes=90, what="Caf\u00e9 & \u201cchat\u201d"
        )
        session.commit()
        entry = find_entry_id(session, bank, f"exchange:{code}")
        assert make_receipt(session, bank, entry) is None
        seal(session, bank, now=NOW)
        session.commit()
        size, first = find_checkpoint(session, bank)
        for minutes in (15, 30, 45):
            make_confirmed(session, village, village.grace, village.linus, minutes=minutes)
        seal(session, bank, now=NOW + timedelta(hours=1))
        session.commit()
        newest, second = find_checkpoint(session, bank)
        assert (first, find_checkpoint(session, bank, 3)) == (find_checkpoint(session, bank, size)[1], None)
        made.put("receipt.json", make_receipt(session, bank, entry))
        made.put("old.txt", first)
        made.put("new.txt", second)
        made.put("new.json", make_succession(session, bank, size, newest))
        made.put("keys.txt", "".join(f"{key}\n" for key in list_keys(session, bank)))
        made.put("other.txt", f"{Key(f'timebank/{bank}', bytes(31) + b'x')}\n")
        assert make_succession(session, bank, newest, size) is make_succession(session, bank, 3, size) is None
    return made


def test_a_receipt_is_right_without_any_database(desk):
    result = desk.run("verify-receipt", "receipt.json", "--key", "keys.txt")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("This receipt is right: it is row ")
    assert "90 minutes went from account" in result.output
    assert "Caf\u00e9 & \u201cchat\u201d" in result.output
    assert "which is in your file of keys" in result.output


def test_without_a_key_of_ones_own_one_is_told_to_compare(desk):
    result = desk.run("verify-receipt", "receipt.json")
    assert result.exit_code == 0
    assert "Compare this key" in result.output


def _edited(desk, old, new):
    leaf = json.loads(desk.read("receipt.json"))["leaf"]
    assert old in leaf
    desk.change("receipt.json", leaf=leaf.replace(old, new))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda desk: _edited(desk, ",90]", ",900]"), "does not stand in the books"),
        (lambda desk: _edited(desk, '"kind":"exchange"', '"kind":"gift"'), "does not stand in the books"),
        (lambda desk: _edited(desk, '"leaf":"entry"', '"leaf":"entry","leaf":"entry"'), "somebody changed it"),
        (lambda desk: desk.change("receipt.json", number=0), "does not stand in the books"),
        (lambda desk: desk.change("receipt.json", number="1"), "somebody changed it"),
        (lambda desk: desk.change("receipt.json", proof=[]), "does not stand in the books"),
        (lambda desk: desk.change("receipt.json", proof=["%"]), "somebody changed it"),
        (lambda desk: desk.change("receipt.json", words="Nothing"), "its words are not those"),
        (lambda desk: desk.change("receipt.json", words=["Nothing"]), "somebody changed it"),
        (lambda desk: desk.change("receipt.json", salt="00"), "its words are not those"),
        (lambda desk: desk.change("receipt.json", keys=[]), "no key that we were given"),
        (lambda desk: desk.change("receipt.json", checkpoint=desk.read("old.txt")), "does not stand in the books"),
        (lambda desk: desk.change("receipt.json", format="other"), "somebody changed it"),
        (lambda desk: desk.put("receipt.json", "[]"), "somebody changed it"),
        (lambda desk: desk.put("receipt.json", "[" * 100_000), "somebody changed it"),
        (lambda desk: desk.put("receipt.json", " " * (2 << 20)), "it is too large"),
        (
            lambda desk: desk.put("receipt.json", desk.read("receipt.json").replace("{", '{"words": null,', 1)),
            "changed it",
        ),
        (
            lambda desk: desk.put("receipt.json", desk.read("receipt.json").replace('"words": "', '"words": "\\ud800')),
            "changed",
        ),
        (lambda desk: desk.change("receipt.json", words=None), "somebody changed it"),
        (lambda desk: desk.change("receipt.json", more="x"), "somebody changed it"),
        (lambda desk: _edited(desk, '"lines":[[', '"lines":[[null],['), "somebody changed it"),
        (lambda desk: _edited(desk, '"lines":[[', '"lines":"x","line":[['), "somebody changed it"),
        (lambda desk: _edited(desk, '"occurred_on":', '"occurred":'), "somebody changed it"),
        (lambda desk: _edited(desk, '"deed":"', '"deed":"\\ud800'), "somebody changed it"),
        (lambda desk: desk.put("receipt.json", ""), "somebody changed it"),
    ],
)
def test_a_receipt_that_was_changed_is_not_right(desk, change, said):
    change(desk)
    result = desk.run("verify-receipt", "receipt.json")
    assert result.exit_code == 1
    assert said in result.output


def test_what_moves_the_cursor_is_not_printed_as_it_is(desk):
    """A file could write over the line above, or move words to another place of it."""
    shown = _say_words("Tea\x1b[1A\x1b[2KThis receipt is right\r\n\u202eX", desk)
    assert shown == ["Tea\\x1b[1A\\x1b[2KThis receipt is right\\r\\n\\u202eX"]


def _say_words(words, desk):
    """What the terminal shows of words, as the command prints them."""
    written = CliRunner().invoke(click.command()(lambda: verifying.say(words))).output
    assert desk.run("verify-receipt", "receipt.json").output.count("\n") > 1
    return written.splitlines()


def test_a_receipt_without_its_words_is_right(desk):
    """Words are erased with a person; the entry stays."""
    desk.change("receipt.json", words=None, salt=None)
    assert desk.run("verify-receipt", "receipt.json", "--key", "keys.txt").exit_code == 0


def test_a_receipt_signed_by_another_key_is_not_right(desk):
    result = desk.run("verify-receipt", "receipt.json", "--key", "other.txt")
    assert result.exit_code == 1
    assert "no key that we were given" in result.output


def test_a_checkpoint_goes_on_from_an_older_one(desk):
    result = desk.run("verify-checkpoints", "old.txt", "new.json", "--key", "keys.txt")
    assert result.exit_code == 0, result.output
    assert "none of them changed" in result.output
    assert desk.run("verify-checkpoints", "new.txt", "new.txt", "--key", "keys.txt").exit_code == 0
    assert desk.run("verify-checkpoints", "new.json", "new.json").exit_code == 0


def test_without_its_proof_a_newer_checkpoint_shows_nothing(desk):
    result = desk.run("verify-checkpoints", "old.txt", "new.txt", "--key", "keys.txt")
    assert result.exit_code == 1
    assert "The proof is missing" in result.output


def test_an_older_checkpoint_does_not_go_on_from_a_newer(desk):
    result = desk.run("verify-checkpoints", "new.txt", "old.txt", "--key", "keys.txt")
    assert result.exit_code == 1
    assert "History was rewritten" in result.output


def test_rewritten_history_is_shown(desk):
    proof = json.loads(desk.read("new.json"))["proof"]
    desk.change("new.json", proof=proof[::-1])
    result = desk.run("verify-checkpoints", "old.txt", "new.json", "--key", "keys.txt")
    assert result.exit_code == 1
    assert "History was rewritten" in result.output


@pytest.mark.parametrize("name", ["old.txt", "new.json"])
def test_a_checkpoint_that_was_changed_is_not_right(desk, name):
    desk.put(name, desk.read(name).replace("signed 2026", "signed 2025"))
    result = desk.run("verify-checkpoints", "old.txt", "new.json", "--key", "keys.txt")
    assert result.exit_code == 1
    assert "no key that we were given signed both" in result.output


def test_a_stranger_with_a_program_of_their_own_comes_to_the_same(desk):
    assert stranger.receipt_is_right(desk.read("receipt.json"), desk.keys)
    assert stranger.succession_is_right(desk.read("old.txt"), desk.read("new.json"), desk.keys)


def test_a_stranger_notices_a_change(desk):
    _edited(desk, ",90]", ",900]")
    assert not stranger.receipt_is_right(desk.read("receipt.json"), desk.keys)
    proof = json.loads(desk.read("new.json"))["proof"]
    desk.change("new.json", proof=[proof[-1], *proof[1:]])
    assert not stranger.succession_is_right(desk.read("old.txt"), desk.read("new.json"), desk.keys)


def test_the_stranger_knows_nothing_of_ours():
    assert "timebank." not in (stranger.__doc__ or "")
    assert [
        name for name in vars(stranger) if "timebank" in getattr(vars(stranger)[name], "__module__", "") or ""
    ] == []
