"""What is written in the books past an action has no row of the trail, and is named."""

from datetime import timedelta

import pytest

from tests.people import NOW, make_confirmed, make_recorded
from timebank import clock
from timebank.actors import Doing, Unattended
from timebank.audit.trail_checks import trail_tells
from timebank.bookkeeping import actions as bookkeeping, closings, holds, opening
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.queries import find_entry_id
from timebank.exchanges import reversals
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.references import DeedName, Ref, Subject, parse
from timebank.trail import actions as trail

LATER = NOW + timedelta(hours=1)


def _named(session):
    return [(finding.table, finding.row) for finding in trail_tells(session).findings]


def open_account(session, village, by):
    said = {"floor": 0, "reason": "x", "by": by, "now": LATER}
    account_id = opening.open_account(session, village.angus.id, AccountKind.GROUP, clock.next_id(), **said)
    first = f"{village.angus.id}/{account_id}/1"
    return [("account", f"{village.angus.id}/{account_id}"), ("account_holder", first), ("limit_change", first)]


def change_limit(session, village, by):
    account_id = village.ada.account_id
    bookkeeping.change_limit(session, village.angus.id, account_id, -60, reason="x", by=by, now=LATER)
    return [("limit_change", f"{village.angus.id}/{account_id}/2")]


def close(session, village, by):
    closings.close_account(session, village.angus.id, village.ada.account_id, reason="x", by=by, now=LATER)
    closing = closings.list_closings(session, village.angus.id, village.ada.account_id)[0]
    return [("closing", f"{village.angus.id}/{closing.id}")]


def give(session, village, by):
    line = Line(village.ada.account_id, village.grace.account_id, 15)
    entry = NewEntry(village.angus.id, "gift:1", EntryKind.GIFT, (line,), LATER.date(), LATER, by, "gift:1")
    return [("entry", f"{village.angus.id}/{bookkeeping.post(session, entry)}")]


WAYS = (open_account, change_limit, close, give)


@pytest.mark.parametrize("write", WAYS)
def test_what_nobody_told_of_is_named(session, village, write):
    assert _named(session) == []
    written = write(session, village, village.mary.membership_id)
    assert sorted(_named(session)) == sorted(written)


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize(
    ("who", "at", "bank", "subject", "told"),
    [
        ("mary", LATER, "angus", "member:K7M3Q2XZ", True),
        ("tom", LATER, "angus", "member:K7M3Q2XZ", False),
        ("mary", NOW, "angus", "member:K7M3Q2XZ", False),
        ("mary", LATER, "angus", "exchange:K7M3Q2XZ", False),
        ("perdita", LATER, "perth", "member:K7M3Q2XZ", False),
    ],
)
def test_it_is_told_by_the_same_person_at_the_same_moment_in_the_same_bank(
    session, village, write, who, at, bank, subject, told
):
    write(session, village, village.mary.membership_id)
    doer = getattr(village, who).membership_id
    trail.begin(session, Unattended(getattr(village, bank).id, at, doer), DeedName.RULES_CHANGED, parse(subject))
    assert (_named(session) == []) is told


def test_a_hold_is_told_by_its_own_deed(session, village):
    make_recorded(session, village, village.ada, village.grace)
    assert _named(session) == []
    said = {"minutes": 15, "agreed_minutes": 0, "most_unagreed": 240, "now": NOW}
    holds.place(session, village.angus.id, village.grace.account_id, deed="exchange:OTHER", **said)
    ((table, _row),) = _named(session)
    assert table == "hold"
    other = Ref(Subject.EXCHANGE, "OTHER")
    trail.begin(session, Unattended(village.angus.id, NOW), DeedName.EXCHANGE_RECORD, other)
    assert _named(session) == []
    holds.release(session, village.angus.id, "exchange:OTHER", now=LATER)
    assert [table for table, _row in _named(session)] == ["hold"]


def test_a_reversal_that_both_sides_agreed_on_is_told_of_its_proposer(session, village):
    code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="A slip")
    for number, side in enumerate((village.ada, village.grace), start=1):
        reversals.agree(session, village.angus, reversal, Doing(side, NOW + timedelta(hours=number)))
    assert find_entry_id(session, village.angus.id, f"reversal:{reversal}")
    assert _named(session) == []


def test_an_entry_between_two_banks_is_told_of_where_its_recorder_is(session, village):
    """Perdita of Perth records a gift that reaches Angus; approved in Angus, the approver's trail is asked."""
    angus, perth = village.angus.id, village.perth.id
    for number, approver in enumerate((None, village.tom.membership_id)):
        line = Line(village.ada.account_id, village.grace.account_id, 60)
        key = f"clearing:{number}"
        entry = bookkeeping.NewEntry(
            angus,
            key,
            EntryKind.CLEARING,
            (line,),
            LATER.date(),
            LATER,
            village.perdita.membership_id,
            key,
            approved_by=approver,
            recorder_bank_id=perth,
        )
        entry_id = bookkeeping.post(session, entry)
        assert _named(session) == [("entry", f"{angus}/{entry_id}")]
        by, bank_id = (approver, angus) if approver else (village.perdita.membership_id, perth)
        trail.begin(session, Unattended(bank_id, LATER, by), DeedName.RULES_CHANGED, Ref(Subject.BANK, key))
        assert _named(session) == []
