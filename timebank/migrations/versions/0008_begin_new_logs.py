"""New logs of seals, begun where a restored backup is older than a seal that was made public."""

import sqlalchemy as sa
from alembic import op

from timebank.migrations import guards

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_GUARDS = "0008_logs"
_KINDS = ("account", "limit_change", "hold", "entry", "hold_resolved", "closing")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "seal_log",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("after_seal", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 1", name=op.f("ck_seal_log_number")),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_seal_log_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "number", name=op.f("pk_seal_log")),
        sqlite_with_rowid=False,
    )
    with guards.lifted():
        _seal(("log", *_KINDS))
    guards.put_up(_GUARDS)


def downgrade() -> None:
    """Take it back. Seals of a new log cannot be told without it, so books that have one stay."""
    guards.take_down(_GUARDS)
    with guards.lifted():
        _seal(_KINDS)
    op.drop_table("seal_log")


def _seal(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("leaf") as table:
        table.drop_constraint(table.f("ck_leaf_kind"), type_="check")
        table.create_check_constraint(table.f("ck_leaf_kind"), f"kind IN ({', '.join(map(repr, kinds))})")
