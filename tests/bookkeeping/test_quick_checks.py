"""What the quick questions pass is right; what is right they pass, so that few rows are ever looked at one by one."""

import hmac

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text

from tests.people import NOW, TODAY
from timebank.bookkeeping import quick_checks, reversing
from timebank.bookkeeping.entry_checks import entries_as_written, postings_equal_transfers, transfers_equal_lines
from timebank.ledger.entries import EntryKind, Line

ODD_WORDS = 'Soup & "bread" \\ for twélve\t\n\x01\x1f\x7f 🥣 </script>'


@pytest.fixture
def lively(session, books, post):
    """Entries of every shape: plain, odd letters, on behalf, with words, two lines, and a line of them taken back."""
    post(books.entry("plain"))
    post(books.entry("odd " + ODD_WORDS, deed="deed " + ODD_WORDS, words=ODD_WORDS))
    post(books.entry("behalf", on_behalf_of=books.recorder, kind=EntryKind.GIFT))
    lines = (Line(books.grace, books.ada, 30), Line(books.linus, books.ada, 45))
    meal = post(books.entry("meal", *lines, kind=EntryKind.ACTIVITY))
    back = {"key": "back", "reason": "Not there", "by": books.recorder, "approved_by": None, "now": NOW, "today": TODAY}
    reversing.reverse(session, books.bank, meal, numbers=[2], **back)
    session.commit()
    return session


def test_nothing_that_is_right_is_in_doubt(lively):
    assert list(quick_checks.list_doubtful_entries(lively, lively.info["books_key"])) == []
    assert quick_checks.do_lines_stand(lively, transfers=6)


def test_another_key_puts_every_entry_in_doubt(lively):
    assert len(list(quick_checks.list_doubtful_entries(lively, b"another key"))) == 5


@given(key=st.binary(max_size=100), content=st.binary(max_size=300))
def test_marks_are_those_of_the_standard_library(key, content):
    assert quick_checks._marking(key)(content) == hmac.digest(key, content, "sha256")


LINES = {
    "postgresql": (
        "UPDATE entry SET lines = lines || ARRAY[lines[1][1], lines[1][2], 5]",
        "UPDATE entry SET lines = ARRAY[ARRAY[lines[1][1], lines[1][2], lines[1][3], 1]]",
        "UPDATE entry SET lines = '{}'",
    ),
    "sqlite": (
        "UPDATE entry SET lines = json_insert(lines, '$[#]', json_array(lines ->> '$[0][0]', lines ->> '$[0][1]', 5))",
        "UPDATE entry SET lines = json_insert(lines, '$[0][#]', 1)",
        "UPDATE entry SET lines = json_replace(lines, '$[0][2]', lines ->> '$[0][2]' || '')",
        "UPDATE entry SET lines = '[]'",
        "UPDATE entry SET lines = 'not [json'",
    ),
}
BOTH = (
    "DELETE FROM transfer",
    "UPDATE transfer SET minutes = minutes + 1",
    "UPDATE transfer SET line = 2",
    "UPDATE transfer SET reverses_line = 1, reverses = entry_id",
    "UPDATE transfer SET from_account_id = to_account_id, to_account_id = from_account_id",
    "UPDATE entry SET reverses = id",
    "DELETE FROM entry",
)


@pytest.mark.parametrize("number", range(len(BOTH) + max(map(len, LINES.values()))))
def test_a_line_that_is_not_its_transfer_is_named(backend, books, post, unguarded, number):
    tamperings = (*BOTH, *LINES[backend.name])
    if number >= len(tamperings):
        pytest.skip("this database has fewer ways")
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text(tamperings[number]))
        assert transfers_equal_lines(owner).finding_count


@pytest.mark.parametrize(
    "column", ["key", "deed", "kind", "occurred_on", "recorded_by", "on_behalf_of", "words_digest"]
)
def test_an_entry_that_was_changed_is_named(backend, books, post, unguarded, column):
    post(books.entry("plain"))
    new = {"kind": "'gift'", "occurred_on": "'2026-11-19'", "words_digest": "digest"}.get(column, "'7'")
    with unguarded() as owner:
        owner.execute(text(f"UPDATE entry SET {column} = {new}"))
        assert [finding.problem for finding in entries_as_written(owner).findings] == [
            "it was changed after it was written"
        ]


def test_a_transfer_to_an_account_that_is_not_there_is_named(books, post, unguarded):
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text("UPDATE transfer SET to_account_id = 7"))
        owner.execute(text("UPDATE posting SET account_id = 7 WHERE minutes > 0"))
        assert [finding.problem for finding in postings_equal_transfers(owner).findings] == ["its account is missing"]


def test_of_many_entries_just_the_changed_one_is_in_doubt(books, post, unguarded):
    ids = [post(books.entry(f"plain {number}")) for number in range(5)]
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET deed = 'other' WHERE id = :id"), {"id": ids[2]})
        doubtful = quick_checks.list_doubtful_entries(owner, owner.info["books_key"])
        assert list(doubtful) == [(books.bank, ids[2])]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_meet_without_a_gap(monkeypatch, lively, batch):
    monkeypatch.setattr(quick_checks, "_BATCH", batch)
    key = lively.info["books_key"]
    assert list(quick_checks.list_doubtful_entries(lively, key)) == []
    assert len(list(quick_checks.list_doubtful_entries(lively, b"another key"))) == 5


def test_an_entry_below_every_id_is_looked_at_too(books, post, unguarded):
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET id = -9223372036854775808, deed = 'other'"))
        assert entries_as_written(owner).finding_count == 1


def test_an_entry_written_in_two_lines_is_named(backend, books, post, unguarded):
    if backend.name == "postgresql":
        pytest.skip("its lines are numbers")
    ids = [post(books.entry(f"plain {number}")) for number in range(3)]
    with unguarded() as owner:
        owner.execute(
            text("UPDATE entry SET lines = replace(lines, '[[', '[' || char(10) || '[') WHERE id = :id"), {"id": ids[1]}
        )
        assert len(list(quick_checks.list_doubtful_entries(owner, owner.info["books_key"]))) == 3


def test_what_is_right_is_passed_in_one_question(lively):
    assert quick_checks.do_steps_stand(lively, postings=12)
    assert quick_checks.do_sums_stand(lively, postings=12)
    assert quick_checks.do_pairs_stand(lively, postings=12)


STUMBLES = (
    "UPDATE posting SET number = number + 10",
    "UPDATE posting SET balance_after = balance_after + 1",
    "UPDATE posting SET given_after = given_after + 1",
    "UPDATE posting SET received_after = received_after + 1",
    "UPDATE posting SET minutes = -minutes",
    "DELETE FROM posting WHERE number = 1",
    "DELETE FROM posting WHERE minutes > 0",
    "DELETE FROM entry",
    "UPDATE entry SET kind = 'gift'",
    "UPDATE entry SET reverses = id",
)


@pytest.mark.parametrize("tampering", STUMBLES)
def test_postings_that_do_not_follow_are_in_doubt(books, post, unguarded, tampering):
    for number in range(3):
        post(books.entry(f"plain {number}"))
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert not quick_checks.do_steps_stand(owner, owner.scalar(text("SELECT count(*) FROM posting")))


UNEVEN = (
    "UPDATE account SET balance = balance + 1",
    "UPDATE account SET number = number + 1",
    "UPDATE account SET given = given + 1",
    "UPDATE account SET received = received + 1",
    "UPDATE posting SET minutes = -minutes",
    "DELETE FROM posting WHERE number = 2",
    "UPDATE entry SET kind = 'gift'",
    "UPDATE entry SET reverses = id",
)


@pytest.mark.parametrize("tampering", UNEVEN)
def test_accounts_that_are_not_their_postings_are_in_doubt(books, post, unguarded, tampering):
    for number in range(3):
        post(books.entry(f"plain {number}"))
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert not quick_checks.do_sums_stand(owner, owner.scalar(text("SELECT count(*) FROM posting")))


UNPAIRED = (
    "UPDATE posting SET minutes = minutes + 1",
    "UPDATE posting SET minutes = -minutes",
    "UPDATE posting SET line = 2",
    "UPDATE posting SET entry_id = entry_id + 1",
    "UPDATE transfer SET from_number = 9",
    "UPDATE transfer SET to_number = 9",
    "UPDATE transfer SET minutes = minutes + 1",
    "UPDATE transfer SET to_account_id = from_account_id, from_account_id = to_account_id",
    "DELETE FROM transfer",
    "DELETE FROM posting WHERE minutes > 0",
    "DELETE FROM account",
)


@pytest.mark.parametrize("tampering", UNPAIRED)
def test_postings_that_are_no_side_of_a_transfer_are_in_doubt(books, post, unguarded, tampering):
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert not quick_checks.do_pairs_stand(owner, owner.scalar(text("SELECT count(*) FROM posting")))
        assert postings_equal_transfers(owner).finding_count
