"""Ridge regression: from features of texts to targets, with weights for each feature so that the texts can go.

Minimizes |XW - Y|² + penalty · |W|². The solution is W = Xᵀ(XXᵀ + penalty · I)⁻¹Y, which needs a matrix of texts by
texts and not of features by features. BLAS is held to one thread: a web process has many, and none may take a core
from the others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

_MOST_STEPS = 300
_PRECISION = 1e-4


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the linear algebra in here to one thread."""
    with threadpool_limits(limits=1):
        yield


def solve_sparse(features: sparse.csr_matrix, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return weights (features x targets), by conjugate gradients, each target to a residual of a ten-thousandth."""

    def apply(vectors: np.ndarray) -> np.ndarray:
        return np.asarray(features @ (features.T @ vectors) + penalty * vectors)

    with one_thread():
        return np.asarray(features.T @ _conjugate_gradients(apply, targets))


def _conjugate_gradients(apply: Callable[[np.ndarray], np.ndarray], targets: np.ndarray) -> np.ndarray:
    """Solve apply(x) = target for every column of the targets; `apply` is symmetric and positive definite."""
    solution = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    squares = (residual**2).sum(axis=0)
    enough = np.maximum(squares * _PRECISION**2, np.finfo(np.float64).tiny)
    for _step in range(_MOST_STEPS):
        if (squares <= enough).all():
            break
        applied = apply(direction)
        stride = squares / np.maximum((direction * applied).sum(axis=0), np.finfo(np.float64).tiny)
        solution += stride * direction
        residual -= stride * applied
        before, squares = squares, (residual**2).sum(axis=0)
        direction = residual + squares / np.maximum(before, np.finfo(np.float64).tiny) * direction
    return solution


def solve_kernel(kernel: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return (kernel + penalty · I)⁻¹ · targets; the kernel (texts x texts) is overwritten."""
    kernel[np.diag_indices_from(kernel)] += penalty
    with one_thread():
        return np.asarray(cho_solve(cho_factor(kernel, overwrite_a=True), targets))


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Return the matrix with each row at length 1; rows of zeros stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths == 0, 1, lengths))
