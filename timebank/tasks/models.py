"""The table of tasks."""

from datetime import datetime

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
from timebank.tasks.rules import OfTask, Status


class Task(OfTask, Base):
    """Something that a broker has to look at: its subject, its owner, and its outcome.

    Two memberships at most, `kept_from_id` and `also_kept_from_id`, neither see nor finish it, whatever their roles
    become: it is about them.
    """

    __tablename__ = "task"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "owner_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "kept_from_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "also_kept_from_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "done_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name="done"),
        CheckConstraint("status <> 'taken' OR owner_id IS NOT NULL", name="taken_by_somebody"),
        Index("ix_task_status", "bank_id", "status", "id"),
        Index(
            "uq_task_one_open",
            "bank_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("status <> 'done'"),
            postgresql_where=text("status <> 'done'"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[int | None] = mapped_column(BigInteger)
    kept_from_id: Mapped[int | None] = mapped_column(BigInteger)
    also_kept_from_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(Text, server_default="")
