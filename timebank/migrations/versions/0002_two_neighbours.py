"""Two neighbours exchange an hour: exchanges, reversals, drafts, and how people sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    _exchange()
    _exchange_step()
    _reversal()
    _draft()
    _login_session()
    _sign_in_code()
    _sign_in_attempt()


def downgrade() -> None:
    """Take it back."""
    for table in ("sign_in_attempt", "sign_in_code", "login_session", "draft", "reversal", "exchange_step", "exchange"):
        op.drop_table(table)


def _exchange() -> None:
    op.create_table(
        "exchange",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("giver_account_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_account_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("proposed_side", sa.String(length=10), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_minutes", sa.Integer(), nullable=True),
        sa.Column("recorded_side", sa.String(length=10), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("disputed_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'cancelled') OR (minutes IS NOT NULL AND occurred_on IS NOT NULL AND recorded_side IS NOT NULL)",
            name=op.f("ck_exchange_recorded_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'recorded', 'confirmed', 'declined', 'cancelled', 'disputed', 'decided', 'reversed')",
            name=op.f("ck_exchange_state"),
        ),
        sa.CheckConstraint("disputed_minutes BETWEEN 0 AND 1440", name=op.f("ck_exchange_disputed_minutes")),
        sa.CheckConstraint("giver_account_id <> receiver_account_id", name=op.f("ck_exchange_two_sides")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name=op.f("ck_exchange_minutes")),
        sa.ForeignKeyConstraint(
            ["bank_id", "giver_account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_exchange_bank_id_giver_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "receiver_account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_exchange_bank_id_receiver_account_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_exchange_bank_id_code")),
    )
    op.create_index("ix_exchange_giver", "exchange", ["bank_id", "giver_account_id", "state", "id"], unique=False)
    op.create_index("ix_exchange_receiver", "exchange", ["bank_id", "receiver_account_id", "state", "id"], unique=False)
    op.create_index("ix_exchange_state", "exchange", ["bank_id", "state", "id"], unique=False)


def _exchange_step() -> None:
    op.create_table(
        "exchange_step",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("exchange_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "deed IN ('propose', 'accept', 'decline', 'cancel', 'record', 'confirm', 'dispute', 'agree', 'decide', 'reverse')",
            name=op.f("ck_exchange_step_deed"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "done_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_exchange_step_bank_id_done_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "exchange_id"],
            ["exchange.bank_id", "exchange.id"],
            name=op.f("fk_exchange_step_bank_id_exchange_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "exchange_id", "number", name=op.f("pk_exchange_step")),
    )


def _reversal() -> None:
    op.create_table(
        "reversal",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("exchange_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("giver_agreed_by", sa.BigInteger(), nullable=True),
        sa.Column("receiver_agreed_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("refused_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_reversal_second_approver")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "approved_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_reversal_bank_id_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "exchange_id"],
            ["exchange.bank_id", "exchange.id"],
            name=op.f("fk_reversal_bank_id_exchange_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "giver_agreed_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_reversal_bank_id_giver_agreed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "proposed_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_reversal_bank_id_proposed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "receiver_agreed_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_reversal_bank_id_receiver_agreed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "refused_by"],
            ["membership.bank_id", "membership.id"],
            name=op.f("fk_reversal_bank_id_refused_by"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "id", name=op.f("pk_reversal")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_reversal_bank_id_code")),
    )
    op.create_index(
        "uq_reversal_one_waiting",
        "reversal",
        ["bank_id", "exchange_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("other_account_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("exchange_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('record', 'propose')", name=op.f("ck_draft_purpose")),
        sa.CheckConstraint("side IN ('giver', 'receiver')", name=op.f("ck_draft_side")),
        sa.ForeignKeyConstraint(
            ["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"], name=op.f("fk_draft_bank_id_exchange_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "member_id"], ["membership.bank_id", "membership.id"], name=op.f("fk_draft_bank_id_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id", "other_account_id"],
            ["account.bank_id", "account.id"],
            name=op.f("fk_draft_bank_id_other_account_id"),
        ),
        sa.PrimaryKeyConstraint("bank_id", "code", name=op.f("pk_draft")),
    )


def _login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_login_session")),
    )
    op.create_index("ix_login_session_person_id", "login_session", ["person_id"], unique=False)


def _sign_in_code() -> None:
    op.create_table(
        "sign_in_code",
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_sign_in_code_bank_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_code_person_id")),
        sa.PrimaryKeyConstraint("code_digest", name=op.f("pk_sign_in_code")),
    )
    op.create_index("ix_sign_in_code_person_id", "sign_in_code", ["person_id"], unique=False)


def _sign_in_attempt() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_digest", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account_digest", "tried_at"], unique=False)
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address_digest", "tried_at"], unique=False)
