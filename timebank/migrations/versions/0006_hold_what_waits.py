"""Recorded hours that wait for the other side are held: on the account, and counted against its floor.

Exchanges that wait already are held under the same rule, oldest first: what was agreed beforehand as far as the floor
leaves room, the rest together four hours at most. Nothing is refused here, since the help was given.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from timebank.migrations import guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_GUARDS = "0006_holds"
_MOST_UNAGREED = 240
_STEP = 15
_FLOOR_KEPT = "floor IS NULL OR balance - held >= floor"
_KINDS = ("account", "limit_change", "hold", "entry", "hold_resolved")
_DEEDS = ("propose", "accept", "decline", "cancel", "record", "confirm", "dispute", "agree", "decide", "reverse")
_BANK = {
    "unagreed_hold_minutes": "unagreed_hold_minutes >= 0",
    "waiting_days": "waiting_days BETWEEN 1 AND 730",
}


def upgrade() -> None:
    """Take the step."""
    with guards.lifted():
        _hold_on_accounts()
        _hold()
        _resolve_by_entries()
        _seal_holds(_KINDS)
        _expire((*_DEEDS, "expire"))
        with op.batch_alter_table("bank") as table:
            for name, days_or_minutes in (("unagreed_hold_minutes", _MOST_UNAGREED), ("waiting_days", 90)):
                default = sa.text(str(days_or_minutes))
                table.add_column(sa.Column(name, sa.Integer(), server_default=default, nullable=False))
                table.create_check_constraint(table.f(f"ck_bank_{name}"), _BANK[name])
    guards.put_up(_GUARDS)
    _hold_what_waits()


def downgrade() -> None:
    """Take it back. What is sealed of holds cannot be told without them, so books that have such seals stay."""
    guards.take_down(_GUARDS)
    with guards.lifted():
        with op.batch_alter_table("bank") as table:
            for name in _BANK:
                table.drop_constraint(table.f(f"ck_bank_{name}"), type_="check")
                table.drop_column(name)
        _expire(_DEEDS)
        _seal_holds(("account", "limit_change", "entry"))
        with op.batch_alter_table("entry") as table:
            table.drop_index("uq_entry_hold_resolved_once")
            table.drop_constraint("fk_entry_hold_resolved_once", type_="foreignkey")
            table.drop_column("resolves")
        op.drop_index("ix_hold_open", "hold")
        op.drop_table("hold")
        with op.batch_alter_table("account") as table:
            table.drop_constraint(table.f("ck_account_floor_kept"), type_="check")
            table.drop_constraint(table.f("ck_account_held"), type_="check")
            table.drop_column("held")
            table.create_check_constraint(table.f("ck_account_floor_kept"), "floor IS NULL OR balance >= floor")


def _hold_on_accounts() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("held", sa.BigInteger(), server_default="0", nullable=False))
        table.drop_constraint(table.f("ck_account_floor_kept"), type_="check")
        table.create_check_constraint(table.f("ck_account_floor_kept"), _FLOOR_KEPT)
        table.create_check_constraint(table.f("ck_account_held"), "held >= 0")


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("unagreed_minutes", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.String(length=80), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "minutes >= 0 AND unagreed_minutes BETWEEN 0 AND minutes",
            name=op.f("ck_hold_minutes_whole_and_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "account_id"], ["account.bank_id", "account.id"], name=op.f("fk_hold_bank_id_account_id")
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_hold")),
        sa.UniqueConstraint("bank_id", "deed", name=op.f("uq_hold_bank_id_deed")),
        sqlite_with_rowid=False,
    )
    still_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "ix_hold_open", "hold", ["bank_id", "account_id"], sqlite_where=still_open, postgresql_where=still_open
    )


def _resolve_by_entries() -> None:
    with op.batch_alter_table("entry") as table:
        table.add_column(sa.Column("resolves", sa.BigInteger(), nullable=True))
        table.create_foreign_key("fk_entry_hold_resolved_once", "hold", ["bank_id", "resolves"], ["bank_id", "id"])
    resolves = sa.text("resolves IS NOT NULL")
    op.create_index(
        "uq_entry_hold_resolved_once",
        "entry",
        ["bank_id", "resolves"],
        unique=True,
        sqlite_where=resolves,
        postgresql_where=resolves,
    )


def _seal_holds(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("leaf") as table:
        table.drop_constraint(table.f("ck_leaf_kind"), type_="check")
        table.create_check_constraint(table.f("ck_leaf_kind"), f"kind IN ({', '.join(map(repr, kinds))})")


def _expire(deeds: tuple[str, ...]) -> None:
    """What nobody answers comes to an end by itself, and then nobody has done it."""
    with op.batch_alter_table("exchange_step") as table:
        table.alter_column("done_by", existing_type=sa.BigInteger(), nullable="expire" in deeds)
        table.drop_constraint(table.f("ck_exchange_step_deed"), type_="check")
        table.create_check_constraint(table.f("ck_exchange_step_deed"), f"deed IN ({', '.join(map(repr, deeds))})")
        if "expire" in deeds:
            table.create_check_constraint(table.f("ck_exchange_step_done_by"), "(done_by IS NULL) = (deed = 'expire')")
        else:
            table.drop_constraint(table.f("ck_exchange_step_done_by"), type_="check")


def _hold_what_waits() -> None:
    bind = op.get_bind()
    waiting = bind.execute(
        sa.text(
            "SELECT bank_id, id, code, receiver_account_id, minutes, agreed_minutes, changed_at FROM exchange"
            " WHERE state IN ('recorded', 'disputed') ORDER BY bank_id, id"
        )
    ).all()
    for exchange in waiting:
        held, unagreed = _share(bind, exchange)
        bind.execute(
            sa.text(
                "INSERT INTO hold (bank_id, id, account_id, minutes, unagreed_minutes, deed, placed_at)"
                " VALUES (:bank, :id, :account, :minutes, :unagreed, :deed, :at)"
            ),
            {
                "bank": exchange.bank_id,
                "id": exchange.id,
                "account": exchange.receiver_account_id,
                "minutes": held,
                "unagreed": unagreed,
                "deed": f"exchange:{exchange.code}",
                "at": exchange.changed_at,
            },
        )


def _share(bind: sa.Connection, exchange: sa.Row[Any]) -> tuple[int, int]:
    """(minutes held, those of them that were not agreed beforehand), under what is held already."""
    account = bind.execute(
        sa.text("SELECT balance, held, floor FROM account WHERE bank_id = :bank AND id = :id"),
        {"bank": exchange.bank_id, "id": exchange.receiver_account_id},
    ).one()
    others = bind.execute(
        sa.text(
            "SELECT coalesce(sum(unagreed_minutes), 0) FROM hold"
            " WHERE bank_id = :bank AND account_id = :id AND resolved_at IS NULL"
        ),
        {"bank": exchange.bank_id, "id": exchange.receiver_account_id},
    ).scalar_one()
    room = exchange.minutes if account.floor is None else account.balance - account.held - account.floor
    before = -(-(exchange.agreed_minutes or 0) // _STEP) * _STEP
    agreed = max(0, min(exchange.minutes, before, room))
    unagreed = max(0, min(exchange.minutes - before, _MOST_UNAGREED - others, room - agreed))
    return agreed + unagreed, unagreed
