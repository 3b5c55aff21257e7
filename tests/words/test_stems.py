"""Texts as stems: what is one word, what is dropped, and what is never dropped."""

import pytest
from hypothesis import given, strategies as st

from timebank.words.stems import FILLERS, LONGEST_STEM, split_words, stems_of, telling_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("d.i.y.", ["diy"]),
        ("D.I.Y jobs", ["diy", "jobs"]),
        ("c.v. and I.T. help", ["cv", "and", "it", "help"]),
        ("At 3 p.m. in St. Andrews.", ["at", "3", "pm", "in", "st", "andrews"]),
        ("a.b", ["a", "b"]),
        ("🐕", ["dog"]),
        ("Walk my 🐕 please", ["walk", "my", "dog", "please"]),
        ("🎸🧶", ["guitar", "ball", "of", "yarn"]),
        ("日本語を教えます", ["日本", "本語", "語を", "を教", "教え", "えま", "ます"]),
        ("日本", ["日本"]),
        ("日", ["日"]),
        ("Café O'Neil", ["cafe", "oneil"]),
        ("😀 dog", ["dog"]),
        ("", []),
        ("!!!", []),
    ],
)
def test_words_are_split(text, words):
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I need somebody to help me with the garden please", ["garden"]),
        ("Can you help?", ["can", "you", "help"]),
        ("Looking for a lift to the clinic", ["lift", "clinic"]),
    ],
)
def test_fillers_are_dropped_but_never_all(text, words):
    assert telling_words(text) == words


def test_fillers_are_folded_words():
    assert all(split_words(filler) == [filler] for filler in FILLERS)


@pytest.mark.parametrize(("one", "other"), [("gardens", "gardening"), ("Lifts", "lift"), ("sewing", "sew")])
def test_endings_do_not_matter(one, other):
    assert stems_of(one) == stems_of(other)


@given(st.text())
def test_any_text_has_stems_of_limited_length(text):
    assert all(0 < len(stem) <= LONGEST_STEM for stem in stems_of(text))
    assert bool(telling_words(text)) == bool(split_words(text))
