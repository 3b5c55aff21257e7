"""Properties of the books in memory."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from timebank.ledger.accounts import Account
from timebank.ledger.balances import Books
from timebank.ledger.entries import Entry, EntryKind, Line, reversal_lines
from timebank.ledger.errors import (
    AlreadyReversedError,
    FloorReachedError,
    HoldResolvedError,
    KeyTakenError,
    LedgerError,
    NoSuchAccountError,
    NotAMirrorError,
)
from timebank.ledger.holds import Hold

ACCOUNTS = (1, 2, 3, 4)


def open_books(floor: int | None = -1200) -> Books:
    books = Books()
    for number in ACCOUNTS:
        books.open_account(Account(number, floor=floor))
    return books


lines = st.tuples(st.lists(st.sampled_from(ACCOUNTS), min_size=2, max_size=2, unique=True), st.integers(1, 1440)).map(
    lambda drawn: Line(*drawn[0], drawn[1])
)
entries = st.lists(
    st.tuples(st.sampled_from([EntryKind.EXCHANGE, EntryKind.WELCOME]), st.lists(lines, min_size=1, max_size=5)),
    max_size=20,
)


@given(entries)
def test_the_books_always_sum_to_zero_and_every_posting_follows_from_the_one_before(drawn):
    books = open_books()
    for number, (kind, its_lines) in enumerate(drawn):
        before = dict(books.accounts)
        try:
            books.post(Entry(number, f"k{number}", kind, tuple(its_lines)))
        except FloorReachedError:
            assert books.accounts == before
    assert books.total() == 0
    for account_id, account in books.accounts.items():
        mine = [posting for posting in books.postings if posting.account == account_id]
        assert [posting.number for posting in mine] == list(range(1, len(mine) + 1))
        assert sum(posting.minutes for posting in mine) == account.balance >= -1200
        assert account.given - account.received + account.other == account.balance
        assert account.given >= 0 <= account.received


@given(entries)
def test_reversing_every_entry_restores_zero_balances(drawn):
    books = open_books(floor=None)
    written = []
    for number, (kind, its_lines) in enumerate(drawn):
        entry = Entry(number, f"k{number}", kind, tuple(its_lines))
        books.post(entry)
        written.append(entry)
    for entry in written:
        books.post(Entry(1000 + entry.id, f"r{entry.id}", entry.kind, reversal_lines(entry), entry.id))
    assert {(a.balance, a.given, a.received) for a in books.accounts.values()} == {(0, 0, 0)}


def test_posting_the_same_entry_is_idempotent():
    books = open_books()
    entry = Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),))
    assert books.post(entry)
    assert not books.post(replace(entry, id=99))
    assert books.accounts[2].balance == 60
    with pytest.raises(KeyTakenError):
        books.post(replace(entry, lines=(Line(1, 2, 75),)))


def test_a_line_is_reversed_once():
    books = open_books()
    entry = Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),))
    books.post(entry)
    books.post(Entry(2, "r", EntryKind.EXCHANGE, reversal_lines(entry), 1))
    with pytest.raises(AlreadyReversedError):
        books.post(Entry(3, "s", EntryKind.EXCHANGE, reversal_lines(entry), 1))


@pytest.mark.parametrize(
    ("kind", "line", "reverses"),
    [
        (EntryKind.EXCHANGE, Line(2, 1, 61, 1), 1),
        (EntryKind.EXCHANGE, Line(1, 2, 60, 1), 1),
        (EntryKind.EXCHANGE, Line(2, 1, 60, 2), 1),
        (EntryKind.EXCHANGE, Line(2, 1, 60, 1), 5),
        (EntryKind.GIFT, Line(2, 1, 60, 1), 1),
    ],
)
def test_a_reversal_must_mirror_the_reversed_lines(kind, line, reverses):
    books = open_books()
    books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),)))
    with pytest.raises(NotAMirrorError):
        books.post(Entry(2, "r", kind, (line,), reverses))


def test_the_floor_is_checked_after_each_line_not_only_at_the_end():
    books = open_books(floor=-60)
    with pytest.raises(FloorReachedError):
        books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 90), Line(3, 1, 60))))
    assert books.total() == 0
    assert all(account.number == 0 for account in books.accounts.values())


def test_an_entry_on_a_missing_account_is_refused():
    with pytest.raises(NoSuchAccountError):
        open_books().post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 9, 60),)))


def test_a_floor_is_not_raised_above_the_balance():
    books = open_books()
    books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),)))
    with pytest.raises(LedgerError):
        books.set_floor(1, 0)
    books.set_floor(1, -60)
    with pytest.raises(FloorReachedError):
        books.post(Entry(2, "l", EntryKind.EXCHANGE, (Line(1, 2, 15),)))


def test_only_help_counts_as_given_and_received():
    books = open_books()
    books.post(Entry(1, "w", EntryKind.WELCOME, (Line(4, 1, 120),)))
    books.post(Entry(2, "x", EntryKind.EXCHANGE, (Line(1, 2, 45),)))
    one, two = books.accounts[1], books.accounts[2]
    assert (one.given, one.received, one.other, one.balance) == (0, 45, 120, 75)
    assert (two.given, two.received, two.other, two.balance) == (45, 0, 0, 45)


def test_an_account_always_opens_at_zero():
    books = Books()
    books.open_account(Account(1, floor=-60, balance=5, held=4, number=3, given=2, received=1))
    assert books.accounts[1] == Account(1, floor=-60)


def test_postings_have_their_lines_number_from_one():
    books = open_books()
    books.post(Entry(7, "k", EntryKind.EXCHANGE, (Line(1, 2, 60), Line(3, 4, 15))))
    postings = [(posting.account, posting.entry, posting.line, posting.minutes) for posting in books.postings]
    assert postings == [(1, 7, 1, -60), (2, 7, 1, 60), (3, 7, 2, -15), (4, 7, 2, 15)]


def test_floor_reached_names_the_account():
    books = open_books(floor=-60)
    with pytest.raises(FloorReachedError) as refused:
        books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(3, 2, 61),)))
    assert refused.value.values == {"account": 3}
    with pytest.raises(FloorReachedError) as refused:
        books.set_floor(2, 1)
    assert refused.value.values == {"account": 2}
    with pytest.raises(FloorReachedError) as refused:
        books.place(Hold(1, 4, 61, 0, "deed"))
    assert refused.value.values == {"account": 4}


def test_a_hold_that_was_never_placed_cannot_be_resolved():
    books = open_books()
    books.place(Hold(1, 1, 60, 0, "deed"))
    with pytest.raises(HoldResolvedError):
        books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),), resolves=0))


def test_a_line_without_mirrors_is_no_reversal():
    books = open_books()
    books.post(Entry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),)))
    with pytest.raises(NotAMirrorError):
        books.post(Entry(2, "r", EntryKind.EXCHANGE, (Line(2, 1, 60),), 1))
