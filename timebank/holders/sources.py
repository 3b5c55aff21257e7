"""What the rooms above tell about those who can hold an account: each registers its kind when it is imported.

So statements, locks and sweeps know holders of every kind without knowing their rooms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from timebank.ledger.accounts import HolderKind


@dataclass(frozen=True, slots=True)
class Source:
    """Holders of one kind.

    `holders` returns a selectable of (bank_id, id, name, code, standing). `hold_standing` takes a session, a bank's id
    and ids of holders, and keeps their standing until the transaction ends.
    """

    kind: HolderKind
    holders: Callable[[], Select[int, int, str, str, str]]
    hold_standing: Callable[[Session, int, Sequence[int]], None]


_SOURCES: dict[HolderKind, Source] = {}


def register(source: Source) -> None:
    """Add the source of a kind; a kind has one. Raises ValueError for a second one."""
    if source.kind in _SOURCES:
        raise ValueError(source.kind)
    _SOURCES[source.kind] = source


def list_sources() -> Sequence[Source]:
    """Return the registered sources."""
    return tuple(_SOURCES.values())
