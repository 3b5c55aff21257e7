"""What fits into one text message, as tables and properties."""

import pytest
from hypothesis import given, strategies as st

from timebank.notices.texts import MOST_GSM, MOST_UCS2, fit, fits, plain


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("é" * 160, True),
        ("€" * 80, True),
        ("€" * 81, False),
        ("ж" * 70, True),
        ("ж" * 71, False),
        ("😀" * 35, True),
        ("😀" * 36, False),
        ("", True),
    ],
)
def test_one_message_holds_160_letters_of_gsm_or_70_of_others(text, is_one):
    assert fits(text) is is_one


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Zofia Dąbrowska", "Zofia Dabrowska"),
        ("Conceição", "Conceicao"),
        ("Müller\u2019s \u2013 \u201chours\u201d\u2026", 'Müller\'s - "hours"...'),
        ("Привет", "Привет"),
        ("\u2068محمد\u2069", "محمد"),
    ],
)
def test_accents_that_a_phone_lacks_are_left_out_and_other_scripts_stay(text, said):
    assert plain(text) == said


def test_the_most_important_part_is_kept_and_what_does_not_fit_is_left_out():
    assert fit(["Angus for Ada: hours.", "Ring 1", "w" * 160, "or see x"]) == "Angus for Ada: hours. Ring 1 or see x"
    assert fit(["w" * 200, "Ring 1"]) == "w" * 157 + "..."
    assert len(fit(["Привет " * 30])) <= MOST_UCS2


@given(st.lists(st.text(max_size=400), min_size=1, max_size=4))
def test_whatever_is_said_is_one_message(parts):
    said = fit(parts)
    assert fits(said)
    assert len(said) <= MOST_GSM
