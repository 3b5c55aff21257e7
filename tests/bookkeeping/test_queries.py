"""Queries of accounts, entries and statements."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import NoResultFound

from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.queries import (
    StatementFilter,
    find_entry_id,
    first_and_last_recording,
    get_account,
    get_account_of_kind,
    get_entry,
    list_accounts,
    list_reversed_lines,
    list_statement,
    list_whole_statement,
    select_accounts_of_kind,
    select_entries_of_deeds,
    select_keys,
)
from timebank.ledger.accounts import Account, AccountKind
from timebank.ledger.entries import Entry, EntryKind, Line

EVERYTHING = StatementFilter()


@pytest.fixture
def ids(session, books, post):
    """Post a year of Ada: help given to two, help received, welcome hours and reversals; return ids by name."""
    pot = get_account_of_kind(session, books.bank, AccountKind.POT)
    at = [NOW + timedelta(days=number) for number in range(5)]
    meal = (Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30))
    ids = {"meal": post(books.entry("meal", *meal, words="A meal", recorded_at=at[0]))}
    ids["lift"] = post(books.entry("lift", Line(books.ada, books.linus, 45), recorded_at=at[1]))
    ids["welcome"] = post(books.entry("welcome", Line(pot, books.ada, 120), kind=EntryKind.WELCOME, recorded_at=at[2]))
    back = Line(books.ada, books.grace, 60, mirrors=1)
    ids["back"] = post(books.entry("back", back, reverses=ids["meal"], recorded_at=at[3], deed="test:meal"))
    lift_back = Line(books.linus, books.ada, 45, mirrors=1)
    ids["lift back"] = post(books.entry("lift back", lift_back, reverses=ids["lift"], recorded_at=at[4]))
    return {**ids, "pot": pot}


def _numbers(rows):
    return [row.number for row in rows]


def test_a_statement_row_has_every_column(session, books, ids):
    rows = list_whole_statement(session, books.bank, books.ada, EVERYTHING)
    assert [(row.number, row.key, row.minutes, row.balance_after, row.other_account) for row in rows] == [
        (1, "meal", 60, 60, books.grace),
        (2, "meal", 30, 90, books.linus),
        (3, "lift", -45, 45, books.linus),
        (4, "welcome", 120, 165, ids["pot"]),
        (5, "back", -60, 105, books.grace),
        (6, "lift back", 45, 150, books.linus),
    ]
    assert [row.words for row in rows] == ["A meal", "A meal", None, None, None, None]
    assert [row.reversed_by for row in rows] == [ids["back"], None, ids["lift back"], None, None, None]
    assert [row.reverses for row in rows] == [None, None, None, None, ids["meal"], ids["lift"]]
    assert [row.entry_id for row in rows[:3]] == [ids["meal"], ids["meal"], ids["lift"]]
    first = rows[0]
    assert (first.kind, first.occurred_on, first.recorded_at, first.deed) == (
        "exchange",
        date(2026, 11, 20),
        NOW,
        "test:meal",
    )


def test_the_other_account_sees_the_same_lines_with_opposite_sign(session, books, ids):
    rows = list_whole_statement(session, books.bank, books.linus, EVERYTHING)
    assert [(row.number, row.key, row.minutes, row.balance_after, row.other_account) for row in rows] == [
        (1, "meal", -30, -30, books.ada),
        (2, "lift", 45, 15, books.ada),
        (3, "lift back", -45, -30, books.ada),
    ]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (EVERYTHING, [1, 2, 3, 4, 5, 6]),
        (StatementFilter(shows="given"), [1, 2, 5]),
        (StatementFilter(shows="received"), [3, 6]),
        (StatementFilter(recorded_from=NOW + timedelta(days=2)), [4, 5, 6]),
        (StatementFilter(recorded_before=NOW + timedelta(days=2)), [1, 2, 3]),
        (StatementFilter("given", NOW, NOW + timedelta(days=3)), [1, 2]),
        (StatementFilter(recorded_from=NOW + timedelta(days=9)), []),
    ],
)
def test_a_filter_omits_rows_and_changes_none(session, books, ids, filters, numbers):
    """A reversal of help is listed with that help; other kinds are no help."""
    whole = {row.number: row for row in list_whole_statement(session, books.bank, books.ada, EVERYTHING)}
    rows = list_whole_statement(session, books.bank, books.ada, filters)
    assert _numbers(rows) == numbers
    assert [row == whole[row.number] for row in rows] == [True] * len(rows)
    assert _numbers(list_statement(session, books.bank, books.ada, filters).rows) == numbers[::-1]


def test_pages_reach_the_first_posting_and_back_to_the_newest(session, books, ids):
    def page(below=None, filters=EVERYTHING):
        found = list_statement(session, books.bank, books.ada, filters, below=below, size=2)
        return _numbers(found.rows), found.next, found.newer

    assert page() == ([6, 5], 5, None)
    assert page(5) == ([4, 3], 3, 7)
    assert page(3) == ([2, 1], None, 5)
    assert page(1) == ([], None, 3)
    assert page(4) == ([3, 2], 2, 6)
    assert page(7) == ([6, 5], 5, None)
    given = StatementFilter(shows="given")
    assert page(filters=given) == ([5, 2], 2, None)
    assert page(2, given) == ([1], None, 6)


def test_a_page_has_twenty_five_rows(session, books):
    for number in range(26):
        actions.post(session, books.entry(f"entry {number}", Line(books.grace, books.ada, 1)))
    page = list_statement(session, books.bank, books.ada, EVERYTHING)
    assert (_numbers(page.rows), page.next) == (list(range(26, 1, -1)), 2)


def test_a_statement_is_of_one_account_of_one_bank(session, books, ids):
    assert list_whole_statement(session, books.other_bank, books.ada, EVERYTHING) == []
    assert list_statement(session, books.other_bank, books.ada, EVERYTHING, below=9).newer is None
    assert list_whole_statement(session, books.bank, books.perdita, EVERYTHING) == []


def test_first_and_last_recording_are_those_of_the_account(session, books, ids):
    assert first_and_last_recording(session, books.bank, books.ada) == (NOW, NOW + timedelta(days=4))
    assert first_and_last_recording(session, books.bank, books.linus) == (NOW, NOW + timedelta(days=4))
    assert first_and_last_recording(session, books.bank, books.grace) == (NOW, NOW + timedelta(days=3))
    assert first_and_last_recording(session, books.other_bank, books.perdita) is None


def test_an_account_is_read_in_its_own_bank(session, books, ids):
    assert get_account(session, books.bank, books.ada) == Account(
        books.ada, AccountKind.MEMBER, floor=-1200, balance=150, number=6, given=30, received=0
    )
    found = list_accounts(session, books.bank, [books.ada, books.linus, books.perdita])
    assert {account_id: account.balance for account_id, account in found.items()} == {
        books.ada: 150,
        books.linus: -30,
    }
    with pytest.raises(NoResultFound):
        get_account(session, books.other_bank, books.ada)
    with pytest.raises(NoResultFound):
        get_account_of_kind(session, books.bank, AccountKind.FUND)
    assert get_account_of_kind(session, books.other_bank, AccountKind.POT) != ids["pot"]


def test_an_entry_is_read_by_id_and_found_by_key(session, books, ids, village):
    standing = get_entry(session, books.bank, ids["meal"])
    lines = (Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30))
    assert standing.entry == Entry(ids["meal"], "meal", EntryKind.EXCHANGE, lines)
    assert (standing.occurred_on, standing.recorded_at, standing.recorded_by, standing.approved_by, standing.deed) == (
        date(2026, 11, 20),
        datetime(2026, 11, 21, 10, tzinfo=UTC),
        village.ada.membership_id,
        None,
        "test:meal",
    )
    assert get_entry(session, books.bank, ids["back"]).entry.reverses == ids["meal"]
    assert find_entry_id(session, books.bank, "meal") == ids["meal"]
    assert find_entry_id(session, books.other_bank, "meal") is find_entry_id(session, books.bank, "other") is None
    with pytest.raises(NoResultFound):
        get_entry(session, books.other_bank, ids["meal"])


def test_reversed_lines_are_listed_by_number(session, books, ids):
    assert list_reversed_lines(session, books.bank, ids["meal"]) == {1}
    assert list_reversed_lines(session, books.bank, ids["welcome"]) == set()
    assert list_reversed_lines(session, books.other_bank, ids["meal"]) == set()


def test_entries_of_deeds_have_their_first_line_and_whether_it_is_reversed(session, books, ids, post):
    post(books.entry("walk", Line(books.grace, books.linus, 20)))
    rows = session.execute(select_entries_of_deeds(EntryKind.EXCHANGE)).all()
    assert sorted(tuple(row)[:7] for row in rows) == sorted(
        [
            (books.bank, "test:lift", books.ada, books.linus, 45, 1, True),
            (books.bank, "test:meal", books.grace, books.ada, 60, 2, True),
            (books.bank, "test:walk", books.grace, books.linus, 20, 1, False),
        ]
    )
    assert (books.recorder, NOW) in {(row.recorded_by, row.recorded_at) for row in rows}
    assert [row.deed for row in session.execute(select_entries_of_deeds(EntryKind.WELCOME))] == ["test:welcome"]


def test_keys_and_accounts_of_a_kind_have_their_bank(session, books, ids):
    assert session.execute(select_keys(EntryKind.WELCOME)).all() == [(books.bank, "welcome")]
    pots = session.execute(select_accounts_of_kind(AccountKind.POT)).all()
    assert {row.bank_id for row in pots} == {books.bank, books.other_bank}
    assert (books.bank, ids["pot"]) in pots


def test_limit_changes_are_listed_newest_first(session, books):
    for floor in (-600, None, -900):
        actions.change_limit(
            session, books.bank, books.ada, floor, reason=f"to {floor}", by=books.recorder, now=NOW, until=None
        )
    oldest_first = list_limits(session, books.bank, books.ada)[::-1]
    assert [tuple(row)[:3] for row in oldest_first[1:]] == [
        (2, -600, "to -600"),
        (3, None, "to None"),
        (4, -900, "to -900"),
    ]
    assert list_limits(session, books.other_bank, books.ada) == []
