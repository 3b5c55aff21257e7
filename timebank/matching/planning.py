"""The plan for all open requests: whom to ask about which, each with the next best."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from timebank.listings.filling import next_day
from timebank.listings.queries import WholeListing
from timebank.matching.assigning import Choice, assign
from timebank.matching.board import Board, Pairing, Progress
from timebank.matching.board_data import BoardData
from timebank.matching.invitation_rules import parts_of

#: So many others are named beside each line of a plan.
NEXT_BEST = 3


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A place of a request with whom the plan would ask, and the next best; `chosen` is None where nobody is left."""

    request: WholeListing
    chosen: Pairing | None
    others: Sequence[Pairing]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned: a line for each place to fill."""

    lines: Sequence[PlanLine]

    @property
    def filled(self) -> int:
        """Return for how many places there is somebody to ask."""
        return sum(line.chosen is not None for line in self.lines)


def make_plan(data: BoardData, progress: Progress | None = None) -> Plan:
    """Return the plan that fills the most places of a bank's open requests with the highest scores.

    Places about which an invitation waits for an answer are left out. Nobody is asked more often than they want, twice
    about one request, or about two things for one part of a day.
    """
    board = Board(data)
    needs = {index: data.need(request) for index, request in enumerate(data.requests)}
    asked = [index for index, need in needs.items() if need > 0]
    of_requests = dict(zip(asked, board.compare([data.requests[index] for index in asked], progress), strict=True))
    slots = {index: _slot(data, data.requests[index]) for index in asked}
    pairs = [
        (index, pairing)
        for index, pairings in of_requests.items()
        for pairing in pairings
        if slots[index] not in data.busy.get(pairing.member.id, ())
    ]
    choices = [Choice(index, pairing.member.id, pairing.score, slots[index]) for index, pairing in pairs]
    chosen = assign(choices, needs, {member.id: member.room for member in data.members})
    planned: dict[int, list[Pairing]] = {index: [] for index in asked}
    for position in chosen:
        index, pairing = pairs[position]
        planned[index].append(pairing)
    lines = [
        line
        for index in asked
        for line in _lines(data.requests[index], needs[index], planned[index], of_requests[index])
    ]
    return Plan(lines)


def _slot(data: BoardData, request: WholeListing) -> Hashable | None:
    """Return the day and the part of it in which a request is; None where its time is open."""
    day = next_day(request, data.today)
    if day is None or request.wanted_time is None:
        return None
    return day, parts_of(day, request.wanted_time)


def _lines(
    request: WholeListing, need: int, planned: Sequence[Pairing], pairings: Sequence[Pairing]
) -> Sequence[PlanLine]:
    """Return a line for each place; the next best are those who are not planned for this request."""
    best = sorted(planned, key=lambda pairing: -pairing.score)
    taken = {pairing.member.id for pairing in best}
    others = [pairing for pairing in pairings if pairing.member.id not in taken][:NEXT_BEST]
    return [
        PlanLine(request, best[number] if number < len(best) else None, others if number == 0 else ())
        for number in range(need)
    ]
