"""Filing an exchange under one of the bank's categories, so that reports can say what kind of help it was.

What came of a listing is filed under the listing's category by itself; a broker can change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from timebank.exchanges.errors import CannotFileError, NotYoursError
from timebank.exchanges.steps import lock
from timebank.listings.models import Category, ListingCategory
from timebank.members.rules import Actor, may_broker
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class Shelf:
    """A main category with those below it. `label` names it in addresses and forms: 'Home', 'Home/Cleaning'."""

    id: int
    name: str
    label: str
    is_retired: bool
    below: Sequence["Shelf"] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """Its own id and those of the ones below."""
        return (self.id, *(shelf.id for shelf in self.below))


def list_shelves(session: Session, bank_id: int) -> Sequence[Shelf]:
    """The bank's main categories in their order, each with those below it, retired ones too."""
    rows = session.execute(
        select(Category.id, Category.parent_id, Category.name, Category.retired_at)
        .where(Category.bank_id == bank_id)
        .order_by(Category.position, Category.name)
    ).all()
    return [
        Shelf(
            main.id,
            main.name,
            main.name,
            main.retired_at is not None,
            tuple(
                Shelf(row.id, row.name, f"{main.name}/{row.name}", row.retired_at is not None)
                for row in rows
                if row.parent_id == main.id
            ),
        )
        for main in rows
        if main.parent_id is None
    ]


def find_shelf(shelves: Sequence[Shelf], label: str) -> Shelf | None:
    """The shelf under this label, main or below."""
    every = (one for shelf in shelves for one in (shelf, *shelf.below))
    return next((shelf for shelf in every if shelf.label == label), None)


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


def file_under(
    session: Session, code: str, label: str, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """File the exchange under the category with this label ('': under none). Moves no hours.

    Raises NotYoursError, or CannotFileError where the bank has no such category or retired it meanwhile.
    """
    if not may_broker(by):
        raise NotYoursError
    deed = trail.Deed(
        by.bank_id,
        "exchange.filed",
        f"exchange:{code}",
        by.doer_id,
        now,
        on_behalf_of=by.on_behalf_of,
        form_key=form_key,
        content={"code": code, "label": label},
    )
    if trail.begin(session, deed) is not None:
        return
    exchange = lock(session, by.bank_id, code)
    shelf = find_shelf(list_shelves(session, by.bank_id), label)
    if label and (shelf is None or (shelf.is_retired and shelf.id != exchange.category_id)):
        raise CannotFileError
    exchange.category_id = shelf.id if shelf else None
    session.flush()
