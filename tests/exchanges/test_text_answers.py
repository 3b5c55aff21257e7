"""What counts as an answer by text, and what is left for a broker to read."""

import pytest
from hypothesis import given, strategies as st

from timebank.exchanges.text_answers import TextAnswer, read_answer

YES, NO = TextAnswer(True, "482113", ""), TextAnswer(False, "482113", "")  # noqa: FBT003 (a yes and a no)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Y 482113", YES),
        ("y482113", YES),
        ("yes 482113", YES),
        ("YES, 482 113.", YES),
        ("  Yes! 482-113  ", YES),
        ("482113 y", YES),
        ("482113 Yes", YES),
        ("N 482113", NO),
        ("no 482113", NO),
        ("482113 no", NO),
        ("N 482113 it was one hour", NO._replace(words="it was one hour")),
        ("No 482113: we did not meet", NO._replace(words="we did not meet")),
        ("482113 no, it was Tuesday", NO._replace(words="it was Tuesday")),
        ("Y 482113\nThank you dear", YES._replace(words="Thank you dear")),
        ("Y 482113, that's right. Thanks! \U0001f44d", YES._replace(words="that's right. Thanks! \U0001f44d")),
        # No answer, or none without doubt.
        ("", None),
        ("Y", None),
        ("yes", None),
        ("Yes, that is right", None),
        ("482113", None),
        ("Y 48211", None),
        ("Y 4821133", None),
        ("maybe 482113", None),
        ("not sure 482113", None),
        ("yesterday 482113", None),
        ("nobody 482113", None),
        ("Y or N 482113", None),
        ("I said Y 482113", None),
        ("STOP", None),
        ("Y 482113 but it was 2 hours", None),
        ("Y 482113 only 30 min", None),
        ("Yes 482113 it wasn't Tuesday", None),
        ("yes 482113 no", None),
        ("Y 482113 N", None),
        ("482113 Y/N", None),
        ("Y 482113 / N", None),
        ("Y 482113?", None),
        ("Yes? 482113", None),
        ("Y 482113 \U0001f44e", None),
        ("Y 482113 he never came", None),
        ("Y 482113 nothing happened", None),
        ("Yes 482113 half of it", None),
        ("Y 482113 nein", None),
        ("Y ٤٨٢١١٣", None),
    ],
)
def test_an_answer_is_read(text, answer):
    assert read_answer(text) == answer


@given(st.text(max_size=200))
def test_whatever_comes_is_read_without_an_error(text):
    answer = read_answer(text)
    assert answer is None or (len(answer.code) == 6 and answer.code.isascii() and answer.code.isdecimal())


@given(st.integers(0, 999_999), st.booleans())
def test_every_code_is_read_as_it_was_sent(number, is_yes):
    code = f"{number:06}"
    assert read_answer(f"{'Y' if is_yes else 'N'} {code}") == TextAnswer(is_yes, code, "")
