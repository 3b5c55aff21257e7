"""Texts as sparse vectors: stems with their pairs, and groups of letters; each block TF-IDF of length 1."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from timebank.words.stems import stem, telling_words

_LETTERS = range(3, 6)
_MOST_LETTERS = 4000
Split = Callable[[Sequence[str]], list[str]]


def _stems_and_pairs(words: Sequence[str]) -> list[str]:
    stems = [stem(word) for word in words]
    return stems + [f"{first} {second}" for first, second in pairwise(stems)]


def _groups_of_letters(words: Sequence[str]) -> list[str]:
    groups = []
    for word in words:
        padded = f" {word} "
        for length in _LETTERS:
            groups += [padded[start : start + length] for start in range(max(1, len(padded) - length + 1))]
    return groups[:_MOST_LETTERS]


#: The blocks of features, in order.
BLOCKS: Mapping[str, Split] = {"stems": _stems_and_pairs, "letters": _groups_of_letters}


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one block: {feature: its column}, and the weight of each by its rarity."""

    split: Split
    columns: Mapping[str, int]
    weights: np.ndarray

    @classmethod
    def fitted(cls, name: str, texts: Iterable[Sequence[str]], least: int = 1) -> "Block":
        """Return the block of the features that at least so many of the texts (as lists of words) have.

        The weight of a feature in d of n texts is ln((1 + n) / (1 + d)) + 1.
        """
        split, count, number = BLOCKS[name], Counter[str](), 0
        for words in texts:
            count.update(set(split(words)))
            number += 1
        names = sorted(feature for feature, texts_with_it in count.items() if texts_with_it >= least)
        weights = np.log((1 + number) / (1 + np.array([count[feature] for feature in names], dtype=np.float64))) + 1
        return cls(split, {feature: column for column, feature in enumerate(names)}, weights)

    def matrix(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Return one row for each text (a list of words), of length 1: (1 + ln count) · weight; 0 if none is known."""
        starts, columns, values = [0], list[int](), list[float]()
        for words in texts:
            count = Counter(self.columns[feature] for feature in self.split(words) if feature in self.columns)
            row = np.array(sorted(count), dtype=np.int64)
            cells = (1 + np.log([count[column] for column in row])) * self.weights[row] if len(row) else np.zeros(0)
            length = float(np.sqrt(cells @ cells))
            columns.extend(row.tolist())
            values.extend((cells / length).tolist() if length else [])
            starts.append(len(columns))
        return sparse.csr_matrix((values, columns, starts), shape=(len(texts), len(self.columns)))


def has_word_of(text: str, blocks: Sequence[Block]) -> bool:
    """Return whether the first block, that of stems, has a word of the text, whatever its ending."""
    return any(stem(word) in blocks[0].columns for word in telling_words(text))


def words_of_texts(texts: Iterable[str]) -> list[list[str]]:
    """Return the telling words of each text."""
    return [telling_words(text) for text in texts]
