"""Fast paths of the checks have no false negatives, and no false positives on right books."""

import hmac
import re

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text

from tests.bookkeeping.waiting import find_open_hold
from tests.people import NOW, TODAY
from timebank.bookkeeping import holds, reversing
from timebank.bookkeeping.checking import balances, marks, sides
from timebank.bookkeeping.checking.balances import balances_equal_postings, running_balances
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.checking.entries import entries_as_written, postings_equal_lines, reversals_mirror
from timebank.bookkeeping.models import Entry
from timebank.ledger.entries import EntryKind, Line

ODD_WORDS = 'Soup & "bread" \\ for twélve\t\n\x01\x1f\x7f 🥣 </script>'


@pytest.fixture
def lively(session, books, post):
    """Post entries of every shape: plain, odd characters, on behalf, with words, two lines, one of them reversed."""
    post(books.entry("plain"))
    post(books.entry("odd " + ODD_WORDS, deed="deed " + ODD_WORDS, words=ODD_WORDS))
    post(books.entry("behalf", on_behalf_of=books.recorder, kind=EntryKind.GIFT))
    lines = (Line(books.grace, books.ada, 30), Line(books.linus, books.ada, 45))
    meal = post(books.entry("meal", *lines, kind=EntryKind.ACTIVITY))
    back = {"key": "back", "reason": "Not there", "by": books.recorder, "approved_by": None, "now": NOW, "today": TODAY}
    reversing.reverse(session, books.bank, meal, numbers=[2], **back)
    session.commit()
    return session


def test_untampered_entries_give_no_false_positives(lively):
    assert marks.find_doubtful_entries(lively, lively.info["books_key"]) == ([], 5)
    assert sides.are_sides_posted(lively)


def test_with_another_key_every_entry_is_doubtful(lively):
    assert len(marks.find_doubtful_entries(lively, b"another key")[0]) == 5


@given(key=st.binary(max_size=100), content=st.binary(max_size=300))
def test_the_copied_hmac_equals_hmac_digest(key, content):
    assert marks.marker(key)(content) == hmac.digest(key, content, "sha256")


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
    "DELETE FROM posting",
    "DELETE FROM posting WHERE minutes > 0",
    "DELETE FROM posting WHERE minutes < 0",
    "UPDATE posting SET minutes = minutes + 1",
    "UPDATE posting SET minutes = 2 * minutes",
    "UPDATE posting SET minutes = -minutes",
    "UPDATE posting SET line = 2",
    "UPDATE posting SET line = line + minutes",
    "UPDATE posting SET entry_id = entry_id + 1",
    "UPDATE posting SET bank_id = bank_id + 1",
    "UPDATE posting SET account_id = account_id + 1",
    "INSERT INTO posting SELECT bank_id, account_id, number + 99, entry_id, line + 9, minutes, 0, 0, 0 FROM posting",
    "INSERT INTO posting SELECT bank_id, account_id, number + 99, entry_id + 1, line, minutes, 0, 0, 0 FROM posting",
    "UPDATE entry SET reverses = id",
    "UPDATE entry SET id = id + 1",
    "UPDATE entry SET bank_id = bank_id + 1",
    "DELETE FROM entry",
    "DELETE FROM account",
    "DELETE FROM account WHERE balance > 0",
)


@pytest.mark.parametrize("number", range(len(BOTH) + max(map(len, LINES.values()))))
def test_a_line_that_differs_from_its_postings_is_a_finding(backend, books, post, unguarded, number):
    tamperings = (*BOTH, *LINES[backend.name])
    if number >= len(tamperings):
        pytest.skip("this database has fewer ways")
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text(tamperings[number]))
        assert not sides.are_sides_posted(owner)
        assert postings_equal_lines(owner).finding_count


@pytest.mark.parametrize("number", range(len(BOTH)))
def test_one_wrong_line_among_right_entries_is_a_finding(lively, unguarded, number):
    """Among right entries of every shape."""
    lively.rollback()
    meal = "entry_id = (SELECT id FROM entry WHERE key = 'meal')"
    if re.match(r"(UPDATE|DELETE FROM) entry ?", BOTH[number]):
        meal = "key = 'meal'"
    elif BOTH[number].startswith("DELETE FROM account"):
        meal = "1 = 1"
    tampering = f"{BOTH[number]} {'AND' if 'WHERE' in BOTH[number] else 'WHERE'} {meal}"
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert not sides.are_sides_posted(owner)
        assert postings_equal_lines(owner).finding_count


def test_a_side_posted_twice_is_a_finding(books, post, unguarded):
    post(books.entry("plain"))
    with unguarded() as owner:
        columns = "bank_id, account_id, number + 1, entry_id, line, minutes, 0, 0, 0"
        owner.execute(text(f"INSERT INTO posting SELECT {columns} FROM posting"))
        assert not sides.are_sides_posted(owner)
        assert [finding.problem for finding in postings_equal_lines(owner).findings] == [
            "its postings are not its lines"
        ]


def test_a_side_posted_in_place_of_another_is_a_finding(lively, unguarded):
    """The number of postings is right, and each of them is a side of some line."""
    lively.rollback()
    with unguarded() as owner:
        owner.execute(
            text(
                "UPDATE posting SET minutes = -minutes, account_id = (SELECT o.account_id FROM posting AS o"
                " WHERE o.entry_id = posting.entry_id AND o.line = posting.line AND o.minutes = -posting.minutes),"
                " number = number + 99 WHERE minutes > 0 AND entry_id = (SELECT id FROM entry WHERE key = 'plain')"
            )
        )
        assert not sides.are_sides_posted(owner)
        assert postings_equal_lines(owner).finding_count == 1


def test_each_defect_of_postings_has_its_own_message(books, post, unguarded):
    first, second = post(books.entry("plain")), post(books.entry("other"))
    for tampering, problems in (
        (f"DELETE FROM entry WHERE id = {first}", {"its entry is missing"}),
        (f"DELETE FROM entry WHERE id = {second}", {"its entry is missing"}),
        (f"DELETE FROM posting WHERE entry_id = {first}", {"its postings are not its lines"}),
        ("DELETE FROM account", {"its account is missing"}),
    ):
        with unguarded() as owner:
            owner.execute(text(tampering))
            assert {finding.problem for finding in postings_equal_lines(owner).findings} == problems


@pytest.mark.parametrize("column", [column.name for column in Entry.__table__.columns if column.name != "bank_id"])
def test_a_changed_column_of_an_entry_is_a_finding(backend, books, post, unguarded, column):
    post(books.entry("plain"))
    new = {
        "digest": "'\\x" + 32 * "00" + "'" if backend.name == "postgresql" else "zeroblob(32)",
        "kind": "'gift'",
        "lines": "'{{1,2,60}}'" if backend.name == "postgresql" else "'[[1,2,60]]'",
        "occurred_on": "'2026-11-19'",
        "recorded_at": "'2026-11-21 10:00:00.000001+00'"
        if backend.name == "postgresql"
        else "'2026-11-21 10:00:00.000001'",
        "words_digest": "digest",
    }.get(column, "'7'")
    with unguarded() as owner:
        owner.execute(text(f"UPDATE entry SET {column} = {new}"))
        assert [finding.problem for finding in entries_as_written(owner).findings] == [
            "it was changed after it was written"
        ]


def test_an_entry_moved_to_another_bank_is_a_finding(books, post, unguarded):
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET bank_id = :other"), {"other": books.other_bank})
        assert entries_as_written(owner).finding_count == 1


def test_a_posting_on_a_missing_account_is_a_finding(books, post, unguarded, backend):
    post(books.entry("plain"))
    lines = {
        "postgresql": "UPDATE entry SET lines[1][2] = 7",
        "sqlite": "UPDATE entry SET lines = json_replace(lines, '$[0][1]', 7)",
    }
    with unguarded() as owner:
        owner.execute(text(lines[backend.name]))
        owner.execute(text("UPDATE posting SET account_id = 7 WHERE minutes > 0"))
        assert not sides.are_sides_posted(owner)
        assert [finding.problem for finding in postings_equal_lines(owner).findings] == ["its account is missing"]


def test_only_the_changed_entry_is_doubtful(books, post, unguarded):
    ids = [post(books.entry(f"plain {number}")) for number in range(5)]
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET deed = 'other' WHERE id = :id"), {"id": ids[2]})
        doubtful, _seen = marks.find_doubtful_entries(owner, owner.info["books_key"])
        assert list(doubtful) == [(books.bank, ids[2])]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_leave_no_entry_out(monkeypatch, lively, batch):
    monkeypatch.setattr(marks, "_BATCH", batch)
    key = lively.info["books_key"]
    assert marks.find_doubtful_entries(lively, key) == ([], 5)
    assert len(marks.find_doubtful_entries(lively, b"another key")[0]) == 5


def test_an_entry_with_the_lowest_id_is_read_too(books, post, unguarded):
    post(books.entry("plain"))
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET id = -9223372036854775808, deed = 'other'"))
        assert entries_as_written(owner).finding_count == 1


def test_lines_with_a_line_break_in_their_json_are_doubtful(backend, books, post, unguarded):
    if backend.name == "postgresql":
        pytest.skip("its lines are numbers")
    ids = [post(books.entry(f"plain {number}")) for number in range(3)]
    with unguarded() as owner:
        owner.execute(
            text("UPDATE entry SET lines = replace(lines, '[[', '[' || char(10) || '[') WHERE id = :id"), {"id": ids[1]}
        )
        assert marks.find_doubtful_entries(owner, owner.info["books_key"])[0] == [(books.bank, ids[1])]


def test_untampered_books_have_no_findings(lively):
    assert running_balances(lively).finding_count == 0
    assert balances_equal_postings(lively).finding_count == 0
    assert postings_equal_lines(lively).finding_count == 0
    assert reversals_mirror(lively).finding_count == 0


STUMBLES = (
    "UPDATE posting SET number = number + 10",
    "UPDATE posting SET balance_after = balance_after + 1",
    "UPDATE posting SET given_after = given_after + 1",
    "UPDATE posting SET received_after = received_after + 1",
    "UPDATE posting SET minutes = -minutes",
    "DELETE FROM posting WHERE number = 1",
    "UPDATE entry SET kind = 'gift'",
    "UPDATE entry SET reverses = id",
)


@pytest.mark.parametrize("tampering", STUMBLES)
def test_a_posting_that_does_not_follow_is_a_finding(books, post, unguarded, tampering):
    for number in range(3):
        post(books.entry(f"plain {number}"))
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert running_balances(owner).finding_count


UNEVEN = (
    "UPDATE account SET balance = balance + 1",
    "UPDATE account SET number = number + 1",
    "UPDATE account SET given = given + 1",
    "UPDATE account SET received = received + 1",
    "UPDATE posting SET minutes = -minutes",
    "DELETE FROM posting WHERE number = 2",
    "UPDATE posting SET given_after = given_after + 1",
    "UPDATE posting SET received_after = received_after + 1",
    "DELETE FROM posting",
    "DELETE FROM posting WHERE minutes > 0",
)


@pytest.mark.parametrize("tampering", UNEVEN)
def test_an_account_that_differs_from_its_postings_is_a_finding(books, post, unguarded, tampering):
    for number in range(3):
        post(books.entry(f"plain {number}"))
    with unguarded() as owner:
        owner.execute(text(tampering))
        assert balances_equal_postings(owner).finding_count


NOTED_WRONGLY = (
    "DELETE FROM taken_back",
    "UPDATE taken_back SET line = 1",
    "UPDATE taken_back SET by_entry_id = entry_id",
    "UPDATE taken_back SET entry_id = by_entry_id",
    "UPDATE taken_back SET bank_id = bank_id + 1",
    "INSERT INTO taken_back SELECT bank_id, entry_id, 1, by_entry_id FROM taken_back",
    "UPDATE entry SET reverses = NULL WHERE reverses IS NOT NULL",
    "DELETE FROM entry WHERE reverses IS NOT NULL",
)


@pytest.mark.parametrize("tampering", NOTED_WRONGLY)
def test_taken_back_rows_that_match_no_reversal_are_findings(lively, unguarded, tampering):
    lively.rollback()
    with unguarded() as owner:
        owner.execute(text(tampering))
        problems = {finding.problem for finding in reversals_mirror(owner).findings}
        assert problems == {"it is not what a reversal took back"}


def test_a_line_reversed_twice_is_a_finding(lively, unguarded):
    lively.rollback()
    columns = ", ".join(column.name for column in Entry.__table__.columns)
    again = columns.replace("id,", "id + 1,", 2).replace("bank_id + 1", "bank_id").replace("key", "'again'", 1)
    with unguarded() as owner:
        owner.execute(text(f"INSERT INTO entry ({columns}) SELECT {again} FROM entry WHERE reverses IS NOT NULL"))
        assert "a line of it was taken back more than once" in {
            finding.problem for finding in reversals_mirror(owner).findings
        }


ODD_LINES = {
    "sqlite": [
        "",
        "not [json",
        "7",
        "null",
        "{}",
        '{"a":1}',
        "[]",
        "[7]",
        "[[]]",
        "[[1,2]]",
        '[[1,2,"60"]]',
        "[[1,2,60.0]]",
        "[[1,2,null]]",
        "[[1,2,60,1]]",
        '[[1,2,60,"1"]]',
        "[[1,2,60,null]]",
        "[[1,2,60,1.0]]",
        "[[1,2,60,0]]",
        "[[[1],2,60,1]]",
    ],
    "postgresql": [
        "{}",
        "{1,2,60}",
        "{{1,2}}",
        "{{1,2,NULL}}",
        "{{NULL,2,60}}",
        "{{1,2,60,1}}",
        "{{1,2,60,NULL}}",
        "{{1,2,60,0}}",
        "{{{1,2,60,1}}}",
        "[0:0][0:2]={{1,2,60}}",
        "[1:1][0:3]={{1,2,60,1}}",
        "{{1,2,60,1,1}}",
    ],
}


@pytest.mark.parametrize("which", ["plain", "meal", "back", "held"])
@pytest.mark.parametrize("number", range(max(map(len, ODD_LINES.values()))))
def test_malformed_lines_are_findings_and_stop_no_check(backend, lively, books, post, unguarded, which, number):
    if number >= len(ODD_LINES[backend.name]):
        pytest.skip("this database has fewer ways")
    arguments = {"minutes": 20, "agreed_minutes": 20, "most_unagreed": 0, "now": NOW}
    holds.place(lively, books.bank, books.linus, deed="exchange:X", **arguments)
    lively.commit()
    hold = find_open_hold(lively, books.bank, "exchange:X")
    post(books.entry("held", Line(books.linus, books.ada, 20), deed="exchange:X", resolves=hold))
    with unguarded() as owner:
        owner.execute(
            text("UPDATE entry SET lines = :lines WHERE key = :key"),
            {"lines": ODD_LINES[backend.name][number], "key": which},
        )
        findings = {result.name: result.finding_count for result in (check(owner) for check in CHECKS)}
        assert findings["postings_equal_lines"]
        assert findings["entries_as_written"]


def test_postings_in_another_order_than_their_entries_are_findings(books, post, unguarded, monkeypatch):
    """Each posting is a side of its entry and every balance follows, but the order in statements would be wrong."""
    ids = [post(books.entry(f"plain {number}")) for number in range(2)]
    monkeypatch.setattr(balances, "LATE", 0)
    with unguarded() as owner:
        assert running_balances(owner).findings == ()
        swap = "UPDATE posting SET entry_id = :both - entry_id WHERE account_id = :ada"
        assert owner.execute(text(swap), {"both": sum(ids), "ada": books.ada}).rowcount == 2
        assert sides.are_sides_posted(owner)
        (result,) = running_balances(owner).findings
        assert (result.table, result.row) == ("posting", f"{books.bank}/{books.ada}/2")
