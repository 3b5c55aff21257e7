"""Travel and getting ready: agreed before, counted in the hours, and nowhere else."""

import pytest

from tests.people import NOW, TODAY, balance_of, terms
from timebank.actors import Doing
from timebank.exchanges import actions
from timebank.exchanges.drafts import start_for, terms as terms_of
from timebank.exchanges.errors import ExtrasNotAgreedError, ExtrasTooLongError
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.terms import Terms
from timebank.ledger.hours import NoTimeError, TooLongError


def with_extras(village, *, minutes=60, travel=0, preparation=0):
    return Terms(
        village.ada.account_id,
        village.grace.account_id,
        "Gardening",
        TODAY,
        minutes,
        travel_minutes=travel,
        preparation_minutes=preparation,
    )


def agreed(session, village, said):
    code = actions.propose(session, village.angus, said, Doing(village.ada, NOW, "ask"))
    actions.accept(session, code, Doing(village.grace, NOW))
    return code


@pytest.mark.parametrize(
    ("minutes", "travel", "preparation", "agreed_minutes", "moved"),
    [(60, 0, 0, 60, 60), (60, 20, 0, 80, 90), (60, 0, 30, 90, 90), (50, 20, 10, 80, 90), (15, 15, 15, 45, 45)],
)
def test_what_was_agreed_for_travel_and_getting_ready_counts_in_the_hours(
    session, village, minutes, travel, preparation, agreed_minutes, moved
):
    code = agreed(session, village, with_extras(village, minutes=minutes, travel=travel, preparation=preparation))
    found = find_exchange(session, village.angus.id, code)
    assert (found.agreed_minutes, found.travel_minutes, found.preparation_minutes) == (
        agreed_minutes,
        travel,
        preparation,
    )
    actions.record_agreed(session, village.angus, code, Doing(village.ada, NOW, "done"), day=TODAY, minutes=minutes)
    actions.confirm(session, code, Doing(village.grace, NOW))
    assert balance_of(session, village.ada) == moved


def test_a_draft_of_agreed_help_asks_for_the_help_alone_and_keeps_the_travel(session, village):
    code = agreed(session, village, with_extras(village, minutes=60, travel=20))
    draft = start_for(session, village.ada, find_exchange(session, village.angus.id, code), now=NOW)
    draft.day = TODAY
    said = terms_of(draft, village.ada)
    assert (said.minutes, said.travel_minutes, said.total_minutes) == (60, 20, 80)


@pytest.mark.parametrize("extra", [{"travel": 15}, {"preparation": 15}])
def test_travel_that_nobody_agreed_to_is_not_recorded(session, village, extra):
    with pytest.raises(ExtrasNotAgreedError):
        actions.record(session, village.angus, with_extras(village, **extra), Doing(village.ada, NOW, "r"))
    session.rollback()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"travel": 601}, ExtrasTooLongError),
        ({"preparation": 601}, ExtrasTooLongError),
        ({"minutes": 0, "travel": 60}, NoTimeError),
        ({"minutes": 900, "travel": 541}, TooLongError),
    ],
)
def test_travel_has_its_bounds_and_is_no_help_alone(session, village, said, error):
    with pytest.raises(error):
        actions.propose(session, village.angus, with_extras(village, **said), Doing(village.ada, NOW, "ask"))
    session.rollback()


def test_no_help_but_travel_cannot_be_recorded_either(session, village):
    code = agreed(session, village, with_extras(village, travel=60))
    with pytest.raises(NoTimeError):
        actions.record_agreed(session, village.angus, code, Doing(village.ada, NOW, "done"), day=TODAY, minutes=0)
    session.rollback()


def test_agreed_minutes_are_stored_as_typed_and_rounded_up_when_recorded(session, village):
    code = agreed(session, village, terms(village.ada, village.grace, minutes=50))
    assert find_exchange(session, village.angus.id, code).agreed_minutes == 50
    actions.record_agreed(session, village.angus, code, Doing(village.ada, NOW, "done"), day=TODAY, minutes=50)
    assert find_exchange(session, village.angus.id, code).minutes == 60
