"""Queries of banks, their areas and the travel between these."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank import subjects
from timebank.banks.models import Area, AreaTravel, Bank
from timebank.references import Subject
from timebank.rows import columns_of, fetch


def find_bank(session: Session, slug: str) -> Bank | None:
    """Return the bank with this slug; None if there is none."""
    return session.scalar(select(Bank).where(Bank.slug == slug))


class BankName(NamedTuple):
    """A bank's slug and name."""

    slug: str
    name: str


def list_banks(session: Session) -> list[BankName]:
    """Return the slug and name of every bank, by name."""
    return fetch(session, select(Bank.slug, Bank.name).order_by(Bank.name), BankName)


class AreaRow(NamedTuple):
    """An area of a bank; `closed_at` is None while it is open."""

    id: int
    name: str
    closed_at: datetime | None


def list_areas(session: Session, bank_id: int, *, also_closed: bool = False) -> list[AreaRow]:
    """Return a bank's areas by name: the open ones, or all."""
    query = select(*columns_of(Area, AreaRow)).where(Area.bank_id == bank_id).order_by(Area.name)
    return fetch(session, query if also_closed else query.where(Area.closed_at.is_(None)), AreaRow)


def find_area(session: Session, bank_id: int, name: str) -> Area | None:
    """Return the area of the bank with this name; None if there is none."""
    return session.scalar(select(Area).where(Area.bank_id == bank_id, Area.name == name))


def list_area_names(session: Session, bank_id: int, names: Sequence[str]) -> dict[str, str]:
    """Return {name: name} of the areas that have these names: an area is referred to by its name."""
    standing = session.scalars(select(Area.name).where(Area.bank_id == bank_id, Area.name.in_(set(names))))
    return {name: name for name in standing}


subjects.register(Subject.AREA, list_area_names)


def list_bank_names(session: Session, bank_id: int, slugs: Sequence[str]) -> dict[str, str]:
    """Return {slug: name} of the bank, if its slug is among these."""
    return {
        row.slug: row.name
        for row in session.execute(select(Bank.slug, Bank.name).where(Bank.id == bank_id))
        if row.slug in slugs
    }


subjects.register(Subject.BANK, list_bank_names)


def travel_minutes(session: Session, bank_id: int, area_id: int, other_area_id: int) -> int | None:
    """Return the travel between two areas in minutes, in either direction: None if unknown, 0 within one area."""
    if area_id == other_area_id:
        return 0
    return list_travel(session, bank_id, area_id).get(other_area_id)


def list_travel(session: Session, bank_id: int, area_id: int) -> dict[int, int]:
    """Return {other area's id: minutes of travel} of an area, as far as they are known."""
    first, second = AreaTravel.first_area_id, AreaTravel.second_area_id
    rows = session.execute(
        select(first, second, AreaTravel.minutes).where(
            AreaTravel.bank_id == bank_id, or_(first == area_id, second == area_id)
        )
    )
    return {(end if start == area_id else start): minutes for start, end, minutes in rows}


def list_all_travel(session: Session, bank_id: int) -> dict[int, dict[int, int]]:
    """Return {area id: {other area's id: minutes of travel}} of a bank, as far as they are known."""
    travel: dict[int, dict[int, int]] = {}
    columns = (AreaTravel.first_area_id, AreaTravel.second_area_id, AreaTravel.minutes)
    for first, second, minutes in session.execute(select(*columns).where(AreaTravel.bank_id == bank_id)):
        travel.setdefault(first, {})[second] = minutes
        travel.setdefault(second, {})[first] = minutes
    return travel


def find_area_name(session: Session, bank_id: int, area_id: int | None) -> str | None:
    """Return the name of an area, open or closed; None if there is none."""
    if area_id is None:
        return None
    return session.scalar(select(Area.name).where(Area.bank_id == bank_id, Area.id == area_id))


def lock_bank(session: Session, bank_id: int) -> Bank:
    """Return the bank, row-locked and refreshed, so that rules over all of its rows are checked by one at a time.

    Inserts of rows that reference the bank do not wait for the lock.
    """
    return session.execute(
        select(Bank).where(Bank.id == bank_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()
