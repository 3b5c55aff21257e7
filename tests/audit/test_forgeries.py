"""A thief with the books' key makes everything agree: entries, postings, balances, digests, exchanges.

The seals show it all the same. A thief who has the key of the seals too is shown by a checkpoint that somebody kept.
"""

import json
import shutil
from base64 import b64encode
from datetime import timedelta

import pytest
from click.testing import CliRunner

from tests.audit.edits import SEALED_UNTIL
from tests.audit.thief import Thief
from tests.people import NOW
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.receipts import find_checkpoint, list_keys
from timebank.cli import main
from timebank.config import Settings
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Line
from timebank.ledger.errors import SealsForkedError
from timebank.ledger.merkle import consistency_proof, root
from timebank.ledger.papers import SUCCESSION

LATER = NOW + timedelta(days=30)


@pytest.fixture
def thief(tampered):
    return Thief(tampered)


def _code(entry):
    return entry.deed.partition(":")[2]


def _waiting(tampered):
    return next(result.figure for result in tampered.results() if result.name == "not_sealed_yet")


def change_minutes(thief):
    """Forty-five minutes become sixty, everywhere."""
    entry = thief.help_for_a_member()
    thief.write_lines(entry.id, Line(thief.village.linus.account_id, thief.village.ada.account_id, 60))
    for table in ("exchange", "exchange_step"):
        name = "code = :code" if table == "exchange" else "exchange_id = (SELECT id FROM exchange WHERE code = :code)"
        thief.books.run(f"UPDATE {table} SET minutes = 60 WHERE {name}", code=_code(entry))
    thief.follow()


def move_to_another_giver(thief):
    """Clara has given the help instead of Ada."""
    entry, clara = thief.help_for_a_member(), thief.village.clara.account_id
    thief.write_lines(entry.id, Line(thief.village.linus.account_id, clara, 45))
    thief.books.run("UPDATE exchange SET giver_account_id = :who WHERE code = :code", who=clara, code=_code(entry))
    thief.books.run(
        "UPDATE exchange_step SET done_by = :clara WHERE done_by = :ada"
        " AND exchange_id = (SELECT id FROM exchange WHERE code = :code)",
        clara=thief.village.clara.membership_id,
        ada=thief.village.ada.membership_id,
        code=_code(entry),
    )
    thief.follow()


def delete_the_newest(thief):
    """The last sealed entry goes with all that follows it: words, exchanges, their steps, reversals and holds."""
    sealed = f"SELECT max(id) FROM entry WHERE recorded_at < '{SEALED_UNTIL}'"
    first = thief.books.one(f"SELECT ({sealed}) AS id").id
    codes = [
        _code(row)
        for row in thief.books.rows("entry")
        if row.id >= first and row.deed.startswith("exchange:") and row.reverses is None
    ]
    for code in codes:
        for table in ("exchange_step", "reversal"):
            its = "exchange_id = (SELECT id FROM exchange WHERE code = :code)"
            thief.books.run(f"DELETE FROM {table} WHERE {its}", code=code)
        thief.books.run("DELETE FROM exchange WHERE code = :code", code=code)
        thief.books.run("DELETE FROM hold WHERE deed = :deed", deed=f"exchange:{code}")
    thief.books.run("DELETE FROM memo WHERE entry_id >= :first", first=first)
    thief.books.run("DELETE FROM entry WHERE id >= :first", first=first)
    thief.follow()


def hold_again_what_was_called_off(thief):
    """Hours that were let go wait again."""
    hold = thief.books.one(f"SELECT * FROM hold WHERE minutes = 75 AND placed_at < '{SEALED_UNTIL}'")
    thief.books.run("UPDATE hold SET resolved_at = NULL WHERE id = :id", id=hold.id)
    thief.books.run("UPDATE account SET held = held + 75 WHERE id = :id", id=hold.account_id)
    thief.books.run("UPDATE exchange SET state = 'recorded' WHERE code = :code", code=_code(hold))


def date_a_release_back(thief):
    """Hours were let go earlier than they were, and the trail agrees."""
    hold = thief.books.one(f"SELECT * FROM hold WHERE minutes = 75 AND placed_at < '{SEALED_UNTIL}'")
    thief.books.run("UPDATE hold SET resolved_at = placed_at WHERE id = :id", id=hold.id)


def change_a_floor(thief):
    """Linus could always go further below zero."""
    for table, name in (("limit_change", "account_id"), ("account", "id")):
        thief.books.run(f"UPDATE {table} SET floor = -99999 WHERE {name} = :id", id=thief.village.linus.account_id)


def name_another_holder(thief):
    """A group's account was always another group's, and the mark says so too."""
    thief.give_account("kind = 'group'", 5)


FORGERIES = (
    change_minutes,
    move_to_another_giver,
    delete_the_newest,
    hold_again_what_was_called_off,
    date_a_release_back,
    change_a_floor,
    name_another_holder,
)


def test_what_follows_from_honest_entries_is_what_stands(tampered, thief):
    before = {table: tampered.rows(table) for table in ("account", "taken_back", "posting")}
    thief.follow()
    assert {table: tampered.rows(table) for table in before} == before


@pytest.mark.parametrize("forge", FORGERIES)
def test_only_the_seals_notice_a_forgery_that_is_consistent(tampered, thief, forge):
    forge(thief)
    assert tampered.wrong() == {"seals_match"}


@pytest.mark.parametrize("sealed_since", [False, True])
def test_an_entry_slipped_in_among_sealed_ones_is_noticed_even_if_it_is_sealed_then(tampered, thief, sealed_since):
    entry_id = thief.forge_gift(days_ago=2)
    if sealed_since:
        with tampered.session() as session:
            seal(session, tampered.village.angus.id, now=LATER)
            session.commit()
    (wrong,) = (result for result in tampered.results() if result.verdict is Verdict.WRONG)
    assert wrong.name == "sealed_in_order"
    assert [(one.table, one.row, one.problem) for one in wrong.findings] == [
        ("entry", f"{tampered.village.angus.id}/{entry_id}", "entries that came after it were sealed without it")
    ]


def test_an_entry_that_is_gone_is_missed_though_one_with_as_many_lines_stands_for_it(tampered):
    """Those checks that only count lines are not told a thing; the one that compares each line is."""
    newest = "SELECT max(id) AS id FROM entry WHERE reverses IS NULL AND resolves IS NULL AND kind <> 'exchange'"
    with tampered.undone():
        gone = tampered.one(newest).id
        its = [(row.account_id, row.number) for row in tampered.rows("posting") if row.entry_id == gone]
        assert tampered.run("UPDATE entry SET id = id + 1 WHERE id = :id", id=gone) == 1
        found = {result.name: result.findings for result in tampered.results() if result.verdict is Verdict.WRONG}
    bank_id = tampered.village.angus.id
    assert {(one.table, one.row) for one in found["postings_equal_lines"]} == {
        ("entry", f"{bank_id}/{gone + 1}"),
        *(("posting", f"{bank_id}/{account_id}/{number}") for account_id, number in its),
    }


def test_a_release_that_nobody_made_waits_for_the_next_seal_like_any_other(tampered, thief):
    waiting = _waiting(tampered)
    hold = tampered.one(f"SELECT * FROM hold WHERE resolved_at IS NULL AND placed_at < '{SEALED_UNTIL}' LIMIT 1")
    thief.tell("exchange.cancel", LATER, subject=hold.deed)
    tampered.run(
        "UPDATE hold SET resolved_at = (SELECT max(done_at) FROM trail WHERE subject = :deed) WHERE id = :id",
        deed=hold.deed,
        id=hold.id,
    )
    tampered.run("UPDATE account SET held = held - :held WHERE id = :id", held=hold.minutes, id=hold.account_id)
    tampered.run("UPDATE exchange SET state = 'cancelled' WHERE code = :code", code=_code(hold))
    assert tampered.wrong() == set()
    assert _waiting(tampered) == waiting + 1


def _seal_all_again(tampered, info):
    """Take all leaves and seals away and seal everything anew, under the keys and with the memory in `info`."""
    for table in ("leaf", "seal"):
        tampered.run(f"DELETE FROM {table}")
    with tampered.session() as session:
        session.info.update(info)
        for bank in (tampered.village.angus, tampered.village.perth):
            seal(session, bank.id, now=LATER)
        session.commit()


def test_a_leaf_made_anew_does_not_fit_the_seals(tampered, thief):
    change_minutes(thief)
    made_anew = "UPDATE leaf SET hash = :hash WHERE kind = 'entry' AND subject_id = :id"
    tampered.run(made_anew, hash=bytes(32), id=thief.help_for_a_member().id)
    assert tampered.wrong() == {"seals_match"}


def test_seals_made_anew_under_another_key_are_not_ours(tampered, thief, tmp_path):
    change_minutes(thief)
    other = Settings(instance=tmp_path, database_url=(url := tampered.connection.engine.url), owner_url=url)
    other.make_keys()
    _seal_all_again(tampered, {name: other.session_info[name] for name in ("seal_key", "seal_memory")})
    assert tampered.wrong() == {"seals_match", "seals_go_on"}


def _checkpoint(tampered, folder, name):
    """Keep the newest checkpoint, outside of the database; gives its number of leaves."""
    with tampered.session() as session:
        size, note = find_checkpoint(session, tampered.village.angus.id)
        (folder / "keys.txt").write_text("".join(f"{key}\n" for key in list_keys(session, tampered.village.angus.id)))
    (folder / name).write_text(note)
    return size


def _verify(folder, old, new):
    words = [str(folder / old), str(folder / new), "--key", str(folder / "keys.txt")]
    return CliRunner().invoke(main, ["verify-checkpoints", *words], catch_exceptions=False)


def test_a_thief_with_the_key_of_the_seals_is_shown_by_a_checkpoint_that_somebody_kept(tampered, thief, tmp_path):
    kept = _checkpoint(tampered, tmp_path, "kept.txt")
    change_minutes(thief)
    with pytest.raises(SealsForkedError):
        _seal_all_again(tampered, {})
    shutil.rmtree(tampered.info["seal_memory"])  # it lies beside the key
    _seal_all_again(tampered, {})
    assert tampered.wrong() == set()
    newest = _checkpoint(tampered, tmp_path, "new.txt")
    hashes = [bytes(row.hash) for row in tampered.rows("leaf") if row.bank_id == tampered.village.angus.id]
    proof = consistency_proof(kept, newest, lambda start, end: root(hashes[start:end]))  # the best that there is
    told = {name: (tmp_path / f"{file}.txt").read_text() for name, file in (("old", "kept"), ("checkpoint", "new"))}
    told |= {"format": SUCCESSION, "proof": [b64encode(one).decode() for one in proof], "keys": []}
    (tmp_path / "new.json").write_text(json.dumps(told))
    result = _verify(tmp_path, "kept.txt", "new.json")
    assert result.exit_code == 1
    assert "History was rewritten" in result.output


def test_a_thief_who_takes_away_the_newest_seal_is_shown_by_a_checkpoint_that_tells_of_more(tampered, thief, tmp_path):
    kept = _checkpoint(tampered, tmp_path, "kept.txt")
    bank = tampered.village.angus.id
    (size,) = tampered.one("SELECT size FROM seal WHERE number = 1 AND bank_id = :bank", bank=bank)
    tampered.run("DELETE FROM leaf WHERE bank_id = :bank AND number >= :size", bank=bank, size=size)
    tampered.run("DELETE FROM seal WHERE bank_id = :bank AND number > 1", bank=bank)
    assert tampered.wrong() == {"seals_go_on"}
    assert _checkpoint(tampered, tmp_path, "new.txt") < kept
    assert _verify(tmp_path, "kept.txt", "new.txt").exit_code == 1
