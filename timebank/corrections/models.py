"""What one coordinator has proposed or signed, and waits for a second person."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.states import one_of


class CorrectionKind(StrEnum):
    """What a correction writes in the books."""

    ADJUSTMENT = "adjustment"
    REVERSAL = "reversal"


class Correction(Base):
    """An entry that a coordinator proposes: an adjustment, or taking back lines of an entry.

    `lines` is JSON: of an adjustment its lines `[[from, to, minutes], …]`, of a reversal the numbers `[1, 2, …]` of the
    lines that it takes back.
    """

    __tablename__ = "correction"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "entry_id"], ["entry.bank_id", "entry.id"]),
        ForeignKeyConstraint(["bank_id", "proposed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "approved_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "refused_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", CorrectionKind), name="kind"),
        CheckConstraint("(entry_id IS NULL) = (kind = 'adjustment')", name="what"),
        CheckConstraint("approved_by <> proposed_by", name="second_approver"),
        CheckConstraint("(closed_at IS NULL) = (approved_by IS NULL AND refused_by IS NULL)", name="closed"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[int | None] = mapped_column(BigInteger)
    lines: Mapped[str] = mapped_column(Text)
    occurred_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_because: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SignOff(Base):
    """A month's figures (canonical JSON) as one coordinator signed them; `month` is its first day."""

    __tablename__ = "sign_off"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "signed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "confirmed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "refused_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("confirmed_by <> signed_by", name="second_approver"),
        CheckConstraint("(closed_at IS NULL) = (confirmed_by IS NULL AND refused_by IS NULL)", name="closed"),
        Index(
            "uq_sign_off_one_waiting",
            "bank_id",
            "month",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    month: Mapped[date]
    figures: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_because: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
