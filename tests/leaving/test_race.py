"""Two at once: two brokers with one leaver, a word of confirmation, a new deed, a reversal, two who leave together."""

import pytest

from tests.people import NOW, balance_of, make_confirmed, make_recorded, terms
from tests.races import one_inside_the_other
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.bookkeeping.closings import is_closed, list_closings
from timebank.bookkeeping.queries import find_account_of_kind, get_account
from timebank.exchanges import actions as exchanges, reversals
from timebank.exchanges.errors import SideNotActiveError, UnfinishedError
from timebank.leaving import actions
from timebank.leaving.errors import HoursMovedError
from timebank.leaving.rules import Departure
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.members.errors import StandingMovedError


def leaving(who="ada", by="rosa", *, balance=90, to=None):
    def leave(session, village):
        going = Departure(balance, "Moves", getattr(village, to) if to else None)
        member, broker = getattr(village, who), getattr(village, by)
        actions.leave(session, village.angus, member, going, Doing(broker, NOW, f"leave-{who}-{by}"))

    return leave


@pytest.fixture
def helped(backend, village):
    """Ada gave an hour and a half to Grace; gives the exchange's code."""
    with backend.session() as session:
        code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
        session.commit()
    return code


def are_right(backend):
    with backend.session() as session:
        wrong = [result for result in check_books(session) if result.verdict is Verdict.WRONG]
    assert not wrong, wrong
    return True


@pytest.mark.usefixtures("helped")
def test_of_two_concurrent_leavings_the_second_is_refused(backend, village):
    assert one_inside_the_other(backend, village, leaving(), leaving(by="mary", to="linus")) is StandingMovedError
    with backend.session() as session:
        pot = find_account_of_kind(session, village.angus.id, AccountKind.POT)
        assert get_account(session, village.angus.id, pot).balance == 90
        assert balance_of(session, village.linus) == 0
        assert len(list_closings(session, village.angus.id, village.ada.account_id)) == 1
    assert are_right(backend)


@pytest.mark.usefixtures("helped")
def test_one_form_sent_twice_at_once_is_done_once(backend, village):
    assert one_inside_the_other(backend, village, leaving(), leaving()) is None
    with backend.session() as session:
        assert len(list_closings(session, village.angus.id, village.ada.account_id)) == 1
    assert are_right(backend)


@pytest.mark.usefixtures("helped")
def test_hours_that_are_confirmed_at_that_moment_keep_them_here(backend, village):
    with backend.session() as session:
        code = make_recorded(session, village, village.ada, village.linus, minutes=60)
        session.commit()

    def confirming(session, village):
        exchanges.confirm(session, code, Doing(village.linus, NOW))

    told = one_inside_the_other(backend, village, confirming, leaving())
    # What is not kept yet is unfinished; where the second waited for it, the hours are not those it was shown.
    assert told in {UnfinishedError, HoursMovedError}
    with backend.session() as session:
        assert balance_of(session, village.ada) == 150
        assert not is_closed(session, village.angus.id, village.ada.account_id)
    assert are_right(backend)


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("side", ["gives", "receives"])
def test_nothing_is_recorded_with_who_leaves_at_that_moment(side, backend, village):
    def recording(session, village):
        sides = (village.linus, village.ada) if side == "receives" else (village.ada, village.linus)
        exchanges.record(session, village.angus, terms(*sides), Doing(village.linus, NOW, "walk"))

    assert one_inside_the_other(backend, village, leaving(), recording) is SideNotActiveError
    assert are_right(backend)


@pytest.mark.usefixtures("helped")
def test_nobody_leaves_who_begins_something_at_that_moment(backend, village):
    def recording(session, village):
        sides = terms(village.ada, village.linus)
        exchanges.record(session, village.angus, sides, Doing(village.linus, NOW, "walk"))

    assert one_inside_the_other(backend, village, recording, leaving()) is UnfinishedError
    assert are_right(backend)


def taking_back(code):
    def reverse(session, village):
        reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Slip")
        reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))

    return reverse


def test_a_reversal_just_before_is_seen_and_looked_at_again(backend, village, helped):
    assert one_inside_the_other(backend, village, taking_back(helped), leaving()) is HoursMovedError
    assert are_right(backend)


def test_a_reversal_just_after_opens_the_account_again(backend, village, helped):
    assert one_inside_the_other(backend, village, leaving(), taking_back(helped)) is None
    with backend.session() as session:
        assert balance_of(session, village.ada) == -90
        assert not is_closed(session, village.angus.id, village.ada.account_id)
    assert are_right(backend)


def test_of_two_who_leave_hours_to_each_other_one_finds_the_other_gone(backend, village):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace, minutes=90)
        make_confirmed(session, village, village.linus, village.grace, minutes=90)
        session.commit()
    second = leaving("linus", "mary", to="ada")
    assert one_inside_the_other(backend, village, leaving(to="linus"), second) in {SideNotActiveError, HoursMovedError}
    assert are_right(backend)


def test_two_who_leave_below_zero_at_once_open_one_leavers_account(backend, village):
    with backend.session() as session:
        for who in (village.grace, village.linus):
            make_confirmed(session, village, village.ada, who, minutes=60)
        session.commit()
    first, second = leaving("grace", balance=-60), leaving("linus", "mary", balance=-60)
    assert one_inside_the_other(backend, village, first, second) is None
    with backend.session() as session:
        leavers = find_account_of_kind(session, village.angus.id, AccountKind.LEAVERS)
        assert get_account(session, village.angus.id, leavers).balance == -120
    assert are_right(backend)
