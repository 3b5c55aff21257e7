"""The table of security events."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class SecurityEvent(Base):
    """Something that happened at the doors of a bank, to whom (`person_id`), and by whom (`done_by`).

    `origin_digest` is a keyed digest of the network address. `before` and `after` hold a changed value: a name, a
    contact, roles; `evidence` is what a broker wrote down. Rows are never changed, and deleted only
    a year before the newest row of the trail, which nobody deletes: triggers hold both.
    """

    __tablename__ = "security_event"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        ForeignKeyConstraint(["bank_id", "done_by"], ["membership.bank_id", "membership.id"]),
        Index("ix_security_event_kind", "bank_id", "kind", "id"),
        Index("ix_security_event_origin", "bank_id", "kind", "origin_digest", "happened_at"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    happened_at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    origin_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    device: Mapped[str] = mapped_column(String(120))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
