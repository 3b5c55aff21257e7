"""Coming in: codes, sessions, the brake on guessing, and passwords."""

from datetime import timedelta

import pytest

from tests.people import NOW, PASSWORD, password_hash
from timebank.actors import Doing
from timebank.errors import NotAllowedError
from timebank.phones import plain_phone
from timebank.signing_in import actions
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyTriesError
from timebank.signing_in.passwords import fits
from timebank.signing_in.queries import find_person_id, list_candidates, list_sessions
from timebank.signing_in.rules import (
    CODE_LIFE,
    SESSION_LIFE,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    TRIES_WINDOW,
    is_weak,
    must_wait,
)


def test_a_code_lets_one_person_in_once(session, village):
    code = actions.make_code(session, village.ada, Doing(village.rosa, NOW))
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    assert actions.use_code(session, village.angus.id, typed, now=NOW) == village.ada.person_id
    with pytest.raises(CodeDoesNotFitError):
        actions.use_code(session, village.angus.id, code, now=NOW)


def test_a_code_ends_after_two_weeks_and_when_another_is_made(session, village):
    code = actions.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        actions.use_code(session, village.angus.id, code, now=NOW + CODE_LIFE)
    actions.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        actions.use_code(session, village.angus.id, code, now=NOW)


def test_a_code_of_another_bank_does_not_fit(session, village):
    code = actions.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        actions.use_code(session, village.perth.id, code, now=NOW)


@pytest.mark.parametrize(
    ("by", "whose"),
    [
        ("ada", "grace"),
        ("rosa", "rosa"),
        ("rosa", "audrey"),
        ("mary", "mary"),
        ("mary", "clara"),
        ("mary", "tom"),
        ("rosa", "perdita"),
    ],
)
def test_no_role_is_borrowed_through_a_code(session, village, by, whose):
    with pytest.raises(NotAllowedError):
        actions.make_code(session, getattr(village, whose), Doing(getattr(village, by), NOW))


def test_a_coordinator_makes_codes_for_other_keepers(session, village):
    assert actions.make_code(session, village.rosa, Doing(village.mary, NOW))


def open_session(session, person, *, now=NOW):
    return actions.open_session(session, person.person_id, attempt_id=None, device="phone", now=now)


def test_a_session_ends_on_the_server(session, village):
    here, there = open_session(session, village.ada), open_session(session, village.ada)
    assert find_person_id(session, here, NOW) == village.ada.person_id
    actions.end_session(session, here, now=NOW)
    assert find_person_id(session, here, NOW) is None
    assert find_person_id(session, there, NOW) == village.ada.person_id
    assert find_person_id(session, there, NOW + SESSION_LIFE) is None
    assert find_person_id(session, "made up", NOW) is None


def test_a_new_password_ends_every_other_session(session, village):
    here, there = open_session(session, village.ada), open_session(session, village.ada)
    others = open_session(session, village.grace)
    actions.set_password(session, password_hash(), Doing(village.ada, NOW), token=here)
    session.expire_all()
    assert [bool(find_person_id(session, token, NOW)) for token in (here, there, others)] == [True, False, True]
    assert len(list_sessions(session, village.ada.person_id, NOW)) == 1


def attempt(session, account="ada", address="203.0.113.7", *, now=NOW):
    return actions.begin_attempt(session, account=account, address=address, now=now)


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
        actions.open_session(session, village.ada.person_id, attempt_id=done, device="", now=NOW)


@pytest.mark.parametrize(("account", "address", "waits"), [(7, 59, False), (8, 0, True), (0, 60, True)])
def test_when_somebody_has_to_wait(account, address, waits):
    assert must_wait(account, address) is waits


@pytest.mark.parametrize("typed", ["102", " 102 ", "ada@example.org", "ADA@Example.org "])
def test_a_number_or_an_email_finds_who_it_is(session, village, typed):
    assert [row.id for row in list_candidates(session, village.angus.id, typed, phone_country="GB")] == [
        village.ada.person_id
    ]


def test_nobody_is_found_in_another_bank(session, village):
    assert list_candidates(session, village.perth.id, "ada@example.org", phone_country="GB") == []


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
