"""The table of the trail, one row for each deed."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.references import READINGS

#: As text, since SQLite uses the index only for the same words.
IS_READING = f"deed IN ({', '.join(repr(deed.value) for deed in sorted(READINGS))})"


class TrailRow(Base):
    """What somebody did: the verb, its subject (an opaque reference), when, and under which key of a form.

    `done_by` is empty only for what the installation's administrator did on the command line, and for an application
    by somebody who is no member yet. `code_made_by` is the broker whose sign-in code opened the session in which it was
    done, and who could have done it too; empty otherwise.
    """

    __tablename__ = "trail"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "done_by", "form_key"),
        ForeignKeyConstraint(["bank_id", "done_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(
            ["bank_id", "on_behalf_of"], ["membership.bank_id", "membership.id"], name="fk_trail_on_behalf_of"
        ),
        ForeignKeyConstraint(
            ["bank_id", "code_made_by"], ["membership.bank_id", "membership.id"], name="fk_trail_code_made_by"
        ),
        Index("ix_trail_subject", "bank_id", "subject"),
        Index(
            "ix_trail_code_made_by",
            "bank_id",
            "id",
            sqlite_where=text("code_made_by IS NOT NULL"),
            postgresql_where=text("code_made_by IS NOT NULL"),
        ),
        Index("ix_trail_reading", "bank_id", "id", sqlite_where=text(IS_READING), postgresql_where=text(IS_READING)),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[datetime] = mapped_column(UtcTime)
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    on_behalf_of: Mapped[int | None] = mapped_column(BigInteger)
    code_made_by: Mapped[int | None] = mapped_column(BigInteger)
    deed: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    form_key: Mapped[str | None] = mapped_column(String(64))
    form_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
