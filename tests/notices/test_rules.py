"""When and how somebody is notified, as tables: quiet hours, clock changes, weeks, years, and what reaches them."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from timebank.notices.kinds import FOR_SAFETY, NoticeKind, Topic, topic_of
from timebank.notices.rules import (
    CHOICES,
    GIVE_UP,
    MORNING,
    USUAL,
    Choice,
    Often,
    Reach,
    Way,
    due_at,
    next_try_at,
    way_for,
)

LONDON = "Europe/London"
YEAR = range(366)


def local(text: str, zone: str = LONDON) -> datetime:
    """A moment as a clock on the wall shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("told", "often", "goes_out"),
    [
        ("2026-11-21 10:00", Often.AT_ONCE, "2026-11-21 10:00"),
        ("2026-11-21 08:00", Often.AT_ONCE, "2026-11-21 08:00"),
        ("2026-11-21 20:59", Often.AT_ONCE, "2026-11-21 20:59"),
        ("2026-11-21 21:00", Often.AT_ONCE, "2026-11-22 08:00"),
        ("2026-11-21 07:59", Often.AT_ONCE, "2026-11-21 08:00"),
        ("2026-11-21 00:00", Often.AT_ONCE, "2026-11-21 08:00"),
        # Nights in which the clock changes: 25 October back, 29 March forward.
        ("2026-10-24 22:01", Often.AT_ONCE, "2026-10-25 08:00"),
        ("2026-10-25 07:59", Often.AT_ONCE, "2026-10-25 08:00"),
        ("2026-10-25 01:30", Often.AT_ONCE, "2026-10-25 08:00"),
        ("2026-03-28 22:01", Often.AT_ONCE, "2026-03-29 08:00"),
        ("2026-03-29 07:59", Often.AT_ONCE, "2026-03-29 08:00"),
        ("2026-11-21 10:00", Often.DAILY, "2026-11-22 08:00"),
        ("2026-11-21 07:59", Often.DAILY, "2026-11-21 08:00"),
        ("2026-12-31 09:00", Often.DAILY, "2027-01-01 08:00"),
        ("2026-11-21 10:00", Often.WEEKLY, "2026-11-23 08:00"),  # a Saturday
        ("2026-11-23 07:00", Often.WEEKLY, "2026-11-23 08:00"),
        ("2026-11-23 09:00", Often.WEEKLY, "2026-11-30 08:00"),
        ("2026-10-24 12:00", Often.WEEKLY, "2026-10-26 08:00"),
        ("2026-12-28 09:00", Often.WEEKLY, "2027-01-04 08:00"),  # the ISO week that belongs to both years
        ("2027-01-03 23:00", Often.WEEKLY, "2027-01-04 08:00"),
        ("2026-11-21 10:00", Often.MONTHLY, "2026-12-01 08:00"),
        ("2026-12-01 07:00", Often.MONTHLY, "2026-12-01 08:00"),
        ("2026-12-01 08:30", Often.MONTHLY, "2027-01-01 08:00"),
        ("2027-01-31 10:00", Often.MONTHLY, "2027-02-01 08:00"),
    ],
)
def test_it_goes_out_when_its_reader_wants(told, often, goes_out):
    assert due_at(local(told), often, LONDON) == local(goes_out)


def test_quiet_hours_are_those_of_the_bank():
    told = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # noon in London, one in the night in Auckland
    assert due_at(told, Often.AT_ONCE, LONDON) == told
    assert due_at(told, Often.AT_ONCE, "Pacific/Auckland") == local("2026-11-22 08:00", "Pacific/Auckland")


def test_what_guards_a_membership_waits_for_no_morning():
    told = local("2026-11-21 23:00")
    assert due_at(told, Often.AT_ONCE, LONDON, at_any_hour=True) == told


@pytest.mark.parametrize("often", Often)
@given(told=st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (Hypothesis adds the zone)
def test_it_is_never_told_before_it_happened_nor_at_night(often, told):
    due = due_at(told, often, LONDON)
    assert due >= told
    assert due.astimezone(ZoneInfo(LONDON)).hour >= MORNING
    assert due - told <= timedelta(days=32)


@pytest.mark.parametrize(
    ("often", "mails", "apart"),
    [
        (Often.DAILY, 366, {1}),
        (Often.WEEKLY, 53, {7}),
        (Often.MONTHLY, 13, {28, 30, 31}),
    ],
)
def test_each_frequency_is_the_one_that_is_delivered_over_a_year(often, mails, apart):
    """One notice each day at noon; all that is due at one moment is one e-mail."""
    first = local("2026-01-01 12:00").astimezone(UTC)
    due = Counter(due_at(first + timedelta(days=day), often, LONDON) for day in YEAR)
    days = sorted(moment.astimezone(ZoneInfo(LONDON)).date() for moment in due)
    assert len(days) == mails
    assert {(later - day).days for day, later in itertools.pairwise(days)} == apart
    assert sum(due.values()) == len(YEAR)


def test_at_once_is_one_for_each():
    first = local("2026-01-01 12:00").astimezone(UTC)
    due = [due_at(first + timedelta(days=day), Often.AT_ONCE, LONDON) for day in YEAR]
    assert len(set(due)) == len(YEAR)


BOTH, NEITHER = Reach(email=True, phone=True, email_is_proved=True), Reach(email=False, phone=False)
MAIL, PHONE = Reach(email=True, phone=False, email_is_proved=True), Reach(email=False, phone=True)
FAILED = Reach(email=False, phone=True, has_email=True)
BY_MAIL, BY_PHONE = Choice(Way.EMAIL, Often.AT_ONCE), Choice(Way.PHONE, Often.AT_ONCE)
BY_POST, NEWS_BY_POST = Choice(Way.LETTER, Often.AT_ONCE), Choice(Way.LETTER, Often.MONTHLY)
ALL_THREE = Reach(email=True, phone=True, letter=True, email_is_proved=True)
POST, POST_AND_PHONE = Reach(email=False, phone=False, letter=True), Reach(email=False, phone=True, letter=True)
NOT_AT_ALL = Choice(Way.NONE, Often.AT_ONCE)


@pytest.mark.parametrize(
    ("kind", "choice", "reach", "way"),
    [
        (NoticeKind.ASKED, BY_MAIL, BOTH, Way.EMAIL),
        (NoticeKind.ASKED, BY_MAIL, PHONE, Way.PHONE),
        (NoticeKind.ASKED, BY_PHONE, BOTH, Way.PHONE),
        (NoticeKind.ASKED, BY_PHONE, MAIL, Way.EMAIL),
        (NoticeKind.ASKED, BY_MAIL, NEITHER, Way.NONE),
        (NoticeKind.ASKED, NOT_AT_ALL, BOTH, Way.NONE),
        (NoticeKind.DIGEST, BY_MAIL, BOTH, Way.EMAIL),
        (NoticeKind.DIGEST, BY_MAIL, PHONE, Way.NONE),
        (NoticeKind.DIGEST, BY_MAIL, Reach(email=True, phone=True, email_is_proved=False), Way.NONE),
        (
            NoticeKind.DIGEST,
            BY_MAIL,
            Reach(email=True, phone=True, email_is_shared=True, email_is_proved=True),
            Way.NONE,
        ),
        (NoticeKind.PASSWORD_CHANGED, NOT_AT_ALL, BOTH, Way.EMAIL),
        (NoticeKind.PASSWORD_CHANGED, BY_PHONE, BOTH, Way.EMAIL),
        (NoticeKind.PASSWORD_CHANGED, BY_MAIL, PHONE, Way.PHONE),
        (NoticeKind.DONE_FOR_YOU, BY_MAIL, BOTH, Way.EMAIL),
        (NoticeKind.DONE_FOR_YOU, BY_PHONE, PHONE, Way.NONE),
        (NoticeKind.SIGN_IN_CODE, BY_PHONE, BOTH, Way.EMAIL),
        (NoticeKind.SIGN_IN_CODE, BY_PHONE, PHONE, Way.NONE),
        (NoticeKind.SIGN_IN_CODE, BY_MAIL, FAILED, Way.NONE),
        (NoticeKind.EMAIL_CODE, BY_MAIL, FAILED, Way.EMAIL),
        (NoticeKind.INVITED, BY_MAIL, Reach(email=True, phone=False, email_is_shared=True), Way.EMAIL),
        (NoticeKind.ASKED, BY_POST, ALL_THREE, Way.LETTER),
        (NoticeKind.ASKED, BY_POST, BOTH, Way.EMAIL),
        (NoticeKind.ASKED, BY_MAIL, POST, Way.LETTER),
        (NoticeKind.ASKED, BY_PHONE, POST, Way.LETTER),
        (NoticeKind.ASKED, BY_MAIL, POST_AND_PHONE, Way.PHONE),
        (NoticeKind.ASKED, NOT_AT_ALL, ALL_THREE, Way.NONE),
        (NoticeKind.TOMORROW, BY_POST, ALL_THREE, Way.EMAIL),  # a letter would come after it
        (NoticeKind.TOMORROW, BY_POST, POST_AND_PHONE, Way.PHONE),
        (NoticeKind.TOMORROW, BY_POST, POST, Way.NONE),
        (NoticeKind.DIGEST, NEWS_BY_POST, ALL_THREE, Way.LETTER),
        (NoticeKind.DIGEST, NEWS_BY_POST, BOTH, Way.NONE),
        (NoticeKind.DIGEST, BY_MAIL, POST, Way.NONE),
        (NoticeKind.STANDING_CHANGED, BY_POST, ALL_THREE, Way.EMAIL),
        (NoticeKind.STANDING_CHANGED, NOT_AT_ALL, POST, Way.LETTER),
        (NoticeKind.DONE_FOR_YOU, BY_POST, POST_AND_PHONE, Way.LETTER),
        (NoticeKind.SIGN_IN_CODE, BY_POST, POST, Way.NONE),
        (NoticeKind.EMAIL_CODE, BY_POST, POST, Way.NONE),
    ],
)
def test_the_way_is_the_one_that_was_chosen_and_reaches_them(kind, choice, reach, way):
    assert way_for(kind, choice, reach) is way


def test_the_usual_choice_can_be_chosen_too():
    assert all(USUAL[topic] in CHOICES[topic] for topic in Topic)


def test_only_the_digest_goes_round_the_bank():
    assert [kind for kind in NoticeKind if topic_of(kind) is Topic.ROUND_THE_BANK] == [NoticeKind.DIGEST]
    assert all(topic_of(kind) is Topic.ABOUT_YOU for kind in FOR_SAFETY)


def test_tries_are_further_and_further_apart_until_it_is_given_up():
    made = now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    minutes = []
    for tries in range(1, 100):
        after = next_try_at(tries, made, now)
        if after is None:
            break
        minutes.append((after - now) // timedelta(minutes=1))
        now = after
    assert minutes[:6] == [1, 5, 15, 60, 240, 240]
    assert GIVE_UP <= now - made < GIVE_UP + timedelta(hours=4)


def test_a_date_of_a_month_is_a_date():
    assert due_at(local("2028-02-29 10:00"), Often.MONTHLY, LONDON).date() == date(2028, 3, 1)
