"""Coming in: sessions, the brake on guessing, and passwords."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.people import NOW, PASSWORD, password_hash
from timebank.actors import Doing
from timebank.members.models import Person
from timebank.phones import plain_phone
from timebank.signing_in import actions
from timebank.signing_in.actions import Arrival, Attempt
from timebank.signing_in.errors import TooManyTriesError
from timebank.signing_in.passwords import fits
from timebank.signing_in.queries import find_candidate, find_signed_in, key_of_typed, list_sessions
from timebank.signing_in.rules import (
    SESSION_LIFE,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    TRIES_WINDOW,
    is_weak,
    must_wait,
)


def open_session(session, person, *, now=NOW):
    return actions.open_session(session, Arrival(person.bank_id, person.person_id), now=now)


def test_a_session_ends_on_the_server(session, village):
    here, there = open_session(session, village.ada), open_session(session, village.ada)
    assert find_signed_in(session, here, NOW) == (village.ada.person_id, None, None)
    actions.end_session(session, here, now=NOW)
    assert find_signed_in(session, here, NOW) is None
    assert find_signed_in(session, there, NOW) == (village.ada.person_id, None, None)
    assert find_signed_in(session, there, NOW + SESSION_LIFE) is None
    assert find_signed_in(session, "made up", NOW) is None


def test_a_new_password_ends_every_other_session(session, village):
    here, there = open_session(session, village.ada), open_session(session, village.ada)
    others = open_session(session, village.grace)
    actions.set_password(session, password_hash(), Doing(village.ada, NOW), token=here)
    session.expire_all()
    assert [bool(find_signed_in(session, token, NOW)) for token in (here, there, others)] == [True, False, True]
    assert len(list_sessions(session, village.ada.person_id, NOW)) == 1


def attempt(session, typed="ada", address="203.0.113.7", *, person_id=None, now=NOW):
    return actions.begin_attempt(session, Attempt(typed, person_id, address), now=now)


def test_guessing_on_one_account_has_to_wait_and_may_go_on_later(session, village):
    for number in range(TRIES_PER_ACCOUNT):
        attempt(session, address=f"203.0.113.{number}")
    with pytest.raises(TooManyTriesError):
        attempt(session, "ada", "198.51.100.1")
    attempt(session, "grace", "198.51.100.1")
    attempt(session, now=NOW + TRIES_WINDOW + timedelta(seconds=1))


def test_guessing_from_one_address_has_to_wait(session, village):
    for number in range(TRIES_PER_ADDRESS):
        attempt(session, f"somebody {number}")
    with pytest.raises(TooManyTriesError):
        attempt(session, "another")
    attempt(session, "another", "198.51.100.1")


def test_tries_that_succeed_do_not_count(session, village):
    for _time in range(TRIES_PER_ACCOUNT * 2):
        done = attempt(session)
        actions.open_session(session, Arrival(village.angus.id, village.ada.person_id, attempt_id=done), now=NOW)


@pytest.mark.parametrize(
    ("typed", "account", "address", "waits"),
    [(7, 7, 59, False), (8, 0, 0, True), (0, 8, 0, True), (0, 0, 60, True)],
)
def test_when_somebody_has_to_wait(typed, account, address, waits):
    assert must_wait(typed, account, address) is waits


def test_tries_on_one_person_are_counted_together_however_they_are_named(session, village):
    for number in range(TRIES_PER_ACCOUNT):
        attempt(session, f"name {number}", f"203.0.113.{number}", person_id=village.ada.person_id)
    with pytest.raises(TooManyTriesError):
        attempt(session, "another name", "198.51.100.1", person_id=village.ada.person_id)
    attempt(session, "another name", "198.51.100.1", person_id=village.grace.person_id)


@pytest.mark.parametrize(
    "spellings",
    [("115", "0115", " 115 "), ("01632960121", "+44 1632 960121", "(01632) 960 121"), ("A@b.example", " a@B.example")],
)
def test_what_is_counted_is_the_same_for_every_spelling_and_asks_nobody(spellings):
    """Whether somebody goes by it makes no difference, or the brake would tell who is a member."""
    assert len({key_of_typed(typed, phone_country="GB") for typed in spellings}) == 1


def candidate(session, bank, typed):
    row = find_candidate(session, bank.id, typed, phone_country="GB")
    return row and row.id


@pytest.mark.parametrize("typed", ["102", " 102 ", "ada@example.org", "ADA@Example.org "])
def test_a_number_or_an_email_finds_who_it_is(session, village, typed):
    assert candidate(session, village.angus, typed) == village.ada.person_id


def test_nobody_is_found_in_another_bank(session, village):
    assert candidate(session, village.perth, "ada@example.org") is None


def test_a_contact_that_two_share_finds_neither_and_their_numbers_do(session, village):
    session.execute(update(Person).where(Person.id == village.grace.person_id).values(email="ada@example.org"))
    assert candidate(session, village.angus, "ada@example.org") is None
    for actor in (village.ada, village.grace):
        assert candidate(session, village.angus, str(actor.number)) == actor.person_id


def test_a_contact_that_is_not_proved_finds_nobody_and_takes_nothing_from_who_proved_it(session, village):
    values = {"email": "ada@example.org", "email_is_proved": False}
    session.execute(update(Person).where(Person.id == village.grace.person_id).values(**values))
    assert candidate(session, village.angus, "ada@example.org") == village.ada.person_id


@pytest.mark.parametrize("typed", ["01632 960 001", "+44 1632 960001", "01632-960001", "(01632) 960 001"])
def test_a_phone_is_one_number_however_it_is_typed(typed):
    assert plain_phone(typed, "GB") == "+441632960001"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("01632 960 001", "GB", "+441632960001"),
        ("+44 1632 960001", "DE", "+441632960001"),
        ("(555) 234-5678", "US", "+15552345678"),
    ],
)
def test_a_number_without_its_country_code_is_read_as_the_banks_own(typed, country, kept):
    assert plain_phone(typed, country) == kept


@pytest.mark.parametrize("typed", ["", "12", "ada", "+", "999999999999999999999"])
def test_what_is_no_phone_is_none(typed):
    assert plain_phone(typed, "GB") is None


@pytest.mark.parametrize("password", ["", "short", "password1", "12345678", "ada lamont", "qwertyuiop"])
def test_a_password_that_is_guessed_in_a_few_tries_is_weak(password):
    assert is_weak(password, ["Ada Lamont"])


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "x" * 30 + "Zebra!umbrella" * 10])
def test_a_long_odd_password_is_fine(password):
    assert not is_weak(password, ["Ada Lamont"])


def test_a_password_fits_its_own_hash_and_nothing_fits_none():
    assert fits(password_hash(), PASSWORD)
    assert not fits(password_hash(), "another")
    assert not fits(None, "nobody has this password")
    assert not fits("no hash", PASSWORD)
