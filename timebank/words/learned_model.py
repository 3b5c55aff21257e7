"""A model learned from listings whose categories were chosen by people, on top of the vocabulary's.

Its labels are whatever categories the listings have, so that a bank's own kinds are learned too.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from timebank.words.features import Block, words_of_texts
from timebank.words.ridge import one_thread, solve_kernel
from timebank.words.vocabulary_model import VocabularyModel, features_of, weighed

Label = TypeVar("Label", bound=Hashable)

PENALTY = 4.0
#: How much the vocabulary's vectors count in the kernel, beside stems and letters with 1 each.
_OWN_SHARE = 4.0
#: A label with fewer listings is not learned.
LEAST_USES = 4
#: What the parent of a label counts as a target, beside the label with 1.
_PARENT_SHARE = 0.7
#: Listings that are learned from, the newest: the kernel of so many takes 300 MB and a minute.
MOST_LEARNED = 6000
#: How sharply scores of labels become shares.
_SHARPNESS = 8.0


@dataclass(frozen=True)
class LearnedModel(Generic[Label]):
    """`labels` are the first columns of a vector; the others are of parents. `weights` is features x columns."""

    vocabulary_model: VocabularyModel
    blocks: tuple[Block, ...]
    weights: np.ndarray
    own_weights: np.ndarray
    labels: tuple[Label, ...]

    @cached_property
    def column_of(self) -> dict[Label, int]:
        """Return {label: its column}."""
        return {label: column for column, label in enumerate(self.labels)}

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row of scores for each text (texts x columns); not of any length."""
        own = self.vocabulary_model.vectors(texts)
        learned = weighed(features_of(self.blocks, words_of_texts(texts)), self.weights)
        return np.asarray(learned + own @ self.own_weights)

    def shares(self, vectors: np.ndarray) -> np.ndarray:
        """Return how likely each label is for each text, by these vectors of it (texts x labels); rows sum to 1."""
        scores = _SHARPNESS * vectors[:, : len(self.labels)]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=0))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def train_on_listings(
    vocabulary_model: VocabularyModel,
    texts: Sequence[str],
    labels: Sequence[frozenset[Label]],
    parents: Mapping[Label, Hashable],
) -> LearnedModel[Label]:
    """Return a model of texts and the labels that each has; `parents` has the labels that stand below another.

    The same texts in the same order give the same model.
    """
    count = Counter(label for of_text in labels for label in of_text)
    learned = tuple(sorted((label for label, uses in count.items() if uses >= LEAST_USES), key=str))
    groups = sorted({parents[label] for label in learned if label in parents}, key=str)
    column = {label: number for number, label in enumerate(learned)}
    group_column = {group: len(learned) + number for number, group in enumerate(groups)}
    targets = np.zeros((len(texts), len(learned) + len(groups)))
    for row, of_text in enumerate(labels):
        for label in of_text & column.keys():
            targets[row, column[label]] = 1
            if label in parents:
                targets[row, group_column[parents[label]]] = _PARENT_SHARE
    words = words_of_texts(texts)
    blocks = (Block.fitted("stems", words), Block.fitted("letters", words))
    features, own = features_of(blocks, words), vocabulary_model.vectors(texts)
    with one_thread():
        kernel = (features @ features.T).toarray() + _OWN_SHARE * (own @ own.T)
    shares = solve_kernel(kernel, targets - targets.mean(axis=0), PENALTY)
    return LearnedModel(
        vocabulary_model,
        blocks,
        np.asarray(features.T @ shares).astype(np.float32),
        (_OWN_SHARE * (own.T @ shares)).astype(np.float32),
        learned,
    )
