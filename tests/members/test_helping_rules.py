"""When a member can help, as tables."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from timebank.members import errors, rules
from timebank.members.languages import LANGUAGES, SIGN_LANGUAGE, USUAL_LANGUAGE
from timebank.members.rules import Helping
from timebank.week import WEEKDAY_MORNINGS, WEEKEND, WHOLE_WEEK

#: A Saturday.
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
AWAY = Helping(away_from=date(2026, 12, 3), away_until=date(2026, 12, 12))


@pytest.mark.parametrize(
    ("helping", "day", "away"),
    [
        (Helping(), TODAY, False),
        (AWAY, date(2026, 12, 2), False),
        (AWAY, date(2026, 12, 3), True),
        (AWAY, date(2026, 12, 12), True),
        (AWAY, date(2026, 12, 13), False),
        (replace(AWAY, away_until=AWAY.away_from), date(2026, 12, 3), True),
        (replace(AWAY, away_until=None), date(2026, 12, 3), False),
    ],
)
def test_the_first_and_the_last_day_away_are_days_away(helping, day, away):
    assert rules.is_away(helping, day) is away


@pytest.mark.parametrize(
    ("helping", "day", "may"),
    [
        (Helping(), TODAY, True),
        (Helping(most_invitations=0), TODAY, False),
        (Helping(free_parts=WEEKEND), TODAY, True),
        (Helping(free_parts=WEEKEND), TODAY + 2 * DAY, False),
        (Helping(free_parts=WEEKDAY_MORNINGS), TODAY, False),
        (Helping(free_parts=WEEKDAY_MORNINGS), TODAY + 2 * DAY, True),
        (AWAY, date(2026, 12, 5), False),
        (AWAY, date(2026, 12, 13), True),
    ],
)
def test_who_may_be_asked_for_a_day(helping, day, may):
    assert rules.may_be_asked_on(helping, day) is may


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"free_parts": WHOLE_WEEK, "farthest_minutes": 0, "most_invitations": 5, "languages": LANGUAGES},
        {"away_from": TODAY - 30 * DAY, "away_until": TODAY},
        {"away_from": TODAY, "away_until": TODAY + 731 * DAY},
        {"languages": frozenset({SIGN_LANGUAGE})},
    ],
)
def test_what_can_be_so(said):
    rules.check_helping(replace(Helping(), **said), TODAY)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"languages": frozenset()}, errors.LanguageMissingError),
        ({"languages": frozenset({"tlh"})}, errors.HelpingChoiceError),
        ({"farthest_minutes": 20}, errors.HelpingChoiceError),
        ({"farthest_minutes": -1}, errors.HelpingChoiceError),
        ({"most_invitations": 4}, errors.HelpingChoiceError),
        ({"free_parts": WHOLE_WEEK + 1}, errors.HelpingChoiceError),
        ({"free_parts": -1}, errors.HelpingChoiceError),
        ({"away_from": TODAY}, errors.AwayDayMissingError),
        ({"away_until": TODAY}, errors.AwayDayMissingError),
        ({"away_from": TODAY + DAY, "away_until": TODAY}, errors.AwayEndsBeforeError),
        ({"away_from": TODAY - 9 * DAY, "away_until": TODAY - DAY}, errors.AwayOverError),
        ({"away_from": TODAY, "away_until": TODAY + 732 * DAY}, errors.AwayTooLongError),
    ],
)
def test_what_cannot_be_so(said, error):
    with pytest.raises(error):
        rules.check_helping(replace(Helping(), **said), TODAY)


def test_languages_have_codes_of_two_or_three_letters():
    assert 60 <= len(LANGUAGES) <= 70
    assert {USUAL_LANGUAGE, SIGN_LANGUAGE, "gd"} <= LANGUAGES
    assert all(code.isalpha() and code.islower() and len(code) in {2, 3} for code in LANGUAGES)


def test_what_is_offered_fits_its_column():
    assert all(0 <= minutes <= 600 for minutes in rules.DISTANCES if minutes is not None)
    assert all(0 <= number <= 20 for number in rules.INVITATIONS)
    assert rules.USUAL_INVITATIONS in rules.INVITATIONS
