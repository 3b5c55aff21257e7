"""The books in the order of their sealing, and the seals."""

import sqlalchemy as sa
from alembic import op

from timebank.migrations import guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_GUARDS = "0005_seals"


def upgrade() -> None:
    """Take the step."""
    _leaf()
    _seal()
    guards.put_up(_GUARDS)


def downgrade() -> None:
    """Take it back."""
    guards.take_down(_GUARDS)
    op.drop_table("seal")
    op.drop_index("ix_leaf_block", "leaf")
    op.drop_table("leaf")


def _leaf() -> None:
    op.create_table(
        "leaf",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_leaf_number")),
        sa.CheckConstraint("kind IN ('account', 'limit_change', 'entry')", name=op.f("ck_leaf_kind")),
        sa.CheckConstraint("length(hash) = 32 AND length(block) = 32", name=op.f("ck_leaf_hash")),
        sa.CheckConstraint("(block IS NULL) = ((number & 255) <> 255)", name=op.f("ck_leaf_block")),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_leaf_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "number", name=op.f("pk_leaf")),
        sa.UniqueConstraint(
            "bank_id",
            "kind",
            "subject_id",
            "subject_number",
            name=op.f("uq_leaf_bank_id_kind_subject_id_subject_number"),
        ),
        sqlite_with_rowid=False,
    )
    whole = sa.text("block IS NOT NULL")
    op.create_index("ix_leaf_block", "leaf", ["bank_id", "number"], sqlite_where=whole, postgresql_where=whole)


def _seal() -> None:
    op.create_table(
        "seal",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_seal_number")),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_seal_root")),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_seal_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "number", name=op.f("pk_seal")),
        sa.UniqueConstraint("bank_id", "size", name=op.f("uq_seal_bank_id_size")),
        sqlite_with_rowid=False,
    )
