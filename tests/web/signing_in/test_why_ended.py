"""Who was signed out by what somebody did reads why, once, at the door."""

import pytest

from tests.people import NOW, PASSWORD
from tests.web.visitor import Visitor
from timebank.codes import spoken
from timebank.signing_in.rules import SESSION_LIFE

NEW = "five-quiet-herons"


def _give_role(as_, village):
    mary = as_(village.mary)
    mary.done(mary.get(f"members/{spoken(village.ada.code)}/roles"), roles=["broker"])


def _suspend(as_, village):
    mary = as_(village.mary)
    page = mary.get(f"members/{spoken(village.ada.code)}/standing")
    mary.done(page, standing="suspended", reason="A dispute that nobody else is to read of")


def _change_password(as_, village):
    ada = as_(village.ada)
    ada.done(ada.get("password"), password=NEW, present=PASSWORD)


def _sign_out_others(as_, village):
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Sign out on every other device")


CASES = [
    (_give_role, "Please sign in again: your roles in the time bank were changed."),
    (_suspend, "Please sign in again: somebody who looks after the time bank changed your membership."),
    (_change_password, "Please sign in again: your password was changed on another device."),
    (_sign_out_others, "Please sign in again: you were signed out from another device of yours."),
]


def _cookie(browser):
    with browser.client.session_transaction() as cookie:
        return dict(cookie)


@pytest.mark.parametrize(("deed", "sentence"), CASES)
def test_the_door_says_why_once_and_nothing_is_left(deed, sentence, as_, village, books):
    browser = as_(village.ada)
    deed(as_, village)
    before = books.ask("SELECT * FROM login_session ORDER BY token_digest")
    answer = browser.get("hours")
    assert (answer.status, answer.to) == (303, "/angus/sign-in?next=/angus/hours")
    page = browser.get(answer.to)
    assert (page.status, sentence in page) == (200, True)
    assert "that nobody else is to read of" not in page
    assert not {"_user_id", "_fresh", "_id"} & set(_cookie(browser))
    assert "Please sign in again" not in browser.get("sign-in")
    assert browser.get("hours").to == "/angus/sign-in?next=/angus/hours"
    assert books.ask("SELECT * FROM login_session ORDER BY token_digest") == before


def test_they_sign_in_again_and_come_where_they_wanted(as_, village):
    browser = as_(village.ada)
    _give_role(as_, village)
    page = browser.follow(browser.get("hours"))
    answer = browser.submit(page, who=village.ada.number, password=PASSWORD)
    assert (answer.status, answer.to) == (303, "/angus/hours")
    assert browser.get("hours").status == 200


def test_a_form_of_a_session_that_ended_leads_there_too(as_, village):
    browser = as_(village.ada)
    page = browser.get("profile")
    _give_role(as_, village)
    answer = browser.send(page.form_with("Keep these changes"), about="I knit")
    assert "your roles in the time bank were changed" in browser.follow(answer)


@pytest.mark.parametrize("token", ["made up", "", "0", "a" * 1_000, "\x00"])
def test_a_made_up_cookie_is_told_nothing(token, visitor, as_, village):
    _give_role(as_, village)
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    page = visitor.follow(visitor.get("hours"))
    assert page.status == 200
    assert "Please sign in again" not in page
    assert "_user_id" not in _cookie(visitor)


def test_a_cookie_that_we_never_signed_is_told_nothing(visitor, as_, village):
    browser = as_(village.ada)
    _give_role(as_, village)
    signed = browser.client.get_cookie("session").value
    visitor.client.set_cookie("session", signed[:-2] + ("aa" if signed[-2:] != "aa" else "bb"))
    assert "Please sign in again" not in visitor.follow(visitor.get("hours"))


def test_who_signed_out_themselves_reads_nothing_of_it(app, as_, village):
    browser, copy = as_(village.ada), Visitor(app)
    copy.client.set_cookie("session", browser.client.get_cookie("session").value)
    page = browser.done(browser.get("hours"), "Sign out")
    assert "Please sign in again" not in page
    assert "Please sign in again" not in copy.follow(copy.get("hours"))


def test_who_comes_back_after_90_days_reads_nothing_of_it(as_, village, clock):
    browser = as_(village.ada)
    _give_role(as_, village)
    clock.move_to(NOW + SESSION_LIFE)
    assert "Please sign in again" not in browser.follow(browser.get("hours"))


def test_the_door_of_another_bank_ends_no_session(as_, village):
    browser = as_(village.ada)
    browser.bank = "perth"
    assert browser.get("sign-in").status == 200
    browser.bank = "angus"
    assert browser.get("hours").status == 200
