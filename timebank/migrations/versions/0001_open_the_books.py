"""Open the books: banks, people, their accounts, and the tables that only grow, with their guards."""

import sqlalchemy as sa
from alembic import op

from timebank.migrations import guards

LINES = sa.Text().with_variant(sa.ARRAY(sa.BigInteger(), dimensions=2), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    _bank()
    _person()
    _account()
    _membership()
    _entry()
    _memo()
    _transfer()
    _posting()
    _limit_change()
    _membership_role()
    _trail()
    guards.put_up("0001_books")


def downgrade() -> None:
    """Take it back."""
    guards.take_down("0001_books")
    for table in (
        "trail",
        "membership_role",
        "limit_change",
        "posting",
        "transfer",
        "memo",
        "entry",
        "membership",
        "account",
        "person",
        "bank",
    ):
        op.drop_table(table)


def _bank() -> None:
    op.create_table(
        "bank",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=60), server_default="Europe/London", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("coordinator_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("opening_hours", sa.String(length=120), server_default="", nullable=False),
        sa.Column("welcome_minutes", sa.Integer(), server_default=sa.text("120"), nullable=False),
        sa.Column("member_floor", sa.BigInteger(), server_default=sa.text("-1200"), nullable=False),
        sa.Column("pot_floor", sa.BigInteger(), server_default=sa.text("-30000"), nullable=False),
        sa.Column("back_dating_days", sa.Integer(), server_default=sa.text("90"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("back_dating_days >= 0", name=op.f("ck_bank_back_dating_days")),
        sa.CheckConstraint("member_floor <= 0", name=op.f("ck_bank_member_floor")),
        sa.CheckConstraint("welcome_minutes >= 0", name=op.f("ck_bank_welcome_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank")),
        sa.UniqueConstraint("slug", name=op.f("uq_bank_slug")),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_email", "person", ["email"], unique=False)
    op.create_index("ix_person_phone", "person", ["phone"], unique=False)


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.BigInteger(), server_default="0", nullable=True),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("given", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('member', 'group', 'pot', 'fund', 'activity', 'opening', 'leavers', 'clearing')",
            name=op.f("ck_account_kind"),
        ),
        sa.CheckConstraint("floor IS NULL OR balance >= floor", name=op.f("ck_account_floor_kept")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_account_number")),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_account_bank_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_account")),
        postgresql_with={"fillfactor": 50},
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_account_one_per_bank",
        "account",
        ["bank_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind IN ('pot', 'opening', 'leavers')"),
        postgresql_where=sa.text("kind IN ('pot', 'opening', 'leavers')"),
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.CheckConstraint("standing IN ('active', 'suspended', 'left')", name=op.f("ck_membership_standing")),
        sa.ForeignKeyConstraint(
            ["bank_id", "account_id"], ["account.bank_id", "account.id"], name=op.f("fk_membership_bank_id_account_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_membership_bank_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("bank_id", "account_id", name=op.f("uq_membership_bank_id_account_id")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_membership_bank_id_code")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_membership_bank_id_number")),
        sa.UniqueConstraint("bank_id", "person_id", name=op.f("uq_membership_bank_id_person_id")),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("on_behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.String(length=80), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("lines", LINES, nullable=False),
        sa.Column("words_digest", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('exchange', 'activity', 'welcome', 'gift', 'grant', 'opening', 'adjustment', 'leaving', 'clearing')",
            name=op.f("ck_entry_kind"),
        ),
        sa.CheckConstraint("length(digest) = 32 AND length(words_digest) = 32", name=op.f("ck_entry_entry_whole")),
        sa.ForeignKeyConstraint(
            ["bank_id", "approved_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_entry_bank_id_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "on_behalf_of"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_entry_bank_id_on_behalf_of"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "recorded_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_entry_bank_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "reverses"], ["entry.bank_id", "entry.id"], name=op.f("fk_entry_bank_id_reverses")
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_entry")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_entry_bank_id_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_entry_reverses",
        "entry",
        ["bank_id", "reverses"],
        unique=False,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )


def _memo() -> None:
    op.create_table(
        "memo",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(words IS NULL) = (salt IS NULL)", name=op.f("ck_memo_blanked_whole")),
        sa.ForeignKeyConstraint(
            ["bank_id", "entry_id"], ["entry.bank_id", "entry.id"], name=op.f("fk_memo_bank_id_entry_id")
        ),
        sa.PrimaryKeyConstraint("bank_id", "entry_id", name=op.f("pk_memo")),
        sqlite_with_rowid=False,
    )


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("from_account_id", sa.BigInteger(), nullable=False),
        sa.Column("from_number", sa.BigInteger(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=False),
        sa.Column("to_number", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("reverses_line", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(reverses IS NULL) = (reverses_line IS NULL)", name=op.f("ck_transfer_reversal_mirrors")),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_transfer_two_different_accounts")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_transfer_minutes_whole_and_positive")),
        sa.ForeignKeyConstraint(
            ["bank_id", "entry_id"], ["entry.bank_id", "entry.id"], name=op.f("fk_transfer_bank_id_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "from_account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_transfer_bank_id_from_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "reverses", "reverses_line"],
            ["transfer.bank_id", "transfer.entry_id", "transfer.line"],
            name=op.f("fk_transfer_bank_id_reverses_reverses_line"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "to_account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_transfer_bank_id_to_account_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "entry_id", "line", name=op.f("pk_transfer")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_transfer_reversed_once",
        "transfer",
        ["bank_id", "reverses", "reverses_line"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("given_after", sa.BigInteger(), nullable=False),
        sa.Column("received_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id", "account_id"], ["account.bank_id", "account.id"], name=op.f("fk_posting_bank_id_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "entry_id", "line"],
            ["transfer.bank_id", "transfer.entry_id", "transfer.line"],
            name=op.f("fk_posting_bank_id_entry_id_line"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "account_id", "number", name=op.f("pk_posting")),
        sqlite_with_rowid=False,
    )


def _limit_change() -> None:
    op.create_table(
        "limit_change",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_limit_change_number")),
        sa.ForeignKeyConstraint(
            ["bank_id", "account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_limit_change_bank_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "recorded_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_limit_change_bank_id_recorded_by"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "account_id", "number", name=op.f("pk_limit_change")),
        sqlite_with_rowid=False,
    )


def _membership_role() -> None:
    op.create_table(
        "membership_role",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'broker', 'coordinator', 'trustee', 'auditor')", name=op.f("ck_membership_role_role")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "granted_by"], ["membership.bank_id", "membership.id"], name="fk_membership_role_granted_by"
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "membership_id"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_membership_role_bank_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "membership_id", "role", name=op.f("pk_membership_role")),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf_of", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("form_digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name=op.f("fk_trail_bank_id_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "on_behalf_of"], ["membership.bank_id", "membership.id"], name="fk_trail_on_behalf_of"
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_trail")),
        sa.UniqueConstraint("bank_id", "done_by", "form_key", name=op.f("uq_trail_bank_id_done_by_form_key")),
    )
    op.create_index("ix_trail_subject", "trail", ["bank_id", "subject"], unique=False)
