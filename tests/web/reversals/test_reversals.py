import pytest

from tests.web.statement.lines import read_lines
from timebank.actors import How, acting_for


def _proposed(books, *, by=None):
    village = books.village
    code = books.confirmed(village.ada, village.grace, what="Dog walk", minutes=45)
    return code, books.reversal(code, by=by or village.mary)


def test_a_coordinator_proposes_to_take_an_exchange_back_with_a_reason(as_, village, books):
    code = books.confirmed(village.ada, village.grace, minutes=45)
    mary = as_(village.mary)
    page = mary.get(mary.get(f"exchanges/{code}").links["Take this back"])
    assert "Nothing is deleted: a new line takes the hours back." in page
    page = mary.done(page, reason="Written down twice")
    assert "Written down twice" in page
    assert "Asked by Mary Duncan" in page
    assert "The hours go back when both agree, or when a second person approves." in page
    assert "A coordinator asks to take this back." in as_(village.ada).get(f"exchanges/{code}")
    assert (books.state(code), books.balance(village.ada)) == ("confirmed", 45)


def test_a_reversal_needs_its_reason(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    mary = as_(village.mary)
    for said in ("", "   "):
        page = mary.submit(mary.get(f"exchanges/{code}/reversal"), reason=said)
        assert page.status == 200
        assert "Say why. Both will read it." in page
    assert books.count("reversal") == 0


def test_a_reason_that_is_too_long_is_kept_to_be_shortened(as_, village, books):
    code, words = books.confirmed(village.ada, village.grace), "w" * 2001
    mary = as_(village.mary)
    page = mary.submit(mary.get(f"exchanges/{code}/reversal"), reason=words)
    assert "Say it in 2,000 letters or fewer." in page
    assert page.form.fields["reason"] == [words]
    assert books.count("reversal") == 0


def test_proposing_twice_makes_one_reversal(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    mary, clara = as_(village.mary), as_(village.clara)
    page, other_page = mary.get(f"exchanges/{code}/reversal"), clara.get(f"exchanges/{code}/reversal")
    assert mary.submit(page, reason="Twice").to == mary.submit(page, reason="Twice").to
    refused = clara.submit(other_page, reason="It was another day")
    assert "Somebody has asked for this already. It waits for an answer." in refused
    assert refused.form.fields["reason"] == ["It was another day"]
    assert books.count("reversal") == 1


@pytest.mark.parametrize("state", ["propose", "accepted", "recorded", "disputed"])
def test_what_has_moved_no_hours_cannot_be_taken_back(state, as_, village, books):
    code = getattr(books, state)(village.ada, village.grace)
    mary = as_(village.mary)
    assert mary.get(f"exchanges/{code}/reversal").to == f"/angus/exchanges/{code}"
    assert "You cannot do this." in mary.post(f"exchanges/{code}/reversal", reason="No", form_key="k")
    assert books.count("reversal") == 0


@pytest.mark.parametrize("first", ["ada", "grace"])
def test_when_both_sides_agree_the_hours_go_back_with_a_new_line(first, as_, village, books):
    code, reversal = _proposed(books)
    names = [first, "grace" if first == "ada" else "ada"]
    browser = as_(getattr(village, names[0]))
    page = browser.done(browser.get(f"reversals/{reversal}"), "I agree")
    assert not page.has_button("I agree")
    assert (books.state(code), books.balance(village.ada)) == ("confirmed", 45)
    browser = as_(getattr(village, names[1]))
    page = browser.done(browser.get(f"reversals/{reversal}"), "I agree")
    assert "The hours were taken back with a new line." in page
    assert (books.state(code), books.balance(village.ada), books.balance(village.grace)) == ("reversed", 0, 0)
    assert [line.minutes for line in read_lines(as_(village.ada).get("hours"))] == [-45, 45]
    assert books.are_right()


@pytest.mark.parametrize("name", ["tom", "clara"])
def test_a_second_approver_has_the_hours_go_back(name, as_, village, books):
    code, reversal = _proposed(books)
    approver = getattr(village, name)
    browser = as_(approver)
    page = browser.done(browser.get(f"reversals/{reversal}"), "Approve")
    assert f"Approved by {approver.name}" in page
    assert (books.state(code), books.balance(village.ada)) == ("reversed", 0)
    entry = books.ask("SELECT recorded_by, approved_by FROM entry WHERE reverses IS NOT NULL")
    assert [tuple(row) for row in entry] == [(village.mary.membership_id, approver.membership_id)]
    shown = as_(village.grace).get("hours")
    assert [line.balance for line in read_lines(shown)] == [0, -45]
    assert shown.links["Taken back"] == f"/angus/exchanges/{code}"
    assert "“Written down twice”" in as_(village.grace).get(f"exchanges/{code}")
    assert books.are_right()


def test_approving_twice_takes_the_hours_back_once(as_, village, books):
    _code, reversal = _proposed(books)
    tom = as_(village.tom)
    page = tom.get(f"reversals/{reversal}")
    tom.done(page, "Approve")
    tom.done(page, "Approve")
    clara = as_(village.clara)
    late = clara.follow(clara.post(f"reversals/{reversal}/approval"))
    assert "This was dealt with a moment ago" in late
    assert (books.balance(village.ada), books.count("entry")) == (0, 2)


def test_nobody_approves_what_they_proposed(as_, village, books):
    code, reversal = _proposed(books)
    mary = as_(village.mary)
    assert not mary.get(f"reversals/{reversal}").has_button("Approve")
    page = mary.follow(mary.post(f"reversals/{reversal}/approval"))
    assert "You cannot do this. If you think you should, ring us." in page
    assert (books.state(code), books.count("entry")) == ("confirmed", 1)


def test_no_coordinator_approves_what_they_took_part_in(as_, village, books):
    code = books.confirmed(village.clara, village.grace)
    reversal = books.reversal(code, by=village.mary)
    clara = as_(village.clara)
    assert not clara.get(f"reversals/{reversal}").has_button("Approve")
    assert "You cannot do this." in clara.follow(clara.post(f"reversals/{reversal}/approval"))
    assert (books.state(code), books.balance(village.clara)) == ("confirmed", 60)


def test_no_coordinator_approves_what_they_recorded_for_a_member(as_, village, books):
    hand = acting_for(village.clara, village.ada, How.PHONE)
    code = books.confirmed(village.ada, village.grace, by=hand)
    reversal = books.reversal(code, by=village.mary)
    clara = as_(village.clara)
    page = clara.get(f"reversals/{reversal}")
    assert not page.has_button("Approve")
    assert not page.has_button("Turn it down")
    assert "You cannot do this." in clara.follow(clara.post(f"reversals/{reversal}/approval"))
    assert as_(village.tom).get(f"reversals/{reversal}").has_button("Approve")
    assert (books.state(code), books.balance(village.ada)) == ("confirmed", 60)


@pytest.mark.parametrize("name", ["ada", "grace", "linus", "rosa", "audrey"])
@pytest.mark.parametrize("deed", ["approval", "refusal"])
def test_only_a_coordinator_or_trustee_approves_or_turns_down(name, deed, as_, village, books):
    code, reversal = _proposed(books)
    assert as_(getattr(village, name)).post(f"reversals/{reversal}/{deed}").status == 403
    assert (books.state(code), books.count("entry")) == ("confirmed", 1)


def test_who_took_no_part_cannot_agree_for_a_side(as_, village, books):
    code, reversal = _proposed(books)
    assert as_(village.linus).post(f"reversals/{reversal}/agreement").status == 404
    for actor in (village.rosa, village.mary):
        browser = as_(actor)
        assert "You cannot do this." in browser.follow(browser.post(f"reversals/{reversal}/agreement"))
    assert books.state(code) == "confirmed"


def test_turned_down_the_exchange_stands_and_the_page_says_by_whom(as_, village, books):
    code, reversal = _proposed(books)
    tom = as_(village.tom)
    page = tom.done(tom.get(f"reversals/{reversal}"), "Turn it down")
    assert "It was turned down, so the exchange stands." in page
    assert "Turned down by Tom Ferrier" in page
    assert not as_(village.ada).get(f"reversals/{reversal}").has_button("I agree")
    assert (books.state(code), books.balance(village.ada)) == ("confirmed", 45)


def test_the_proposer_can_withdraw_and_propose_again(as_, village, books):
    code, reversal = _proposed(books)
    mary = as_(village.mary)
    mary.done(mary.get(f"reversals/{reversal}"), "Withdraw it")
    page = mary.done(mary.get(f"exchanges/{code}/reversal"), reason="Now for the right reason")
    assert "Now for the right reason" in page
    assert books.count("reversal") == 2


def test_what_was_taken_back_cannot_be_taken_back_again(as_, village, books):
    code, reversal = _proposed(books)
    books.approved(reversal, by=village.tom)
    mary = as_(village.mary)
    assert mary.get(f"exchanges/{code}/reversal").to == f"/angus/exchanges/{code}"
    page = mary.post(f"exchanges/{code}/reversal", reason="Again", form_key="k")
    assert "This was dealt with a moment ago" in page
    assert (books.count("reversal"), books.count("entry")) == (1, 2)


def test_hours_that_were_spent_meanwhile_are_taken_back_all_the_same_and_the_lower_floor_is_on_record(
    as_, village, books
):
    code, reversal = _proposed(books)
    books.confirmed(village.linus, village.ada, minutes=1245)
    tom = as_(village.tom)
    page = tom.done(tom.get(f"reversals/{reversal}"), "Approve")
    assert "The hours were taken back with a new line." in page
    assert (books.state(code), books.balance(village.ada), books.balance(village.grace)) == ("reversed", -1245, 0)
    changes = books.ask(
        "SELECT floor FROM limit_change WHERE account_id = :id ORDER BY number", id=village.ada.account_id
    )
    assert [row.floor for row in changes] == [-1200, -1245]
    assert books.are_right()


def test_after_a_reversal_the_right_hours_can_be_recorded(as_, village, books):
    code, reversal = _proposed(books)
    books.approved(reversal, by=village.tom)
    ada = as_(village.ada)
    assert "The right hours can be recorded anew." in ada.get(f"exchanges/{code}")
    page = ada.done(ada.done(ada.get(f"exchanges/{code}"), "Record the same again"), choice="yesterday")
    page = ada.done(ada.get(page.links["Change How long"]), choice="30", how_long="")
    assert "Ada Lamont gave 30 minutes to Grace Okafor" in ada.done(page)


def test_to_strangers_a_reversal_does_not_exist(as_, village, books):
    _code, reversal = _proposed(books)
    assert as_(village.linus).get(f"reversals/{reversal}").status == 404
    assert as_(village.perdita).get(f"/angus/reversals/{reversal}").status == 404
    assert as_(None).get(f"reversals/{reversal}").to.startswith("/angus/sign-in?next=")
    assert as_(village.mary).get("reversals/AAAA-AAAA").status == 404
    assert as_(village.mary).get("exchanges/AAAA-AAAA/reversal").status == 404
