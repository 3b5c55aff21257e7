"""Tables of conversations and their messages."""

from datetime import datetime

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

from timebank.db import Base, UtcTime
from timebank.messages.rules import MOST_LETTERS


class Conversation(Base):
    """What two members have written to each other: the one with the lower membership id first.

    `first_seen_id` and `second_seen_id` are the newest message that each has said they have read, or answered.
    `newest_by` wrote the newest one.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        UniqueConstraint("bank_id", "first_id", "second_id"),
        ForeignKeyConstraint(["bank_id", "first_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "second_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "started_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "newest_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("first_id < second_id", name="kept_once"),
        Index("ix_conversation_second", "bank_id", "second_id", "newest_id"),
        Index("ix_conversation_first", "bank_id", "first_id", "newest_id"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    first_id: Mapped[int] = mapped_column(BigInteger)
    second_id: Mapped[int] = mapped_column(BigInteger)
    started_by: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    newest_id: Mapped[int] = mapped_column(BigInteger)
    newest_by: Mapped[int] = mapped_column(BigInteger)
    newest_at: Mapped[datetime] = mapped_column(UtcTime)
    first_seen_id: Mapped[int | None] = mapped_column(BigInteger)
    second_seen_id: Mapped[int | None] = mapped_column(BigInteger)


class Message(Base):
    """One message of a conversation; `about` is the reference of a listing or an exchange, or empty."""

    __tablename__ = "message"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id", "conversation_id"], ["conversation.bank_id", "conversation.id"]),
        ForeignKeyConstraint(["bank_id", "written_by"], ["membership.bank_id", "membership.id"]),
        Index("ix_message_conversation", "bank_id", "conversation_id", "id"),
        Index("ix_message_written_by", "bank_id", "written_by", "written_at"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    conversation_id: Mapped[int] = mapped_column(BigInteger)
    written_by: Mapped[int] = mapped_column(BigInteger)
    written_at: Mapped[datetime] = mapped_column(UtcTime)
    words: Mapped[str] = mapped_column(String(MOST_LETTERS))
    about: Mapped[str] = mapped_column(String(80), server_default="")
