"""What a coordinator does with the list of categories: nobody else is needed to change it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.banks.models import Bank
from timebank.listings.actions import open_categories
from timebank.listings.errors import NameTakenError, NoNameError
from timebank.listings.models import Category
from timebank.listings.rules import Risk, write_risks
from timebank.members.errors import NotAllowedError
from timebank.members.rules import Actor, fold, may_coordinate
from timebank.trail import actions as trail
from timebank.trail.actions import Deed


def add(  # noqa: PLR0913 (who adds what under what, when)
    session: Session,
    bank: Bank,
    name: str,
    risks: Iterable[Risk],
    *,
    under: str | None,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> str:
    """Add a category last among its neighbours, under a main one or as one (None); gives its key.

    Raises NotAllowedError, NoNameError or NameTakenError.
    """
    _allow(by)
    key = f"own/{codes.new_reference().lower()}"
    done = _begin(session, by, "category.added", key, now, form_key, {"name": name, "under": under})
    if done is not None:
        return done
    open_categories(session, bank, now, by=by)  # imports rely on the keys of the starting list
    parent = get_category(session, bank.id, under) if under else None
    if parent is not None and parent.parent_id is not None:
        raise NotAllowedError
    parent_id = parent.id if parent else None
    _check_name(session, bank.id, name, parent_id, but=None)
    last = session.scalar(select(func.max(Category.position)).where(Category.bank_id == bank.id)) or 0
    session.add(
        Category(
            bank_id=bank.id,
            id=clock.next_id(),
            parent_id=parent_id,
            key=key,
            name=name,
            risks=write_risks(risks),
            position=last + 1,
        )
    )
    session.flush()
    return key


def change(  # noqa: PLR0913 (the same)
    session: Session,
    bank: Bank,
    key: str,
    name: str,
    risks: Iterable[Risk],
    *,
    by: Actor,
    now: datetime,
    form_key: str | None = None,
) -> None:
    """Give it another name or other risks. Raises NotAllowedError, NoNameError or NameTakenError."""
    _allow(by)
    kept = write_risks(risks)
    if _begin(session, by, "category.changed", key, now, form_key, {"name": name, "risks": kept}) is not None:
        return
    _take_turns(session, bank.id)
    category = get_category(session, bank.id, key)
    _check_name(session, bank.id, name, category.parent_id, but=category.id)
    category.name, category.risks = name, kept
    session.flush()


def shift(  # noqa: PLR0913 (the same)
    session: Session, bank: Bank, key: str, *, up: bool, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Change places with the neighbour above or below; the first stays first. Raises NotAllowedError."""
    _allow(by)
    if _begin(session, by, "category.moved", key, now, form_key, {"up": up}) is not None:
        return
    _take_turns(session, bank.id)
    category = get_category(session, bank.id, key)
    beside = select(Category).where(
        Category.bank_id == bank.id, Category.parent_id.is_not_distinct_from(category.parent_id)
    )
    neighbours = list(session.scalars(beside.where(Category.retired_at.is_(None)).order_by(Category.position)))
    place = neighbours.index(category) if category in neighbours else -1
    other = place - 1 if up else place + 1
    if place >= 0 and 0 <= other < len(neighbours):
        category.position, neighbours[other].position = neighbours[other].position, category.position
    session.flush()


def retire(session: Session, bank: Bank, key: str, *, by: Actor, now: datetime, form_key: str | None = None) -> None:
    """Choose it no more. What stands in it stays there, and is found. Raises NotAllowedError."""
    _allow(by)
    if _begin(session, by, "category.retired", key, now, form_key, {}) is None:
        category = get_category(session, bank.id, key)
        category.retired_at = category.retired_at or now
        session.flush()


def bring_back(
    session: Session, bank: Bank, key: str, *, by: Actor, now: datetime, form_key: str | None = None
) -> None:
    """Let it be chosen again. Raises NotAllowedError."""
    _allow(by)
    if _begin(session, by, "category.brought_back", key, now, form_key, {}) is None:
        get_category(session, bank.id, key).retired_at = None
        session.flush()


def get_category(session: Session, bank_id: int, key: str) -> Category:
    """The bank's category under this key; it must be there."""
    return session.execute(select(Category).where(Category.bank_id == bank_id, Category.key == key)).scalar_one()


def _allow(by: Actor) -> None:
    if not may_coordinate(by):
        raise NotAllowedError


def _take_turns(session: Session, bank_id: int) -> None:
    """One coordinator at a time: names and places are compared with those of the others."""
    session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))


def _check_name(session: Session, bank_id: int, name: str, parent_id: int | None, *, but: int | None) -> None:
    if not any(letter.isalnum() for letter in name):
        raise NoNameError
    beside = session.execute(
        select(Category.id, Category.name).where(
            Category.bank_id == bank_id, Category.parent_id.is_not_distinct_from(parent_id)
        )
    )
    if any(fold(row.name) == fold(name) and row.id != but for row in beside):
        raise NameTakenError(name=name)


def _begin(  # noqa: PLR0913, PLR0917 (all of a deed)
    session: Session, by: Actor, verb: str, key: str, now: datetime, form_key: str | None, content: dict[str, object]
) -> str | None:
    """Write the trail's row; gives the category's key where this very form was done before."""
    deed = Deed(by.bank_id, verb, f"category:{key}", by.doer_id, now, form_key=form_key, content=content)
    done = trail.begin(session, deed)
    return None if done is None else done.removeprefix("category:")
