"""Cells: parts of the space of vectors, so that the nearest of very many are looked for in a few of them.

The middles of the cells are found once, on the vectors of the vocabulary's terms, by k-means on the sphere.
"""

import numpy as np

from timebank.words.ridge import one_thread, unit_rows

CELLS = 256
_ROUNDS = 12
_SEED = 7


def find_middles(vectors: np.ndarray) -> np.ndarray:
    """Return the middles of at most CELLS cells (cells x kinds, each of length 1), the same for the same vectors."""
    count = min(CELLS, len(vectors))
    chosen = np.sort(np.random.default_rng(_SEED).choice(len(vectors), count, replace=False))
    middles = vectors[chosen]
    with one_thread():
        for _round in range(_ROUNDS):
            nearest = (vectors @ middles.T).argmax(axis=1)
            sums = np.zeros_like(middles)
            np.add.at(sums, nearest, vectors)
            is_empty = np.linalg.norm(sums, axis=1) == 0
            middles = unit_rows(np.where(is_empty[:, None], middles, sums))
    return middles.astype(np.float32)


def cells_of(own: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """Return the number of the nearest cell of each vector."""
    return np.asarray((own @ middles.T).argmax(axis=1))


def by_nearness(own: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """Return the numbers of all cells, the nearest to one vector first."""
    return np.argsort(-(middles @ own), kind="stable")
