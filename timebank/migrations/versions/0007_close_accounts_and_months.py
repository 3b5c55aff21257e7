"""Accounts are closed at zero, months are signed off, and corrections wait for a second approver."""

import sqlalchemy as sa
from alembic import op

from timebank.migrations import guards

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_GUARDS = "0007_closings"
_KINDS = ("account", "limit_change", "hold", "entry", "hold_resolved")
_APPROVED = "approved_by <> recorded_by AND (kind <> 'adjustment' OR approved_by IS NOT NULL)"


def upgrade() -> None:
    """Take the step."""
    with guards.lifted():
        with op.batch_alter_table("account") as table:
            table.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
            table.create_check_constraint(
                table.f("ck_account_account_open"), "closed_at IS NULL OR (balance = 0 AND held = 0)"
            )
        with op.batch_alter_table("entry") as table:
            table.create_check_constraint(table.f("ck_entry_second_approver"), _APPROVED)
        _seal((*_KINDS, "closing"))
        _closing()
        _sign_off()
        _correction()
    guards.put_up(_GUARDS)


def downgrade() -> None:
    """Take it back. What is sealed of closings cannot be told without them, so books that have such seals stay."""
    guards.take_down(_GUARDS)
    with guards.lifted():
        op.drop_table("correction")
        op.drop_index("uq_sign_off_one_waiting", "sign_off")
        op.drop_table("sign_off")
        op.drop_index("uq_closing_month", "closing")
        op.drop_index("ix_closing_account", "closing")
        op.drop_table("closing")
        _seal(_KINDS)
        with op.batch_alter_table("entry") as table:
            table.drop_constraint(table.f("ck_entry_second_approver"), type_="check")
        with op.batch_alter_table("account") as table:
            table.drop_constraint(table.f("ck_account_account_open"), type_="check")
            table.drop_column("closed_at")


def _seal(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("leaf") as table:
        table.drop_constraint(table.f("ck_leaf_kind"), type_="check")
        table.create_check_constraint(table.f("ck_leaf_kind"), f"kind IN ({', '.join(map(repr, kinds))})")


def _by(table: str, column: str) -> sa.ForeignKeyConstraint:
    """The key that leads from who did something to their membership."""
    return sa.ForeignKeyConstraint(
        ["bank_id", column], ["membership.bank_id", "membership.id"], name=op.f(f"fk_{table}_bank_id_{column}")
    )


def _closing() -> None:
    op.create_table(
        "closing",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('account_closed', 'account_reopened', 'month_signed_off')", name=op.f("ck_closing_kind")
        ),
        sa.CheckConstraint(
            "(account_id IS NULL) = (kind = 'month_signed_off') AND (month IS NULL) = (account_id IS NOT NULL)"
            " AND (figures IS NULL) = (month IS NULL)",
            name=op.f("ck_closing_what"),
        ),
        sa.CheckConstraint(
            "approved_by <> recorded_by AND (month IS NULL OR approved_by IS NOT NULL)",
            name=op.f("ck_closing_second_approver"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "account_id"], ["account.bank_id", "account.id"], name=op.f("fk_closing_bank_id_account_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_closing_bank_id")),
        _by("closing", "recorded_by"),
        _by("closing", "approved_by"),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_closing")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_closing_account", "closing", ["bank_id", "account_id", "id"])
    is_month = sa.text("month IS NOT NULL")
    op.create_index(
        "uq_closing_month",
        "closing",
        ["bank_id", "month"],
        unique=True,
        sqlite_where=is_month,
        postgresql_where=is_month,
    )


def _sign_off() -> None:
    op.create_table(
        "sign_off",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by <> signed_by", name=op.f("ck_sign_off_second_approver")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (confirmed_by IS NULL AND refused_by IS NULL)", name=op.f("ck_sign_off_closed")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_sign_off_bank_id")),
        _by("sign_off", "signed_by"),
        _by("sign_off", "confirmed_by"),
        _by("sign_off", "refused_by"),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_sign_off")),
    )
    waiting = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_sign_off_one_waiting",
        "sign_off",
        ["bank_id", "month"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('adjustment', 'reversal')", name=op.f("ck_correction_kind")),
        sa.CheckConstraint("(entry_id IS NULL) = (kind = 'adjustment')", name=op.f("ck_correction_what")),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_correction_second_approver")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (approved_by IS NULL AND refused_by IS NULL)", name=op.f("ck_correction_closed")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "entry_id"], ["entry.bank_id", "entry.id"], name=op.f("fk_correction_bank_id_entry_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_correction_bank_id")),
        _by("correction", "proposed_by"),
        _by("correction", "approved_by"),
        _by("correction", "refused_by"),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_correction")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_correction_bank_id_code")),
    )
