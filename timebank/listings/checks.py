"""What must always be true of listings and categories."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.listings.models import Category, Listing, ListingCategory, ListingWord
from timebank.listings.rules import MOST_CATEGORIES
from timebank.listings.search import index_of


def listings_have_categories(session: Session) -> CheckResult:
    """Check that every listing has one to three categories."""
    same = (ListingCategory.bank_id == Listing.bank_id) & (ListingCategory.listing_id == Listing.id)
    number = func.count(ListingCategory.category_id)
    query = (
        select(Listing.code, number.label("number"))
        .outerjoin(ListingCategory, same)
        .group_by(Listing.bank_id, Listing.id, Listing.code)
        .having((number < 1) | (number > MOST_CATEGORIES))
    )
    wrong = [Finding("listing", row.code, f"it stands in {row.number} categories") for row in session.execute(query)]
    return _result(session, "listings_have_categories", wrong)


def listings_can_be_found(session: Session) -> CheckResult:
    """Check that every listing with a word in its title or text has a row in the index."""
    same = (ListingWord.bank_id == Listing.bank_id) & (ListingWord.listing_id == Listing.id)
    query = select(Listing.code, Listing.title, Listing.words).where(~select(ListingWord.word).where(same).exists())
    wrong = [
        Finding("listing", row.code, "no word finds it")
        for row in session.execute(query)
        if index_of(row.title, row.words)
    ]
    return _result(session, "listings_can_be_found", wrong)


def categories_have_two_levels(session: Session) -> CheckResult:
    """Check that no category's parent has a parent."""
    above = aliased(Category)
    same = (above.bank_id == Category.bank_id) & (above.id == Category.parent_id)
    query = select(Category.bank_id, Category.id).join(above, same).where(above.parent_id.is_not(None))
    wrong = [
        Finding("category", f"{row.bank_id}/{row.id}", "it stands on a third level") for row in session.execute(query)
    ]
    count = session.scalar(select(func.count()).select_from(Category)) or 0
    return check_result("categories_have_two_levels", count, "categories", wrong)


def _result(session: Session, name: str, wrong: Sequence[Finding]) -> CheckResult:
    count = session.scalar(select(func.count()).select_from(Listing)) or 0
    return check_result(name, count, "listings", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    listings_have_categories,
    listings_can_be_found,
    categories_have_two_levels,
)
