"""Words as they are looked for: without accents, cut to their stems, so that plurals and endings do not matter.

Whatever is typed is words or nothing; nothing that is typed can fail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from timebank.members.rules import fold

LONGEST_STEM = 60
MOST_TERMS = 8
#: A shorter word is found whole only: 'car' is not looked for in 'care' and 'carpet'.
_SHORTEST_START = 4
_WORDS = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['\u2019`]")
#: Words that stand in nearly everything, so that looking for them says nothing.
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
    """A word to look for: its stem, and the starts of words that it may be."""

    stem: str
    starts: tuple[str, ...] = ()

    def fits(self, stems: Sequence[str]) -> bool:
        """Whether one of these stems is the word, or starts like it."""
        return any(stem == self.stem or stem.startswith(self.starts or ("\0",)) for stem in stems)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What somebody looks for: for each word the terms of which one is enough.

    `only_common` says that there were words, but only such as stand everywhere.
    """

    terms: tuple[tuple[Term, ...], ...] = ()
    only_common: bool = False

    def all_in(self, text: str) -> bool:
        """Whether every word stands in the text."""
        stems = stems_of(text)
        return all(any(term.fits(stems) for term in either) for either in self.terms)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    # A stemmer keeps the word it works on, so each call has its own: pages are made side by side.
    return str(snowballstemmer.stemmer("english").stemWord(word))[:LONGEST_STEM]


def _split(text: str) -> list[str]:
    return _WORDS.findall(_APOSTROPHES.sub("", fold(text)))


def stems_of(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [_stem(word[:LONGEST_STEM]) for word in _split(text)]


def index_of(title: str, words: str) -> set[str]:
    """Every stem by which a listing is found; neighbours in the title also as one word ('baby sitting')."""
    first = _split(title)
    joined = {_stem((word + following)[:LONGEST_STEM]) for word, following in pairwise(first)}
    return {*stems_of(title), *stems_of(words), *joined}


def parse_search(typed: str) -> SearchTerms:
    """What is looked for by these words; common ones are left out where there are others."""
    words = [word for word in dict.fromkeys(_split(typed)) if word not in _EVERYWHERE][:MOST_TERMS]
    if not words:
        return SearchTerms(only_common=bool(typed.strip()))
    return SearchTerms(tuple(_either(words, index) for index in range(len(words))))


def _either(words: Sequence[str], index: int) -> tuple[Term, ...]:
    """The word itself, or it and a neighbour in one word."""
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
