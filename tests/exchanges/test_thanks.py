"""A line of thanks after an exchange."""

import pytest

from tests.people import NOW, make_confirmed, make_recorded
from timebank.actors import Doing, How, acting_for
from timebank.exchanges.errors import NothingSaidError, NotYoursError, OwnExchangeError, ThankedAlreadyError
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import Side
from timebank.exchanges.thanks import LONGEST_WORDS, list_thanks, thank


def said_about(session, village, code):
    return list_thanks(session, find_exchange(session, village.angus.id, code))


def test_each_side_says_thank_you_once_and_tidily(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    thank(session, code, Doing(village.grace, NOW), words="  Lovely\n roses ")
    thank(session, code, Doing(village.ada, NOW), words="x" * 300)
    assert said_about(session, village, code) == {Side.RECEIVER: "Lovely roses", Side.GIVER: "x" * LONGEST_WORDS}
    session.commit()
    with pytest.raises(ThankedAlreadyError):
        thank(session, code, Doing(village.grace, NOW), words="Again")
    session.rollback()


def test_the_same_form_twice_thanks_once(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    for _ in range(2):
        thank(session, code, Doing(village.grace, NOW, "form"), words="Thank you")
    assert said_about(session, village, code) == {Side.RECEIVER: "Thank you"}


def test_thanks_without_words_are_refused(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    with pytest.raises(NothingSaidError):
        thank(session, code, Doing(village.grace, NOW), words=" \n ")


@pytest.mark.parametrize("who", ["linus", "rosa", "mary", "tom"])
def test_only_the_two_sides_thank_each_other(session, village, who):
    code = make_confirmed(session, village, village.ada, village.grace)
    session.commit()
    with pytest.raises(NotYoursError):
        thank(session, code, Doing(getattr(village, who), NOW), words="Thank you")
    session.rollback()


def test_thanks_come_after_the_hours_have_moved(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    session.commit()
    with pytest.raises(NotYoursError):
        thank(session, code, Doing(village.grace, NOW), words="Thank you")
    session.rollback()


def test_a_broker_passes_on_the_thanks_of_somebody_who_rang_but_not_to_themselves(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    thank(session, code, Doing(acting_for(village.rosa, village.grace, How.PHONE), NOW), words="Thank you")
    assert said_about(session, village, code) == {Side.RECEIVER: "Thank you"}
    own = make_confirmed(session, village, village.rosa, village.grace)
    session.commit()
    with pytest.raises(OwnExchangeError):
        thank(session, own, Doing(acting_for(village.rosa, village.grace, How.PHONE), NOW), words="Rosa is great")
    session.rollback()
