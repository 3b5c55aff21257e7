"""Security events: recorded, bounded, never changed, and removed after a year, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from tests.people import NOW
from timebank.banks.models import Bank
from timebank.security.actions import Change, NewEvent, Origin, record, remove_old
from timebank.security.models import SecurityEvent
from timebank.security.queries import EVENTS_A_PAGE, list_events
from timebank.security.rules import KEPT, MOST_AN_HOUR, EventKind
from timebank.trail.models import TrailRow


def happen(session, village, kind=EventKind.SIGNED_IN, *, now=NOW, address="203.0.113.7", who="perdita", **said):
    event = NewEvent(
        kind,
        village.perth.id,
        getattr(village, who).person_id,
        by=None,
        now=now,
        origin=Origin(address, "Firefox\x00"),
        **said,
    )
    record(session, event)


def count(session):
    """Of the bank of Perth, where nobody has got a role."""
    query = select(func.count()).select_from(SecurityEvent).join(Bank, Bank.id == SecurityEvent.bank_id)
    return session.scalar(query.where(Bank.slug == "perth"))


def test_an_event_says_what_happened_to_whom_and_the_value_before(session, village):
    happen(session, village, EventKind.NAME_CHANGED, change=Change("Ada", "Wilma"))
    (row,) = list_events(session, village.perth.id).rows
    assert (row.kind, row.person_id, row.before, row.after) == (
        "name_changed",
        village.perdita.person_id,
        "Ada",
        "Wilma",
    )
    assert row.device == "Firefox"
    assert b"203.0.113.7" not in bytes(row.origin_digest)


def test_the_same_address_has_the_same_mark_and_another_another(session, village):
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        happen(session, village, address=address)
    assert len({row.origin_digest for row in list_events(session, village.perth.id).rows}) == 2


def test_another_banks_events_and_other_kinds_are_not_listed(session, village):
    happen(session, village)
    assert "signed_in" not in {row.kind for row in list_events(session, village.angus.id).rows}
    assert list_events(session, village.perth.id, kinds=frozenset({EventKind.CODE_MADE})).rows == []


def test_a_long_list_is_cut_into_pages(session, village):
    for _ in range(EVENTS_A_PAGE + 1):
        happen(session, village)
    first = list_events(session, village.perth.id)
    rest = list_events(session, village.perth.id, after=first.next)
    assert (len(first.rows), len(rest.rows), rest.next) == (EVENTS_A_PAGE, 1, None)


def test_a_flood_of_refusals_is_cut_and_what_happened_is_not(session, village):
    for _ in range(MOST_AN_HOUR + 5):
        happen(session, village, EventKind.SIGN_IN_FAILED)
        happen(session, village, EventKind.SIGNED_IN)
    assert count(session) == 2 * MOST_AN_HOUR + 5
    happen(session, village, EventKind.SIGN_IN_FAILED, address="203.0.113.8")
    happen(session, village, EventKind.SIGN_IN_FAILED, now=NOW + timedelta(hours=1))
    assert count(session) == 2 * MOST_AN_HOUR + 7


@pytest.mark.parametrize("statement", [update(SecurityEvent).values(before="x"), delete(SecurityEvent)])
def test_an_event_is_neither_changed_nor_taken_away_within_the_year(session, village, statement):
    happen(session, village)
    with pytest.raises(DBAPIError):
        session.execute(statement)


def test_an_event_is_not_replaced_under_its_id(session, village):
    happen(session, village)
    (row,) = list_events(session, village.perth.id).rows
    same = {"bank_id": village.perth.id, "id": row.id, "happened_at": NOW, "kind": "x", "device": ""}
    replacing = ("OR REPLACE",) if session.get_bind().dialect.name == "sqlite" else ()
    statement = insert(SecurityEvent).values(**same, before="", after="", evidence="").prefix_with(*replacing)
    with pytest.raises(DBAPIError):
        session.execute(statement)


def test_after_a_year_it_is_removed_and_the_trail_says_so(session, village):
    happen(session, village, now=NOW - KEPT - timedelta(days=1))
    happen(session, village, now=NOW - KEPT + timedelta(days=1))
    happen(session, village)
    assert remove_old(session, village.perth.id, "perth", now=NOW) == 1
    assert count(session) == 2
    trail = session.scalars(select(TrailRow.deed).where(TrailRow.deed == "security_events.removed")).all()
    assert trail == ["security_events.removed"]
    assert remove_old(session, village.perth.id, "perth", now=NOW) == 0
    assert remove_old(session, village.angus.id, "angus", now=NOW) == 0


def test_an_event_of_the_future_takes_no_other_away(session, village):
    """The year counts back from the trail, whose rows stay."""
    happen(session, village)
    happen(session, village, now=NOW + 2 * KEPT)
    with pytest.raises(DBAPIError):
        session.execute(delete(SecurityEvent).where(SecurityEvent.happened_at <= NOW))
