"""Filing an exchange under one of the bank's categories, so that reports can say what kind of help it was.

The kind is asked when help is written down; what came of a listing is filed under the listing's category. A broker can
change it.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from timebank.actors import Doing, may_broker
from timebank.exchanges.errors import CannotFileError, NotYoursError
from timebank.exchanges.locked import lock
from timebank.exchanges.models import Exchange
from timebank.listings.models import Category, ListingCategory
from timebank.listings.queries import get_tree
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


def find_category_id(
    session: Session, bank_id: int, listing_id: int | None, *, chosen_id: int | None = None
) -> int | None:
    """Return the category that help is filed under: the chosen one, or the first of its listing in the bank's list.

    None if there is neither, or if the chosen one was retired meanwhile.
    """
    if chosen_id is not None:
        return chosen_id if get_tree(session, bank_id).may_be_chosen(chosen_id) else None
    if listing_id is None:
        return None
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


def file_under(session: Session, code: str, key: str, doing: Doing) -> None:
    """File the exchange under the category with this key ('': under none). Moves no hours.

    Raises NotYoursError, or CannotFileError where the bank has no such category or retired it meanwhile.
    """
    subject = Ref(Subject.EXCHANGE, code)
    if trail.is_repeat(session, doing, DeedName.EXCHANGE_FILED, subject, {"category": key}):
        return
    if not may_broker(doing.by):
        raise NotYoursError
    exchange = lock(session, doing.bank_id, code)
    tree = get_tree(session, doing.bank_id)
    category = tree.by_key.get(key) if key else None
    if key and category is None:
        raise CannotFileError
    if category is not None and category.id != exchange.category_id and not tree.may_be_chosen(category.id):
        raise CannotFileError
    session.execute(
        update(Exchange)
        .where(Exchange.bank_id == doing.bank_id, Exchange.id == exchange.id)
        .values(category_id=category.id if category else None)
    )
