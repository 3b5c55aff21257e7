"""What stood in the books before the trail had to tell of it is told of as such, once, and nothing else is."""

import pytest
from sqlalchemy import text

from tests.migrations.test_data import ADA, BANK, GRACE, MARY, NOW, _moment, _results, _write_the_first_books
from timebank.ledger.checks import Verdict
from timebank.migrations import run


def _trail(scratch):
    with scratch.owner.connect() as connection:
        rows = connection.execute(text("SELECT bank_id, id, done_by, deed, subject FROM trail ORDER BY id")).all()
    return [tuple(row) for row in rows]


@pytest.fixture
def untold(scratch):
    """Books of which the trail tells nothing: four accounts, three entries by Mary, one that Ada approved, a hold."""
    run.upgrade(scratch.owner, "0001")
    _write_the_first_books(scratch)
    run.upgrade(scratch.owner, "0007")
    with scratch.owner.begin() as books:
        books.execute(
            text(
                "INSERT INTO hold (bank_id, id, account_id, minutes, unagreed_minutes, deed, placed_at)"
                " VALUES (:bank, 701, :grace, 30, 0, 'exchange:AAAA', :at)"
            ),
            {"bank": BANK, "grace": GRACE, "at": _moment(scratch)},
        )
        books.execute(
            text("UPDATE hold SET resolved_at = :at WHERE id = 701"),
            {"at": _moment(scratch) if scratch.name == "sqlite" else NOW},
        )
    return scratch


def test_each_person_and_moment_that_nothing_is_told_of_is_told_once(untold):
    assert _trail(untold) == []
    run.upgrade(untold.owner, "0010")
    told = _trail(untold)
    assert {(row[0], row[2], row[3], row[4]) for row in told} == {
        (BANK, None, "books.before", "books"),
        (BANK, MARY, "books.before", "books"),
        (BANK, ADA, "books.before", "books"),
        (BANK, None, "books.before", "exchange:AAAA"),
    }
    assert sorted(row[1] for row in told) == [-4, -3, -2, -1]


def test_what_is_told_of_already_is_left_alone(untold):
    with untold.owner.begin() as books:
        for number, (who, subject) in enumerate([(MARY, "member:X"), (None, "exchange:AAAA"), (None, "exchange:BBBB")]):
            books.execute(
                text(
                    "INSERT INTO trail (bank_id, id, done_at, done_by, deed, subject)"
                    " VALUES (:bank, :id, :at, :by, 'x', :subject)"
                ),
                {"bank": BANK, "id": number, "at": _moment(untold), "by": who, "subject": subject},
            )
    run.upgrade(untold.owner, "0010")
    assert {row[2:] for row in _trail(untold) if row[1] < 0} == {
        (None, "books.before", "books"),  # the accounts: what was done about an exchange opens none
        (ADA, "books.before", "books"),
    }


def test_the_books_are_right_after_it_and_the_step_can_be_taken_again(untold):
    run.upgrade(untold.owner)
    told = _trail(untold)
    (result,) = (result for result in _results(untold) if result.name == "trail_tells")
    assert (result.verdict, result.figure) == (Verdict.RIGHT, 14)
    run.downgrade(untold.owner, "0009")
    run.upgrade(untold.owner)
    assert _trail(untold) == told
