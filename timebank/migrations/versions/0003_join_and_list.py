"""Joining, areas, listings and tasks: their tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    _area()
    _area_travel()
    _application()
    _application_step()
    _standing_change()
    _category()
    _listing()
    _listing_category()
    _listing_word()
    _task()
    _books_check()


def downgrade() -> None:
    """Take it back."""
    for table in (
        "books_check",
        "task",
        "listing_word",
        "listing_category",
        "listing",
        "category",
        "standing_change",
        "application_step",
        "application",
        "area_travel",
        "area",
    ):
        op.drop_table(table)


def _area() -> None:
    op.create_table(
        "area",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_area_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_area")),
        sa.UniqueConstraint("bank_id", "name", name=op.f("uq_area_bank_id_name")),
    )


def _area_travel() -> None:
    op.create_table(
        "area_travel",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("first_area_id", sa.BigInteger(), nullable=False),
        sa.Column("second_area_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_area_id < second_area_id", name=op.f("ck_area_travel_kept_once")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name=op.f("ck_area_travel_minutes")),
        sa.ForeignKeyConstraint(
            ["bank_id", "first_area_id"], ["area.bank_id", "area.id"], name=op.f("fk_area_travel_bank_id_first_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "second_area_id"],
            ["area.bank_id", "area.id"],
            name=op.f("fk_area_travel_bank_id_second_area_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "first_area_id", "second_area_id", name=op.f("pk_area_travel")),
    )


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("notice_agreed", sa.String(length=20), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('applied', 'interviewed', 'referenced', 'inducted', 'admitted', 'declined', 'withdrawn')",
            name=op.f("ck_application_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "area_id"], ["area.bank_id", "area.id"], name=op.f("fk_application_bank_id_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "membership_id"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_application_bank_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "recorded_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_application_bank_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_application_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_application")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_application_bank_id_code")),
    )
    op.create_index("ix_application_stage", "application", ["bank_id", "stage", "id"], unique=False)


def _application_step() -> None:
    op.create_table(
        "application_step",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("referee", sa.String(length=80), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('apply', 'interview', 'reference', 'induct', 'admit', 'decline', 'withdraw')",
            name=op.f("ck_application_step_step"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "application_id"],
            ["application.bank_id", "application.id"],
            name=op.f("fk_application_step_bank_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name="fk_application_step_done_by"
        ),
        sa.PrimaryKeyConstraint("bank_id", "application_id", "number", name=op.f("pk_application_step")),
    )


def _standing_change() -> None:
    op.create_table(
        "standing_change",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("standing IN ('active', 'suspended', 'left')", name=op.f("ck_standing_change_standing")),
        sa.ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name="fk_standing_change_done_by"
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "membership_id"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_standing_change_bank_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "membership_id", "number", name=op.f("pk_standing_change")),
    )


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("risks", sa.String(length=120), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id", "parent_id"], ["category.bank_id", "category.id"], name=op.f("fk_category_bank_id_parent_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_category_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_category")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_category_bank_id_key")),
        sa.UniqueConstraint("bank_id", "parent_id", "name", name=op.f("uq_category_bank_id_parent_id_name")),
    )


def _listing() -> None:
    op.create_table(
        "listing",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("life", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("in_person", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("online", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("suits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("when_words", sa.String(length=120), server_default="", nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("source_key", sa.String(length=60), nullable=True),
        sa.CheckConstraint("kind IN ('offer', 'request')", name=op.f("ck_listing_kind")),
        sa.CheckConstraint("life IN ('open', 'paused', 'closed')", name=op.f("ck_listing_life")),
        sa.CheckConstraint("suits BETWEEN 0 AND 2097151", name=op.f("ck_listing_suits")),
        sa.ForeignKeyConstraint(
            ["bank_id", "area_id"], ["area.bank_id", "area.id"], name=op.f("fk_listing_bank_id_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "member_id"], ["membership.bank_id", "membership.id"], name=op.f("fk_listing_bank_id_member_id")
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_listing")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_listing_bank_id_code")),
        sa.UniqueConstraint("bank_id", "source", "source_key", name=op.f("uq_listing_bank_id_source_source_key")),
    )
    op.create_index("ix_listing_found", "listing", ["bank_id", "life", "kind", "listed_at"], unique=False)
    op.create_index("ix_listing_member", "listing", ["bank_id", "member_id", "life"], unique=False)


def _listing_category() -> None:
    op.create_table(
        "listing_category",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id", "category_id"],
            ["category.bank_id", "category.id"],
            name=op.f("fk_listing_category_bank_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "listing_id"],
            ["listing.bank_id", "listing.id"],
            name=op.f("fk_listing_category_bank_id_listing_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "listing_id", "category_id", name=op.f("pk_listing_category")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_listing_category_category", "listing_category", ["bank_id", "category_id", "listing_id"], unique=False
    )


def _listing_word() -> None:
    op.create_table(
        "listing_word",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id", "listing_id"],
            ["listing.bank_id", "listing.id"],
            name=op.f("fk_listing_word_bank_id_listing_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "word", "listing_id", name=op.f("pk_listing_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_listing_word_listing", "listing_word", ["bank_id", "listing_id"], unique=False)


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name=op.f("ck_task_done")),
        sa.CheckConstraint("status <> 'taken' OR owner_id IS NOT NULL", name=op.f("ck_task_taken_by_somebody")),
        sa.CheckConstraint("status IN ('open', 'taken', 'done')", name=op.f("ck_task_status")),
        sa.ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name=op.f("fk_task_bank_id_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "owner_id"], ["membership.bank_id", "membership.id"], name=op.f("fk_task_bank_id_owner_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_task_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_task_bank_id_code")),
    )
    op.create_index("ix_task_status", "task", ["bank_id", "status", "id"], unique=False)
    op.create_index(
        "uq_task_one_open",
        "task",
        ["bank_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("status <> 'done'"),
        postgresql_where=sa.text("status <> 'done'"),
    )


def _books_check() -> None:
    op.create_table(
        "books_check",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_check")),
    )
