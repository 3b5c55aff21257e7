"""Holds in the database: placed within the floor, and resolved once by their own deed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from tests.bookkeeping.waiting import find_open_hold
from tests.people import NOW
from timebank.bookkeeping import actions, holds
from timebank.bookkeeping.checking.accounts import holds_match
from timebank.bookkeeping.queries import get_account
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import Line
from timebank.ledger.errors import FloorReachedError, HoldResolvedError, KeyTakenError

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def place(session, books):
    """Return a function that places a hold on Grace's account, commits and returns the minutes held."""

    def placing(deed, minutes, *, agreed=None, account=None):
        held = holds.place(
            session,
            books.bank,
            account or books.grace,
            deed=deed,
            minutes=minutes,
            agreed_minutes=minutes if agreed is None else agreed,
            most_unagreed=240,
            now=NOW,
        )
        session.commit()
        return held

    return placing


@pytest.fixture
def grace(session, books):
    """Return a function that reads Grace's account."""

    def reading():
        account = get_account(session, books.bank, books.grace)
        session.rollback()
        return account.balance, account.held

    return reading


def _resolving(session, books, deed, *lines, **changed):
    hold = find_open_hold(session, books.bank, deed)
    session.rollback()
    return books.entry(deed, *lines, deed=deed, recorded_at=LATER, **{"resolves": hold, **changed})


def test_what_is_held_stays_in_the_balance_and_counts_against_the_floor(session, books, place, post, grace):
    assert place("exchange:X", 1100) == 1100
    assert grace() == (0, 1100)
    with pytest.raises(FloorReachedError):
        post(books.entry("too much", Line(books.grace, books.ada, 101)))
    post(books.entry("just enough", Line(books.grace, books.ada, 100)))
    assert grace() == (-100, 1100)


def test_a_floor_is_not_raised_above_the_free_balance(session, books, place):
    place("exchange:X", 600)
    with pytest.raises(FloorReachedError):
        actions.change_limit(session, books.bank, books.grace, -599, reason="x", by=books.recorder, now=NOW)
    session.rollback()
    actions.change_limit(session, books.bank, books.grace, -600, reason="x", by=books.recorder, now=NOW)
    session.commit()


def test_unagreed_holds_together_are_four_hours_at_most(place, grace):
    held = [place(f"exchange:{n}", 90, agreed=0) for n in range(4)]
    assert held == [90, 90, 60, 0]
    assert grace() == (0, 240)
    assert place("exchange:agreed", 120) == 120


def test_a_hold_is_no_more_than_the_floor_leaves(place, grace):
    assert place("exchange:X", 1150) == 1150
    assert place("exchange:Y", 120) == 50
    assert place("exchange:Z", 60) == 0
    assert grace() == (0, 1200)


def test_the_entry_of_its_deed_resolves_a_hold(session, books, place, post, grace):
    place("exchange:X", 1200)
    post(_resolving(session, books, "exchange:X", Line(books.grace, books.ada, 1200)))
    assert grace() == (-1200, 0)
    moment = session.execute(text("SELECT resolved_at FROM hold")).scalar_one()
    resolved_at = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert resolved_at == LATER


def test_an_entry_of_many_lines_resolves_its_hold_too(session, books, place, post, grace):
    place("exchange:X", 1200)
    lines = (Line(books.grace, books.ada, 600), Line(books.grace, books.linus, 600))
    post(_resolving(session, books, "exchange:X", *lines))
    assert grace() == (-1200, 0)


def test_an_account_without_a_floor_holds_all_agreed_minutes(session, books, place):
    arguments = {"reason": "From the old books", "by": books.recorder, "now": NOW}
    actions.change_limit(session, books.bank, books.linus, None, **arguments)
    assert place("exchange:X", 9_000, account=books.linus) == 9_000
    assert get_account(session, books.bank, books.linus).held == 9_000


@pytest.mark.parametrize("shares", [[300], [100, 200]], ids=["one line", "many lines"])
def test_an_entry_changes_no_other_hold(session, books, place, post, grace, shares):
    place("exchange:X", 300)
    place("exchange:Y", 600)
    lines = [Line(books.grace, to, share) for to, share in zip((books.ada, books.linus), shares, strict=False)]
    post(_resolving(session, books, "exchange:X", *lines))
    assert grace() == (-300, 600)
    meal = [Line(books.ada, books.linus, 15), Line(books.linus, books.ada, 15)]
    post(books.entry("a meal", *meal[: len(shares)]))
    assert grace() == (-300, 600)
    assert find_open_hold(session, books.bank, "exchange:Y") is not None


@pytest.mark.parametrize("minutes", [1, 599, 600])
def test_resolving_up_to_the_held_minutes_never_reaches_the_floor(session, books, place, post, grace, minutes):
    place("exchange:X", 600)
    post(books.entry("all the rest", Line(books.grace, books.ada, 600)))
    post(_resolving(session, books, "exchange:X", Line(books.grace, books.ada, minutes)))
    assert grace() == (-600 - minutes, 0)


def test_minutes_not_held_are_checked_against_the_floor_on_resolving(session, books, place, post, grace):
    place("exchange:X", 600)
    post(books.entry("all the rest", Line(books.grace, books.ada, 600)))
    with pytest.raises(FloorReachedError):
        post(_resolving(session, books, "exchange:X", Line(books.grace, books.ada, 601)))
    assert grace() == (-600, 600)


def test_a_replay_resolves_no_hold_again(session, books, place, post, grace):
    place("exchange:X", 600)
    entry = _resolving(session, books, "exchange:X", Line(books.grace, books.ada, 60))
    assert post(entry) == post(entry)
    assert grace() == (-60, 0)
    with pytest.raises(KeyTakenError):
        post(_resolving(session, books, "exchange:X", Line(books.grace, books.ada, 60), resolves=None))


def test_a_hold_is_released_once(session, books, place, grace):
    place("exchange:X", 600)
    holds.release(session, books.bank, "exchange:X", now=LATER)
    session.commit()
    assert grace() == (0, 0)
    with pytest.raises(HoldResolvedError):
        holds.release(session, books.bank, "exchange:X", now=LATER)


@pytest.mark.parametrize("missing", ["exchange:nobody", "exchange:Y"])
def test_releasing_a_deed_without_a_hold_is_refused(session, books, place, missing, grace):
    place("exchange:X", 60)
    with pytest.raises(HoldResolvedError):
        holds.release(session, books.bank, missing, now=LATER)
    session.rollback()
    with pytest.raises(HoldResolvedError):
        holds.release(session, books.other_bank, "exchange:X", now=LATER)
    session.rollback()
    assert grace() == (0, 60)


def test_a_resolved_hold_is_not_resolved_by_another_entry(session, books, place, post):
    place("exchange:X", 60)
    entry = _resolving(session, books, "exchange:X")
    post(entry)
    with pytest.raises(HoldResolvedError):
        post(books.entry("other", deed="exchange:X", resolves=entry.resolves))


@pytest.mark.parametrize("many", [False, True])
def test_an_entry_resolves_only_the_hold_of_its_own_deed_and_account(session, books, place, post, many, grace):
    place("exchange:X", 60)
    hold = find_open_hold(session, books.bank, "exchange:X")
    session.rollback()
    more = (Line(books.linus, books.ada, 5),) if many else ()
    wrong = {
        "of another deed": books.entry("a", Line(books.grace, books.ada, 60), *more, resolves=hold),
        "on an account that only receives": books.entry(
            "b", Line(books.ada, books.grace, 60), *more, deed="exchange:X", resolves=hold
        ),
        "that is none": books.entry("c", Line(books.grace, books.ada, 60), *more, deed="exchange:X", resolves=hold + 1),
    }
    for why, entry in wrong.items():
        with pytest.raises(HoldResolvedError):
            post(entry)
        assert grace() == (0, 60), why


def test_a_reversal_resolves_nothing(session, books, place, post, grace):
    place("exchange:X", 60, account=books.ada)
    first = post(books.entry("first"))
    hold = find_open_hold(session, books.bank, "exchange:X")
    session.rollback()
    with pytest.raises(HoldResolvedError):
        post(
            books.entry(
                "back", Line(books.ada, books.grace, 60, mirrors=1), reverses=first, resolves=hold, deed="exchange:X"
            )
        )


def test_a_deed_has_at_most_one_hold(session, books, place):
    place("exchange:X", 60)
    with pytest.raises(Exception, match=r"uq_hold_bank_id_deed|books_append_only"):
        place("exchange:X", 60)
    session.rollback()


def test_untampered_holds_are_right_and_counted(session, books, place, post):
    place("exchange:X", 60)
    place("exchange:Y", 60)
    post(_resolving(session, books, "exchange:X"))
    result = holds_match(session)
    assert (result.verdict, result.figure) == (Verdict.RIGHT, 2)


def test_concurrent_holds_together_keep_the_rule(backend, books):
    """Each reads the minutes held already; the account's row lock serializes them."""
    ready = Barrier(6)

    def hold(number):
        with backend.session() as own:
            ready.wait()
            held = holds.place(
                own,
                books.bank,
                books.grace,
                deed=f"exchange:{number}",
                minutes=60,
                agreed_minutes=0,
                most_unagreed=240,
                now=NOW,
            )
            own.commit()
            return held

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(hold, range(6))) == [0, 0, 60, 60, 60, 60]
