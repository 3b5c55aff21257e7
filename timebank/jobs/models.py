"""The table of jobs: work that takes longer than anybody should wait for a page."""

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
from timebank.jobs.rules import JobFailure, JobKind, JobState, JobStep
from timebank.states import one_of

#: Which jobs are open; an index can only be used by a query that says it in the same words.
IS_OPEN = text("state IN ('queued', 'running')")


class Job(Base):
    """A job that a member asked for: its state, how far it is, and what came of it.

    `parameters` and `outcome` are JSON objects of codes and numbers, never words. A worker claims it until
    `claimed_until`, and renews the claim as it goes on. `fence` grows with each claim: who lost one, or gave it back,
    cannot end the job. `tries` are the claims that were not given back. Of one kind a bank has one open job at a time.
    `file_token` is the name of the result's file, if it has one.
    """

    __tablename__ = "job"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        UniqueConstraint("file_token"),
        ForeignKeyConstraint(["bank_id", "asked_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", JobKind), name="kind"),
        CheckConstraint(one_of("state", JobState), name="state"),
        CheckConstraint(one_of("step", JobStep), name="step"),
        CheckConstraint(one_of("failure", JobFailure), name="failure"),
        CheckConstraint("(state = 'running') = (claimed_until IS NOT NULL)", name="claimed"),
        CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed"),
        CheckConstraint("done_steps >= 0 AND (total_steps IS NULL OR done_steps <= total_steps)", name="steps"),
        Index("ix_job_open", "bank_id", "kind", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_job_ended", "ended_at"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    step: Mapped[str | None] = mapped_column(String(20))
    done_steps: Mapped[int] = mapped_column(server_default=text("0"))
    total_steps: Mapped[int | None]
    parameters: Mapped[str] = mapped_column(Text, server_default="{}")
    outcome: Mapped[str] = mapped_column(Text, server_default="{}")
    failure: Mapped[str | None] = mapped_column(String(20))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    file_token: Mapped[str | None] = mapped_column(String(64))
