"""Changes after which all else still agrees, so that one check alone can notice them."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from tests.audit.edits import SEALED_UNTIL
from tests.audit.thief import Thief
from tests.people import NOW
from timebank.db import Base
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Line

_NEW_ENTRY = f"recorded_at > '{SEALED_UNTIL}' AND bank_id = :bank"
_TAKEN_BACK = "id IN (SELECT entry_id FROM taken_back)"
_SEALED = f"recorded_at < '{SEALED_UNTIL}'"


def _new_entry(books, where):
    """An entry of Angus that waits for a seal."""
    return books.one(f"SELECT * FROM entry WHERE {where} AND {_NEW_ENTRY}", bank=books.village.angus.id)


def _write_two_equal_lines(books):
    """Grace got 15 minutes from Ada and 15 from Linus, in two lines of one entry; gives the entry."""
    entry = _new_entry(books, f"kind = 'adjustment' AND reverses IS NULL AND NOT {_TAKEN_BACK}")
    givers, grace = (books.village.ada, books.village.linus), books.village.grace
    thief = Thief(books)
    thief.write_lines(entry.id, *(Line(one.account_id, grace.account_id, 15) for one in givers))
    thief.follow()
    assert books.wrong() == set()
    return entry


def test_a_side_that_is_posted_twice_while_another_is_missing_is_noticed(tampered):
    """As many postings as before stand, and every balance follows from them."""
    entry = _write_two_equal_lines(tampered)
    second = "entry_id = :id AND line = 2 AND minutes = 15"
    assert tampered.run(f"UPDATE posting SET line = 1 WHERE {second}", id=entry.id) == 1
    (wrong,) = (result for result in tampered.results() if result.verdict is Verdict.WRONG)
    assert wrong.name == "postings_equal_lines"
    assert [(one.table, one.row) for one in wrong.findings] == [("entry", f"{entry.bank_id}/{entry.id}")]


def test_two_postings_that_exchange_their_lines_are_noticed(tampered):
    entry = _write_two_equal_lines(tampered)
    assert tampered.run("UPDATE posting SET line = 3 - line WHERE entry_id = :id AND minutes < 0", id=entry.id) == 2
    assert tampered.wrong() == {"postings_equal_lines"}


def test_two_entries_that_exchange_a_posting_are_noticed(tampered):
    """Both are help, so that each account still follows from its postings."""
    one = _new_entry(tampered, "kind = 'exchange' AND on_behalf_of IS NOT NULL")
    other = _new_entry(tampered, f"kind = 'exchange' AND reverses IS NULL AND on_behalf_of IS NULL AND {_TAKEN_BACK}")
    for old, new in ((one.id, -1), (other.id, one.id), (-1, other.id)):
        assert tampered.run("UPDATE posting SET entry_id = :to WHERE entry_id = :id AND minutes < 0", id=old, to=new)
    assert tampered.wrong() == {"postings_equal_lines"}


@pytest.mark.parametrize("bits", [7, 249])
def test_an_entry_of_postings_that_only_a_short_hash_takes_for_it_is_noticed(tampered, bits):
    """Both halves of a number of 64 bits changed alike: PostgreSQL hashes it as before."""
    entry = _new_entry(tampered, "kind = 'exchange' AND on_behalf_of IS NOT NULL")
    other = entry.id ^ bits ^ (bits << 32)
    assert tampered.run("UPDATE posting SET entry_id = :other WHERE entry_id = :id", other=other, id=entry.id) == 2
    assert tampered.wrong() == {"postings_equal_lines"}


@pytest.mark.parametrize("sealed", [True, False])
def test_a_line_that_was_taken_back_but_is_not_noted_is_noticed(tampered, sealed):
    reversal = f"SELECT id FROM entry WHERE {_SEALED if sealed else f'NOT {_SEALED}'}"
    assert tampered.run(f"DELETE FROM taken_back WHERE line = 2 AND by_entry_id IN ({reversal})") == 1
    assert tampered.wrong() == {"reversals_mirror"}


def test_a_line_that_is_noted_but_was_not_taken_back_is_noticed(tampered):
    """Nobody could take it back any more."""
    entry = _new_entry(tampered, f"kind = 'adjustment' AND reverses IS NULL AND NOT {_TAKEN_BACK}")
    by = _new_entry(tampered, "kind = 'adjustment' AND reverses IS NOT NULL").id
    row = {"bank_id": entry.bank_id, "entry_id": entry.id, "line": 1, "by_entry_id": by}
    tampered.connection.execute(insert(Base.metadata.tables["taken_back"]).values(row))
    assert tampered.wrong() == {"reversals_mirror"}


def test_a_line_that_is_noted_under_another_reversal_is_noticed(tampered):
    other = _new_entry(tampered, "kind = 'exchange' AND reverses IS NOT NULL").id
    new = f"line = 1 AND by_entry_id IN (SELECT id FROM entry WHERE NOT {_SEALED} AND kind = 'adjustment')"
    assert tampered.run(f"UPDATE taken_back SET by_entry_id = :other WHERE {new}", other=other) == 1
    assert tampered.wrong() == {"reversals_mirror"}


def test_an_entry_under_another_id_is_noticed(tampered):
    """Its postings and words go there with it."""
    entry = _new_entry(tampered, "kind = 'exchange' AND on_behalf_of IS NOT NULL")
    for table, name in (("entry", "id"), ("posting", "entry_id"), ("memo", "entry_id")):
        assert tampered.run(f"UPDATE {table} SET {name} = :to WHERE {name} = :id", to=entry.id + 1, id=entry.id)
    assert tampered.wrong() == {"entries_as_written"}


def test_an_entry_at_another_moment_is_noticed(tampered):
    """The trail tells of that moment too."""
    entry = _new_entry(tampered, f"kind = 'adjustment' AND reverses IS NULL AND NOT {_TAKEN_BACK}")
    moment = NOW + timedelta(days=20)
    Thief(tampered).tell("correction.approved", moment, by=entry.approved_by)
    table = Base.metadata.tables["entry"]
    tampered.connection.execute(update(table).where(table.c.id == entry.id).values(recorded_at=moment))
    assert tampered.wrong() == {"entries_as_written"}


@pytest.mark.parametrize(
    ("sealed", "wrong"), [(True, {"holders_as_written", "seals_match"}), (False, {"holders_as_written"})]
)
def test_an_account_that_says_somebody_else_holds_it_under_the_old_mark_is_noticed(tampered, sealed, wrong):
    when = _SEALED if sealed else f"NOT {_SEALED}"
    one = tampered.one(f"SELECT * FROM account_holder WHERE kind = 'group' AND {when} LIMIT 1")
    tampered.run("UPDATE account_holder SET holder_id = 5 WHERE account_id = :id", id=one.account_id)
    assert tampered.wrong() == wrong


def test_an_account_that_nobody_holds_is_noticed(tampered):
    one = tampered.one(f"SELECT * FROM account_holder WHERE kind = 'group' AND NOT {_SEALED} LIMIT 1")
    tampered.run("DELETE FROM account_holder WHERE account_id = :id", id=one.account_id)
    (wrong,) = (result for result in tampered.results() if result.verdict is Verdict.WRONG)
    assert wrong.name == "holders_as_written"
    assert [(one.table, one.row, one.problem) for one in wrong.findings] == [
        ("account", f"{one.bank_id}/{one.account_id}", "nobody holds it")
    ]


def test_a_member_under_another_id_is_noticed(tampered):
    """What the books say of whose the account is was written under the old one."""
    clara = tampered.village.clara
    for table, name in (("membership", "id"), ("membership_role", "membership_id")):
        assert tampered.run(f"UPDATE {table} SET {name} = {name} + 1 WHERE {name} = :id", id=clara.membership_id)
    wrong = {result.name: result for result in tampered.results() if result.verdict is Verdict.WRONG}
    assert wrong.keys() <= {"accounts_have_members", "members_as_written", "steps_by_their_sides"}
    assert [(one.table, one.row, one.problem) for one in wrong["accounts_have_members"].findings] == [
        ("membership", clara.code, "somebody else holds its account")
    ]


def test_two_members_who_exchanged_their_accounts_are_noticed(tampered):
    first, second = tampered.village.clara, tampered.village.linus
    for account_id, who in ((5, first), (first.account_id, second), (second.account_id, first)):
        tampered.run("UPDATE membership SET account_id = :to WHERE id = :id", to=account_id, id=who.membership_id)
    assert tampered.wrong() == {"accounts_have_members", "members_as_written", "steps_by_their_sides"}


def test_a_bank_that_wrote_its_side_alone_is_noticed(tampered):
    """Each bank's own books still come to nothing."""
    perth = tampered.village.perth.id
    entry = tampered.one(f"SELECT * FROM entry WHERE kind = 'clearing' AND {_NEW_ENTRY}", bank=perth)
    tampered.run("DELETE FROM entry WHERE id = :id", id=entry.id)
    Thief(tampered).follow()
    (wrong,) = (result for result in tampered.results() if result.verdict is Verdict.WRONG)
    assert wrong.name == "clearing_nets_to_zero"
    assert [(one.table, one.row) for one in wrong.findings] == [("account", "clearing"), ("entry", entry.key)]
