"""Listings as they are compared with each other: their kinds and vectors, read in one query with the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row, Select

from timebank.listings.models import Category, Listing, ListingCategory, ListingMeaning
from timebank.words.likeness import cosines, from_bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """A listing with its kinds, their main ones, and its vector by the models of `version` (None: it has none yet)."""

    row: Row[Any]
    kinds: frozenset[int]
    groups: frozenset[int]
    version: str | None
    vector: bytes | None


def with_what_is_compared(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a query of listings with the columns that `gather` needs, a row for each of their categories."""
    filed = (ListingCategory.bank_id == Listing.bank_id) & (ListingCategory.listing_id == Listing.id)
    kind = (Category.bank_id == ListingCategory.bank_id) & (Category.id == ListingCategory.category_id)
    meaning = (ListingMeaning.bank_id == Listing.bank_id) & (ListingMeaning.listing_id == Listing.id)
    return (
        query.add_columns(
            ListingCategory.category_id, Category.parent_id, ListingMeaning.version, ListingMeaning.vector
        )
        .outerjoin(ListingCategory, filed)
        .outerjoin(Category, kind)
        .outerjoin(ListingMeaning, meaning)
    )


def gather(rows: Iterable[Row[Any]]) -> Sequence[Compared]:
    """Return each listing of such a query once, in its order; its rows have the column `id`."""
    by_id: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    return [_compared(of_one) for of_one in by_id.values()]


def _compared(rows: Sequence[Row[Any]]) -> Compared:
    filed = [row for row in rows if row.category_id is not None]
    kinds = frozenset(row.category_id for row in filed if row.parent_id is not None)
    groups = frozenset(row.parent_id or row.category_id for row in filed)
    return Compared(rows[0], kinds, groups, rows[0].version, rows[0].vector)


def likenesses(listings: Sequence[Compared], others: Sequence[Compared]) -> np.ndarray:
    """Return how alike the words of listings are to those of others (listings x others), from -1 to 1.

    It is 0 for two of which a vector is missing or of other models.
    """
    result = np.zeros((len(listings), len(others)))
    for version in {listing.version for listing in listings if listing.vector is not None}:
        rows = [index for index, listing in enumerate(listings) if listing.version == version]
        columns = [index for index, other in enumerate(others) if other.version == version]
        if columns:
            result[np.ix_(rows, columns)] = cosines(
                from_bytes([listings[index].vector or b"" for index in rows]),
                from_bytes([others[index].vector or b"" for index in columns]),
            )
    return result
