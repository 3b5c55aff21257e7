"""The tables of the books. Triggers of the first migration guard them; nobody outside this room knows them.

An entry carries its lines. Inserting it posts it: the database itself writes transfers, postings and balances.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

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

from timebank.db import Base, LinesType, UtcTime
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind
from timebank.ledger.entries import EntryKind


def one_of(column: str, words: type[StrEnum]) -> str:
    """The rule that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


class Account(Base):
    """Where minutes sit. `held` is the sum of its open holds, `number` that of its newest posting; no `floor`: none."""

    __tablename__ = "account"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("floor IS NULL OR balance - held >= floor", name="floor_kept"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("closed_at IS NULL OR (balance = 0 AND held = 0)", name="account_open"),
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint(one_of("kind", AccountKind), name="kind"),
        Index(
            "uq_account_one_per_bank",
            "bank_id",
            "kind",
            unique=True,
            sqlite_where=text(f"kind IN ({', '.join(repr(kind.value) for kind in ONE_PER_BANK)})"),
            postgresql_where=text(f"kind IN ({', '.join(repr(kind.value) for kind in ONE_PER_BANK)})"),
        ),
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 50}},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    floor: Mapped[int | None] = mapped_column(BigInteger, server_default="0")
    balance: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held: Mapped[int] = mapped_column(BigInteger, server_default="0")
    number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    given: Mapped[int] = mapped_column(BigInteger, server_default="0")
    received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Entry(Base):
    """One deed written down. `digest` is an HMAC of all of it but its words, under the books' key."""

    __tablename__ = "entry"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "key"),
        ForeignKeyConstraint(["bank_id", "reverses"], ["entry.bank_id", "entry.id"]),
        ForeignKeyConstraint(["bank_id", "resolves"], ["hold.bank_id", "hold.id"], name="fk_entry_hold_resolved_once"),
        ForeignKeyConstraint(["bank_id", "recorded_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "on_behalf_of"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "approved_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        CheckConstraint(
            "approved_by <> recorded_by AND (kind <> 'adjustment' OR approved_by IS NOT NULL)", name="second_approver"
        ),
        CheckConstraint("length(digest) = 32 AND length(words_digest) = 32", name="entry_whole"),
        Index(
            "ix_entry_reverses",
            "bank_id",
            "reverses",
            sqlite_where=text("reverses IS NOT NULL"),
            postgresql_where=text("reverses IS NOT NULL"),
        ),
        Index(
            "uq_entry_hold_resolved_once",
            "bank_id",
            "resolves",
            unique=True,
            sqlite_where=text("resolves IS NOT NULL"),
            postgresql_where=text("resolves IS NOT NULL"),
        ),
        Index(
            "ix_entry_other_kinds",
            "bank_id",
            "kind",
            "id",
            sqlite_where=text("kind <> 'exchange'"),
            postgresql_where=text("kind <> 'exchange'"),
        ),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_by: Mapped[int] = mapped_column(BigInteger)
    on_behalf_of: Mapped[int | None] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    deed: Mapped[str] = mapped_column(String(80))
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    resolves: Mapped[int | None] = mapped_column(BigInteger)
    lines: Mapped[Sequence[Sequence[int]]] = mapped_column(LinesType)
    words_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Memo(Base):
    """The words of an entry and their salt. They can be blanked when a person is erased; the entry keeps a digest."""

    __tablename__ = "memo"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "entry_id"),
        ForeignKeyConstraint(["bank_id", "entry_id"], ["entry.bank_id", "entry.id"]),
        CheckConstraint("(words IS NULL) = (salt IS NULL)", name="blanked_whole"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)


class Transfer(Base):
    """Hours from one account to another: a line of an entry, with the numbers of the two postings it makes.

    Its entry and accounts are looked at by the one door that writes it, and by the checks: keys would look again.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "entry_id", "line"),
        ForeignKeyConstraint(
            ["bank_id", "reverses", "reverses_line"], ["transfer.bank_id", "transfer.entry_id", "transfer.line"]
        ),
        CheckConstraint("minutes > 0", name="minutes_whole_and_positive"),
        CheckConstraint("from_account_id <> to_account_id", name="two_different_accounts"),
        CheckConstraint("(reverses IS NULL) = (reverses_line IS NULL)", name="reversal_mirrors"),
        Index(
            "uq_transfer_reversed_once",
            "bank_id",
            "reverses",
            "reverses_line",
            unique=True,
            sqlite_where=text("reverses IS NOT NULL"),
            postgresql_where=text("reverses IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(BigInteger)
    from_account_id: Mapped[int] = mapped_column(BigInteger)
    from_number: Mapped[int] = mapped_column(BigInteger)
    to_account_id: Mapped[int] = mapped_column(BigInteger)
    to_number: Mapped[int] = mapped_column(BigInteger)
    minutes: Mapped[int] = mapped_column(BigInteger)
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    reverses_line: Mapped[int | None] = mapped_column(BigInteger)


class Posting(Base):
    """What a transfer did to one account, numbered without a gap, with the account's standing after it.

    It is written with its transfer, by the same door.
    """

    __tablename__ = "posting"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "account_id", "number"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(BigInteger)
    minutes: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)
    given_after: Mapped[int] = mapped_column(BigInteger)
    received_after: Mapped[int] = mapped_column(BigInteger)


class Hold(Base):
    """Minutes of an account that wait for an answer and count against its floor until then; resolved once.

    `unagreed_minutes` are those of them that were not agreed beforehand.
    """

    __tablename__ = "hold"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "deed"),
        ForeignKeyConstraint(["bank_id", "account_id"], ["account.bank_id", "account.id"]),
        CheckConstraint(
            "minutes >= 0 AND unagreed_minutes BETWEEN 0 AND minutes",
            name="minutes_whole_and_positive",
        ),
        Index(
            "ix_hold_open",
            "bank_id",
            "account_id",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    minutes: Mapped[int] = mapped_column(BigInteger)
    unagreed_minutes: Mapped[int] = mapped_column(BigInteger)
    deed: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime] = mapped_column(UtcTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)


class LimitChange(Base):
    """A change of an account's floor, numbered per account: how far it may fall from now on, who said so and why.

    `recorded_by` is empty only for the administrator's command line; `until` is the day an override ends.
    """

    __tablename__ = "limit_change"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "account_id", "number"),
        ForeignKeyConstraint(["bank_id", "account_id"], ["account.bank_id", "account.id"]),
        ForeignKeyConstraint(["bank_id", "recorded_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("number > 0", name="number"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    floor: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
