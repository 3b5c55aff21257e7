from datetime import date, timedelta

import pytest

from tests.people import TODAY
from timebank.exchanges.drafts import Purpose


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ({"choice": "today"}, TODAY),
        ({"choice": "yesterday"}, TODAY - timedelta(days=1)),
        ({"choice": "other", "day": "17 November"}, date(2026, 11, 17)),
        ({"choice": "other", "day": "17/11/2026"}, date(2026, 11, 17)),
        ({"choice": "today", "day": "17.11."}, date(2026, 11, 17)),
        ({"day": "Yesterday"}, TODAY - timedelta(days=1)),
        ({"day": "2026-08-23"}, TODAY - timedelta(days=90)),
    ],
)
def test_a_day_is_chosen_or_typed(typed, day, as_, village, draft, kept):
    code = draft(what="Gardening")
    ada = as_(village.ada)
    page = ada.done(ada.get(f"drafts/{code}/when"), **typed)
    assert "How long did it take?" in page.title
    assert kept(code).day == day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("22 November", "That day is still to come. Help is recorded after it happened."),
        ("tomorrow", "That day is still to come. Help is recorded after it happened."),
        ("22/08/2026", "That is more than 90 days ago. Ring us and we record it together."),
        ("31 November", "Type the day, such as 17 November or 17/11/2026."),
        ("last week", "Type the day, such as 17 November or 17/11/2026."),
        ("11/17/2026", "Type the day, such as 17 November or 17/11/2026."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_kept_as_typed(typed, sentence, as_, village, draft, kept):
    code = draft(what="Gardening")
    ada = as_(village.ada)
    page = ada.submit(ada.get(f"drafts/{code}/when"), choice="other", day=typed)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["day"] == [typed]
    assert page.form.fields["choice"] == ["other"]
    assert kept(code).day is None


def test_no_day_asks_for_one(as_, village, draft, kept):
    code = draft(what="Gardening")
    ada = as_(village.ada)
    for typed in ({}, {"choice": "other"}, {"choice": ""}):
        assert "Choose a day, or type it." in ada.submit(ada.get(f"drafts/{code}/when"), **typed)
    assert kept(code).day is None


def test_help_to_come_is_for_today_or_later(as_, village, draft, kept):
    code = draft(purpose=Purpose.PROPOSE, what="Gardening")
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/when")
    assert page.form.choices["choice"] == ["today", "tomorrow", "other"]
    refused = ada.submit(page, choice="other", day="20 November")
    assert "That day has passed. Choose today or a day to come." in refused
    assert "About how long will it take?" in ada.done(refused, choice="tomorrow", day="").title
    assert kept(code).day == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "choice", "typed"),
    [(TODAY, "today", ""), (TODAY - timedelta(days=1), "yesterday", ""), (date(2026, 11, 7), "other", "07/11/2026")],
)
def test_the_day_said_before_is_there_to_be_changed(day, choice, typed, as_, village, draft):
    code = draft(what="Gardening", day=day)
    fields = as_(village.ada).get(f"drafts/{code}/when").form.fields
    assert (fields["choice"], fields["day"]) == ([choice], [typed])
