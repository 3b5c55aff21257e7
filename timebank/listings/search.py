"""Search by words: without accents, cut to their stems, so that plurals and endings do not matter.

Whatever is typed is words or nothing; nothing that is typed can fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from timebank.spelling import is_blank
from timebank.words.stems import FILLERS, LONGEST_STEM, split_words, stem, stems_of

MOST_TERMS = 8
#: A shorter word matches whole words only: 'car' does not match 'care' and 'carpet'.
_SHORTEST_START = 4
#: What a word counts by where it stands: in the title, the name of the listing's own kind, its words, or its group.
_IN_TITLE, _IN_KIND, _IN_WORDS, _IN_GROUP = 3.0, 2.0, 1.0, 0.5


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

    `dropped` are the words that are too common to search for; `only_common` is True if there were no others.
    """

    terms: tuple[tuple[Term, ...], ...] = ()
    dropped: tuple[str, ...] = ()
    only_common: bool = False


@dataclass(frozen=True, slots=True)
class SearchedText:
    """What of a listing is ranked: its texts, and the names of its kinds and of the groups above them."""

    title: str
    words: str
    kinds: str
    groups: str


def index_of(title: str, words: str) -> set[str]:
    """Return every stem of a listing for the index; neighbours in the title also as one word ('baby sitting')."""
    return {*stems_of(title), *stems_of(words), *_joined(title)}


def _joined(text: str) -> set[str]:
    return {stem((word + following)[:LONGEST_STEM]) for word, following in pairwise(split_words(text))}


def parse_search(typed: str) -> SearchTerms:
    """Parse what was typed; common words are left out if there are others."""
    every = dict.fromkeys(split_words(typed))
    words = [word for word in every if word not in FILLERS][:MOST_TERMS]
    dropped = tuple(word for word in every if word in FILLERS)
    if not words:
        return SearchTerms(dropped=dropped, only_common=not is_blank(typed))
    return SearchTerms(tuple(_either(words, index) for index in range(len(words))), dropped)


def rank(search: SearchTerms, text: SearchedText) -> float:
    """Return how well a listing fits the words of a search: the mean over them of where they stand, at most 3."""
    fields = (
        (_IN_TITLE, [*stems_of(text.title), *_joined(text.title)]),
        (_IN_KIND, stems_of(text.kinds)),
        (_IN_WORDS, stems_of(text.words)),
        (_IN_GROUP, stems_of(text.groups)),
    )
    scores = [
        max((weight for weight, stems in fields if any(term.fits(stems) for term in either)), default=0.0)
        for either in search.terms
    ]
    return sum(scores) / max(len(scores), 1)


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
    root = stem(cut)
    if len(cut) < _SHORTEST_START and cut.isascii():
        return Term(root)
    return Term(root, tuple(dict.fromkeys((root, cut))))
