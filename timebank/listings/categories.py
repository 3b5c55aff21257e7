"""What a coordinator does with the list of categories: nobody else is needed to change it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.listings.actions import open_categories
from timebank.listings.errors import NameTakenError, NoNameError
from timebank.listings.models import Category
from timebank.listings.rules import Risk, write_risks
from timebank.references import DeedName, Ref, Subject
from timebank.rows import next_number
from timebank.spelling import fold
from timebank.trail import actions as trail


def add(session: Session, bank: Bank, name: str, risks: Iterable[Risk], doing: Doing, *, under: str | None) -> str:
    """Add a category last among its neighbours, under a main one or as one (None); return its key.

    Raises NotAllowedError, NoNameError or NameTakenError.
    """
    key = f"own/{codes.new_reference().lower()}"
    content, subject = {"name": name, "under": under, "risks": write_risks(risks)}, Ref(Subject.CATEGORY, key)
    first_key = trail.begin(session, doing, DeedName.CATEGORY_ADDED, subject, content, is_new=True)
    if first_key is not None:
        return first_key
    _allow(doing)
    open_categories(session, bank, doing)  # imports rely on the keys of the starting list
    parent = get_category(session, bank.id, under) if under else None
    if parent is not None and parent.parent_id is not None:
        raise NotAllowedError
    parent_id = parent.id if parent else None
    _check_name(session, bank.id, name, parent_id, but=None)
    session.add(
        Category(
            bank_id=bank.id,
            id=clock.next_id(),
            parent_id=parent_id,
            key=key,
            name=name,
            risks=write_risks(risks),
            position=next_number(session, Category.position, Category.bank_id == bank.id),
        )
    )
    session.flush()
    return key


def change(session: Session, bank: Bank, key: str, name: str, risks: Iterable[Risk], doing: Doing) -> None:
    """Change the name or the risks of a category. Raises NotAllowedError, NoNameError or NameTakenError."""
    kept = write_risks(risks)
    if trail.is_repeat(
        session, doing, DeedName.CATEGORY_CHANGED, Ref(Subject.CATEGORY, key), {"name": name, "risks": kept}
    ):
        return
    _allow(doing)
    lock_bank(session, bank.id)  # names and positions are compared with those of the others
    category = get_category(session, bank.id, key)
    _check_name(session, bank.id, name, category.parent_id, but=category.id)
    category.name, category.risks = name, kept
    session.flush()


def shift(session: Session, bank: Bank, key: str, doing: Doing, *, up: bool) -> None:
    """Swap a category with its neighbour above or below; the first stays first. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.CATEGORY_MOVED, Ref(Subject.CATEGORY, key), {"up": up}):
        return
    _allow(doing)
    lock_bank(session, bank.id)  # names and positions are compared with those of the others
    category = get_category(session, bank.id, key)
    beside = select(Category).where(
        Category.bank_id == bank.id, Category.parent_id.is_not_distinct_from(category.parent_id)
    )
    neighbours = list(session.scalars(beside.where(Category.retired_at.is_(None)).order_by(Category.position)))
    index = neighbours.index(category) if category in neighbours else -1
    other = index - 1 if up else index + 1
    if index >= 0 and 0 <= other < len(neighbours):
        category.position, neighbours[other].position = neighbours[other].position, category.position
    session.flush()


def retire(session: Session, bank: Bank, key: str, doing: Doing) -> None:
    """Offer a category no more for new listings; those that have it keep it. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.CATEGORY_RETIRED, Ref(Subject.CATEGORY, key)):
        return
    _allow(doing)
    category = get_category(session, bank.id, key)
    category.retired_at = category.retired_at or doing.now
    session.flush()


def bring_back(session: Session, bank: Bank, key: str, doing: Doing) -> None:
    """Offer a retired category again. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.CATEGORY_BROUGHT_BACK, Ref(Subject.CATEGORY, key)):
        return
    _allow(doing)
    get_category(session, bank.id, key).retired_at = None
    session.flush()


def get_category(session: Session, bank_id: int, key: str) -> Category:
    """Return the bank's category with this key. Raises NoResultFound."""
    return session.execute(select(Category).where(Category.bank_id == bank_id, Category.key == key)).scalar_one()


def _allow(doing: Doing) -> None:
    if not may_coordinate(doing.by):
        raise NotAllowedError


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
