"""Answers in words: nothing that could do something to a terminal, lengths of time, and when all is well."""

from datetime import timedelta

import pytest

from timebank.doctor.rules import in_words, is_well, not_checked, quote, summary, warning, well, wrong


@pytest.mark.parametrize("make", [well, warning, wrong, not_checked])
def test_no_answer_has_signs_that_do_something_to_a_terminal(make):
    diagnosis = make("SPF\x1b]0;x\x07", "a\x1b[2J\nb\r\x00c\u202ed\x9b31me")
    assert (diagnosis.subject, diagnosis.words) == ("SPF]0;x", "a[2J b cd31me")


def test_what_others_wrote_is_cut():
    assert quote("v=spf1 -all") == "'v=spf1 -all'"
    assert quote("\x1b[31m" + "x" * 1_000) == "'[31m" + "x" * 116 + "…'"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(milliseconds=900), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=25), "1 day"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_length_of_time_is_in_its_largest_unit(age, words):
    assert in_words(age) == words


def test_warnings_and_what_was_not_checked_are_no_failure():
    fine = [well("a", "."), warning("b", "."), not_checked("c", ".")]
    assert is_well(fine)
    assert not is_well([*fine, wrong("d", ".")])
    assert summary(fine) == "0 wrong, 1 warning, 1 well, 1 not checked"
