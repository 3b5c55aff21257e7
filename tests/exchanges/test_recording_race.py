"""Somebody answers at the very moment at which the other side writes the help down: what was held is resolved.

Who waits for the exchange's lock sees the exchange as it is then. Everything around it must not be as it was before.
"""

import pytest

from tests.exchanges.test_waiting import all_right, held, make_agreed, record_agreed
from tests.people import NOW, balance_of
from tests.races import one_inside_the_other
from timebank.actors import Doing
from timebank.exchanges import actions


@pytest.mark.parametrize("minutes", [60, 90])
def test_hours_confirmed_while_they_are_written_down_are_held_no_more(backend, session, village, minutes):
    code = make_agreed(session, village, 60)
    session.commit()

    def record(session, village):
        record_agreed(session, village, code, minutes)

    def confirm(session, village):
        actions.confirm(session, code, Doing(village.grace, NOW))

    assert one_inside_the_other(backend, village, record, confirm) is None
    assert (balance_of(session, village.grace), held(session, village.grace)) == (-minutes, 0)
    assert all_right(session)


def test_a_dispute_that_meets_the_writing_down_keeps_the_hold(backend, session, village):
    code = make_agreed(session, village, 60)
    session.commit()

    def record(session, village):
        record_agreed(session, village, code, 60)

    def dispute(session, village):
        actions.dispute(session, code, Doing(village.grace, NOW), words="Less", minutes=30)

    assert one_inside_the_other(backend, village, record, dispute) is None
    assert held(session, village.grace) == 60
    actions.agree(session, code, Doing(village.ada, NOW), minutes=30)
    assert (balance_of(session, village.grace), held(session, village.grace)) == (-30, 0)
    assert all_right(session)
