"""The checks of the books shared among processes say what they say one after the other."""

import pytest
from sqlalchemy import text

from tests.people import make_confirmed
from timebank.audit.checks import ALL_CHECKS, check_books
from timebank.audit.processes import _joined, _tasks, check_in_processes
from timebank.bookkeeping.checking.checks import SPLIT
from timebank.bookkeeping.checking.entries import entries_as_written, entries_between_as_written
from timebank.bookkeeping.checking.marks import split_ids
from timebank.ledger.checks import MOST_FINDINGS, CheckResult, Finding, Verdict


def test_two_processes_find_what_one_finds(backend, session, village):
    for number in range(3):
        make_confirmed(session, village, village.ada, village.grace, minutes=30, what=f"Help {number}")
    session.commit()
    ended = []
    info = backend.settings.session_info
    timed = check_in_processes(
        backend.settings.database_url, info, 2, tell=lambda name, milliseconds: ended.append((name, milliseconds >= 0))
    )
    assert [result for result, _milliseconds in timed] == list(check_books(session))
    assert {result.verdict for result, _milliseconds in timed} <= {Verdict.RIGHT, Verdict.WARNING}
    split = {f"entries_as_written ({number} of 4)" for number in range(1, 5)}
    names = {check.__name__ for check in ALL_CHECKS} - {"entries_as_written"}
    assert {name for name, _ended in ended} == names | split
    assert len(ended) == len(names | split)


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 50])
def test_the_parts_of_a_check_read_each_entry_once(unguarded_entries, parts):
    whole = entries_as_written(unguarded_entries)
    results = [entries_between_as_written(unguarded_entries, ids) for ids in split_ids(unguarded_entries, parts)]
    assert len(results) == min(parts, whole.figure + 1)
    joined, _milliseconds = _joined([(result, 1) for result in results])
    assert joined == whole
    assert (joined.figure, joined.finding_count) == (10, 2)


def test_what_is_posted_between_two_parts_is_read_by_one_of_them(session, village):
    """On SQLite each part reads a moment of its own."""
    for number in range(6):
        make_confirmed(session, village, village.ada, village.grace, minutes=15, what=f"Help {number}")
    first, second = split_ids(session, 2)
    before = entries_between_as_written(session, first).figure
    for number in range(4):
        make_confirmed(session, village, village.ada, village.grace, minutes=15, what=f"More help {number}")
    assert before + entries_between_as_written(session, second).figure == 10


def test_books_without_an_entry_are_one_part(session, village):
    assert [entries_between_as_written(session, ids).figure for ids in split_ids(session, 4)] == [0]


@pytest.fixture
def unguarded_entries(backend, session, village):
    """Ten entries, two of which somebody has changed past the guards."""
    for number in range(10):
        make_confirmed(session, village, village.ada, village.grace, minutes=15, what=f"Help {number}")
    session.commit()
    with backend.owner_session() as owner:
        if backend.name == "sqlite":
            owner.execute(text("DROP TRIGGER entry_no_update"))
        else:
            owner.execute(text("SET LOCAL session_replication_role = replica"))
        ids = owner.scalars(text("SELECT id FROM entry ORDER BY id")).all()
        for entry_id in (ids[0], ids[-1]):
            owner.execute(text("UPDATE entry SET deed = 'other' WHERE id = :id"), {"id": entry_id})
        yield owner
        owner.rollback()


def test_findings_of_all_parts_are_counted_and_the_first_are_shown():
    findings = tuple(Finding("entry", str(number), "it is wrong") for number in range(15))
    parts = [
        (CheckResult("some", 100, "entries", findings, 15), 1.0),
        (CheckResult("some", 50, "entries", findings, 400), 2),
    ]
    joined, seconds = _joined(parts)
    assert (joined.figure, joined.finding_count, len(joined.findings), seconds) == (150, 415, MOST_FINDINGS, 3.0)
    assert joined.findings[:15] == findings


def test_what_takes_longest_is_begun_first_and_only_what_can_be_split_is():
    ranges = [(0, 5), (5, 9)]
    tasks = list(_tasks(ALL_CHECKS, ranges))
    assert tasks[:2] == [(entries_as_written, ids) for ids in ranges]
    assert {check for check, ids in tasks if ids is not None} == set(SPLIT)
    assert {check for check, _ids in tasks} == set(ALL_CHECKS)
