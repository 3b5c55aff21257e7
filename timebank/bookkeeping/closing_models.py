"""The table of closings: accounts closed and reopened, months signed off."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.ledger.closings import ClosingKind
from timebank.states import one_of


class Closing(Base):
    """An account closed or reopened, or a month signed off with its figures (canonical JSON)."""

    __tablename__ = "closing"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "account_id"], ["account.bank_id", "account.id"]),
        ForeignKeyConstraint(["bank_id", "recorded_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "approved_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", ClosingKind), name="kind"),
        CheckConstraint(
            "(account_id IS NULL) = (kind = 'month_signed_off') AND (month IS NULL) = (account_id IS NOT NULL)"
            " AND (figures IS NULL) = (month IS NULL)",
            name="what",
        ),
        CheckConstraint(
            "approved_by <> recorded_by AND (month IS NULL OR approved_by IS NOT NULL)", name="second_approver"
        ),
        Index("ix_closing_account", "bank_id", "account_id", "id"),
        Index(
            "uq_closing_month",
            "bank_id",
            "month",
            unique=True,
            sqlite_where=text("month IS NOT NULL"),
            postgresql_where=text("month IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    month: Mapped[date | None]
    figures: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
