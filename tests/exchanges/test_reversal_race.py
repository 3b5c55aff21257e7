"""Two who take the same exchange back at the same instant: it happens once, and the other is told what is wrong."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.people import NOW, balance_of, make_confirmed
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.errors import TimebankError
from timebank.exchanges import reversals
from timebank.exchanges.errors import NotNowError, ReversalStandsError
from timebank.ledger.checks import Verdict
from timebank.retries import is_worth_retrying
from timebank.trail.actions import OtherContentError
from timebank.web.sentences import SENTENCES

ROUNDS = 5


def at_the_same_instant(backend, *deeds):
    """Do each deed from a thread of its own; gives what each came to, refusals included."""
    barrier = Barrier(len(deeds))

    def do(deed):
        barrier.wait()
        for _try in range(20):
            with backend.session() as session:
                try:
                    came = deed(session)
                    session.commit()
                except TimebankError as error:
                    return error
                except OperationalError as error:
                    if not is_worth_retrying(error):
                        raise
                else:
                    return came
        raise AssertionError

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


@pytest.fixture
def confirmed(backend, village):
    """An exchange that was confirmed, and each time another one."""
    made = []

    def confirming():
        with backend.session() as session:
            made.append(make_confirmed(session, village, village.ada, village.grace, minutes=15 * (len(made) + 1)))
            session.commit()
        return made[-1]

    return confirming


def stands_once(backend, village):
    with backend.session() as session:
        taken_back = session.scalar(text("SELECT count(*) FROM entry WHERE reverses IS NOT NULL"))
        assert [check.name for check in check_books(session) if check.verdict is Verdict.WRONG] == []
        assert balance_of(session, village.ada) == 0
    return taken_back


@pytest.mark.parametrize("by", [("tom", "clara"), ("tom", "tom"), ("ada", "tom")])
def test_of_two_concurrent_reversals_one_posts_and_the_other_is_refused(backend, village, confirmed, by):
    for number in range(1, ROUNDS + 1):
        code = confirmed()
        with backend.session() as session:
            reversal = reversals.propose(session, code, Doing(village.mary, NOW, code), reason="Twice")
            if "ada" in by:
                reversals.agree(session, village.angus, reversal, Doing(village.grace, NOW))
            session.commit()

        def taking_back(name, reversal=reversal):
            verb = reversals.agree if name == "ada" else reversals.approve
            return lambda session: verb(session, village.angus, reversal, Doing(getattr(village, name), NOW))

        answers = at_the_same_instant(backend, *map(taking_back, by))
        (refused,) = [answer for answer in answers if answer is not None]
        assert isinstance(refused, NotNowError)
        assert refused.message_id in SENTENCES
        assert stands_once(backend, village) == number


def test_of_two_concurrent_proposals_one_is_stored_and_the_other_is_refused(backend, village, confirmed):
    for _number in range(ROUNDS):
        code = confirmed()

        def asking(who, code=code):
            return lambda session: reversals.propose(
                session, code, Doing(who, NOW, f"{code}{who.number}"), reason="Twice"
            )

        answers = at_the_same_instant(backend, asking(village.mary), asking(village.clara))
        (refused,) = [answer for answer in answers if isinstance(answer, TimebankError)]
        assert isinstance(refused, ReversalStandsError)
        assert refused.message_id in SENTENCES


def test_one_form_sent_twice_at_once_reverses_once_and_returns_the_same_code(backend, village, confirmed):
    code = confirmed()

    def sending(session):
        return reversals.propose(session, code, Doing(village.mary, NOW, "the same"), reason="Twice")

    first, second = at_the_same_instant(backend, sending, sending)
    assert first == second

    def approving(session):
        return reversals.approve(session, village.angus, first, Doing(village.tom, NOW, "this one"))

    assert at_the_same_instant(backend, approving, approving) == [None, None]
    assert stands_once(backend, village) == 1


def test_the_same_key_with_another_reason_is_an_error_and_the_first_result_stands(backend, village, confirmed):
    code = confirmed()

    def saying(reason):
        return lambda session: reversals.propose(session, code, Doing(village.mary, NOW, "the same"), reason=reason)

    answers = at_the_same_instant(backend, saying("Twice"), saying("Another day"))
    (refused,) = [answer for answer in answers if isinstance(answer, TimebankError)]
    assert isinstance(refused, OtherContentError)
    with backend.session() as session:
        assert session.scalar(text("SELECT count(*) FROM reversal")) == 1
