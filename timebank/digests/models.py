"""Tables of digests: whose turn was when, and what each was shown."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class DigestTurn(Base):
    """On which day (the bank's) a member's digest was last looked for, and on which one was last made for them."""

    __tablename__ = "digest_turn"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    looked_on: Mapped[date]
    made_on: Mapped[date | None]


class DigestItem(Base):
    """What a member was shown in a digest, by the code of a listing or an announcement: never again."""

    __tablename__ = "digest_item"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id", "code"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        Index("ix_digest_item_shown_at", "bank_id", "shown_at"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    shown_at: Mapped[datetime] = mapped_column(UtcTime)
