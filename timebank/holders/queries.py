"""Queries for the present holder of an account: the newest row in the books, joined to its kind's source."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, and_, literal, select, union_all
from sqlalchemy.orm import Session

from timebank.bookkeeping.queries import select_holders_now
from timebank.holders.sources import list_sources


class HolderName(NamedTuple):
    """A holder's name, the code of their page, and their kind."""

    name: str
    code: str
    kind: str


def holders() -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    """Return a selectable of the present holder of every account except the bank's own, for other packages to join.

    Columns: bank_id, account_id, kind, holder_id, name, code, standing.
    """
    parts = [_of_kind(source.kind, source.holders()) for source in list_sources()]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _of_kind(kind: str, source: Select[int, int, str, str, str]) -> Select[*tuple[Any, ...]]:
    held, holder = select_holders_now().subquery(), source.subquery()
    return select(
        held.c.bank_id,
        held.c.account_id,
        literal(kind).label("kind"),
        held.c.holder_id,
        holder.c.name,
        holder.c.code,
        holder.c.standing,
    ).join_from(
        held,
        holder,
        and_(held.c.kind == kind, holder.c.bank_id == held.c.bank_id, holder.c.id == held.c.holder_id),
    )


def list_names(session: Session, bank_id: int, account_ids: Sequence[int]) -> dict[int, HolderName]:
    """Return {account id: its holder's name} for these accounts; the bank's own, such as the pot, are left out."""
    holder = holders().subquery()
    rows = session.execute(
        select(holder.c.account_id, holder.c.name, holder.c.code, holder.c.kind).where(
            holder.c.bank_id == bank_id, holder.c.account_id.in_(set(account_ids))
        )
    )
    return {account_id: HolderName(*name) for account_id, *name in rows}


def hold_standing(session: Session, bank_id: int, account_ids: Sequence[int]) -> None:
    """Lock the rows that hold the standing of these accounts' holders until the transaction ends.

    A holder's concurrent leaving waits for the lock and then reads what this transaction wrote. On SQLite there is one
    writing transaction at a time anyway.
    """
    held = select_holders_now().subquery()
    for source in list_sources():
        ids = session.scalars(
            select(held.c.holder_id).where(
                held.c.bank_id == bank_id, held.c.account_id.in_(set(account_ids)), held.c.kind == source.kind
            )
        ).all()
        if ids:
            source.hold_standing(session, bank_id, ids)
