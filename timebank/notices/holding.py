"""Registry of which notices still hold: each room says it of the kinds whose subjects are its rows.

It is asked when a notice goes into a delivery, and again at the moment of sending, so that nobody is told what was
answered, called off or settled in between.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told

#: Takes a session, a bank's id, notices of registered kinds and the time; returns the ids of those that still hold.
ListHolding = Callable[[Session, int, Sequence[Told], datetime], set[int]]

_LISTS: dict[NoticeKind, ListHolding] = {}


def register(kinds: Sequence[NoticeKind], list_holding_of_kinds: ListHolding) -> None:
    """Register the query by which notices of these kinds still hold. Raises ValueError if a kind has one already."""
    for kind in kinds:
        if kind in _LISTS:
            raise ValueError(kind)
        _LISTS[kind] = list_holding_of_kinds


def list_holding(session: Session, bank_id: int, notices: Sequence[Told], now: datetime) -> set[int]:
    """Return the ids of those notices that still hold; a kind of which nobody has said anything always does."""
    by_list: dict[ListHolding | None, list[Told]] = {}
    for notice in notices:
        by_list.setdefault(_LISTS.get(notice.kind), []).append(notice)
    holding: set[int] = set()
    for list_holding_of_kinds, of_kinds in by_list.items():
        if list_holding_of_kinds is None:
            holding.update(notice.id for notice in of_kinds)
        else:
            holding |= list_holding_of_kinds(session, bank_id, of_kinds, now)
    return holding
