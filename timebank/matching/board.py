"""The board: open requests of a bank compared with all its offers at once, by numpy.

The same filters and the same score as in `reach` and `candidates`, which answer for one request among very many offers;
a test holds that both agree.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from timebank.listings.filling import next_day
from timebank.listings.meanings import text_of
from timebank.listings.queries import WholeListing
from timebank.matching.board_data import BoardData, BoardMember, BoardOffer
from timebank.matching.rules import (
    BELOW_ZERO_MINUTES,
    CLOSE_FIT,
    LEAST_FITTING,
    Line,
    Offered,
    Order,
    Wanted,
    nearness,
    score_lines,
    total,
)
from timebank.matching.within_reach import list_interested, parts_wanted
from timebank.members.languages import USUAL_LANGUAGE
from timebank.week import ANY_TIME
from timebank.words.likeness import greatest_likeness, packed

#: Of each request so many members are compared further.
MOST_FITTING = 50
#: So many requests become vectors at a time.
_BATCH = 100
#: Takes how many requests are compared, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pairing:
    """A request and a member who could help with it by their offer that fits best, with the lines of its score."""

    request: WholeListing
    member: BoardMember
    offer: BoardOffer
    lines: tuple[Line, ...]
    travel_minutes: int | None

    @property
    def score(self) -> float:
        """Return the sum of the lines."""
        return total(self.lines)

    @property
    def is_close(self) -> bool:
        """Return whether words and kinds alone fit well, not only somewhat."""
        return total(self.lines, Order.WORDS) >= CLOSE_FIT


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it is compared."""

    request: WholeListing
    kinds: frozenset[int]
    groups: frozenset[int]
    day: date | None
    parts: int
    travel: Mapping[int, int] | None


class Board:
    """A bank's members and offers as arrays, with which each request is compared."""

    def __init__(self, data: BoardData) -> None:
        """Take what was read."""
        self.data = data
        self._owner = np.array([offer.owner for offer in data.offers], dtype=np.int64)
        self._ids = np.array([offer.id for offer in data.offers], dtype=np.int64)
        known = {kinds: data.tree.kinds_and_groups(kinds) for kinds in {offer.kinds for offer in data.offers}}
        of_offers = [known[offer.kinds] for offer in data.offers]
        self._facts = of_offers
        self._number_of_kinds = np.array([len(kinds) for kinds, _groups in of_offers], dtype=np.float32)

    def compare(self, requests: Sequence[WholeListing], progress: Progress | None = None) -> list[list[Pairing]]:
        """Return for each request the members who could help, the best first, at most MOST_FITTING."""
        pairings = list[list[Pairing]]()
        for start in range(0, len(requests), _BATCH):
            batch = [self._asked(request) for request in requests[start : start + _BATCH]]
            for asked, meaning in zip(batch, self._meanings(batch), strict=True):
                pairings.append(list(self._compare_one(asked, meaning)))
                if progress is not None:
                    progress(len(pairings), len(requests))
        return pairings

    def _compare_one(self, asked: _Asked, meaning: np.ndarray) -> Iterator[Pairing]:
        data = self.data
        allowed = self._allowed(asked)
        if not len(data.offers) or not allowed.any():
            return
        likeness = self._likeness(meaning)
        fitting = self._fitting(asked, likeness)
        scores = fitting + self._of_owners(asked)[self._owner]
        chosen = np.flatnonzero(allowed[self._owner] & (fitting >= 100 * (LEAST_FITTING - _ROUNDING)))
        order = chosen[np.lexsort((-self._ids[chosen], -scores[chosen]))]
        request_facts, seen = Wanted(asked.kinds, asked.groups, asked.parts), set[int]()
        for index in order:
            offer = data.offers[index]
            if offer.owner in seen:
                continue
            seen.add(offer.owner)
            yield self._pairing(asked, request_facts, offer, int(index), float(likeness[index]))
            if len(seen) == MOST_FITTING:
                return

    def allowed(self, request: WholeListing) -> np.ndarray:
        """Return for each member whether they break no hard filter for a request."""
        return self._allowed(self._asked(request))

    def _allowed(self, asked: _Asked) -> np.ndarray:
        request, data, columns = asked.request, self.data, self._columns
        day = (asked.day or data.today).toordinal()
        allowed = (columns.away_from > day) | (columns.away_until < day)
        if asked.parts != ANY_TIME:
            allowed &= (columns.free_parts == ANY_TIME) | ((columns.free_parts & asked.parts) != 0)
        if asked.travel is not None:
            far = columns.by_area(asked.travel, np.inf)
            allowed &= np.isinf(columns.farthest) | (far <= columns.farthest)
        spoken = data.languages.get(request.member_id, frozenset({USUAL_LANGUAGE}))
        known = [self._languages[language] for language in spoken if language in self._languages]
        allowed &= np.logical_or.reduce(known) if known else False
        for index in self._left_out(request, asked.day):
            allowed[index] = False
        return allowed

    def _left_out(self, request: WholeListing, day: date | None) -> Iterator[int]:
        """Yield the places of who asks, of the broker who wrote it down, of who was asked about it and who helps."""
        left_out = set(list_interested(request))
        for account_id, helps_on in self.data.helping.get(request.id, {}).items():
            if not request.every_week or day is None or day in helps_on:
                left_out.add(self._of_account.get(account_id, 0))
        for member_id, days in self.data.asked.get(request.id, {}).items():
            if day is None or day in days or None in days:
                left_out.add(member_id)
        for member_id in left_out & self._place.keys():
            yield self._place[member_id]

    def _asked(self, request: WholeListing) -> _Asked:
        data = self.data
        kinds, groups = data.tree.kinds_and_groups(data.kinds_of.get(request.id, ()))
        day = next_day(request, data.today)
        parts = parts_wanted(request, data.today)
        travel = None
        if request.area_id is not None and request.in_person:
            travel = {**data.travel.get(request.area_id, {}), request.area_id: 0}
        return _Asked(request, kinds, groups, day, parts, travel)

    def _meanings(self, batch: Sequence[_Asked]) -> Sequence[np.ndarray]:
        """Return the packed vector of each request, which makes the product with an offer's its share of likeness."""
        models, tree = self.data.models, self.data.tree
        texts = [text_of(asked.request.title, asked.request.all_words) for asked in batch]
        keys = [[tree.by_id[id_].key for id_ in asked.kinds | asked.groups] for asked in batch]
        meanings = models.meanings_of_kinds(texts, keys)
        return list(packed(meanings) / greatest_likeness(meanings) * meanings.own.any(axis=1, keepdims=True))

    def _likeness(self, meaning: np.ndarray) -> np.ndarray:
        """Return how alike each offer is to the request in meaning, as `find_nearest`."""
        if not meaning.any():
            return np.full(len(self.data.offers), -1.0)
        return np.asarray(self.data.vectors @ meaning)

    def _fitting(self, asked: _Asked, likeness: np.ndarray) -> np.ndarray:
        """Return what words, kinds and main kinds count for each offer, in hundredths: the lines of `score_lines`."""
        settings = self.data.settings
        in_common = self._count_in_common(self._by_kind, asked.kinds)
        groups = self._count_in_common(self._by_group, asked.groups)
        either = self._number_of_kinds + len(asked.kinds) - in_common
        kind = np.where(in_common > 0, settings.kind * in_common / np.maximum(either, 1), 0)
        group = np.where((groups > 0) & (in_common == 0), settings.main_kind, 0)
        return np.asarray(100 * np.clip(likeness, 0, 1) + kind + group)

    def _count_in_common(self, by_category: Mapping[int, np.ndarray], category_ids: frozenset[int]) -> np.ndarray:
        counts = np.zeros(len(self.data.offers), dtype=np.float32)
        for category_id in category_ids:
            if category_id in by_category:
                counts[by_category[category_id]] += 1
        return counts

    def _of_owners(self, asked: _Asked) -> np.ndarray:
        """Return what counts of each member beside their offers, in hundredths."""
        settings, columns = self.data.settings, self._columns
        scores = settings.below_zero * columns.below - settings.asked * columns.asks
        if asked.parts != ANY_TIME:
            scores = scores + settings.free * ((columns.free_parts & asked.parts) != 0)
        if asked.travel is not None:
            near = {area: nearness(minutes) for area, minutes in asked.travel.items()}
            scores = scores + settings.near * columns.by_area(near, 0.0)
        return np.asarray(scores)

    def _pairing(self, asked: _Asked, request_facts: Wanted, offer: BoardOffer, index: int, likeness: float) -> Pairing:
        member, (kinds, groups) = self.data.members[offer.owner], self._facts[index]
        travel = (asked.travel or {}).get(member.area_id or 0)
        facts = Offered(likeness, kinds, groups, travel, member.free_parts, member.balance, member.asks)
        return Pairing(asked.request, member, offer, score_lines(request_facts, facts, self.data.settings), travel)

    @cached_property
    def _place(self) -> dict[int, int]:
        return {member.id: index for index, member in enumerate(self.data.members)}

    @cached_property
    def _of_account(self) -> dict[int, int]:
        """Return {account id: membership id}."""
        return {member.account_id: member.id for member in self.data.members}

    @cached_property
    def _columns(self) -> "_Columns":
        return _columns_of(self.data.members)

    @cached_property
    def _languages(self) -> dict[str, np.ndarray]:
        """Return {language: for each member whether they speak it}; who says nothing speaks the usual one."""
        members, languages = self.data.members, self.data.languages
        spoken = [languages.get(member.id, frozenset({USUAL_LANGUAGE})) for member in members]
        return {language: np.array([language in own for own in spoken]) for language in frozenset().union(*spoken)}

    @cached_property
    def _by_kind(self) -> dict[int, np.ndarray]:
        return _places_by_category([kinds for kinds, _groups in self._facts])

    @cached_property
    def _by_group(self) -> dict[int, np.ndarray]:
        return _places_by_category([groups for _kinds, groups in self._facts])


#: What arrays of single precision may differ by.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Columns:
    """Facts of the members as arrays; days as ordinals, `farthest` in minutes, `below` from 0 to 1.

    `areas` are all ids of areas, 0 for none, and `area` is each member's place among them.
    """

    areas: np.ndarray
    area: np.ndarray
    free_parts: np.ndarray
    away_from: np.ndarray
    away_until: np.ndarray
    farthest: np.ndarray
    below: np.ndarray
    asks: np.ndarray

    def by_area(self, values: Mapping[int, float], missing: float) -> np.ndarray:
        """Return for each member the value of their area."""
        return np.asarray(np.array([values.get(area, missing) for area in self.areas.tolist()])[self.area])


def _columns_of(members: Sequence[BoardMember]) -> _Columns:
    areas, area = np.unique([member.area_id or 0 for member in members], return_inverse=True)
    never = date.max
    away = [(member.away_from or never, member.away_until or never) for member in members]
    return _Columns(
        areas=areas,
        area=area,
        free_parts=np.array([member.free_parts for member in members], dtype=np.int64),
        away_from=np.array([first.toordinal() for first, _last in away], dtype=np.int64),
        away_until=np.array([last.toordinal() for _first, last in away], dtype=np.int64),
        farthest=np.array([np.inf if m.farthest_minutes is None else m.farthest_minutes for m in members]),
        below=np.clip([-member.balance / BELOW_ZERO_MINUTES for member in members], 0, 1),
        asks=np.array([member.asks for member in members], dtype=np.float64),
    )


def _places_by_category(of_offers: Sequence[frozenset[int]]) -> dict[int, np.ndarray]:
    places: dict[int, list[int]] = {}
    for index, category_ids in enumerate(of_offers):
        for category_id in category_ids:
            places.setdefault(category_id, []).append(index)
    return {category_id: np.array(indexes) for category_id, indexes in places.items()}
