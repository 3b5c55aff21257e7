import pytest

from tests.people import TODAY


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ({"choice": "15"}, 15),
        ({"choice": "90"}, 90),
        ({"choice": "other", "how_long": "1 h 30"}, 90),
        ({"choice": "60", "how_long": "1:30"}, 90),
        ({"how_long": "1.5 h"}, 90),
        ({"how_long": "90 min"}, 90),
        ({"how_long": "2"}, 120),
        ({"how_long": "45"}, 45),
        ({"how_long": "24 hours"}, 1440),
        ({"how_long": "20 minutes"}, 20),
    ],
)
def test_a_length_is_chosen_or_typed(typed, minutes, as_, village, draft, kept):
    code = draft(what="Gardening", day=TODAY)
    ada = as_(village.ada)
    page = ada.done(ada.get(f"drafts/{code}/how-long"), **typed)
    assert "Check before you send" in page.title
    assert kept(code).minutes == minutes


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "The time has to be more than nothing. Type how long it took."),
        ("0 h", "The time has to be more than nothing. Type how long it took."),
        ("0 minutes", "The time has to be more than nothing. Type how long it took."),
        ("-2", "The time has to be more than nothing. Type how long it took."),
        ("\u22122 h", "The time has to be more than nothing. Type how long it took."),
        ("25 hours", "That is more than 24 hours. Record each day on its own."),
        ("24:01", "That is more than 24 hours. Record each day on its own."),
        ("12", "Is 12 hours or minutes? Type it with a word, such as 12 minutes."),
        ("1.5", "Type it with a word, such as 1.5 hours."),
        ("a while", "Type how long it took, such as 45 minutes, 1 h 30 or 2 hours."),
    ],
)
def test_a_length_that_cannot_be_is_refused_and_kept_as_typed(typed, sentence, as_, village, draft, kept):
    code = draft(what="Gardening", day=TODAY)
    ada = as_(village.ada)
    page = ada.submit(ada.get(f"drafts/{code}/how-long"), choice="60", how_long=typed)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["how_long"] == [typed]
    assert page.form.fields["choice"] == ["60"]
    assert kept(code).minutes is None


def test_no_length_asks_for_one(as_, village, draft, kept):
    code = draft(what="Gardening", day=TODAY)
    ada = as_(village.ada)
    for typed in ({}, {"choice": "other"}, {"choice": "-60"}, {"choice": "99999"}):
        page = ada.submit(ada.get(f"drafts/{code}/how-long"), **typed)
        assert "Choose how long it took, or type it." in page
    assert kept(code).minutes is None


@pytest.mark.parametrize(("minutes", "choice", "typed"), [(60, "60", ""), (105, "other", "1 hour 45 minutes")])
def test_the_length_said_before_is_there_to_be_changed_and_is_understood_again(
    minutes, choice, typed, as_, village, draft, kept
):
    code = draft(what="Gardening", day=TODAY, minutes=minutes)
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/how-long")
    assert (page.form.fields["choice"], page.form.fields["how_long"]) == ([choice], [typed])
    ada.done(page)
    assert kept(code).minutes == minutes
