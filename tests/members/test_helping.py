"""Members say when they can help, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.people import NOW, TODAY
from tests.races import one_inside_the_other
from timebank.actors import Doing, How, Role, Standing, acting_for
from timebank.errors import NotAllowedError
from timebank.members.errors import AwayOverError
from timebank.members.helping import (
    MemberHelping,
    change_helping,
    find_helping,
    list_languages,
    list_most_spoken,
    select_helping,
)
from timebank.members.models import HelpingWishes, Membership, SpokenLanguage
from timebank.members.rules import Helping
from timebank.trail.actions import OtherContentError
from timebank.trail.models import TrailRow
from timebank.week import WEEKDAY_MORNINGS

SAID = Helping(
    free_parts=WEEKDAY_MORNINGS,
    away_from=TODAY,
    away_until=TODAY + timedelta(days=21),
    farthest_minutes=30,
    most_invitations=1,
    languages=frozenset({"pl", "en"}),
)


def say(session, village, helping=SAID, *, by=None, key=None, now=NOW):
    change_helping(session, village.angus, helping, Doing(by or village.ada, now, key))


def read(session, actor):
    return find_helping(session, actor.bank_id, actor.membership_id)


def rows(session, table=HelpingWishes):
    return session.scalar(select(func.count()).select_from(table))


def test_who_has_said_nothing_has_the_defaults_and_no_row(session, village):
    assert read(session, village.ada) == MemberHelping()
    assert (rows(session), rows(session, SpokenLanguage)) == (0, 0)
    assert list_languages(session, village.angus.id, village.ada.membership_id) == frozenset()


def test_what_was_said_is_read_again_and_the_next_time_replaces_it(session, village):
    say(session, village)
    assert read(session, village.ada) == MemberHelping(
        SAID.free_parts, TODAY, SAID.away_until, 30, 1, SAID.languages, changed_at=NOW
    )
    say(session, village, Helping(languages=frozenset({"gd"})), now=NOW + timedelta(days=1))
    assert read(session, village.ada) == MemberHelping(languages=frozenset({"gd"}), changed_at=NOW + timedelta(days=1))
    assert (rows(session), rows(session, SpokenLanguage)) == (1, 1)
    assert read(session, village.grace) == MemberHelping()


def test_a_form_sent_twice_says_it_once(session, village):
    for _ in range(2):
        say(session, village, key="form")
    assert session.scalar(select(func.count()).where(TrailRow.deed == "helping.changed")) == 1
    with pytest.raises(OtherContentError):
        say(session, village, Helping(), key="form")


def test_a_broker_says_it_for_a_member(session, village):
    say(session, village, by=acting_for(village.rosa, village.ada, How.PHONE))
    row = session.scalars(select(TrailRow).where(TrailRow.deed == "helping.changed")).one()
    assert (row.done_by, row.on_behalf_of) == (village.rosa.membership_id, village.ada.membership_id)
    assert read(session, village.ada).languages == SAID.languages
    assert read(session, village.rosa) == MemberHelping()


def test_who_neither_gives_nor_receives_says_nothing(session, village):
    suspended = replace(village.ada, standing=Standing.SUSPENDED)
    for actor in (village.tom, village.audrey, suspended, replace(village.mary, roles=frozenset({Role.BROKER}))):
        with pytest.raises(NotAllowedError):
            say(session, village, by=actor)


def test_the_day_is_that_of_the_bank(session, village):
    """Half past eleven in the evening in Britain, and tomorrow already in Auckland."""
    until_today = replace(SAID, away_until=TODAY)
    late = NOW.replace(hour=23, minute=30)
    say(session, village, until_today, now=late)
    village.angus.time_zone = "Pacific/Auckland"
    with pytest.raises(AwayOverError):
        say(session, village, until_today, now=late)


def test_who_has_left_is_not_shown_and_their_row_stays(session, village):
    say(session, village)
    session.get_one(Membership, (village.angus.id, village.ada.membership_id)).standing = Standing.LEFT
    session.flush()
    assert read(session, village.ada) is None
    assert list_languages(session, village.angus.id, village.ada.membership_id) == frozenset()
    assert list_most_spoken(session, village.angus.id, 5) == []
    assert rows(session) == 1


def test_one_query_has_everybody_of_a_bank_with_the_defaults(session, village):
    say(session, village)
    every = {row.member_id: row for row in session.execute(select_helping(village.angus.id))}
    assert set(every) == set(session.scalars(select(Membership.id).where(Membership.bank_id == village.angus.id)))
    assert every[village.ada.membership_id].free_parts == WEEKDAY_MORNINGS
    assert tuple(every[village.grace.membership_id])[1:] == (0, None, None, None, 2, None)


def test_the_most_spoken_languages_of_a_bank_come_first(session, village):
    spoken = {"ada": "pl en", "grace": "en yo", "linus": "en pl uk"}
    for key, languages in spoken.items():
        say(session, village, Helping(languages=frozenset(languages.split())), by=getattr(village, key))
    assert list_most_spoken(session, village.angus.id, 3) == ["en", "pl", "uk"]
    assert list_most_spoken(session, village.perth.id, 3) == []


def test_two_who_say_it_for_the_first_time_at_once_leave_one_row(backend, village):
    """Ada on her phone, and Rosa for her at the desk."""

    def saying(language, by):
        return lambda session, village: say(session, village, Helping(languages=frozenset({language})), by=by)

    rosa = acting_for(village.rosa, village.ada, How.PHONE)
    assert one_inside_the_other(backend, village, saying("pl", village.ada), saying("gd", rosa)) is None
    with backend.session() as session:
        assert read(session, village.ada).languages == {"gd"}
        assert rows(session) == 1
