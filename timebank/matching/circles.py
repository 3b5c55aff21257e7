"""Circles of help: A could help B, B could help C, and C could help A, each with what they ask for.

Circles of two to four are enumerated; a best set of them, in which nobody is in two, is found by an integer program
(HiGHS) with a time limit. Where that runs out, the gap to the best possible is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from timebank.matching.board import Board, Pairing
from timebank.matching.board_data import BoardData

LONGEST = 4
MOST_CIRCLES = 10
SECONDS = 10.0
#: Of each request so many helpers are followed, and of all circles so many are compared.
_HELPERS_FOLLOWED, _MOST_COMPARED = 8, 20_000
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Circle:
    """Arcs in the order in which help is given: whoever has the fewest hours gives first.

    The member of each arc helps who asks in it, who is the member of the next.
    """

    arcs: tuple[Pairing, ...]

    @property
    def score(self) -> float:
        """Return the mean score of its arcs."""
        return sum(arc.score for arc in self.arcs) / len(self.arcs)


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles of which nobody is in two. `gap` is how much more a best set could score, as a share; 0: none.

    `is_complete` unless there were more circles than are compared.
    """

    circles: Sequence[Circle]
    gap: float
    is_complete: bool = True


def find_circles(data: BoardData, *, seconds: float = SECONDS) -> Circles:
    """Return a best set of at most MOST_CIRCLES circles, each with somebody below zero.

    Best is the highest sum of arcs' scores, among the circles of the best helpers of requests about which nobody was
    asked yet. An arc fits well (CLOSE_FIT).
    """
    every_circle = _enumerate(_arcs(data))
    balances = {member.id: member.balance for member in data.members}
    circles = [_from_the_lowest(arcs, balances) for arcs in every_circle if _has_need(arcs, balances)]
    if not circles:
        return Circles((), 0.0)
    return replace(_choose(circles, seconds), is_complete=len(every_circle) < _MOST_COMPARED)


def _arcs(data: BoardData) -> Mapping[int, Mapping[int, Pairing]]:
    """Return {who could help: {who asks: the best pairing}} among members who ask themselves."""
    requests = [request for request in data.requests if data.need(request)]
    asking = {request.member_id for request in requests}
    arcs: dict[int, dict[int, Pairing]] = {}
    for pairings in Board(data).compare(requests):
        of_request = [pairing for pairing in pairings if pairing.member.id in asking and pairing.is_close][
            :_HELPERS_FOLLOWED
        ]
        for pairing in of_request:
            own = arcs.setdefault(pairing.member.id, {})
            standing = own.get(pairing.request.member_id)
            if standing is None or standing.score < pairing.score:
                own[pairing.request.member_id] = pairing
    return arcs


def _enumerate(arcs: Mapping[int, Mapping[int, Pairing]]) -> list[tuple[Pairing, ...]]:
    """Return each circle once, beginning with its lowest membership id."""
    circles: list[tuple[Pairing, ...]] = []

    def follow(start: int, at: int, so_far: tuple[Pairing, ...], seen: frozenset[int]) -> None:
        for asking, pairing in arcs.get(at, {}).items():
            if len(circles) >= _MOST_COMPARED:
                return
            if asking == start and so_far:
                circles.append((*so_far, pairing))
            elif asking > start and asking not in seen and len(so_far) < LONGEST - 1:
                follow(start, asking, (*so_far, pairing), seen | {asking})

    for start in sorted(arcs):
        follow(start, start, (), frozenset({start}))
    return circles


def _has_need(arcs: Sequence[Pairing], balances: Mapping[int, int]) -> bool:
    return any(balances[arc.member.id] < 0 for arc in arcs)


def _from_the_lowest(arcs: Sequence[Pairing], balances: Mapping[int, int]) -> Circle:
    first = min(range(len(arcs)), key=lambda index: balances[arcs[index].member.id])
    return Circle((*arcs[first:], *arcs[:first]))


def _choose(circles: Sequence[Circle], seconds: float) -> Circles:
    """Return the best set of circles of which nobody is in two."""
    people = sorted({arc.member.id for circle in circles for arc in circle.arcs})
    row_of = {member_id: row for row, member_id in enumerate(people)}
    rows = [row_of[arc.member.id] for circle in circles for arc in circle.arcs]
    columns = [index for index, circle in enumerate(circles) for _arc in circle.arcs]
    in_circles = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(people), len(circles)))
    values = np.array([sum(arc.score for arc in circle.arcs) for circle in circles])
    result = milp(
        -values,
        constraints=[LinearConstraint(in_circles, ub=1), LinearConstraint(np.ones(len(circles)), ub=MOST_CIRCLES)],
        integrality=np.ones(len(circles)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds},
    )
    if result.x is None:  # out of time before any set was found
        best = max(circles, key=lambda circle: circle.score)
        return Circles((best,), 1.0)
    chosen = [circles[int(index)] for index in np.flatnonzero(result.x > _HALF)]
    return Circles(sorted(chosen, key=lambda circle: -circle.score), float(result.mip_gap or 0.0))
