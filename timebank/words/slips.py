"""One slip of the keyboard forgiven: the word that somebody may have meant."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from timebank.words.stems import FILLERS, split_words, stem
from timebank.words.vocabulary import read_vocabulary

#: Shorter words are too near to each other.
_SHORTEST = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def _known(language: str) -> Counter[str]:
    """Return how many terms of the vocabulary have each word."""
    terms = read_vocabulary(language).terms.values()
    return Counter(word for words in terms for term in words for word in split_words(term) if word not in FILLERS)


@cache
def _known_stems(language: str) -> frozenset[str]:
    return frozenset(map(stem, _known(language)))


def find_meant(typed: str, language: str = "en") -> str | None:
    """Return what was typed with each unknown word replaced by a known one a slip away; None if there is none."""
    words = split_words(typed)
    meant = [_meant(word, language) or word for word in words]
    return " ".join(meant) if meant != words else None


def _meant(word: str, language: str) -> str | None:
    """Return the most usual known word that a letter too many, too few, another one or two swapped would make it."""
    known = _known(language)
    if len(word) < _SHORTEST or not word.isascii() or word in FILLERS or stem(word) in _known_stems(language):
        return None
    near = [slip for slip in _slips(word) if slip in known and len(slip) >= _SHORTEST]
    return max(near, key=lambda slip: (known[slip], slip), default=None)


def _slips(word: str) -> Iterator[str]:
    for index in range(len(word) + 1):
        before, after = word[:index], word[index:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in _LETTERS)
