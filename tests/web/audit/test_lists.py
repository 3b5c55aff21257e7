"""The lists behind the figures, each at its own address."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY
from tests.web.audit.sheets import cells
from timebank.actors import How, Standing
from timebank.bookkeeping import actions as bookkeeping
from timebank.codes import spoken
from timebank.exchanges.models import ExchangeStep
from timebank.exchanges.rules import Deed
from timebank.members.models import Membership

EMPTY = {
    "beyond-limits": "None at the moment.",
    "left-with-hours": "None at the moment.",
    "overrides": "Nobody has a lower limit at the moment.",
    "reversals": "None at the moment.",
    "one-broker": "None at the moment.",
    "entries": "None at the moment.",
    "late-entries": "None at the moment.",
    "pot": "Nothing has come or gone yet.",
    "leavers": "Nothing has come or gone yet.",
}


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_list_says_so(path, as_, village):
    assert EMPTY[path] in as_(village.audrey).get(f"audit/{path}")


def test_who_is_beyond_a_limit_stands_there_with_hours_and_since_when(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=615)
    audrey = as_(village.audrey)
    page = audrey.get("audit/beyond-limits")
    assert "The limits are \u221210 h and 20 h." in page
    assert "Grace Okafor 21 Nov, 10:00 Balance \u221210 h 15 min" in page
    assert "Ada Lamont" not in page
    assert page.links["Grace Okafor"] == f"/angus/members/{spoken(village.grace.code)}/hours"
    row = [str(village.grace.number), "Grace Okafor", "-615", "\u221210 h 15 min", "2026-11-21"]
    assert cells(audrey.get(page.links["Save as a spreadsheet"]))[1:] == [row]


def test_who_left_with_hours_is_listed_as_left(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=30)
    with books.backend.session() as session:
        changed = update(Membership).where(Membership.id == village.ada.membership_id)
        session.execute(changed.values(standing=Standing.LEFT))
        session.commit()
    assert "Ada Lamont left Balance 30 min" in as_(village.audrey).get("audit/left-with-hours")


def test_an_override_says_whose_why_by_whom_and_until_when(as_, village, books):
    with books.backend.session() as session:
        bookkeeping.change_limit(
            session,
            village.angus.id,
            village.grace.account_id,
            -1800,
            reason="Back from hospital",
            by=village.rosa.membership_id,
            now=NOW,
            until=TODAY + timedelta(days=7),
        )
        bookkeeping.change_limit(
            session,
            village.angus.id,
            village.ada.account_id,
            -1500,
            reason="Over by now",
            by=None,
            now=NOW,
            until=TODAY - timedelta(days=1),
        )
        session.commit()
    page = as_(village.audrey).get("audit/overrides")
    assert "Grace Okafor May go down to \u221230 h until Saturday 28 November. Balance now: 0 min" in page
    assert "“Back from hospital” Rosa Lindsay, 21 Nov, 10:00" in page
    assert page.words.index("Ada Lamont has ended") < page.words.index("Grace Okafor")
    assert "“Over by now” The server, 21 Nov, 10:00" in page


def test_reversals_that_wait_and_those_answered_say_who_did_what_and_why(as_, village, books):
    waits = books.reversal(books.confirmed(village.ada, village.grace, what="Roses"), by=village.mary, reason="Twice")
    done = books.reversal(books.confirmed(village.ada, village.linus, what="Lift"), by=village.mary, reason="Slip")
    books.approved(done, by=village.tom)
    audrey = as_(village.audrey)
    page = audrey.get("audit/reversals")
    assert "waits Roses Ada Lamont gave 1 hour to Grace Okafor “Twice” Asked by Mary Duncan, 21 Nov, 10:00" in page
    assert page.links["Roses"] == f"/angus/reversals/{waits}"
    assert "Lift" not in page
    page = audrey.get(page.links["Show those that were answered"])
    assert "taken back Lift" in page
    assert "Approved by Tom Ferrier, 21 Nov, 10:00" in page
    assert page.links["In the books"] == f"/angus/entries/reversal/{done}"
    assert "Roses" not in page


def test_one_broker_for_both_sides_is_listed_with_the_evidence(as_, village, books):
    code = books.confirmed(village.ada, village.grace, what="Roses")
    with books.backend.session() as session:
        for number, (member, how, evidence) in enumerate(
            ((village.ada, How.PHONE, "Rang at 9:40"), (village.grace, How.SLIP, None)), start=3
        ):
            session.add(
                ExchangeStep(
                    bank_id=village.angus.id,
                    exchange_id=books.exchange(code).id,
                    number=number,
                    deed=Deed.RECORD,
                    done_by=village.rosa.membership_id,
                    done_at=NOW,
                    on_behalf_of=member.membership_id,
                    how=how,
                    evidence=evidence,
                )
            )
        session.commit()
    page = as_(village.audrey).get("audit/one-broker")
    assert page.links["Roses"] == f"/angus/exchanges/{code}"
    assert "Rosa Lindsay recorded it for Ada Lamont, by phone: “Rang at 9:40”, 21 Nov, 10:00" in page
    assert "Rosa Lindsay recorded it for Grace Okafor, by a slip that both signed, 21 Nov, 10:00" in page


def test_late_entries_keep_their_day_and_say_when_they_were_written(as_, village, books):
    books.confirmed(village.ada, village.grace, what="In time")
    october = books.confirmed(village.ada, village.grace, what="October", day=TODAY - timedelta(days=22))
    books.confirmed(village.ada, village.grace, what="Summer", day=TODAY - timedelta(days=80))
    audrey = as_(village.audrey)
    page = audrey.get("audit/late-entries")
    assert "30 Oct Help: October late for October Grace Okafor to Ada Lamont 21 Nov, 10:00, Grace Okafor 1 h" in page
    assert "Summer" in page
    assert "In time" not in page
    page = audrey.get("audit/late-entries?late=thirty-days")
    assert "Summer" in page
    assert "October" not in page
    [row] = cells(audrey.get(page.links["Save as a spreadsheet"]))[1:]
    assert row[:3] == ["2026-09-02", "2026-11-21", "Help"]
    first = cells(audrey.get("audit/late-entries.csv"))[2]
    assert first[3:] == [october, "Grace Okafor", "Ada Lamont", "60", "October", "Grace Okafor", "", "", "2026-10"]


def test_entries_are_narrowed_down_by_kind(as_, village, books):
    code = books.confirmed(village.ada, village.grace, what="Roses")
    reversal = books.reversal(code, by=village.mary, reason="Slip")
    books.approved(reversal, by=village.tom)
    audrey = as_(village.audrey)
    page = audrey.get("audit/entries")
    assert page.links["Help"] == f"/angus/entries/exchange/{code}"
    assert page.links["Taken back: Help"] == f"/angus/entries/reversal/{reversal}"
    assert "None at the moment." in audrey.get("audit/entries?kind=welcome")
    page = audrey.get("audit/entries?kind=taken-back")
    assert "Taken back: Help" in page.links
    assert "Help" not in page.links
    [row] = cells(audrey.get(page.links["Save as a spreadsheet"]))[1:]
    assert row[2:] == [
        "taken back: Help", reversal, "Ada Lamont", "Grace Okafor", "60", "Slip", "Mary Duncan", "", "Tom Ferrier", "",
    ]  # fmt: skip
    assert "Help" in audrey.get("audit/entries?kind=nonsense").links


@pytest.mark.parametrize("path", ["entries", "late-entries"])
def test_long_lists_of_entries_go_on_page_by_page(path, as_, village, books):
    for number in range(27):
        books.confirmed(
            village.ada, village.grace, minutes=15, what=f"Walk {number:02}", day=TODAY - timedelta(days=22)
        )
    audrey = as_(village.audrey)
    page = audrey.get(f"audit/{path}")
    assert "Walk 26" in page
    assert "Walk 01" not in page
    older = audrey.get(page.links["Older ones"])
    assert "Walk 01" in older
    assert "Walk 02" not in older
    assert "Older ones" not in older.links
    assert len(cells(audrey.get(page.links["Save as a spreadsheet"]))) == 28
