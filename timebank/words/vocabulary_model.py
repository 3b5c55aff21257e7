"""Vectors of texts over the kinds of help, learned from the vocabulary alone.

Each distinct term is a text whose targets are the kinds that list it. The model needs no data of any bank, so it
serves a bank from its first day; it takes seconds to make, and is kept in a file beside the database.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from timebank.words.cells import find_middles
from timebank.words.features import Block, words_of_texts
from timebank.words.ridge import solve_sparse, unit_rows
from timebank.words.stems import telling_words
from timebank.words.vocabulary import Vocabulary, main_of

PENALTY = 1.0
#: Changes with every change of how texts become vectors, so that what was stored before is made anew.
_FORMAT = 1
_VERSION_LENGTH = 16


@dataclass(frozen=True)
class VocabularyModel:
    """`kinds` are the columns of a vector: the keys of all leaves, then of all mains. `weights` is features x kinds.

    `middles` are those of the cells of vectors, see `cells`; `version` identifies the vocabulary and how it is used.
    """

    blocks: tuple[Block, ...]
    weights: np.ndarray
    kinds: tuple[str, ...]
    middles: np.ndarray
    version: str

    @cached_property
    def column_of(self) -> dict[str, int]:
        """Return {category key: its column}."""
        return {key: column for column, key in enumerate(self.kinds)}

    def letter_likeness(self, text: str, others: Sequence[str]) -> np.ndarray:
        """Return how alike a text is to each of the others in its groups of letters, from 0 to 1."""
        rows = self.blocks[1].matrix(words_of_texts([text, *others]))
        return np.asarray((rows[1:] @ rows[0].T).toarray()).ravel()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row of length 1 for each text (texts x kinds); of zeros where no word is known."""
        return unit_rows(weighed(features_of(self.blocks, words_of_texts(texts)), self.weights))


def features_of(blocks: Sequence[Block], texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Return the features of texts (lists of words) in all blocks, side by side."""
    return sparse.csr_matrix(sparse.hstack([block.matrix(texts) for block in blocks], format="csr"))


def weighed(features: sparse.csr_matrix, weights: np.ndarray) -> np.ndarray:
    """Return features times weights, in the weights' precision: else all of them would be copied each time."""
    return np.asarray(features.astype(weights.dtype) @ weights)


def version_of(vocabulary: Vocabulary) -> str:
    """Return what identifies the model of a vocabulary."""
    digest = hashlib.sha256(f"{_FORMAT} {vocabulary.language}".encode())
    for leaf, terms in vocabulary.terms.items():
        digest.update("\n".join([leaf, *terms, ""]).encode())
    return digest.hexdigest()[:_VERSION_LENGTH]


def train_on_vocabulary(vocabulary: Vocabulary) -> VocabularyModel:
    """Return the model of a vocabulary. The same vocabulary gives the same model."""
    kinds = (*vocabulary.leaves, *vocabulary.mains)
    column = {key: number for number, key in enumerate(kinds)}
    leaves_of: dict[tuple[str, ...], set[str]] = {}
    for leaf, terms in vocabulary.terms.items():
        for term in terms:
            leaves_of.setdefault(tuple(telling_words(term)), set()).add(leaf)
    targets = np.zeros((len(leaves_of), len(kinds)))
    for row, leaves in enumerate(leaves_of.values()):
        mains = {main_of(leaf) for leaf in leaves}
        targets[row, [column[leaf] for leaf in leaves]] = 1 / np.sqrt(len(leaves))
        targets[row, [column[main] for main in mains]] = 1 / np.sqrt(len(mains))
    texts = [list(words) for words in leaves_of]
    blocks = (Block.fitted("stems", texts), Block.fitted("letters", texts))
    features = features_of(blocks, texts)
    weights = solve_sparse(features, targets, PENALTY).astype(np.float32)
    middles = find_middles(unit_rows(np.asarray(features @ weights)))
    return VocabularyModel(blocks, weights, kinds, middles, version_of(vocabulary))
