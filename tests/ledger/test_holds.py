"""How many recorded minutes are held: a table, and a property of every case."""

import pytest
from hypothesis import given, strategies as st

from timebank.ledger.accounts import Account
from timebank.ledger.balances import Books
from timebank.ledger.entries import Entry, EntryKind, Line
from timebank.ledger.errors import FloorReachedError, HoldResolvedError
from timebank.ledger.holds import Hold, share_held

ADA, GRACE = 1, 2
CASES = {
    "agreed, with room": ((60, 60, 1200, 0), (60, 0)),
    "not agreed, within four hours": ((60, 0, 1200, 0), (60, 60)),
    "not agreed, up to four hours": ((300, 0, 1200, 0), (240, 240)),
    "not agreed, the last of four hours": ((300, 0, 1200, 200), (40, 40)),
    "not agreed, four hours are held already": ((60, 0, 1200, 240), (0, 0)),
    "not agreed, more is held since the rule was changed": ((60, 0, 1200, 600), (0, 0)),
    "longer than agreed": ((90, 60, 1200, 0), (90, 30)),
    "longer than agreed, four hours are held already": ((90, 60, 1200, 240), (60, 0)),
    "shorter than agreed": ((45, 60, 1200, 240), (45, 0)),
    "agreed, more than the four hours": ((600, 600, 1200, 240), (600, 0)),
    "agreed, with too little room": ((600, 600, 100, 0), (100, 0)),
    "longer than agreed, with room for some of the rest": ((90, 60, 70, 0), (70, 10)),
    "no room": ((60, 60, 0, 0), (0, 0)),
    "below the floor by a reversal": ((60, 30, -30, 0), (0, 0)),
    "no floor": ((300, 30, None, 0), (270, 240)),
}


@pytest.mark.parametrize("name", CASES)
def test_share_held_follows_its_table(name):
    (minutes, agreed, room, held), expected = CASES[name]
    assert share_held(minutes, agreed_minutes=agreed, room=room, unagreed_held=held, most_unagreed=240) == expected


@given(
    minutes=st.integers(0, 1440),
    agreed=st.integers(0, 1440),
    room=st.none() | st.integers(-600, 3000),
    held=st.integers(0, 600),
    most=st.integers(0, 600),
)
def test_nobody_can_freeze_a_neighbours_account(minutes, agreed, room, held, most):
    """Never more than was recorded or than the floor leaves, nor more unagreed minutes than the bank's maximum."""
    all_held, unagreed = share_held(minutes, agreed_minutes=agreed, room=room, unagreed_held=held, most_unagreed=most)
    assert 0 <= unagreed <= all_held <= minutes
    assert room is None or all_held <= max(room, 0)
    assert unagreed <= max(most - held, 0)
    assert all_held - unagreed <= agreed


@pytest.fixture
def books():
    opened = Books()
    opened.open_account(Account(ADA, floor=-600))
    opened.open_account(Account(GRACE, floor=-60))
    opened.place(Hold(7, GRACE, 45, 0, "exchange:X"))
    return opened


def test_a_hold_counts_against_the_floor_and_moves_nothing(books):
    assert (books.accounts[GRACE].balance, books.accounts[GRACE].free) == (0, -45)
    with pytest.raises(FloorReachedError):
        books.post(Entry(1, "a", EntryKind.GIFT, (Line(GRACE, ADA, 30),)))
    with pytest.raises(FloorReachedError):
        books.place(Hold(8, GRACE, 30, 0, "exchange:Y"))
    with pytest.raises(FloorReachedError):
        books.set_floor(GRACE, -30)
    books.set_floor(GRACE, -45)


def test_an_entry_resolves_a_hold_once(books):
    books.post(Entry(1, "a", EntryKind.EXCHANGE, (Line(GRACE, ADA, 45),), resolves=7))
    assert (books.accounts[GRACE].balance, books.accounts[GRACE].held) == (-45, 0)
    with pytest.raises(HoldResolvedError):
        books.post(Entry(2, "b", EntryKind.EXCHANGE, (Line(GRACE, ADA, 5),), resolves=7))
    with pytest.raises(HoldResolvedError):
        books.release(7)


def test_a_released_hold_frees_its_minutes(books):
    books.release(7)
    assert books.accounts[GRACE].free == 0
    with pytest.raises(HoldResolvedError):
        books.post(Entry(1, "a", EntryKind.EXCHANGE, (Line(GRACE, ADA, 45),), resolves=7))
    assert books.entries == {}


def test_a_refused_entry_leaves_its_hold_open(books):
    with pytest.raises(FloorReachedError):
        books.post(Entry(1, "a", EntryKind.EXCHANGE, (Line(GRACE, ADA, 61),), resolves=7))
    assert books.accounts[GRACE].held == 45
    books.post(Entry(1, "a", EntryKind.EXCHANGE, (Line(GRACE, ADA, 60),), resolves=7))


@pytest.mark.parametrize("resolves", [7, 99])
def test_only_an_entry_that_takes_from_the_account_resolves_its_hold(books, resolves):
    with pytest.raises(HoldResolvedError):
        books.post(Entry(1, "a", EntryKind.EXCHANGE, (Line(ADA, GRACE, 45),), resolves=resolves))
