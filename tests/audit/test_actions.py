"""Runs of the checks are stored as verdicts and figures, never with a row of any bank."""

import pytest
from sqlalchemy import select

from tests.people import NOW, make_confirmed
from timebank.actors import Doing
from timebank.audit.actions import AskedFrom, store, store_asked
from timebank.audit.checks import ALL_CHECKS, check_books
from timebank.audit.models import BooksCheck
from timebank.audit.queries import find_check, list_checks
from timebank.errors import NotAllowedError
from timebank.ledger.checks import CheckResult, Finding
from timebank.trail.queries import list_deeds

WRONG = CheckResult("sum_is_zero", 3, "accounts", (Finding("account", "bank 7", "the balances sum to 1 minutes"),), 5)
MENDED = CheckResult(
    "web_role_owns_nothing", 2, "tables owned", (Finding("pg_tables", "account", "x"),), 1, warns_only=True
)


def test_a_run_of_all_checks_is_stored_with_each_verdict(session, village):
    make_confirmed(session, village, village.ada, village.grace)
    session.commit()
    assert store(session, list(check_books(session)), asked_from=AskedFrom.COMMAND, seconds=0, now=NOW)
    [kept] = list_checks(session, village.angus.id).rows
    assert (kept.checked_at, kept.is_right, kept.asked_from) == (NOW, True, "command")
    assert [check["name"] for check in kept.checks] == [function.__name__ for function in ALL_CHECKS]
    assert {check["verdict"] for check in kept.checks} == {"right"}
    assert next(check for check in kept.checks if check["name"] == "postings_equal_lines")["figure"] == 2


def test_what_is_wrong_is_kept_by_name_and_number_without_its_rows(session, village):
    assert not store(session, [WRONG], asked_from=AskedFrom.COMMAND, seconds=7, now=NOW)
    [kept] = list_checks(session, village.angus.id).rows
    assert (kept.is_right, kept.seconds) == (False, 7)
    assert kept.checks == [{"name": "sum_is_zero", "verdict": "wrong", "figure": 3, "unit": "accounts", "findings": 5}]
    assert "bank 7" not in session.scalars(select(BooksCheck.results)).one()


def test_a_warning_is_no_fault_of_the_books(session, village):
    assert store(session, [MENDED], asked_from=AskedFrom.COMMAND, seconds=0, now=NOW)


def test_every_run_is_kept_and_shown_a_page_at_a_time_newest_first(session, village):
    for seconds in range(1, 6):
        store(session, [], asked_from=AskedFrom.COMMAND, seconds=seconds, now=NOW)
    pages = [list_checks(session, village.angus.id, page=page, size=2) for page in (1, 2, 3, 4)]
    assert [[(kept.number, kept.seconds) for kept in page.rows] for page in pages] == [
        [(5, 5), (4, 4)],
        [(3, 3), (2, 2)],
        [(1, 1)],
        [],
    ]
    assert [page.has_next for page in pages] == [True, True, False, False]


def test_a_run_is_found_by_its_number(session, village):
    for seconds in (1, 2):
        store(session, [WRONG], asked_from=AskedFrom.COMMAND, seconds=seconds, now=NOW)
    run = find_check(session, village.angus.id, 2)
    assert (run.number, run.seconds, run.rows, run.asked_by) == (2, 2, 3, None)
    assert find_check(session, village.angus.id, 3) is find_check(session, village.angus.id, 0) is None


def test_who_pressed_the_button_is_named_in_their_own_bank_only(session, village):
    store_asked(session, [], Doing(village.audrey, NOW, "k"), seconds=0)
    asked = [find_check(session, bank.id, 1).asked_by for bank in (village.angus, village.perth)]
    assert asked == [village.audrey.membership_id, None]


def test_who_asked_is_on_the_trail_and_one_form_is_kept_once(session, village):
    for _twice in range(2):
        store_asked(session, [], Doing(village.audrey, NOW, "k"), seconds=0)
    assert len(list_checks(session, village.angus.id).rows) == 1
    deeds = list_deeds(session, village.angus.id, "books")
    assert [(deed.deed, deed.done_by) for deed in deeds] == [("books.checked", village.audrey.membership_id)]
    store_asked(session, [], Doing(village.audrey, NOW, "another"), seconds=0)
    assert len(list_checks(session, village.angus.id).rows) == 2


@pytest.mark.parametrize("name", ["ada", "rosa"])
def test_whoever_may_not_audit_has_nothing_kept(session, village, name):
    with pytest.raises(NotAllowedError):
        store_asked(session, [], Doing(getattr(village, name), NOW, "k"), seconds=0)
    assert list_checks(session, village.angus.id).rows == []
