"""The parts of a bank's neighbourhood, and how long the way between them takes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.banks.errors import AreaNameError, AreaTakenError, TravelMinutesError
from timebank.banks.models import Area, AreaTravel, Bank
from timebank.trail import actions as trail

LONGEST_NAME = 60
LONGEST_WAY = 600


def add_area(session: Session, bank_id: int, name: str, *, by_id: int, now: datetime, form_key: str) -> None:
    """Add an area as a membership whose role was checked. Raises AreaNameError or AreaTakenError."""
    name = _tidy(name)
    _lock(session, bank_id)
    if _was_done(session, bank_id, "area.added", name, by_id, now, form_key=form_key, content={"name": name}):
        return
    _refuse_taken(session, bank_id, name, but_not=None)
    session.add(Area(bank_id=bank_id, id=clock.next_id(), name=name))
    session.flush()


def rename_area(session: Session, area: Area, name: str, *, by_id: int, now: datetime, form_key: str) -> None:
    """Call an area something else. Raises AreaNameError or AreaTakenError."""
    name = _tidy(name)
    _lock(session, area.bank_id)
    content = {"area": area.id, "name": name}
    if _was_done(session, area.bank_id, "area.renamed", name, by_id, now, form_key=form_key, content=content):
        return
    _refuse_taken(session, area.bank_id, name, but_not=area.id)
    area.name = name
    session.flush()


def close_area(session: Session, area: Area, *, by_id: int, now: datetime) -> None:
    """Offer an area to nobody any more; who lives there stays there. A closed one stays as it is."""
    if area.closed_at is None:
        _was_done(session, area.bank_id, "area.closed", area.name, by_id, now)
        area.closed_at = now
        session.flush()


def reopen_area(session: Session, area: Area, *, by_id: int, now: datetime) -> None:
    """Offer it again. An open one stays as it is."""
    if area.closed_at is not None:
        _was_done(session, area.bank_id, "area.opened", area.name, by_id, now)
        area.closed_at = None
        session.flush()


def set_travel(
    session: Session, area: Area, minutes: Mapping[int, int | None], *, by_id: int, now: datetime, form_key: str
) -> None:
    """Set the minutes of the way from an area to each of these areas (None: not known), the same for the way back.

    Raises TravelMinutesError.
    """
    if any(one is not None and not 0 <= one <= LONGEST_WAY for one in minutes.values()):
        raise TravelMinutesError
    _lock(session, area.bank_id)
    content = {"area": area.id, "minutes": {str(other): one for other, one in minutes.items()}}
    if _was_done(session, area.bank_id, "area.travel", area.name, by_id, now, form_key=form_key, content=content):
        return
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
            "minutes": one,
        }
        for other, one in minutes.items()
        if one is not None
    ]
    if rows:
        session.execute(insert(AreaTravel), rows)


def _tidy(name: str) -> str:
    """The name without stray spaces. Raises AreaNameError."""
    name = " ".join(name.split())
    if not any(letter.isalnum() for letter in name) or "/" in name or len(name) > LONGEST_NAME:
        raise AreaNameError
    return name


def _lock(session: Session, bank_id: int) -> None:
    """Areas change one after the other, so that two of one name cannot be made at once."""
    session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))


def _refuse_taken(session: Session, bank_id: int, name: str, *, but_not: int | None) -> None:
    for area_id, standing in session.execute(select(Area.id, Area.name).where(Area.bank_id == bank_id)):
        if standing.casefold() == name.casefold() and area_id != but_not:
            raise AreaTakenError(name=standing)


def _was_done(  # noqa: PLR0913 (the trail's row: who, what, when, under which key)
    session: Session,
    bank_id: int,
    deed: str,
    name: str,
    by_id: int,
    now: datetime,
    *,
    form_key: str | None = None,
    content: Mapping[str, object] | None = None,
) -> bool:
    row = trail.Deed(bank_id, deed, f"area:{name}", by_id, now, form_key=form_key, content=content)
    return trail.begin(session, row) is not None
