"""How alike two texts are in meaning, and which kinds of help a text is likely to be."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from timebank.words.learned_model import LearnedModel
from timebank.words.ridge import unit_rows
from timebank.words.vocabulary_model import VocabularyModel

Label = TypeVar("Label", bound=Hashable)

#: What the vocabulary's part of a vector counts beside the learned one.
VOCABULARY_SHARE = 0.5
#: What a group in common counts, and at most what is alike of the groups, and of the shares of kinds in them.
GROUP_SHARED, GROUP_ALIKE, SHARES_ALIKE = 2.0, 1.0, 1.5
#: What is left of the share of a kind that stands in none of the chosen groups.
_OUTSIDE = 0.02
_SCALE = 127


@dataclass(frozen=True)
class Meanings:
    """Texts as vectors: `own` over the vocabulary's kinds, `learned` over a learned model's columns, or None."""

    own: np.ndarray
    learned: np.ndarray | None = None


def meanings_of(texts: Sequence[str], model: VocabularyModel, learned: LearnedModel[Label] | None = None) -> Meanings:
    """Return the vectors of texts, one row for each."""
    return Meanings(model.vectors(texts), None if learned is None else learned.vectors(texts))


def leaning(rows: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Return each row as it is if its text is also known to be of the kinds of these columns, at length 1.

    What is known counts as much as the words do. Without columns the rows stay.
    """
    if not columns:
        return rows
    known = np.zeros(rows.shape[1], dtype=rows.dtype)
    known[list(columns)] = 1 / np.sqrt(len(columns))
    return unit_rows(unit_rows(rows) + known)


def packed(meanings: Meanings) -> np.ndarray:
    """Return one row for each text whose products with others' are their likeness: see `likeness`.

    It is [learned / |learned|, sqrt(VOCABULARY_SHARE) · own], or own alone where there is no learned model.
    """
    if meanings.learned is None:
        return meanings.own
    return np.hstack([unit_rows(meanings.learned), math.sqrt(VOCABULARY_SHARE) * meanings.own])


def likeness(queries: Meanings, others: Meanings) -> np.ndarray:
    """Return how alike each of the texts is to each of the others (queries x others).

    It is cos(own, own'), or with a learned model cos(learned, learned') + VOCABULARY_SHARE · cos(own, own').
    """
    return np.asarray(packed(queries) @ packed(others).T)


def greatest_likeness(meanings: Meanings) -> float:
    """Return the likeness of a text to itself."""
    return 1.0 if meanings.learned is None else 1.0 + VOCABULARY_SHARE


def to_bytes(rows: np.ndarray) -> list[bytes]:
    """Return each packed row in whole numbers of a byte each; its values lie between -1 and 1."""
    return [row.tobytes() for row in np.rint(np.clip(rows, -1, 1) * _SCALE).astype(np.int8)]


def from_bytes(rows: Sequence[bytes]) -> np.ndarray:
    """Return packed rows as they were before `to_bytes`, within half a 127th. All are of the same length."""
    return np.frombuffer(b"".join(rows), dtype=np.int8).reshape(len(rows), -1).astype(np.float32) / _SCALE


def cosines(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the likeness of packed rows to others' (rows x others), from -1 to 1; rows of zeros: 0."""
    return np.asarray(unit_rows(rows) @ unit_rows(others).T)


def chosen_likeness(shares: np.ndarray, chosen: Sequence[Sequence[int]]) -> np.ndarray:
    """Return how well the labels that were chosen for others fit what texts are likely to be (texts x others).

    `shares` is texts x labels, from `LearnedModel.shares`; `chosen` has the columns of each other's labels. It is the
    sum over these labels of sqrt(share) / sqrt(number of the labels): 0 for one without labels, at most 1.
    """
    members = np.zeros((len(chosen), shares.shape[1]))
    for row, columns in enumerate(chosen):
        if columns:
            members[row, list(columns)] = 1 / np.sqrt(len(columns))
    return np.asarray(np.sqrt(shares) @ members.T)


def narrowed(
    shares: np.ndarray, groups_of_labels: Sequence[Hashable | None], groups: Sequence[frozenset[Hashable]]
) -> np.ndarray:
    """Return the shares of labels (texts x labels) for texts of which the groups are known; rows sum to 1."""
    within = np.array([[1.0 if group in chosen else _OUTSIDE for group in groups_of_labels] for chosen in groups])
    kept = shares * within
    return np.asarray(kept / np.maximum(kept.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny))


def group_likeness(groups: Sequence[frozenset[Hashable]], others: Sequence[frozenset[Hashable]]) -> np.ndarray:
    """Return how well the groups that were chosen for texts and for others agree (texts x others).

    It is GROUP_SHARED where they have one in common, and up to GROUP_ALIKE more by the share of those of either that
    both have.
    """
    scores = np.zeros((len(groups), len(others)))
    for row, own in enumerate(groups):
        for column, other in enumerate(others):
            shared = len(own & other)
            if shared:
                scores[row, column] = GROUP_SHARED + GROUP_ALIKE * shared / len(own | other)
    return scores


def share_likeness(shares: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how alike two sets of shares of labels are (texts x others), at most SHARES_ALIKE.

    It is the mean of their cosine and of the Bhattacharyya coefficient, the sum of sqrt(share · share').
    """
    cosine = unit_rows(shares) @ unit_rows(others).T
    return np.asarray(SHARES_ALIKE * (cosine + np.sqrt(shares) @ np.sqrt(others).T) / 2)
