"""Small years of simulated banks, played once, to be read by many tests."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from tests import scratch
from timebank.cli.simulated_books import empty_books
from timebank.matching.models import Invitation
from timebank.simulation.living import SimulatedYear
from timebank.simulation.parameters import Parameters

#: Few members with much to ask, so that thirty days are full.
SMALL = Parameters(members=15, offers=14, requests=6, new_requests=200, unlisted=6.0, asleep_share=0.2)
DAYS, SEEDS = 30, (1, 2)


@pytest.fixture(scope="session")
def years() -> Iterator[list[SimulatedYear]]:
    """A year of each seed with the board."""
    with ExitStack() as stack:
        played = []
        for seed in SEEDS:
            session = stack.enter_context(empty_books(scratch.cache()))
            year = SimulatedYear(session, SMALL, seed, DAYS, with_board=True)
            session.commit()
            for _day in year.play():
                session.commit()
            played.append(year)
        yield played


@pytest.fixture(scope="session")
def sent(years: list[SimulatedYear]) -> list[tuple[SimulatedYear, list[Invitation]]]:
    """Each year with the invitations that were sent in it, in the order of their ids."""
    query = select(Invitation).where(Invitation.asked_at.is_not(None)).order_by(Invitation.id)
    return [(year, list(year.life.settled.session.scalars(query))) for year in years]
