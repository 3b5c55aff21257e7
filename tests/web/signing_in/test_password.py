import pytest

from tests.people import PASSWORD
from timebank.signing_in.rules import TRIES_PER_ACCOUNT

NEW = "five-quiet-herons"


def test_a_new_password_ends_every_other_session_and_keeps_this_one(as_, visitor, village):
    here, elsewhere, neighbour = as_(village.ada), as_(village.ada), as_(village.grace)
    page = here.done(here.get("password"), password=NEW, present=PASSWORD)
    assert "Your new password is kept." in page
    assert here.get("hours").status == 200
    assert elsewhere.get("hours").to.startswith("/angus/sign-in")
    assert neighbour.get("hours").status == 200


def test_after_it_the_new_password_lets_in_and_the_old_one_does_not(as_, visitor, village):
    here = as_(village.ada)
    here.done(here.get("password"), password=NEW, present=PASSWORD)
    page = visitor.submit(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
    assert "That does not fit together." in page
    assert "Hello, Ada" in visitor.done(page, who=village.ada.number, password=NEW)


@pytest.mark.parametrize("weak", ["kettle", "password1", "12345678", "adalamont", "ada@example.org"])
def test_an_easy_password_is_refused_and_nothing_changes(weak, as_, visitor, village):
    here, elsewhere = as_(village.ada), as_(village.ada)
    page = here.submit(here.get("password"), password=weak, present=PASSWORD)
    assert page.status == 200
    assert "That is easy to guess." in page
    assert elsewhere.get("hours").status == 200
    assert "Hello, Ada" in visitor.done(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)


def test_no_password_typed_says_what_to_type(as_, village):
    here = as_(village.ada)
    assert "Type a new password." in here.submit(here.get("password"), password="")


def test_a_password_manager_and_pasting_are_welcome(as_, village):
    page = as_(village.ada).get("password")
    field = next(said for tag, said in page.tags if said.get("name") == "password")
    assert field["autocomplete"] == "new-password"
    assert "onpaste" not in field


def test_who_changed_a_password_and_when_is_on_record(as_, village, books):
    here = as_(village.ada)
    here.done(here.get("password"), password=NEW, present=PASSWORD)
    rows = books.ask("SELECT done_by, subject FROM trail WHERE deed = 'password.changed'")
    assert [(row.done_by, row.subject) for row in rows] == [(village.ada.membership_id, f"member:{village.ada.code}")]


def test_of_two_passwords_from_one_page_the_last_one_counts(as_, visitor, village):
    """Back, and another one: what the page says was kept is what lets in."""
    here = as_(village.ada)
    page = here.get("password")
    here.done(page, password="three-slow-otters", present=PASSWORD)
    assert "Your new password is kept." in here.done(page, password=NEW, present="three-slow-otters")
    assert "Hello, Ada" in visitor.done(visitor.get("sign-in"), who=village.ada.number, password=NEW)


@pytest.mark.parametrize("present", ["", "not-my-kettle"])
def test_an_unlocked_phone_is_not_enough_to_change_the_password(present, as_, visitor, village):
    here, elsewhere = as_(village.ada), as_(village.ada)
    page = here.submit(here.get("password"), password=NEW, present=present)
    assert "That is not the password with which you sign in now." in page
    assert elsewhere.get("hours").status == 200
    assert "Hello, Ada" in visitor.done(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)


def test_guessing_the_present_password_meets_the_brake(as_, village):
    here = as_(village.ada)
    page = here.get("password")
    for _ in range(TRIES_PER_ACCOUNT):
        here.submit(page, password=NEW, present="wrong")
    assert "There were too many tries." in here.submit(page, password=NEW, present=PASSWORD)


def test_who_came_in_by_a_code_chooses_a_password_without_one(visitor, village, books):
    visitor.done(visitor.get("sign-in/code"), code=books.sign_in_code(village.ada))
    page = visitor.get("password")
    assert "Your present password" not in page
    assert "Your new password is kept." in visitor.done(page, password=NEW)
    assert "Your present password" in visitor.get("password")
