"""The nearest listings to a text in meaning, among however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from timebank.listings.meanings import Models
from timebank.listings.models import Listing, ListingMeaning
from timebank.listings.queries import OWNS
from timebank.members.models import Membership
from timebank.words.cells import by_nearness
from timebank.words.likeness import Meanings, from_bytes, greatest_likeness, packed

#: With more listings than this, those of the nearest cells are looked at first, until there are so many.
MOST_LOOKED_AT = 4000
#: Cells that are read first; these tell how many more are needed.
_FIRST_CELLS = 4
_ROWS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Target:
    """What listings are looked for: those of a kind, near to the one text of `meanings` by these models."""

    bank_id: int
    kind: str
    models: Models
    meanings: Meanings


@dataclass(frozen=True, slots=True)
class Nearness:
    """How alike a listing is to a text: from -1 to 1, 1 for the same meaning."""

    listing_id: int
    likeness: float


def find_nearest(session: Session, target: Target, *conditions: ColumnElement[bool], most: int) -> Sequence[Nearness]:
    """Return so many of the listings nearest to a target, the nearest first.

    `conditions` may name the tables of listings and memberships. Listings whose vectors are of other models are left
    out. A text of which no word is known is near to nothing.

    Vectors are compared before the conditions are: these take far longer, and then only as many of the nearest listings
    are asked for them as are needed. Among equals the newest comes first.
    """
    if not target.meanings.own.any():
        return []
    nearest: list[Nearness] = []
    for ids, vectors in _parts(session, target):
        scores = vectors @ packed(target.meanings)[0] / greatest_likeness(target.meanings)
        order, start, size = np.lexsort((-ids, -scores)), 0, 2 * most
        while start < len(order) and len(nearest) < most:
            part = order[start : start + size]
            fitting = _fitting(session, target.bank_id, [int(id_) for id_ in ids[part]], conditions)
            nearest += [Nearness(int(ids[at]), float(scores[at])) for at in part if int(ids[at]) in fitting]
            start, size = start + size, 2 * size
        if len(nearest) >= most:
            break
    return sorted(nearest, key=lambda line: (-line.likeness, -line.listing_id))[:most]


def _parts(session: Session, target: Target) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the ids and vectors of all listings that a target is compared with, those of the nearest cells first.

    Each part has more than MOST_LOOKED_AT, but for the last one.
    """
    query = select(ListingMeaning.listing_id, ListingMeaning.vector).where(
        ListingMeaning.bank_id == target.bank_id,
        ListingMeaning.kind == target.kind,
        ListingMeaning.version == target.models.version,
    )
    part = _Part()
    if not _are_many(session, target):
        part.read(session, query)
    else:
        cells = by_nearness(target.meanings.own[0], target.models.vocabulary.middles).tolist()
        start, size = 0, _FIRST_CELLS
        while start < len(cells):
            part.read(session, query.where(ListingMeaning.cell.in_(cells[start : start + size])))
            start += size
            if len(part.ids) > MOST_LOOKED_AT:
                yield part.arrays()
                part = _Part()
            size = _FIRST_CELLS + start * (MOST_LOOKED_AT - len(part.ids)) // max(len(part.ids), 1)
    if part.ids:
        yield part.arrays()


def _are_many(session: Session, target: Target) -> bool:
    """Return whether a bank has more listings of the kind than are looked at at once."""
    some = select(ListingMeaning.cell).where(
        ListingMeaning.bank_id == target.bank_id, ListingMeaning.kind == target.kind
    )
    counted = select(func.count()).select_from(some.limit(MOST_LOOKED_AT + 1).subquery())
    return session.execute(counted).scalar_one() > MOST_LOOKED_AT


@dataclass
class _Part:
    """Some of the listings that a target is compared with."""

    ids: list[int] = field(default_factory=list)
    vectors: list[bytes] = field(default_factory=list)

    def read(self, session: Session, query: Select[int, bytes]) -> None:
        """Add the rows of a query, a few at a time and past the ORM: thousands would wake the garbage collector."""
        for rows in session.connection().execute(query).partitions(_ROWS_AT_A_TIME):
            self.ids += [row.listing_id for row in rows]
            self.vectors += [row.vector for row in rows]

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the ids and the vectors, one row for each."""
        return np.array(self.ids), from_bytes(self.vectors)


def _fitting(
    session: Session, bank_id: int, listing_ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]
) -> frozenset[int]:
    """Return those of these listings for which the conditions hold.

    They are asked of one listing after the other: as a join, SQLite would go through all that are open.
    """
    its_own = (Listing.bank_id == ListingMeaning.bank_id) & (Listing.id == ListingMeaning.listing_id)
    fits = select(Listing.id).join(Membership, OWNS).where(its_own, *conditions).correlate(ListingMeaning).exists()
    query = select(ListingMeaning.listing_id).where(
        ListingMeaning.bank_id == bank_id, ListingMeaning.listing_id.in_(listing_ids), fits
    )
    return frozenset(session.scalars(query))
