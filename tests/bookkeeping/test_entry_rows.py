"""What an entry's digest is made of stays as docs/ledger.md tells it, however it is written."""

import json
from dataclasses import fields
from datetime import date, datetime

import pytest
from hypothesis import given, strategies as st

from tests.people import NOW
from timebank.bookkeeping.entry_rows import NewEntry, canonical_entry, rows_of
from timebank.ledger.entries import EntryKind, Line

IDS = st.integers(1, 2**63 - 1)
LINES = st.builds(Line, IDS, IDS.map(lambda one: -one), st.integers(1, 10**6), mirrors=st.none() | st.integers(1, 99))
ENTRIES = st.builds(
    NewEntry,
    bank_id=IDS,
    key=st.text(),
    kind=st.sampled_from(EntryKind),
    lines=st.lists(LINES, min_size=1, max_size=3).map(tuple),
    occurred_on=st.dates(),
    recorded_at=st.just(NOW),
    recorded_by=IDS,
    deed=st.text(),
    on_behalf_of=st.none() | IDS,
    approved_by=st.none() | IDS,
    reverses=st.none() | IDS,
    resolves=st.none() | IDS,
)
DIGESTED = {"bank_id", "key", "kind", "recorded_by", "on_behalf_of", "approved_by", "deed", "reverses"}


@given(entry=ENTRIES, words_digest=st.none() | st.binary(min_size=32, max_size=32))
def test_a_digest_is_made_of_canonical_json(entry, words_digest):
    told = {
        **{name: getattr(entry, name) for name in DIGESTED},
        "occurred_on": entry.occurred_on.isoformat(),
        "lines": [
            [line.from_account, line.to_account, line.minutes, *([line.mirrors] if line.mirrors else [])]
            for line in entry.lines
        ],
        "words": words_digest.hex() if words_digest else None,
        **({} if entry.resolves is None else {"resolves": entry.resolves}),
    }
    standard = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_entry(entry, words_digest) == standard


def test_a_digest_leaves_out_nothing_but_the_moment_and_the_words():
    assert {field.name for field in fields(NewEntry)} - DIGESTED == {
        "lines", "occurred_on", "recorded_at", "resolves", "words",
    }  # fmt: skip


@pytest.mark.parametrize("postgresql", [True, False])
def test_an_entry_is_not_recorded_at_a_moment_without_a_time_zone(postgresql):
    naive = datetime(2026, 11, 21)  # noqa: DTZ001 (that is the point)
    entry = NewEntry(1, "k", EntryKind.EXCHANGE, (Line(1, 2, 60),), date(2026, 11, 21), naive, 3, "d")
    with pytest.raises(ValueError, match="time zone"):
        rows_of(entry, b"key", postgresql=postgresql)
