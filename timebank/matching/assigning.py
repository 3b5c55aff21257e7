"""Matching all open requests at once: the plan that fills the most places, and among those has the highest scores.

An integer program whose relaxation is integral: places of requests, rooms of members and their half-days are a network
of flows (capacities nested within one member), so that linear programming by HiGHS finds a best plan exactly.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """A request (r) that a member (m) could be asked about, and what for: `score`. `slot` is the day and part of it.

    A member is asked about one thing in a slot; None: at any time.
    """

    r: int
    m: int
    score: float
    slot: Hashable | None = None


def assign(choices: Sequence[Choice], needs: Mapping[int, int], rooms: Mapping[int, int]) -> list[int]:
    """Return the positions of the choices of a best plan.

    `needs` is {r: places to fill}, `rooms` is {m: how many they may be asked about}; each pair is chosen once at most.
    A best plan fills the most places, and has the highest sum of scores among those that do.
    """
    if not choices:
        return []
    rows = [
        *_rows(choices, lambda choice: choice.r, needs),
        *_rows(choices, lambda choice: choice.m, rooms),
        *_slots(choices),
    ]
    limits = [limit for limit, _members in rows]
    counts = [len(members) for _limit, members in rows]
    columns = np.concatenate([members for _limit, members in rows])
    starts = np.concatenate([[0], np.cumsum(counts)])
    matrix = csr_array((np.ones(len(columns)), columns, starts), shape=(len(rows), len(choices)))
    plan = linprog(-_values(choices), A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs-ds")
    if plan.x is None:  # there is always the plan that asks nobody
        raise RuntimeError(plan.message)
    return [int(index) for index in np.flatnonzero(plan.x > _HALF)]


def _values(choices: Sequence[Choice]) -> np.ndarray:
    """Return what each choice counts: the scores from 0 on, and a filled place more than all scores together."""
    scores = np.array([choice.score for choice in choices])
    scores -= scores.min()
    return np.asarray(1 + len({choice.r for choice in choices}) * 10 * scores.max() + scores)


def _rows(
    choices: Sequence[Choice], key: Callable[[Choice], int], limits: Mapping[int, int]
) -> list[tuple[int, np.ndarray]]:
    """Return (limit, positions of the choices that count for it) for each key."""
    grouped: dict[int, list[int]] = {}
    for index, choice in enumerate(choices):
        grouped.setdefault(key(choice), []).append(index)
    return [(limits.get(key_, 0), np.array(indexes)) for key_, indexes in grouped.items()]


def _slots(choices: Sequence[Choice]) -> list[tuple[int, np.ndarray]]:
    """Return the same for members in one slot with more than one choice."""
    grouped: dict[tuple[int, Hashable], list[int]] = {}
    for index, choice in enumerate(choices):
        if choice.slot is not None:
            grouped.setdefault((choice.m, choice.slot), []).append(index)
    return [(1, np.array(indexes)) for indexes in grouped.values() if len(indexes) > 1]
