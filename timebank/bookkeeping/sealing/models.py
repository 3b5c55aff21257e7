"""The tables of leaves, seals and logs."""

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

from timebank.db import Base, UtcTime
from timebank.ledger.leaves import LeafKind
from timebank.states import one_of


class Leaf(Base):
    """A leaf of a bank's Merkle tree, numbered from 0: the kind and key of the sealed row, and its hash.

    `subject_number` is 0 if the key is an id alone. The last leaf of each block of 256 has the block's hash.
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
    """A signed root over all leaves so far. `peaks` are the hashes from which the next sealing continues the tree."""

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
    """A later log of a bank, begun after restoring a backup that is older than a published seal.

    `after_seal` is the number of the last seal before it and `size` the number of leaves then. `checkpoint` is the body
    of the published seal that the restored books cannot continue, if there is one. The first log has no row.
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
