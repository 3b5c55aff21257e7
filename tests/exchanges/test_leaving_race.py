"""Somebody leaves while another begins something with them: whoever is second is told, whichever that is."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from tests.people import NOW, terms
from timebank.db import is_worth_retrying
from timebank.errors import TimebankError
from timebank.exchanges import actions
from timebank.exchanges.errors import SideNotActiveError, UnfinishedError
from timebank.exchanges.leaving import refuse_unfinished
from timebank.members.rules import Standing
from timebank.members.standing import change_standing

#: Long enough for the second to meet the first's locks, if it meets any.
A_WHILE = 0.5


def leaving(session, village):
    change_standing(session, village.grace, Standing.LEFT, reason="Moves", by=village.rosa, now=NOW, form_key="leave")
    refuse_unfinished(session, village.grace)


def proposing(session, village):
    actions.propose(session, village.angus, terms(village.ada, village.grace), by=village.ada, now=NOW, form_key="ask")


def offering(session, village):
    actions.propose(
        session, village.angus, terms(village.ada, village.grace), by=village.grace, now=NOW, form_key="ask"
    )


def one_inside_the_other(backend, village, first, second):
    """Do the second deed while the first is done but not kept yet; gives what the second was told."""
    is_done, never = Event(), Event()

    def begin():
        with backend.session() as session:
            first(session, village)
            is_done.set()
            never.wait(A_WHILE)
            session.commit()

    def follow():
        is_done.wait(10)
        for _try in range(20):
            with backend.session() as session:
                try:
                    second(session, village)
                    session.commit()
                except TimebankError as error:
                    return type(error)
                except OperationalError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return None
        message = "gave up"
        raise AssertionError(message)

    with ThreadPoolExecutor(2) as threads:
        begun, followed = threads.submit(begin), threads.submit(follow)
        begun.result(30)
        return followed.result(30)


@pytest.mark.parametrize("ask", [proposing, offering])
def test_nothing_is_begun_with_somebody_who_leaves_meanwhile(backend, village, ask):
    assert one_inside_the_other(backend, village, leaving, ask) is SideNotActiveError


@pytest.mark.parametrize("ask", [proposing, offering])
def test_nobody_leaves_while_something_is_begun_with_them(backend, village, ask):
    assert one_inside_the_other(backend, village, ask, leaving) is UnfinishedError
