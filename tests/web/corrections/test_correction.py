"""What a second person says to a correction, and where everybody reads of it."""

import pytest

from tests.people import NOW
from tests.web.statement.lines import read_lines


def test_a_second_approver_has_the_hours_move(as_, village, books):
    code = books.correction()
    tom = as_(village.tom)
    page = tom.get(f"corrections/{code}")
    assert "Grace Okafor now: No hours either way; then: 1 hour below zero" in page
    page = tom.done(page, "Approve")
    assert "Done. It stands on this page who did it and when." in page
    assert "Approved by Tom Ferrier" in page
    assert "The hours have moved with a new line." in page
    assert (books.balance(village.ada), books.balance(village.grace)) == (60, -60)
    assert books.are_right()


def test_each_of_them_sees_a_line_of_its_own_with_the_reason(as_, village, books):
    books.adjusted(village.ada, village.grace, reason="Slip 12 was written down twice")
    for name, minutes, other in (("ada", 60, "Grace Okafor"), ("grace", -60, "Ada Lamont")):
        page = as_(getattr(village, name)).get("hours")
        (line,) = read_lines(page)
        assert (line.minutes, line.balance) == (minutes, minutes)
        assert line.words == f"Correction, {other}: Slip 12 was written down twice"


def test_a_correction_counts_neither_as_given_nor_as_received(as_, village, books):
    books.adjusted(village.ada, village.grace)
    account = books.account(village.ada)
    assert (account.given, account.received, account.other) == (0, 0, 60)


def test_the_story_of_the_entry_names_both_people_and_the_reason(as_, village, books):
    code = books.adjusted(village.ada, village.grace)
    audrey = as_(village.audrey)
    page = audrey.get(audrey.get(f"corrections/{code}").links["In the books"])
    assert page.path == f"/angus/entries/adjustment/{code}"
    for words in (
        "Counted twice",
        "Asked by Mary Duncan",
        "Approved by Tom Ferrier",
        "Mary Duncan asked for a correction",
    ):
        assert words in page
    assert "Tom Ferrier approved the correction" in page
    assert page.links["The page of the correction"] == f"/angus/corrections/{code}"


def test_approving_twice_moves_the_hours_once(as_, village, books):
    code = books.correction()
    tom, clara = as_(village.tom), as_(village.clara)
    page = tom.get(f"corrections/{code}")
    tom.done(page, "Approve")
    tom.done(page, "Approve")
    late = clara.follow(clara.post(f"corrections/{code}/approval"))
    assert "Somebody answered this a moment ago." in late
    assert (books.balance(village.ada), books.count("entry")) == (60, 1)


def test_nobody_approves_their_own(as_, village, books):
    code = books.correction()
    mary = as_(village.mary)
    page = mary.get(f"corrections/{code}")
    assert not page.has_button("Approve")
    assert not page.has_button("Turn it down")
    assert "You cannot do this." in mary.follow(mary.post(f"corrections/{code}/approval"))
    assert "You cannot do this." in mary.post(f"corrections/{code}/refusal", reason="No")
    assert books.count("entry") == 0


def test_nobody_approves_what_moves_their_own_hours(as_, village, books):
    code = books.correction(from_account=village.clara.account_id)
    clara = as_(village.clara)
    page = clara.get(f"corrections/{code}")
    assert not page.has_button("Approve")
    assert code not in clara.get("desk").html
    assert "You cannot do this." in clara.follow(clara.post(f"corrections/{code}/approval"))
    assert books.count("entry") == 0


def test_what_a_floor_refuses_waits_on(as_, village, books):
    code = books.correction(minutes=1260)
    tom = as_(village.tom)
    page = tom.get(f"corrections/{code}")
    assert "this would take Grace Okafor below the lowest balance" in page
    page = tom.done(page, "Approve")
    assert "These hours cannot move yet: they would go below the lowest balance that is agreed." in page
    assert page.has_button("Approve")
    assert books.count("entry") == 0


def test_turning_it_down_takes_a_reason_that_is_shown(as_, village, books):
    code = books.correction()
    tom = as_(village.tom)
    page = tom.get(tom.get(f"corrections/{code}").links["Turn it down"])
    assert "Say why. Who asked for it will read this." in tom.submit(page, reason=" ")
    page = tom.done(page, reason="Ask Grace first")
    for words in ("Turned down by Tom Ferrier", "Ask Grace first", "Nothing has moved."):
        assert words in page
    assert "Ask Grace first" in as_(village.mary).get(f"corrections/{code}")
    tom.submit(tom.get(f"corrections/{code}/refusal"), reason="Ask Grace first")
    assert (books.count("entry"), books.count("correction")) == (0, 1)


def test_the_proposer_withdraws_a_correction(as_, village, books):
    code = books.correction()
    mary = as_(village.mary)
    page = mary.done(mary.get(f"corrections/{code}"), "Withdraw it")
    assert "Withdrawn by Mary Duncan" in page
    tom = as_(village.tom)
    assert "Somebody answered this a moment ago." in tom.follow(tom.post(f"corrections/{code}/approval"))
    assert books.count("entry") == 0


@pytest.mark.parametrize("name", ["tom", "clara"])
def test_the_desk_lists_what_waits_for_ones_approval(name, as_, village, books):
    code = books.correction(reason="Slip 12")
    page = as_(getattr(village, name)).get("desk")
    assert "Waits for your approval" in page
    assert "1 hour from Grace Okafor to Ada Lamont" in page
    assert page.links[f"Correction {code}"] == f"/angus/corrections/{code}"


def test_the_desk_of_others_lists_none(as_, village, books):
    code = books.correction()
    assert "Nothing waits for you." in as_(village.mary).get("desk")
    assert code not in as_(village.mary).get("desk").html
    assert "Waits for your approval" not in as_(village.rosa).get("desk")


def test_the_audit_leads_to_what_waits_and_what_was_answered(as_, village, books):
    waiting = books.correction(reason="Still to be looked at")
    answered = books.adjusted(village.ada, village.grace)
    audrey = as_(village.audrey)
    page = audrey.get("audit")
    assert "Corrections that wait 1" in page
    page = audrey.get("audit/corrections")
    assert "Still to be looked at" in page
    assert waiting in page.html
    assert answered not in page.html
    assert not page.has_button("Put a balance right")
    page = audrey.get(page.links["Show those that were answered"])
    assert "Approved by Tom Ferrier" in page
    assert answered in page.html
    assert waiting not in page.html
    assert as_(village.mary).get("audit/corrections").has_button("Put a balance right")


def test_more_than_a_page_goes_on(as_, village, books):
    codes = [books.correction(reason=f"Slip {number}") for number in range(26)]
    mary = as_(village.mary)
    page = mary.get("audit/corrections")
    assert codes[0] not in page.html
    assert codes[0] in mary.get(page.links["Older ones"]).html


def test_to_strangers_and_members_a_correction_is_nothing(as_, village, books):
    code = books.correction()
    assert as_(village.grace).get(f"corrections/{code}").status == 403
    assert as_(village.perdita).get(f"/angus/corrections/{code}").status == 404
    assert as_(None).get(f"corrections/{code}").to.startswith("/angus/sign-in?next=")
    for address in ("corrections/AAAA-AAAA", "corrections/AAAA-AAAA/refusal"):
        assert as_(village.tom).get(address).status == 404
    assert as_(village.tom).post("corrections/AAAA-AAAA/approval").status == 404


def test_a_correction_shows_when_it_was_proposed(as_, village, books):
    code = books.correction(now=NOW)
    assert "Mary Duncan, 21 Nov, 10:00" in as_(village.tom).get(f"corrections/{code}")
