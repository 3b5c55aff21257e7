from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.codes import heard, spoken


def _code_on(page):
    return page.words.partition("Type this code: ")[2].split(" ", 1)[0]


def test_a_broker_makes_a_code_that_can_be_printed_and_that_lets_the_member_in(as_, village, visitor, books):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"members/{spoken(village.grace.code)}"), "Make a sign-in code")
    assert "A sign-in code for Grace Okafor" in page.title
    assert "It works once, within 14 days." in page
    assert f"Your member number: {village.grace.number}" in page
    code = _code_on(page)
    assert len(heard(code)) == 12
    visitor.done(visitor.get("sign-in/code"), code=code)
    assert "Hello, Grace" in visitor.get()


def test_the_code_is_shown_to_the_broker_who_made_it_and_to_nobody_else(as_, village):
    rosa, mary = as_(village.rosa), as_(village.mary)
    path = f"members/{spoken(village.grace.code)}"
    rosa.done(rosa.get(path), "Make a sign-in code")
    assert mary.get(f"{path}/sign-in-code").to == f"/angus/{path}"
    assert rosa.get(f"members/{spoken(village.ada.code)}/sign-in-code").status == 302


def test_a_broker_borrows_no_role_by_a_code(as_, village, books):
    rosa = as_(village.rosa)
    for actor in (village.mary, village.tom, village.rosa):
        assert rosa.post(f"members/{spoken(actor.code)}/sign-in-code").status == 403
        assert "sign-in code" not in rosa.get(f"members/{spoken(actor.code)}")
    assert books.count("sign_in_code") == 0


def _half_on(page, words):
    return page.words.partition(f"{words} half: ")[2].split(" Tell", 1)[0]


def test_the_code_of_a_keeper_is_made_by_two_people_who_have_half_of_it_each(as_, village, visitor):
    mary, tom = as_(village.mary), as_(village.tom)
    path = f"members/{spoken(village.rosa.code)}"
    page = mary.done(mary.get(path), "Make the first half of a sign-in code")
    first = _half_on(page, "First")
    assert "Now another coordinator or a trustee makes the second half" in page
    desk = tom.get("desk")
    page = tom.get(desk.links["The second half of a sign-in code for Rosa Lindsay"])
    page = tom.done(page, "Make the second half")
    second = _half_on(page, "Second")
    assert first not in page
    assert [len(heard(half)) for half in (first, second)] == [6, 6]
    assert visitor.submit(visitor.get("sign-in/code"), code=first).status == 200
    page = visitor.done(visitor.get("sign-in/code"), code=f"{first} {second}")
    assert page.path == "/angus/password"
    assert visitor.get("members").status == 200  # nobody else has seen it whole, so all her roles are hers


def test_a_half_that_waits_is_named_to_keepers_until_the_second_is_made(as_, village):
    mary, tom = as_(village.mary), as_(village.tom)
    path = f"members/{spoken(village.rosa.code)}"
    mary.done(mary.get(path), "Make the first half of a sign-in code")
    sentence = "Mary Duncan made the first half of a sign-in code for Rosa Lindsay on 21 Nov, 10:00."
    for keeper in (village.mary, village.rosa, village.tom, village.clara, village.audrey):
        page = as_(keeper).get(path)
        assert sentence in page
        assert "It waits for the second half, until 5 Dec, 10:00." in page
        assert "Can make it: Clara Muir, Tom Ferrier" in page
        assert ("Make the second half" in page.links) is (keeper in {village.tom, village.clara})
    for member in (village.ada, village.linus):
        assert "first half" not in as_(member).get(path)
    assert sentence in tom.get("desk")
    page = tom.get(f"{path}/sign-in-code")
    assert sentence in page
    tom.done(page, "Make the second half")
    for browser in (mary, tom):
        assert "first half of a sign-in code for Rosa" not in browser.get(path)


def test_one_coordinator_alone_gets_no_second_half(as_, village, books):
    mary = as_(village.mary)
    path = f"members/{spoken(village.rosa.code)}"
    for _time in range(2):
        page = mary.done(mary.get(path), "Make the first half of a sign-in code")
        assert "Second half" not in page
    assert books.ask("SELECT count(*) FROM sign_in_code WHERE second_digest IS NOT NULL")[0][0] == 0
    assert mary.post(f"members/{spoken(village.mary.code)}/sign-in-code").status == 403


def test_who_made_a_code_for_whom_is_on_record(as_, village, books):
    rosa = as_(village.rosa)
    rosa.done(rosa.get(f"members/{spoken(village.grace.code)}"), "Make a sign-in code")
    rows = books.ask("SELECT done_by, subject FROM trail WHERE deed = 'sign_in_code.made'")
    assert [tuple(row) for row in rows] == [(village.rosa.membership_id, f"member:{village.grace.code}")]


@pytest.fixture
def by_code(visitor, village, as_):
    """Grace's browser, signed in with a code that Rosa made and could have used herself."""
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(f"members/{spoken(village.grace.code)}"), "Make a sign-in code")
    visitor.done(visitor.get("sign-in/code"), code=_code_on(page))
    return visitor


def test_the_audit_does_not_name_to_whom_a_member_wrote_or_whom_they_reported(by_code, as_, village, books):
    books.written(village.mary, village.grace)
    path = f"members/{spoken(village.mary.code)}/messages"
    by_code.done(by_code.get(path), "Send", words="No.")
    by_code.done(by_code.get(f"{path}/report"), words="She shouts")
    page = as_(village.mary).get("audit/code-sessions")
    assert "asked a broker to look at a conversation" in page
    assert f"members/{spoken(village.mary.code)}" not in page.links.values()
    assert "conversation: Mary Duncan" not in page


def test_a_broker_cannot_confirm_her_own_hours_by_the_others_code(by_code, village, books):
    code = books.recorded(village.rosa, village.grace)
    page = by_code.get(f"exchanges/{code}/confirmation")
    page = by_code.submit(page)
    assert "Rosa Lindsay made the code with which you came in, and is part of this." in page
    assert books.state(code) == "recorded"


def test_home_says_who_made_a_code_and_that_it_was_used(by_code, as_, village):
    home = by_code.get()
    assert "Rosa Lindsay made the code with which you came in." in home
    line = "Rosa Lindsay made a sign-in code for you on 21 Nov, 10:00; it was used on 21 Nov, 10:00."
    assert line in as_(village.grace).get()
    assert line in as_(village.grace).get("profile")


def test_a_password_that_was_chosen_in_it_changes_nothing_for_two_weeks(by_code, village, books, clock, as_):
    """Rosa could have chosen it, and signed in with it."""
    by_code.done(by_code.get("password"), password="five-quiet-herons")
    code = books.recorded(village.rosa, village.grace)
    other = as_(None)
    other.done(other.get("sign-in"), who=village.grace.number, password="five-quiet-herons")
    for browser in (by_code, other):
        page = browser.submit(browser.get(f"exchanges/{code}/confirmation"))
        assert "Rosa Lindsay made the code with which you came in, and is part of this." in page
    clock.move_to(NOW + timedelta(days=14))
    other.done(other.get(f"exchanges/{code}/confirmation"))
    assert books.state(code) == "confirmed"


def test_what_was_done_with_a_brokers_code_is_listed_for_the_audit(by_code, as_, village, books):
    code = books.recorded(village.ada, village.grace, what="Hedge cutting")
    by_code.done(by_code.get(f"exchanges/{code}/confirmation"))
    mary = as_(village.mary)
    assert "/angus/audit/code-sessions" in mary.get("audit").links.values()
    page = mary.get("audit/code-sessions")
    assert "Grace Okafor confirmed it: Hedge cutting" in page
    assert "with a code of Rosa Lindsay" in page


def test_a_code_of_one_bank_opens_nothing_in_another(as_, app, village, books, visitor):
    """Callum is a member of both; a broker of Perth signs in as him and reads his hours in Angus otherwise."""
    both = books.member_of_both(village.perdita)
    visitor.bank = "perth"
    visitor.done(visitor.get("sign-in/code"), code=books.sign_in_code(village.perdita))
    assert visitor.get("hours").status == 200
    visitor.bank = "angus"
    assert visitor.get("hours").to.startswith("/angus/sign-in")
    assert visitor.get(f"members/{both.code}").to.startswith("/angus/sign-in")
    visitor.bank = "perth"
    visitor.done(visitor.get("password"), password="five-quiet-herons")
    visitor.bank = "angus"
    assert visitor.get("hours").to.startswith("/angus/sign-in")
