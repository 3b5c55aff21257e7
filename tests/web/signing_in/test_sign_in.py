from datetime import timedelta

import pytest

from tests.people import NOW, PASSWORD
from tests.web.visitor import Visitor
from timebank.signing_in.actions import Attempt, begin_attempt
from timebank.signing_in.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from timebank.web.pages.signing_in import views

DOES_NOT_FIT = "That does not fit together. Look at both again."


@pytest.mark.parametrize("typed", ["number", "e-mail", "E-MAIL", "phone", "phone with its country"])
def test_a_member_signs_in_with_a_password_and_whatever_they_know_of_themselves(typed, visitor, village, books):
    books.change_person(village.ada, phone="+441632960222", phone_is_proved=True)
    who = {
        "number": village.ada.number,
        "e-mail": "ada@example.org",
        "E-MAIL": " ADA@Example.org",
        "phone": "01632 960 222",
        "phone with its country": "+44 1632 960222",
    }[typed]
    page = visitor.done(visitor.get("sign-in"), who=who, password=PASSWORD)
    assert "Hello, Ada" in page
    assert visitor.get("hours").status == 200


def test_a_wrong_password_is_told_in_one_sentence_and_keeps_what_was_typed(visitor, village):
    page = visitor.submit(visitor.get("sign-in"), who="ada@example.org", password="not-my-kettle")
    assert page.status == 200
    assert DOES_NOT_FIT in page
    assert page.form.fields["who"] == ["ada@example.org"]
    assert page.form.fields["password"] == [""]
    assert "not-my-kettle" not in page.html
    assert visitor.get("hours").to.startswith("/angus/sign-in")


@pytest.mark.parametrize("who", ["nobody@example.org", "99999", "perdita@example.org", "01632 960 999"])
def test_somebody_unknown_here_reads_the_same_sentence(who, visitor, village):
    page = visitor.submit(visitor.get("sign-in"), who=who, password=PASSWORD)
    assert DOES_NOT_FIT in page
    assert page.to is None


def test_without_a_password_yet_no_password_lets_in(visitor, village, books):
    books.change_person(village.ada, password_hash=None)
    page = visitor.submit(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
    assert DOES_NOT_FIT in page


def test_nothing_typed_asks_for_both(visitor, village):
    page = visitor.submit(visitor.get("sign-in"))
    assert "Type your member number, e-mail or phone." in page
    assert "Type your password." in page


def test_two_with_one_e_mail_sign_in_by_their_numbers(visitor, village, books):
    """No password is tried on two: a guess at the one must not pay with the other's."""
    books.change_person(village.grace, email="ada@example.org")
    page = visitor.submit(visitor.get("sign-in"), who="ada@example.org", password=PASSWORD)
    assert DOES_NOT_FIT in page
    assert "try your member number: it always works." in page
    assert page.form.fields["who"] == ["ada@example.org"]
    page = visitor.done(page, who=village.grace.number, password=PASSWORD)
    assert "Hello, Grace" in page


def test_a_members_password_is_not_guessed_by_taking_on_her_e_mail(as_, visitor, village, books):
    """Grace's own password was right whenever she tried it, so tries at Ada's were never counted."""
    grace = as_(village.grace)
    grace.done(grace.get("profile"), "Keep these changes", email="ada@example.org", present=PASSWORD)
    page = visitor.get("sign-in")
    for _ in range(TRIES_PER_ACCOUNT):
        assert DOES_NOT_FIT in visitor.submit(page, who="ada@example.org", password="wrong")
    assert "There were too many tries." in visitor.submit(page, who="ada@example.org", password="wrong")
    assert "There were too many tries." in visitor.submit(page, who=village.ada.number, password=PASSWORD)


def test_a_changed_contact_signs_nobody_in_before_it_is_proved(as_, visitor, village):
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", email="ada.new@example.org", present=PASSWORD)
    page = visitor.submit(visitor.get("sign-in"), who="ada.new@example.org", password=PASSWORD)
    assert DOES_NOT_FIT in page
    assert "Hello, Ada" in visitor.done(page, who=village.ada.number, password=PASSWORD)


@pytest.mark.parametrize("known", [True, False])
def test_the_brake_answers_alike_for_somebodys_phone_and_for_nobodys(known, visitor, village, books):
    if known:
        books.change_person(village.ada, phone="+441632960222", phone_is_proved=True)
    page = visitor.get("sign-in")
    for _ in range(TRIES_PER_ACCOUNT):
        visitor.submit(page, who="01632 960 222", password="wrong")
    assert "There were too many tries." in visitor.submit(page, who="+44 1632 960222", password="wrong")


def test_one_password_is_tried_whoever_goes_by_what_was_typed(visitor, village, books, monkeypatch):
    """As long for nobody, for one and for a household: the time tells nothing."""
    tried = []
    monkeypatch.setattr(views, "fits", lambda *asked: tried.append(asked) and False)
    books.change_person(village.grace, email="ada@example.org")
    for who in ("nobody@example.org", "ada@example.org", str(village.linus.number)):
        visitor.submit(visitor.get("sign-in"), who=who, password="wrong")
    assert len(tried) == 3


def test_after_too_many_tries_on_one_account_even_the_right_password_waits(visitor, village, clock):
    page = visitor.get("sign-in")
    for _ in range(TRIES_PER_ACCOUNT):
        assert DOES_NOT_FIT in visitor.submit(page, who=village.ada.number, password="wrong")
    page = visitor.submit(page, who=village.ada.number, password=PASSWORD)
    assert "There were too many tries. Wait 15 minutes, or ring us." in page
    assert page.to is None
    assert "Hello, Grace" in visitor.done(page, who=village.grace.number, password=PASSWORD)


def test_after_a_quarter_of_an_hour_the_door_opens_again(visitor, village, clock):
    page, who = visitor.get("sign-in"), village.ada.number
    for _ in range(TRIES_PER_ACCOUNT):
        visitor.submit(page, who=who, password="wrong")
    clock.move_to(NOW + timedelta(minutes=15))
    assert "too many tries" in visitor.submit(page, who=who, password=PASSWORD)
    clock.move_to(NOW + timedelta(minutes=15, seconds=1))
    assert "Hello, Ada" in visitor.done(page, who=who, password=PASSWORD)


def test_typing_the_same_person_in_other_ways_gives_no_more_tries(visitor, village, books):
    books.change_person(village.ada, phone="+441632960222", phone_is_proved=True)
    page, number = visitor.get("sign-in"), village.ada.number
    for who in (
        number,
        f"0{number}",
        f" {number}",
        "ada@example.org",
        " ADA@example.org",
        "01632 960 222",
        number,
        number,
    ):
        assert DOES_NOT_FIT in visitor.submit(page, who=who, password="wrong")
    for who in (number, f"00{number}", "ada@example.org", "+44 1632 960 222"):
        assert "There were too many tries." in visitor.submit(page, who=who, password=PASSWORD)


def test_after_too_many_tries_from_one_address_everybody_there_waits(visitor, village, backend):
    with backend.session() as session:
        for number in range(TRIES_PER_ADDRESS):
            begin_attempt(session, Attempt(f"account {number}", None, "127.0.0.1"), now=NOW)
        session.commit()
    page = visitor.submit(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
    assert "There were too many tries. Wait 15 minutes, or ring us." in page
    assert page.to is None


def test_a_page_that_asks_for_signing_in_is_opened_after_it(visitor, village):
    asked = visitor.get("hours")
    assert asked.status == 303
    page = visitor.done(visitor.follow(asked), who=village.ada.number, password=PASSWORD)
    assert page.path == "/angus/hours"
    assert "My hours" in page.title


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/angus/",
        "//evil.example/angus/",
        "///evil.example",
        "/\\evil.example",
        "/angus/\\evil.example",
        "javascript:alert(1)",
        "/perth/hours",
        "angus/hours",
    ],
)
def test_signing_in_leads_nowhere_but_to_pages_of_the_bank(wanted, visitor, village):
    door = visitor.client.get("/angus/sign-in", query_string={"next": wanted})
    assert door.status_code == 200
    data = {"csrf_token": visitor.token(), "who": str(village.ada.number), "password": PASSWORD}
    answer = visitor.client.post("/angus/sign-in", query_string={"next": wanted}, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/angus/")


def test_the_cookie_holds_a_token_that_scripts_cannot_read_and_no_persons_id(visitor, village, books):
    page = visitor.submit(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
    said = page.answer.headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    with visitor.client.session_transaction() as cookie:
        held = dict(cookie)
    assert str(village.ada.person_id) not in str(held)
    kept = books.ask("SELECT token_digest FROM login_session")
    assert len(kept) == 1
    assert held["_user_id"].encode() not in bytes(kept[0].token_digest)


def test_a_session_ends_after_90_days(as_, village, clock):
    browser = as_(village.ada)
    clock.move_to(NOW + timedelta(days=89))
    assert browser.get("hours").status == 200
    clock.move_to(NOW + timedelta(days=90))
    assert browser.get("hours").to.startswith("/angus/sign-in")


def test_signing_out_ends_the_session_on_the_server_too(app, as_, village, books):
    browser = as_(village.ada)
    stolen = Visitor(app)
    with browser.client.session_transaction() as cookie, stolen.client.session_transaction() as copy:
        copy.update(cookie)
    assert stolen.get("hours").status == 200
    page = browser.done(browser.get("hours"), "Sign out")
    assert "You are signed out." in page
    assert browser.get("hours").to.startswith("/angus/sign-in")
    assert stolen.get("hours").to.startswith("/angus/sign-in")
    assert books.ask("SELECT count(*) FROM login_session WHERE revoked_at IS NULL")[0][0] == 0


def test_who_is_signed_in_already_is_sent_home_from_the_door(as_, village):
    assert as_(village.ada).get("sign-in").to == "/angus/"


def test_who_has_no_password_reads_whom_to_ring(visitor, village):
    page = visitor.get("sign-in/help")
    assert "Ring us. We give you a new sign-in code, on the phone or on paper." in page
    assert page.links["01632 960 001"] == "tel:01632960001"
