"""The table of roles that wait for a second approver."""

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

from timebank.actors import Role
from timebank.db import Base, UtcTime
from timebank.states import one_of


class RoleChange(Base):
    """A role that a coordinator proposes to give (`gives`) or to take, and the second approver's answer.

    `refused_because` is the approver's reason, empty where it was withdrawn; who proposed it has read it at
    `acknowledged_at`.
    """

    __tablename__ = "role_change"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "membership_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "proposed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "approved_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "refused_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("approved_by <> proposed_by", name="second_approver"),
        CheckConstraint("(closed_at IS NULL) = (approved_by IS NULL AND refused_by IS NULL)", name="closed"),
        CheckConstraint("refused_because IS NULL OR refused_by <> proposed_by", name="reason"),
        CheckConstraint("acknowledged_at IS NULL OR refused_because IS NOT NULL", name="acknowledged"),
        Index(
            "uq_role_change_one_waiting",
            "bank_id",
            "membership_id",
            "role",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    membership_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20))
    gives: Mapped[bool]
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_because: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
