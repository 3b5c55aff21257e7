"""The shape of the vocabulary: every kind of the starting list has its terms, and none is said twice."""

import pytest

from timebank.listings.starting_categories import STARTING_CATEGORIES
from timebank.words.stems import FILLERS, telling_words
from timebank.words.vocabulary import LANGUAGES, main_of, read_vocabulary

LEAST_TERMS, LEAST_PHRASES = 60, 30
LONGEST_TERM = 60
MOST_LEAVES_OF_A_TERM = 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_the_starting_list_has_terms(language):
    leaves = [category.key for category in STARTING_CATEGORIES if category.parent_key]
    assert sorted(read_vocabulary(language).leaves) == sorted(leaves)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_enough_terms_with_phrases_among_them(language):
    for leaf, terms in read_vocabulary(language).terms.items():
        assert len(terms) >= LEAST_TERMS, leaf
        assert sum(" " in term for term in terms) >= LEAST_PHRASES, leaf


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_stands_twice_in_a_kind(language):
    for leaf, terms in read_vocabulary(language).terms.items():
        assert len({term.casefold() for term in terms}) == len(terms), leaf


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_are_plain_words(language):
    for leaf, terms in read_vocabulary(language).terms.items():
        for term in terms:
            assert term == " ".join(term.split()), (leaf, term)
            assert 1 < len(term) <= LONGEST_TERM, (leaf, term)
            assert not set(term) & set('.;:!?"()'), (leaf, term)
            assert set(telling_words(term)) - FILLERS, (leaf, term)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_of_many_kinds_tells_nothing(language):
    leaves: dict[tuple[str, ...], set[str]] = {}
    for leaf, terms in read_vocabulary(language).terms.items():
        for term in terms:
            leaves.setdefault(tuple(telling_words(term)), set()).add(leaf)
    assert {words: of for words, of in leaves.items() if len(of) > MOST_LEAVES_OF_A_TERM} == {}


def test_mains_are_the_parents():
    vocabulary = read_vocabulary()
    assert set(vocabulary.mains) == {main_of(leaf) for leaf in vocabulary.leaves}
    assert main_of("getting-about/lifts") == "getting-about"


def test_a_language_without_a_vocabulary_has_none():
    with pytest.raises(FileNotFoundError):
        read_vocabulary("tlh")
