"""Two deeds at the same moment, one inside the other, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy.exc import OperationalError

from timebank.errors import TimebankError
from timebank.retries import is_worth_retrying

#: Long enough for the second to meet the first's locks, if it meets any.
A_WHILE = 0.5


def one_inside_the_other(backend, village, first, second):
    """Run the second action while the first is done but not committed; return the class of its refusal, or None."""
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
