"""What the database writes out of entries is what is sealed of them, and whatever is not so is looked at again."""

import pytest
from sqlalchemy import select, text

from tests.people import NOW, TODAY
from timebank.bookkeeping import reversing
from timebank.bookkeeping.checking import leaf_hashes
from timebank.bookkeeping.checking.entries import entries_as_written
from timebank.bookkeeping.checking.seals import seals_match
from timebank.bookkeeping.sealing.actions import seal
from timebank.bookkeeping.sealing.models import Leaf
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.leaves import LeafKind

ODD_WORDS = 'Soup & "bread" \\ for twélve\t\n\x01\x1f\x7f 🥣 </script>'


@pytest.fixture
def sealed(session, books, post):
    """Post and seal entries of every shape: plain, odd characters, on behalf, with words, two lines, one reversed."""
    post(books.entry("plain"))
    post(books.entry("odd " + ODD_WORDS, deed="deed " + ODD_WORDS, words=ODD_WORDS))
    post(books.entry("behalf", on_behalf_of=books.recorder, kind=EntryKind.GIFT))
    lines = (Line(books.grace, books.ada, 30), Line(books.linus, books.ada, 45))
    meal = post(books.entry("meal", *lines, kind=EntryKind.ACTIVITY))
    back = {"key": "back", "reason": "Not there", "by": books.recorder, "approved_by": None, "now": NOW, "today": TODAY}
    reversing.reverse(session, books.bank, meal, numbers=[2], **back)
    session.commit()
    seal(session, books.bank, now=NOW)
    session.commit()
    return books


def test_each_entry_hashes_to_its_leaf(session, sealed):
    leaves = session.execute(select(Leaf.number, Leaf.hash).where(Leaf.kind == LeafKind.ENTRY)).all()
    assert len(leaves) == 5
    assert leaf_hashes.hash_entries(session, sealed.bank, 0, 1_000) == dict(leaves)


def test_only_leaves_in_the_range_are_hashed(session, sealed):
    every = leaf_hashes.hash_entries(session, sealed.bank, 0, 1_000)
    assert list(leaf_hashes.hash_entries(session, sealed.bank, min(every), min(every))) == [min(every)]
    assert leaf_hashes.hash_entries(session, sealed.bank, 1_000, 2_000) == {}


LINES = {
    "postgresql": (
        "lines || ARRAY[lines[1][1], lines[1][2], NULL]",
        "ARRAY[ARRAY[lines[1][1], lines[1][2], lines[1][3], 1]]",
        "'{}'",
    ),
    "sqlite": (
        "json_insert(lines, '$[#]', json_array(1, 2))",
        "json_insert(lines, '$[#]', 'x')",
        "json_insert(lines, '$[0][#]', 1)",
        "json_insert(lines, '$[0][#]', 1, '$[0][#]', 1)",
        "json_replace(lines, '$[0][2]', lines ->> '$[0][2]' || '')",
        "'[]'",
        "'5'",
        "'not [json'",
    ),
}


@pytest.mark.parametrize("number", range(max(map(len, LINES.values()))))
def test_lines_changed_after_sealing_match_no_leaf(backend, session, books, post, unguarded, number):
    if number >= len(LINES[backend.name]):
        pytest.skip("this database has fewer ways")
    _post_sealed(session, books, post)
    with unguarded() as owner:
        owner.execute(text(f"UPDATE entry SET lines = {LINES[backend.name][number]}"))
        assert not _fits(owner, books)


def test_a_change_after_sealing_is_a_finding(session, books, post, unguarded):
    _post_sealed(session, books, post)
    with unguarded() as owner:
        owner.execute(text("UPDATE entry SET deed = 'other'"))
        findings = seals_match(owner).findings
        assert [finding.problem.partition(": ")[2] for finding in findings] == ["it was changed after it was sealed"]


@pytest.mark.parametrize("column", ["deed", "key"])
def test_bytes_in_a_text_column_of_sqlite_match_no_leaf(backend, session, books, post, unguarded, column):
    if backend.name == "postgresql":
        pytest.skip("it keeps no bytes there")
    _post_sealed(session, books, post)
    with unguarded() as owner:
        owner.execute(text(f"UPDATE entry SET {column} = CAST({column} AS BLOB)"))
        assert not _fits(owner, books)
        assert entries_as_written(owner).finding_count == 1


def _post_sealed(session, books, post):
    post(books.entry("plain"))
    seal(session, books.bank, now=NOW)
    session.commit()


def _fits(owner, books):
    leaf = owner.execute(select(Leaf.number, Leaf.hash).where(Leaf.kind == LeafKind.ENTRY)).one()
    return leaf_hashes.hash_entries(owner, books.bank, 0, 1_000).get(leaf.number) == leaf.hash
