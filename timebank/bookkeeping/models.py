"""The tables of accounts and entries. Triggers guard them (migrations/sql); only this package imports them.

An entry contains its lines, and inserting it posts it: triggers write its postings and update the balances. Foreign
keys that the triggers check anyway are omitted, since each would be looked up twice (decision 21).
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, InDomain, LinesType, UtcTime
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind
from timebank.ledger.entries import LONGEST_DEED, LONGEST_KEY, EntryKind
from timebank.states import one_of

#: Types that PostgreSQL checks as domains. A constraint is named after the rule, `message_id` of the ledger's error.
ACCOUNT_KIND = DOMAIN("account_kind", String(20), check=one_of("VALUE", AccountKind), constraint_name="kind")
ENTRY_KIND = DOMAIN("entry_kind", String(20), check=one_of("VALUE", EntryKind), constraint_name="kind")
WHOLE_DAY = DOMAIN("whole_day", Date(), check="isfinite(VALUE)", constraint_name="entry_whole")
WHOLE_MOMENT = DOMAIN("whole_moment", DateTime(timezone=True), check="isfinite(VALUE)", constraint_name="entry_whole")
DIGEST = DOMAIN("digest", LargeBinary(), check="length(VALUE) = 32", constraint_name="entry_whole")
DOMAINS = (ACCOUNT_KIND, ENTRY_KIND, WHOLE_DAY, WHOLE_MOMENT, DIGEST)
#: Keys are compared byte by byte, which costs PostgreSQL less than the collation of a language.
KEY = String(LONGEST_KEY).with_variant(String(LONGEST_KEY, collation="C"), "postgresql")


class Account(Base):
    """An account, in minutes: `held` sums its open holds, `number` is its newest posting; `floor` NULL is no floor."""

    __tablename__ = "account"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("floor IS NULL OR balance - held >= floor", name="floor_kept"),
        CheckConstraint(one_of("kind", AccountKind), name="kind").ddl_if(dialect="sqlite"),
        Index(
            "uq_account_one_per_bank",
            "bank_id",
            "kind",
            unique=True,
            sqlite_where=text(one_of("kind", ONE_PER_BANK)),
            postgresql_where=text(one_of("kind", ONE_PER_BANK)),
        ),
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 50}},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(InDomain(ACCOUNT_KIND))
    floor: Mapped[int | None] = mapped_column(BigInteger, server_default="0")
    balance: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held: Mapped[int] = mapped_column(BigInteger, server_default="0")
    number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    given: Mapped[int] = mapped_column(BigInteger, server_default="0")
    received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Entry(Base):
    """An entry with its lines, as a JSON or array value.

    `recorder_bank_id` is the bank of the members `recorded_by` and `on_behalf_of` if it is another bank than the
    entry's, which only an entry of kind clearing may have. `digest` is the HMAC of the entry's leaf under the books'
    key.
    """

    __tablename__ = "entry"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "key"),
        CheckConstraint(one_of("kind", EntryKind), name="kind").ddl_if(dialect="sqlite"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(InDomain(ENTRY_KIND))
    occurred_on: Mapped[date] = mapped_column(InDomain(WHOLE_DAY))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime(WHOLE_MOMENT))
    recorded_by: Mapped[int] = mapped_column(BigInteger)
    recorder_bank_id: Mapped[int | None] = mapped_column(BigInteger)
    on_behalf_of: Mapped[int | None] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    deed: Mapped[str] = mapped_column(String(LONGEST_DEED))
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    resolves: Mapped[int | None] = mapped_column(BigInteger)
    lines: Mapped[Sequence[Sequence[int]]] = mapped_column(LinesType)
    words_digest: Mapped[bytes | None] = mapped_column(InDomain(DIGEST))
    digest: Mapped[bytes] = mapped_column(InDomain(DIGEST))


class Memo(Base):
    """An entry's free text and its salt. Guards refuse every change, until an erasure leaves a row of its own."""

    __tablename__ = "memo"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "entry_id"),
        CheckConstraint("(words IS NULL) = (salt IS NULL)", name="blanked_whole"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)


class TakenBack(Base):
    """A reversed line of an entry, and the reversal. The primary key lets a line be reversed only once."""

    __tablename__ = "taken_back"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "entry_id", "line"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(BigInteger)
    by_entry_id: Mapped[int] = mapped_column(BigInteger)


class Posting(Base):
    """The effect of a line on an account: signed minutes and the totals after it, numbered per account without a gap.

    A line has two postings; `minutes` is negative for the account taken from. On SQLite a unique index rejects a
    duplicate, since triggers cannot distinguish their own inserts from others; on PostgreSQL only the owner's function
    may insert, and a BRIN index, which is almost free to maintain, finds the postings of an entry.
    """

    __tablename__ = "posting"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "account_id", "number"),
        Index("uq_posting_side", "bank_id", "entry_id", "line", "minutes", unique=True).ddl_if(dialect="sqlite"),
        Index(
            "ix_posting_entry",
            "entry_id",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
        ).ddl_if(dialect="postgresql"),
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
    """Minutes of an account that await confirmation and count against its floor until the hold is resolved, once.

    `unagreed_minutes` of them were not agreed beforehand.
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
    """A change of an account's floor, numbered per account, with reason and recorder.

    `recorded_by` is NULL only for the administrator's command line; `until` is the last day of an override.
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
