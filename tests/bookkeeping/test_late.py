"""Late entries by the bank's calendar, while the books store UTC; the same on both databases."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.audit_queries import EntryFilter, Late, list_entries
from timebank.bookkeeping.late import _offsets
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line

LONDON, AUCKLAND, HONOLULU = "Europe/London", "Pacific/Auckland", "Pacific/Honolulu"
MONTH, THIRTY = Late.LATER_MONTH, Late.THIRTY_DAYS

#: (zone, day it happened, moment it was posted in UTC): how it is late.
TABLE = [
    (LONDON, "2026-06-30", "2026-06-30 22:59", set()),
    (LONDON, "2026-06-30", "2026-06-30 23:01", {MONTH}),  # the first of July there
    (LONDON, "2026-11-30", "2026-11-30 23:59", set()),
    (LONDON, "2026-11-30", "2026-12-01 00:00", {MONTH}),
    (LONDON, "2026-06-01", "2026-07-01 22:59", {MONTH}),  # the thirtieth day after
    (LONDON, "2026-06-01", "2026-07-01 23:00", {MONTH, THIRTY}),
    (LONDON, "2025-12-31", "2026-01-01 12:00", {MONTH}),
    (LONDON, "2024-12-31", "2025-01-01 00:00", {MONTH}),  # before the clock changes for the first time
    (LONDON, "2026-06-01", "2026-06-30 12:00", set()),  # the first day of the month is of the month
    (LONDON, "2026-03-29", "2026-03-29 00:59", set()),
    (AUCKLAND, "2026-06-30", "2026-06-30 11:59", set()),
    (AUCKLAND, "2026-06-30", "2026-06-30 12:00", {MONTH}),
    (AUCKLAND, "2026-11-30", "2026-11-30 11:00", {MONTH}),  # their summer: an hour earlier
    (HONOLULU, "2026-06-30", "2026-07-01 09:59", set()),
    (HONOLULU, "2026-06-30", "2026-07-01 10:00", {MONTH}),
]


@pytest.fixture(autouse=True)
def nobody_remembers_the_zones():
    _offsets.cache_clear()


def _post(session, village, number, day, moment):
    pot = get_account_of_kind(session, village.angus.id, AccountKind.POT)
    bookkeeping.post(
        session,
        bookkeeping.NewEntry(
            bank_id=village.angus.id,
            key=f"test:{number}",
            kind=EntryKind.GRANT,
            lines=(Line(pot, village.ada.account_id, 15),),
            occurred_on=date.fromisoformat(day),
            recorded_at=datetime.fromisoformat(moment).replace(tzinfo=UTC),
            recorded_by=village.mary.membership_id,
            deed="test",
        ),
    )


@pytest.mark.parametrize("late", list(Late))
def test_lateness_follows_the_banks_calendar(session, village, late):
    for number, (_zone, day, moment, _late) in enumerate(TABLE):
        _post(session, village, number, day, moment)
    for zone in (LONDON, AUCKLAND, HONOLULU):
        page = list_entries(
            session, village.angus.id, EntryFilter(late=late), time_zone=zone, years=range(2025, 2027), size=100
        )
        keys = {row.key for row in page.rows}
        own = [(f"test:{n}", lates) for n, (own_zone, _day, _at, lates) in enumerate(TABLE) if own_zone == zone]
        assert [(key, key in keys) for key, _lates in own] == [(key, late in lates) for key, lates in own]


def test_offsets_of_a_zone_cover_the_requested_years():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert [minutes for _at, minutes in _offsets(LONDON, 2026, 2027)] == [0, 60, 0]
    assert [minutes for _at, minutes in _offsets(HONOLULU, 2020, 2027)] == [-600]
    changes = [moment for moment, _minutes in _offsets(LONDON, 2026, 2027)][1:]
    assert changes == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
    assert at.astimezone(ZoneInfo(AUCKLAND)).utcoffset().total_seconds() / 60 == _offsets(AUCKLAND, 2026, 2027)[0][1]
