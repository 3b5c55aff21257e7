"""Ridge regression against its closed form."""

import numpy as np
import pytest
from scipy import sparse

from timebank.words.ridge import solve_kernel, solve_sparse, unit_rows


def test_both_ways_solve_the_same_equations():
    chance = np.random.default_rng(7)
    features = chance.normal(size=(30, 50)) * (chance.random((30, 50)) < 0.2)
    targets = chance.normal(size=(30, 4))
    wanted = np.linalg.solve(features.T @ features + 2.0 * np.eye(50), features.T @ targets)
    assert solve_sparse(sparse.csr_matrix(features), targets, 2.0) == pytest.approx(wanted, abs=1e-3)
    kernel = features @ features.T
    assert features.T @ solve_kernel(kernel, targets, 2.0) == pytest.approx(wanted, abs=1e-9)


def test_targets_of_zeros_have_no_weights():
    features = sparse.csr_matrix(np.eye(3))
    assert solve_sparse(features, np.zeros((3, 2)), 1.0) == pytest.approx(np.zeros((3, 2)))


def test_rows_of_zeros_stay_zero():
    assert unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
