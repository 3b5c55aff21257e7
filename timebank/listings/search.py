"""Search by words: without accents, cut to their stems, so that plurals and endings do not matter.

Whatever is typed is words or nothing; nothing that is typed can fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from timebank.spelling import is_blank, words_of

LONGEST_STEM = 60
MOST_TERMS = 8
#: A shorter word matches whole words only: 'car' does not match 'care' and 'carpet'.
_SHORTEST_START = 4
#: Words that are in nearly every listing, so that searching for them narrows nothing.
_EVERYWHERE = frozenset(
    word
    for line in (
        "a an and any anybody anyone are at be by can could do for from get give have help i if in is it like look",
        "looking me my need needed of offer on or our please request some somebody someone that the their them",
        "there to us want wanted we who will with would you your",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a search: its stem, and prefixes of words that it may be."""

    stem: str
    starts: tuple[str, ...] = ()

    def fits(self, stems: Sequence[str]) -> bool:
        """Return whether one of these stems is the word, or has it as a prefix."""
        return any(stem == self.stem or stem.startswith(self.starts or ("\0",)) for stem in stems)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The terms of a search: for each word its alternatives, of which one has to match.

    `only_common` is True if there were only words that are too common to search for.
    """

    terms: tuple[tuple[Term, ...], ...] = ()
    only_common: bool = False

    def all_in(self, text: str) -> bool:
        """Return whether the text has every word."""
        stems = stems_of(text)
        return all(any(term.fits(stems) for term in either) for either in self.terms)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    # A stemmer keeps the word it works on, so each call has its own: pages are made side by side.
    return str(snowballstemmer.stemmer("english").stemWord(word))[:LONGEST_STEM]


def stems_of(text: str) -> list[str]:
    """Return the stems of a text, in order."""
    return [_stem(word[:LONGEST_STEM]) for word in words_of(text)]


def index_of(title: str, words: str) -> set[str]:
    """Return every stem of a listing for the index; neighbours in the title also as one word ('baby sitting')."""
    first = words_of(title)
    joined = {_stem((word + following)[:LONGEST_STEM]) for word, following in pairwise(first)}
    return {*stems_of(title), *stems_of(words), *joined}


def parse_search(typed: str) -> SearchTerms:
    """Parse what was typed; common words are left out if there are others."""
    words = [word for word in dict.fromkeys(words_of(typed)) if word not in _EVERYWHERE][:MOST_TERMS]
    if not words:
        return SearchTerms(only_common=not is_blank(typed))
    return SearchTerms(tuple(_either(words, index) for index in range(len(words))))


def _either(words: Sequence[str], index: int) -> tuple[Term, ...]:
    """Return the alternatives of a word: itself, or it and a neighbour as one word."""
    terms = [_term(words[index])]
    if index > 0:
        terms.append(_term(words[index - 1] + words[index]))
    if index + 1 < len(words):
        terms.append(_term(words[index] + words[index + 1]))
    return tuple(terms)


def _term(word: str) -> Term:
    cut = word[:LONGEST_STEM]
    stem = _stem(cut)
    if len(cut) < _SHORTEST_START and cut.isascii():
        return Term(stem)
    return Term(stem, tuple(dict.fromkeys((stem, cut))))
