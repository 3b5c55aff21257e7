"""A line of thanks after an exchange."""

import pytest

from tests.people import NOW, make_confirmed, make_recorded
from timebank.exchanges.errors import NothingSaidError, NotYoursError, OwnExchangeError, ThankedAlreadyError
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import Side
from timebank.exchanges.thanks import LONGEST_WORDS, list_thanks, thank
from timebank.members.rules import How, acting_for


def said_about(session, village, code):
    return list_thanks(session, find_exchange(session, village.angus.id, code))


def test_each_side_says_thank_you_once_and_tidily(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    thank(session, code, words="  Lovely\n roses ", by=village.grace, now=NOW)
    thank(session, code, words="x" * 300, by=village.ada, now=NOW)
    assert said_about(session, village, code) == {Side.RECEIVER: "Lovely roses", Side.GIVER: "x" * LONGEST_WORDS}
    session.commit()
    with pytest.raises(ThankedAlreadyError):
        thank(session, code, words="Again", by=village.grace, now=NOW)
    session.rollback()


def test_the_same_form_twice_is_said_once(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    for _ in range(2):
        thank(session, code, words="Thank you", by=village.grace, now=NOW, form_key="form")
    assert said_about(session, village, code) == {Side.RECEIVER: "Thank you"}


def test_nothing_said_is_no_thanks(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    with pytest.raises(NothingSaidError):
        thank(session, code, words=" \n ", by=village.grace, now=NOW)


@pytest.mark.parametrize("who", ["linus", "rosa", "mary", "tom"])
def test_only_the_two_sides_thank_each_other(session, village, who):
    code = make_confirmed(session, village, village.ada, village.grace)
    session.commit()
    with pytest.raises(NotYoursError):
        thank(session, code, words="Thank you", by=getattr(village, who), now=NOW)
    session.rollback()


def test_thanks_come_after_the_hours_have_moved(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    session.commit()
    with pytest.raises(NotYoursError):
        thank(session, code, words="Thank you", by=village.grace, now=NOW)
    session.rollback()


def test_a_broker_passes_on_the_thanks_of_somebody_who_rang_but_not_to_themselves(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    thank(session, code, words="Thank you", by=acting_for(village.rosa, village.grace, How.PHONE), now=NOW)
    assert said_about(session, village, code) == {Side.RECEIVER: "Thank you"}
    own = make_confirmed(session, village, village.rosa, village.grace)
    session.commit()
    with pytest.raises(OwnExchangeError):
        thank(session, own, words="Rosa is great", by=acting_for(village.rosa, village.grace, How.PHONE), now=NOW)
    session.rollback()
