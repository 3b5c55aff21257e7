"""What memberships, exchanges and drafts learn: areas, contact to show, listings, travel, acting for, thanks.

SQLite adds no key to a table that stands, so there the tables are written anew; `run.upgrade` keeps its foreign keys
quiet meanwhile and asks them all at the end.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HOW = "how IN ('phone', 'paper', 'in_person', 'slip')"
_HOW_THEY_AGREED = "(on_behalf_of IS NULL) = (how IS NULL)"
_TRAVEL = "travel_minutes BETWEEN 0 AND 600"
_PREPARATION = "preparation_minutes BETWEEN 0 AND 600"
_BANK = {
    "soft_limits": "soft_low <= 0 AND soft_high >= 0",
    "references_needed": "references_needed BETWEEN 0 AND 5",
    "review_months": "review_months BETWEEN 1 AND 60",
}


def upgrade() -> None:
    """Take the step."""
    _thank_you()
    with op.batch_alter_table("bank") as table:
        table.add_column(sa.Column("soft_low", sa.BigInteger(), server_default=sa.text("-600"), nullable=False))
        table.add_column(sa.Column("soft_high", sa.BigInteger(), server_default=sa.text("1200"), nullable=False))
        table.add_column(sa.Column("references_needed", sa.Integer(), server_default=sa.text("2"), nullable=False))
        table.add_column(sa.Column("review_months", sa.Integer(), server_default=sa.text("6"), nullable=False))
        table.add_column(sa.Column("privacy_notice", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("phone_country", sa.String(length=2), server_default="GB", nullable=False))
        for name, rule in _BANK.items():
            table.create_check_constraint(table.f(f"ck_bank_{name}"), rule)
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("area_id", sa.BigInteger(), nullable=True))
        for name in ("shows_phone", "shows_email", "is_holder"):
            table.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
        _add_key(table, "membership", "area_id", "area")
    holders = sa.text("is_holder")
    op.create_index(
        "uq_membership_one_holder",
        "membership",
        ["bank_id"],
        unique=True,
        sqlite_where=holders,
        postgresql_where=holders,
    )
    with op.batch_alter_table("draft") as table:
        for name, kind in (("listing_id", sa.BigInteger()), ("travel_minutes", sa.Integer())):
            table.add_column(sa.Column(name, kind, nullable=True))
        table.add_column(sa.Column("preparation_minutes", sa.Integer(), nullable=True))
        _add_key(table, "draft", "listing_id", "listing")
    _change_exchanges()
    _index_other_entries()


def _change_exchanges() -> None:
    with op.batch_alter_table("exchange") as table:
        table.add_column(sa.Column("listing_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("category_id", sa.BigInteger(), nullable=True))
        for name, rule in (("travel_minutes", _TRAVEL), ("preparation_minutes", _PREPARATION)):
            table.add_column(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
            table.create_check_constraint(table.f(f"ck_exchange_{name}"), rule)
        _add_key(table, "exchange", "listing_id", "listing")
        _add_key(table, "exchange", "category_id", "category")
    op.create_index("ix_exchange_category", "exchange", ["bank_id", "category_id", "id"])
    with op.batch_alter_table("exchange_step") as table:
        table.add_column(sa.Column("on_behalf_of", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("how", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("evidence", sa.String(length=200), nullable=True))
        table.create_check_constraint(table.f("ck_exchange_step_how"), _HOW)
        table.create_check_constraint(table.f("ck_exchange_step_how_they_agreed"), _HOW_THEY_AGREED)
        table.create_foreign_key(
            "fk_exchange_step_on_behalf_of", "membership", ["bank_id", "on_behalf_of"], ["bank_id", "id"]
        )
    acted = sa.text("on_behalf_of IS NOT NULL")
    op.create_index(
        "ix_exchange_step_on_behalf",
        "exchange_step",
        ["bank_id", "exchange_id"],
        sqlite_where=acted,
        postgresql_where=acted,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_entry_other_kinds", "entry")
    op.drop_index("ix_exchange_step_on_behalf", "exchange_step")
    with op.batch_alter_table("exchange_step") as table:
        table.drop_constraint("fk_exchange_step_on_behalf_of", type_="foreignkey")
        _drop(table, "exchange_step", {"how", "how_they_agreed"}, ("on_behalf_of", "how", "evidence"))
    op.drop_index("ix_exchange_category", "exchange")
    with op.batch_alter_table("exchange") as table:
        table.drop_constraint(table.f("fk_exchange_bank_id_listing_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_exchange_bank_id_category_id"), type_="foreignkey")
        minutes = ("travel_minutes", "preparation_minutes")
        _drop(table, "exchange", set(minutes), ("listing_id", "category_id", *minutes))
    with op.batch_alter_table("draft") as table:
        table.drop_constraint(table.f("fk_draft_bank_id_listing_id"), type_="foreignkey")
        _drop(table, "draft", set(), ("listing_id", "travel_minutes", "preparation_minutes"))
    op.drop_index("uq_membership_one_holder", "membership")
    with op.batch_alter_table("membership") as table:
        table.drop_constraint(table.f("fk_membership_bank_id_area_id"), type_="foreignkey")
        _drop(table, "membership", set(), ("area_id", "shows_phone", "shows_email", "is_holder"))
    with op.batch_alter_table("bank") as table:
        learnt = ("soft_low", "soft_high", "references_needed", "review_months", "privacy_notice", "phone_country")
        _drop(table, "bank", set(_BANK), learnt)
    op.drop_table("thank_you")


def _add_key(table: BatchOperations, name: str, column: str, to: str) -> None:
    table.create_foreign_key(table.f(f"fk_{name}_bank_id_{column}"), to, ["bank_id", column], ["bank_id", "id"])


def _drop(table: BatchOperations, name: str, checks: set[str], columns: tuple[str, ...]) -> None:
    for check in sorted(checks):
        table.drop_constraint(table.f(f"ck_{name}_{check}"), type_="check")
    for column in columns:
        table.drop_column(column)


def _thank_you() -> None:
    op.create_table(
        "thank_you",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("exchange_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("said_by", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('giver', 'receiver')", name=op.f("ck_thank_you_side")),
        sa.ForeignKeyConstraint(
            ["bank_id", "exchange_id"],
            ["exchange.bank_id", "exchange.id"],
            name=op.f("fk_thank_you_bank_id_exchange_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "said_by"], ["membership.bank_id", "membership.id"], name=op.f("fk_thank_you_bank_id_said_by")
        ),
        sa.PrimaryKeyConstraint("bank_id", "exchange_id", "side", name=op.f("pk_thank_you")),
    )


def _index_other_entries() -> None:
    """Entries of the rarer kinds are found without reading all exchanges, which pay nothing for it."""
    others = sa.text("kind <> 'exchange'")
    op.create_index(
        "ix_entry_other_kinds", "entry", ["bank_id", "kind", "id"], sqlite_where=others, postgresql_where=others
    )
