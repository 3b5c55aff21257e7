"""Applications to join a bank, and the steps of each."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.joining.rules import Stage, Step
from timebank.states import one_of


class Application(Base):
    """Somebody's wish to join, from applying to being admitted; they have no account until then.

    `recorded_by` is empty where they wrote it themselves. How they agreed to the privacy notice is kept; when is
    `applied_at`. Everybody who applied has said that they are 18 or older.
    """

    __tablename__ = "application"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "area_id"], ["area.bank_id", "area.id"]),
        ForeignKeyConstraint(["bank_id", "recorded_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "membership_id"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        Index("ix_application_stage", "bank_id", "stage", "id"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    about: Mapped[str] = mapped_column(Text)
    notice_agreed: Mapped[str] = mapped_column(String(20))
    applied_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
    membership_id: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class ApplicationStep(Base):
    """One step of an application: who did what, when, and what brokers keep of it. A reference names its referee."""

    __tablename__ = "application_step"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "application_id", "number"),
        ForeignKeyConstraint(["bank_id", "application_id"], ["application.bank_id", "application.id"]),
        ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name="fk_application_step_done_by"
        ),
        CheckConstraint(one_of("step", Step), name="step"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    application_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(20))
    referee: Mapped[str | None] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime] = mapped_column(UtcTime)
