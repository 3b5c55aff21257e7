"""Finding banks, their areas and the ways between them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from timebank.banks.models import Area, AreaTravel, Bank


def find_bank(session: Session, slug: str) -> Bank | None:
    """The bank under this slug."""
    return session.scalar(select(Bank).where(Bank.slug == slug))


def list_banks(session: Session) -> Sequence[Row[str, str]]:
    """(slug, name) of every bank, by name."""
    return session.execute(select(Bank.slug, Bank.name).order_by(Bank.name)).all()


def list_areas(
    session: Session, bank_id: int, *, also_closed: bool = False
) -> Sequence[Row[int, str, datetime | None]]:
    """(id, name, closed_at) of a bank's areas, by name; those closed only where they are asked for."""
    query = select(Area.id, Area.name, Area.closed_at).where(Area.bank_id == bank_id).order_by(Area.name)
    return session.execute(query if also_closed else query.where(Area.closed_at.is_(None))).all()


def find_area(session: Session, bank_id: int, name: str) -> Area | None:
    """The area of this name."""
    return session.scalar(select(Area).where(Area.bank_id == bank_id, Area.name == name))


def travel_minutes(session: Session, bank_id: int, area_id: int, other_area_id: int) -> int | None:
    """Minutes of the way between two areas, whichever comes first; None where nobody knows; 0 within one."""
    if area_id == other_area_id:
        return 0
    return list_travel(session, bank_id, area_id).get(other_area_id)


def list_travel(session: Session, bank_id: int, area_id: int) -> dict[int, int]:
    """{other area's id: minutes of the way} of an area, as far as they are known."""
    first, second = AreaTravel.first_area_id, AreaTravel.second_area_id
    rows = session.execute(
        select(first, second, AreaTravel.minutes).where(
            AreaTravel.bank_id == bank_id, or_(first == area_id, second == area_id)
        )
    )
    return {(other if one == area_id else one): minutes for one, other, minutes in rows}


def find_area_name(session: Session, bank_id: int, area_id: int | None) -> str | None:
    """The name of an area, open or closed; None where there is none."""
    return session.scalar(select(Area.name).where(Area.bank_id == bank_id, Area.id == area_id))


def lock_bank(session: Session, bank_id: int) -> Bank:
    """Return the bank, row-locked and read anew: what is compared across the whole bank changes one at a time.

    Rows that only point to the bank do not wait for the lock.
    """
    return session.execute(
        select(Bank).where(Bank.id == bank_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()
