"""Progress of checks over many rows."""

import pytest

from timebank.bookkeeping.checking import findings


@pytest.fixture
def reported(session, monkeypatch):
    monkeypatch.setattr(findings, "_PROGRESS_EVERY_ROWS", 10)
    counts = []
    session.info["progress"] = counts.append
    yield counts
    del session.info["progress"]


def test_progress_is_reported_after_every_so_many_rows(session, reported):
    assert list(findings.with_progress(session, range(35))) == list(range(35))
    assert reported == [10, 20, 30]


def test_a_batch_counts_all_its_rows(session, reported):
    batches = [4, 5, 21, 3, 7]
    assert list(findings.with_progress(session, batches, size=lambda batch: batch)) == batches
    assert reported == [30, 40]


def test_without_a_callback_the_rows_are_returned_unchanged(session):
    rows = range(3)
    assert findings.with_progress(session, rows) is rows
