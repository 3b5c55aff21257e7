"""Under which category an exchange is filed: that of the listing it came of, in the order of the bank's list."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from timebank.listings.models import Category, ListingCategory


def find_category_id(session: Session, bank_id: int, listing_id: int) -> int | None:
    """The first category of a listing, by its place in the bank's list; None where it has none."""
    parent = aliased(Category)
    return session.scalar(
        select(Category.id)
        .join(
            ListingCategory,
            (ListingCategory.bank_id == Category.bank_id) & (ListingCategory.category_id == Category.id),
        )
        .outerjoin(parent, (parent.bank_id == Category.bank_id) & (parent.id == Category.parent_id))
        .where(ListingCategory.bank_id == bank_id, ListingCategory.listing_id == listing_id)
        .order_by(parent.position, Category.position, Category.id)
        .limit(1)
    )
