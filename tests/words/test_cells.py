"""Cells of vectors: each vector lies in one, and the nearest ones come first."""

import numpy as np

from timebank.words.cells import CELLS, by_nearness, cells_of, find_middles
from timebank.words.ridge import unit_rows


def test_the_nearest_of_many_lie_in_few_cells(english):
    chance = np.random.default_rng(3)
    kinds = len(english.kinds)
    vectors = unit_rows(english.middles[chance.integers(CELLS, size=5000)] + 0.05 * chance.normal(size=(5000, kinds)))
    cells = cells_of(vectors, english.middles)
    kept = missed = 0
    for own in vectors[:50]:
        nearest = set(np.argsort(-(vectors @ own))[:10].tolist())
        order = by_nearness(own, english.middles)
        seen = set(np.flatnonzero(np.isin(cells, order[:64])).tolist())
        kept += len(nearest & seen)
        missed += len(nearest - seen)
    assert missed <= kept * 0.02


def test_middles_are_the_same_each_time_and_of_length_one(english):
    vectors = unit_rows(np.random.default_rng(1).normal(size=(400, 20)))
    middles = find_middles(vectors)
    assert (middles == find_middles(vectors)).all()
    assert np.allclose(np.linalg.norm(middles, axis=1), 1, atol=1e-5)
    assert len(english.middles) == CELLS


def test_few_vectors_have_as_many_cells():
    assert len(find_middles(np.eye(3))) == 3
    assert sorted(cells_of(np.eye(3), find_middles(np.eye(3))).tolist()) == [0, 1, 2]
