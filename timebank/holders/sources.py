"""Registry of the kinds of account holders. The package of each kind registers a source when it is imported.

So statements, locks and sweeps handle holders of every kind without importing those packages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from timebank.ledger.accounts import HolderKind


@dataclass(frozen=True, slots=True)
class HolderSource:
    """Holders of one kind.

    `holders` returns a selectable of (bank_id, id, name, code, standing). `hold_standing` takes a session, a bank's id
    and ids of holders, and locks their standing until the transaction ends.
    """

    kind: HolderKind
    holders: Callable[[], Select[int, int, str, str, str]]
    hold_standing: Callable[[Session, int, Sequence[int]], None]


_SOURCES: dict[HolderKind, HolderSource] = {}


def register(source: HolderSource) -> None:
    """Register the source of a kind. Raises ValueError if the kind has one already."""
    if source.kind in _SOURCES:
        raise ValueError(source.kind)
    _SOURCES[source.kind] = source


def list_sources() -> Sequence[HolderSource]:
    """Return the registered sources."""
    return tuple(_SOURCES.values())
