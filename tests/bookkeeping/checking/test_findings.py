"""A check that looks at many rows says now and then how far it has come."""

import pytest

from timebank.bookkeeping.checking import findings


@pytest.fixture
def told(session, monkeypatch):
    monkeypatch.setattr(findings, "_PROGRESS_EVERY_ROWS", 10)
    said = []
    session.info["progress"] = said.append
    yield said
    del session.info["progress"]


def test_it_is_told_each_time_that_so_many_more_were_seen(session, told):
    assert list(findings.with_progress(session, range(35))) == list(range(35))
    assert told == [10, 20, 30]


def test_batches_count_as_many_as_they_hold(session, told):
    batches = [4, 5, 21, 3, 7]
    assert list(findings.with_progress(session, batches, size=lambda batch: batch)) == batches
    assert told == [30, 40]


def test_where_nobody_listens_rows_come_as_they_are(session):
    rows = range(3)
    assert findings.with_progress(session, rows) is rows
