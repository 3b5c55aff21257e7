"""The areas of a bank, and the minutes of travel between them."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, may_coordinate
from timebank.banks.errors import AreaNameError, AreaTakenError, TravelMinutesError
from timebank.banks.models import Area, AreaTravel
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.references import DeedName, Ref, Subject
from timebank.spelling import fold, tidy
from timebank.tasks.actions import rename_subject
from timebank.trail import actions as trail

LONGEST_NAME = 60
LONGEST_WAY = 600


def add_area(session: Session, name: str, doing: Doing) -> None:
    """Add an area. Raises NotAllowedError, AreaNameError or AreaTakenError."""
    name = _tidy(name)
    if trail.is_repeat(session, doing, DeedName.AREA_ADDED, Ref(Subject.AREA, name)):
        return
    _allow(doing)
    lock_bank(
        session, doing.bank_id
    )  # areas change one after the other, so that two of one name cannot be made at once
    _refuse_taken(session, doing.bank_id, name, but_not=None)
    session.add(Area(bank_id=doing.bank_id, id=clock.next_id(), name=name))
    session.flush()


def rename_area(session: Session, area: Area, name: str, doing: Doing) -> None:
    """Rename an area. Raises NotAllowedError, AreaNameError or AreaTakenError."""
    name = _tidy(name)
    if trail.is_repeat(session, doing, DeedName.AREA_RENAMED, Ref(Subject.AREA, name), {"area": area.id}):
        return
    _allow(doing)
    lock_bank(session, doing.bank_id)
    _refuse_taken(session, area.bank_id, name, but_not=area.id)
    before, area.name = Ref(Subject.AREA, area.name), name
    session.flush()
    rename_subject(session, area.bank_id, before, Ref(Subject.AREA, name))


def close_area(session: Session, area: Area, doing: Doing) -> None:
    """Close an area, so that it is offered no more; members there keep it. Does nothing if it is closed.

    Raises NotAllowedError.
    """
    if trail.is_repeat(session, doing, DeedName.AREA_CLOSED, Ref(Subject.AREA, area.name)):
        return
    _allow(doing)
    area.closed_at = area.closed_at or doing.now
    session.flush()


def reopen_area(session: Session, area: Area, doing: Doing) -> None:
    """Reopen an area. Does nothing if it is open. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.AREA_OPENED, Ref(Subject.AREA, area.name)):
        return
    _allow(doing)
    area.closed_at = None
    session.flush()


def set_travel(session: Session, area: Area, minutes: Mapping[int, int | None], doing: Doing) -> None:
    """Set the minutes of travel between an area and each of these areas, in both directions (None: unknown).

    Raises NotAllowedError or TravelMinutesError.
    """
    content = {"area": area.id, "minutes": {str(other): length for other, length in minutes.items()}}
    if trail.is_repeat(session, doing, DeedName.AREA_TRAVEL, Ref(Subject.AREA, area.name), content):
        return
    _allow(doing)
    if any(length is not None and not 0 <= length <= LONGEST_WAY for length in minutes.values()):
        raise TravelMinutesError
    lock_bank(session, doing.bank_id)
    first, second = AreaTravel.first_area_id, AreaTravel.second_area_id
    pair = or_(
        (first == area.id) & second.in_(list(minutes)),
        (second == area.id) & first.in_(list(minutes)),
    )
    session.execute(delete(AreaTravel).where(AreaTravel.bank_id == area.bank_id, pair))
    rows = [
        {
            "bank_id": area.bank_id,
            "first_area_id": min(area.id, other),
            "second_area_id": max(area.id, other),
            "minutes": length,
        }
        for other, length in minutes.items()
        if length is not None
    ]
    if rows:
        session.execute(insert(AreaTravel), rows)


def _allow(doing: Doing) -> None:
    """Raise NotAllowedError unless the actor coordinates the bank."""
    if not may_coordinate(doing.by):
        raise NotAllowedError


def _tidy(name: str) -> str:
    """Return the name without surplus spaces. Raises AreaNameError."""
    name = tidy(name)
    if not any(letter.isalnum() for letter in name) or "/" in name or len(name) > LONGEST_NAME:
        raise AreaNameError
    return name


def _refuse_taken(session: Session, bank_id: int, name: str, *, but_not: int | None) -> None:
    for area_id, standing in session.execute(select(Area.id, Area.name).where(Area.bank_id == bank_id)):
        if fold(standing) == fold(name) and area_id != but_not:
            raise AreaTakenError(name=standing)
