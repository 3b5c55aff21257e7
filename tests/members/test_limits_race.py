"""A limit changed while hours move: whoever is second sees what the first left, and no floor is broken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError

from tests.people import NOW, TODAY, account_of, make_recorded
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.errors import TimebankError
from timebank.exchanges import actions
from timebank.ledger.checks import Verdict
from timebank.ledger.errors import FloorReachedError
from timebank.members.errors import LimitAboveBalanceError
from timebank.members.limits import Override, lower_limit
from timebank.retries import is_worth_retrying


@pytest.fixture
def wide_backend(backend, monkeypatch):
    """Threads wait their turn for a connection rather than fail."""
    monkeypatch.setattr(backend.engine.pool, "_timeout", 60)
    return backend


def at_once(backend, deeds):
    """Do each deed from a thread of its own, all starting together; gives the refusals, and None for what was done."""
    barrier = Barrier(len(deeds))

    def do(deed):
        barrier.wait()
        for _try in range(20):
            with backend.session() as session:
                try:
                    deed(session)
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

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


@pytest.mark.parametrize("attempt", range(4))
def test_a_stricter_limit_against_a_posting_is_refused_or_refuses(wide_backend, village, attempt):
    with wide_backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace, minutes=600)
        session.commit()

    def confirm(session):
        actions.confirm(session, code, Doing(village.grace, NOW))

    def limit(session):
        lower_limit(
            session,
            village.angus,
            village.grace,
            Override(300, "As agreed", TODAY + timedelta(days=7)),
            Doing(village.rosa, NOW),
        )

    answers = at_once(wide_backend, [confirm, limit] if attempt % 2 else [limit, confirm])
    confirmed, limited = answers if attempt % 2 else reversed(answers)
    with wide_backend.session() as session:
        grace = account_of(session, village.grace)
        ways = {
            (None, LimitAboveBalanceError): (-600, -1200),
            (FloorReachedError, None): (0, -300),
        }
        assert (grace.balance, grace.floor) == ways[confirmed, limited]
        assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}
