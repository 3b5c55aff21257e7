"""Putting a kind of help or an area that something is missing of on the brokers' to-do list."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from timebank.actors import Doing, may_broker
from timebank.banks.models import Area
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.listings.errors import OnListAlreadyError
from timebank.listings.models import Category
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked
from timebank.tasks.actions import open_task
from timebank.tasks.queries import list_not_done
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def put_on_list(session: Session, about: Ref, doing: Doing) -> None:
    """Open a task about a category or an area.

    Raises NotAllowedError, OnListAlreadyError while such a task is not done, or NotVisibleError where the bank has
    no such category or area.
    """
    if trail.is_repeat(session, doing, DeedName.MISSING_PUT_ON_LIST, about):
        return
    if not may_broker(doing.by):
        raise NotAllowedError
    if find_locked(session, _select_subject(doing.bank_id, about), key_share=True) is None:
        raise NotVisibleError(str(about))
    kind = TaskKind.SOMETHING_MISSING
    if str(about) in list_not_done(session, doing.bank_id, kind):
        raise OnListAlreadyError
    open_task(session, doing.bank_id, kind=kind, subject=about, now=doing.now)


def _select_subject(bank_id: int, about: Ref) -> Select[Any]:
    """Return the query of the row of a reference. Its lock lets two brokers press one after the other."""
    if about.subject is Subject.AREA:
        return select(Area).where(Area.bank_id == bank_id, Area.name == about.code)
    return select(Category).where(Category.bank_id == bank_id, Category.key == about.code)
