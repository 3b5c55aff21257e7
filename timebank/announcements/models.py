"""The table of announcements."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.announcements.rules import MOST_LETTERS
from timebank.db import Base, UtcTime


class Announcement(Base):
    """What a bank lets its members know until the end of `last_day`, or until somebody took it down."""

    __tablename__ = "announcement"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "announced_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "taken_down_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("(taken_down_at IS NULL) = (taken_down_by IS NULL)", name="taken_down"),
        Index("ix_announcement_last_day", "bank_id", "last_day"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(MOST_LETTERS))
    announced_by: Mapped[int] = mapped_column(BigInteger)
    announced_at: Mapped[datetime] = mapped_column(UtcTime)
    last_day: Mapped[date]
    taken_down_by: Mapped[int | None] = mapped_column(BigInteger)
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcTime)
