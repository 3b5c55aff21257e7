"""Words as they are looked for: accents, plurals and endings forgiven, and nothing that is typed fails."""

import pytest
from hypothesis import given, strategies as st

from timebank.listings.search import LONGEST_STEM, MOST_TERMS, index_of, parse_search


def finds(typed: str, title: str, words: str = "") -> bool:
    stems = sorted(index_of(title, words))
    return all(any(term.fits(stems) for term in either) for either in parse_search(typed).terms)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("gardens", "Gardening"),
        ("garden", "Gardens"),
        ("GARDENING", "garden"),
        ("gard", "Gardening"),
        ("lift", "Lifts to town"),
        ("cafe", "A talk in the café"),
        ("café", "A talk in the cafe"),
        ("francais", "Leçons de français"),
        ("babysitting", "Baby sitting"),
        ("baby sitting", "Babysitting"),
        ("baby-sitter", "Babysitters"),
        ("dog walking", "A walk with your dog"),
        ("somebody to walk the dog", "Dog walks"),
        ("mens", "Men's shed"),
        ("men\u2019s shed", "Mens shed"),
        ("car", "Cars and bikes"),
        ("men\u00b4s shed", "Men\u2018s shed"),
        ("łódź", "A trip to Lodz"),
        ("हिन्दी", "हिन्दी पढ़ाना"),
        ("日本", "日本語を教えます"),
        ("tv", "TV and radio"),
        ("2", "2 hours"),
    ],
)
def test_accents_plurals_endings_and_split_words_are_forgiven(typed, title):
    assert finds(typed, title)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("car", "Carpets"),
        ("car", "Caring"),
        ("gardening lessons", "Gardening"),
        ("piano", "Gardening"),
        ("art", "Party"),
    ],
)
def test_a_search_does_not_match_another_word(typed, title):
    assert not finds(typed, title)


def test_words_below_the_title_count_as_well():
    assert finds("roses", "Gardening", "Weeding and a rose or two")


@pytest.mark.parametrize("typed", ["the", "help", "I need some help please", "!!!", "😀", "%", "' OR 1=1", "_"])
def test_words_that_are_too_common_are_not_searched_alone(typed):
    looked = parse_search(typed)
    assert looked.terms == () or typed == "' OR 1=1"
    assert looked.only_common is (looked.terms == ())


def test_nothing_typed_is_not_too_common():
    assert parse_search("   ").only_common is False


def test_as_many_words_are_looked_for_as_anybody_types():
    assert len(parse_search(" ".join(f"word{n}" for n in range(50))).terms) == MOST_TERMS


@given(st.text())
def test_whatever_is_typed_is_words_or_nothing(typed):
    looked = parse_search(typed)
    assert all(term.stem for either in looked.terms for term in either)
    assert all(0 < len(stem) <= LONGEST_STEM for stem in index_of(typed, typed))


@given(st.text(alphabet="abcdeéèñß ïü", max_size=60))
def test_a_listing_is_found_by_its_own_title(title):
    assert finds(title, title)


def test_ten_thousand_letters_are_one_long_word():
    assert {len(stem) for stem in index_of("x" * 10_000, "")} == {LONGEST_STEM}
    assert finds("x" * 10_000, "x" * 10_000)
