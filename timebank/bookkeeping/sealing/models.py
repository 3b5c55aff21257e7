"""The tables of the seals: the books in the order of sealing, and what was signed of them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.bookkeeping.models import one_of
from timebank.db import Base, UtcTime
from timebank.ledger.leaves import LeafKind


class Leaf(Base):
    """A row of the books in the order of sealing, from 0: what it is, what names it there, and its hash.

    `subject_number` is 0 where an id alone names the row. The last leaf of 256 carries the hash of this block.
    """

    __tablename__ = "leaf"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "number"),
        UniqueConstraint("bank_id", "kind", "subject_id", "subject_number"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint(one_of("kind", LeafKind), name="kind"),
        CheckConstraint("length(hash) = 32 AND length(block) = 32", name="hash"),
        CheckConstraint("(block IS NULL) = ((number & 255) <> 255)", name="block"),
        Index(
            "ix_leaf_block",
            "bank_id",
            "number",
            sqlite_where=text("block IS NOT NULL"),
            postgresql_where=text("block IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    subject_number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    block: Mapped[bytes | None] = mapped_column(LargeBinary)


class Seal(Base):
    """A signed statement of all leaves so far. `peaks` are the hashes with which the next sealing goes on."""

    __tablename__ = "seal"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "number"),
        UniqueConstraint("bank_id", "size"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(root) = 32", name="root"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    checkpoint: Mapped[str] = mapped_column(Text)


class SealLog(Base):
    """A new log of a bank's seals, begun where a restored backup could not go on from a seal that was made public.

    `after_seal` and `size` are the last seal and the leaves that it goes on from. `checkpoint` is the body of the seal
    that it could not go on from, where there was one. The first log has no row.
    """

    __tablename__ = "seal_log"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "number"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("number > 1", name="number"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    after_seal: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    checkpoint: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
