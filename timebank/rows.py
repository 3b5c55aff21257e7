"""Read models: rows of a query as typed objects, and pages of them.

The fields of a read model are the columns of its query, in their order. It is a NamedTuple, or a dataclass if it
inherits from another class; long lists use a NamedTuple, which takes a third of the time to make.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, Session

from timebank.db import Base

Item = TypeVar("Item")
_Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list. `next` is what the next page begins after: an id or, for numbered pages, its number.

    None: this is the last page. `number` counts from 1, and is 1 where pages are not numbered.
    """

    rows: Sequence[Item]
    next: int | None
    number: int = 1

    @property
    def has_next(self) -> bool:
        """Return whether there is another page."""
        return self.next is not None


def columns_of(table: type[Base], model: type[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a table that a read model of it has, in the order of its fields."""
    names = [field.name for field in fields(model)] if is_dataclass(model) else model._fields
    return [getattr(table, name) for name in names]


def fetch(session: Session, query: _Query, model: Callable[..., Item]) -> list[Item]:
    """Return all rows of a query as read models."""
    return [model(*row) for row in session.execute(query)]


def fetch_first(session: Session, query: _Query, model: Callable[..., Item]) -> Item | None:
    """Return the first row of a query as a read model; None if there is none."""
    row = session.execute(query).first()
    return None if row is None else model(*row)


def find_locked(session: Session, query: Select[Item], *, key_share: bool = False) -> Item | None:
    """Return the one row of a query of a model, row-locked and as it is now; None if there is none.

    An object that the session read before is refreshed: without that it would keep the values from before the lock.
    With `key_share` rows that only point to it do not wait, such as those of the trail that name a membership.
    """
    locking = query.with_for_update(key_share=key_share).execution_options(populate_existing=True)
    return session.execute(locking).scalar_one_or_none()


def get_locked(session: Session, query: Select[Item], *, key_share: bool = False) -> Item:
    """Return what `find_locked` returns. Raises NoResultFound if there is none."""
    row = find_locked(session, query, key_share=key_share)
    if row is None:
        raise NoResultFound
    return row


def next_number(session: Session, column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
    """Return the number of the next row of a numbered history: one more than the highest, from 1.

    The caller holds the row lock of what the history belongs to, so that no two rows get the same number.
    """
    return (session.scalar(select(func.max(column)).where(*conditions)) or 0) + 1


def cut(rows: Sequence[Item], size: int, mark: Callable[[Item], int] = attrgetter("id")) -> Page[Item]:
    """Return the page of the first `size` rows of a query that was limited to one more, by which `next` is known.

    `mark` returns the id of a row after which the next page begins.
    """
    return Page(rows[:size], mark(rows[size - 1]) if len(rows) > size else None)


def fetch_page(session: Session, query: _Query, model: Callable[..., Item], size: int) -> Page[Item]:
    """Return the first `size` rows of a query that is in the order of the ids of its rows."""
    return cut(fetch(session, query.limit(size + 1), model), size)


def fetch_numbered(session: Session, query: _Query, model: Callable[..., Item], size: int, number: int) -> Page[Item]:
    """Return page `number` (from 1) of a query's rows, `size` to a page."""
    rows = fetch(session, query.limit(size + 1).offset((number - 1) * size), model)
    return Page(rows[:size], number + 1 if len(rows) > size else None, number)
