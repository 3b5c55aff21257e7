"""Exchanges that wait when holds come are held from then on, under the same rule as those that follow."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.test_data import ADA, BANK, GRACE, MARY, NOW, _moment, _results, _write_the_first_books
from timebank.ledger.checks import Verdict
from timebank.migrations import run

#: (id, state, receiver, minutes, agreed minutes): Grace has 45 minutes and a floor of -20 hours, Mary none.
WAITING = [
    (701, "recorded", GRACE, 180, None),
    (702, "disputed", GRACE, 120, None),
    (703, "recorded", GRACE, 120, 50),
    (704, "proposed", GRACE, None, 60),
    (705, "accepted", GRACE, None, 60),
    (706, "cancelled", GRACE, 90, 60),
    (707, "recorded", ADA, 1440, 1440),
    (708, "recorded", ADA, 30, None),
    (709, "recorded", MARY, 1440, None),
]
#: What is held of each: (minutes, those not agreed beforehand), oldest first.
HELD = {
    701: (180, 180),
    702: (60, 60),  # the rest of four hours
    703: (60, 0),  # what was agreed, as it would have been recorded
    707: (1275, 0),  # as far as the floor leaves room: 75 minutes and 20 hours
    708: (0, 0),
    709: (240, 240),  # no floor, and four hours all the same
}


@pytest.fixture
def waiting(scratch):
    run.upgrade(scratch.owner, "0001")
    _write_the_first_books(scratch)
    run.upgrade(scratch.owner, "0005")
    with scratch.owner.begin() as books:
        for number, state, receiver, minutes, agreed in WAITING:
            giver = MARY if receiver != MARY else ADA
            recorded = minutes is not None
            books.execute(
                text(
                    "INSERT INTO exchange (bank_id, id, code, giver_account_id, receiver_account_id, state, what,"
                    " agreed_minutes, recorded_side, occurred_on, minutes, changed_at) VALUES (:bank, :id, :code,"
                    " :giver, :receiver, :state, 'A hand', :agreed, :side, :day, :minutes, :at)"
                ),
                {
                    "bank": BANK,
                    "id": number,
                    "code": f"WAIT{number}",
                    "giver": giver,
                    "receiver": receiver,
                    "state": state,
                    "agreed": agreed,
                    "side": "giver" if recorded else None,
                    "day": (NOW.date() if scratch.name == "postgresql" else "2026-11-21") if recorded else None,
                    "minutes": minutes,
                    "at": _moment(scratch),
                },
            )
    return scratch


def _held(scratch):
    with scratch.owner.connect() as connection:
        rows = connection.execute(text("SELECT id, minutes, unagreed_minutes, deed, resolved_at FROM hold")).all()
    assert {row.deed for row in rows} == {f"exchange:WAIT{row.id}" for row in rows}
    assert all(row.resolved_at is None for row in rows)
    return {row.id: (row.minutes, row.unagreed_minutes) for row in rows}


def _accounts(scratch):
    with scratch.owner.connect() as connection:
        return {row.id: tuple(row[1:]) for row in connection.execute(text("SELECT id, balance, held FROM account"))}


def test_what_waits_is_held_under_the_rule(waiting):
    run.upgrade(waiting.owner)
    assert _held(waiting) == HELD
    assert {one: _accounts(waiting)[one] for one in (ADA, GRACE, MARY)} == {
        ADA: (75, 1275),
        GRACE: (45, 300),
        MARY: (0, 240),
    }


def test_the_books_are_right_after_it(waiting):
    run.upgrade(waiting.owner)
    results = {result.name: result for result in _results(waiting)}
    for name in ("holds_match", "waiting_hours_are_held", "floors_on_record", "balances_equal_postings", "sum_is_zero"):
        assert results[name].verdict is Verdict.RIGHT, results[name].findings
    assert (results["holds_match"].figure, results["waiting_hours_are_held"].figure) == (6, 6)


def test_the_way_back_and_forth_holds_the_same(waiting):
    run.upgrade(waiting.owner)
    run.downgrade(waiting.owner, "0005")
    assert "hold" not in waiting.tables()
    run.upgrade(waiting.owner)
    assert _held(waiting) == HELD


def test_holds_count_against_the_floor_in_the_database_from_then_on(waiting):
    run.upgrade(waiting.owner)
    change = (
        "INSERT INTO limit_change (bank_id, account_id, number, floor, reason, recorded_at)"
        " VALUES (1, 11, 2, 0, 'x', :at)"
    )
    with pytest.raises(IntegrityError), waiting.owner.begin() as books:
        books.execute(text(change), {"at": _moment(waiting)})
