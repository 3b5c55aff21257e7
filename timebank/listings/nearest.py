"""The nearest listings to a text in meaning, among however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from timebank.listings.meanings import Models
from timebank.listings.models import Listing, ListingMeaning
from timebank.listings.queries import OWNS
from timebank.members.models import Membership
from timebank.words.cells import by_nearness
from timebank.words.likeness import Meanings, from_bytes, greatest_likeness, packed

#: With more listings than this, those of the nearest cells alone are looked at, until there are so many.
MOST_LOOKED_AT = 4000
#: Cells that are read at a time.
_CELLS_AT_A_TIME = 16


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
    """
    models, meanings = target.models, target.meanings
    if not meanings.own.any():
        return []
    query = (
        select(ListingMeaning.listing_id, ListingMeaning.vector)
        .join(Listing, (Listing.bank_id == ListingMeaning.bank_id) & (Listing.id == ListingMeaning.listing_id))
        .join(Membership, OWNS)
        .where(
            ListingMeaning.bank_id == target.bank_id,
            ListingMeaning.kind == target.kind,
            ListingMeaning.version == models.version,
            *conditions,
        )
    )
    rows = session.execute(query.limit(MOST_LOOKED_AT + 1)).all()
    if len(rows) > MOST_LOOKED_AT:
        rows = []
        cells = [int(cell) for cell in by_nearness(meanings.own[0], models.vocabulary.middles)]
        for start in range(0, len(cells), _CELLS_AT_A_TIME):
            part = query.where(ListingMeaning.cell.in_(cells[start : start + _CELLS_AT_A_TIME]))
            rows += session.execute(part.limit(MOST_LOOKED_AT)).all()
            if len(rows) >= MOST_LOOKED_AT:
                break
    if not rows:
        return []
    scores = from_bytes([row.vector for row in rows]) @ packed(meanings)[0] / greatest_likeness(meanings)
    ids = np.array([row.listing_id for row in rows])
    order = np.lexsort((-ids, -scores))[:most]  # the newest first among equals
    return [Nearness(int(ids[index]), float(scores[index])) for index in order]
