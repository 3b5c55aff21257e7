"""Announcements: who writes them, how long they stand, and that they end by themselves, on both databases."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY
from timebank.actors import Doing, How, acting_for
from timebank.announcements.actions import announce, take_down
from timebank.announcements.errors import AnnouncementDaysError, TooManyAnnouncementsError
from timebank.announcements.queries import list_current, list_past
from timebank.announcements.rules import MOST_CURRENT, MOST_DAYS
from timebank.errors import NotAllowedError
from timebank.members.errors import WordsMissingError


def written(session, village, days=7, words="Closed on Thursday", by=None, key="form"):
    return announce(session, village.angus, words, days, Doing(by or village.rosa, NOW, key))


@pytest.mark.parametrize("days", [1, 7, MOST_DAYS])
def test_it_stands_for_so_many_days_and_ends_by_itself(session, village, days):
    written(session, village, days)
    last = TODAY + timedelta(days=days - 1)
    assert [row.words for row in list_current(session, village.angus.id, today=last)] == ["Closed on Thursday"]
    assert list_current(session, village.angus.id, today=last + timedelta(days=1)) == []
    assert len(list_past(session, village.angus.id, today=last + timedelta(days=1))) == 1


@pytest.mark.parametrize("days", [-1, 0, MOST_DAYS + 1])
def test_no_other_number_of_days(session, village, days):
    with pytest.raises(AnnouncementDaysError):
        written(session, village, days)


def test_nothing_is_announced_without_words(session, village):
    with pytest.raises(WordsMissingError):
        written(session, village, words=" \n ")


@pytest.mark.parametrize("who", ["ada", "tom", "audrey"])
def test_only_who_looks_after_the_bank_announces(session, village, who):
    with pytest.raises(NotAllowedError):
        written(session, village, by=getattr(village, who))
    session.rollback()
    code = written(session, village)
    with pytest.raises(NotAllowedError):
        take_down(session, code, Doing(getattr(village, who), NOW))


def test_nobody_announces_in_a_brokers_name(session, village):
    with pytest.raises(NotAllowedError):
        written(session, village, by=acting_for(village.mary, village.rosa, How.PHONE))


def test_what_is_taken_down_stands_no_more(session, village):
    take_down(session, written(session, village), Doing(village.mary, NOW, "down"))
    assert list_current(session, village.angus.id, today=TODAY) == []


def test_the_same_form_announces_once(session, village):
    assert written(session, village) == written(session, village)
    assert len(list_current(session, village.angus.id, today=TODAY)) == 1


def test_so_many_stand_that_everybody_reads_them(session, village):
    for number in range(MOST_CURRENT):
        written(session, village, key=f"form {number}")
    with pytest.raises(TooManyAnnouncementsError):
        written(session, village, key="one more")


def test_another_bank_has_its_own(session, village):
    written(session, village)
    assert list_current(session, village.perth.id, today=TODAY) == []
