"""What ends with somebody's rights: rooms above register what they do when roles or standing of a person change.

`signing_in` ends sessions and codes that were given out before. Members cannot import it, since it imports members.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session


class RightsChange(StrEnum):
    """What of a person's rights has changed."""

    ROLES = "roles"
    STANDING = "standing"


#: Takes a session, the person's id, what has changed, and the time.
RightsChanged = Callable[[Session, int, RightsChange, datetime], None]

_LISTENERS: list[RightsChanged] = []


def when_changed(listener: RightsChanged) -> None:
    """Register what is done, in the same transaction, when the rights of a person change."""
    _LISTENERS.append(listener)


def list_listeners() -> list[RightsChanged]:
    """Return what has been registered."""
    return list(_LISTENERS)


def changed(session: Session, person_id: int, change: RightsChange, now: datetime) -> None:
    """Do what has been registered, for a person whose roles or standing have just changed."""
    for listener in _LISTENERS:
        listener(session, person_id, change, now)
