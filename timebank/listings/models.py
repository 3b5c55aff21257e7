"""Tables of listings, categories, and the search index of words."""

from datetime import date, datetime, time

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
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.actors import How
from timebank.db import Base, UtcTime
from timebank.listings.rules import Life, ListingKind, OfListing
from timebank.states import one_of


class Category(Base):
    """A kind of help. The list has two levels; a category with a parent is one of the second.

    `key` names those of the list that every bank starts with, so that imports find them under whatever name the
    bank gives them. `risks` are words of Risk with a space between. A retired one stays on what it was used for.
    """

    __tablename__ = "category"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "parent_id", "name"),
        UniqueConstraint("bank_id", "key"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "parent_id"], ["category.bank_id", "category.id"]),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    risks: Mapped[str] = mapped_column(String(120), server_default="")
    position: Mapped[int]
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Listing(OfListing, Base):
    """An offer or a request of a member. `suits` has a bit for each of 21 parts of the week (0: any time).

    A request is for the day `wanted_on` (None: any day), where that was said from `wanted_time` on, and for so many
    helpers. With `every_week` it is for that day of each week from then on, and each week wants its own helpers.

    Where a broker wrote it down for the member, `written_by` is the broker, with how the member instructed them and the
    evidence. What was imported knows its source and its number there, so that importing twice stores it once.
    """

    __tablename__ = "listing"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        UniqueConstraint("bank_id", "source", "source_key"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "area_id"], ["area.bank_id", "area.id"]),
        ForeignKeyConstraint(["bank_id", "written_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", ListingKind), name="kind"),
        CheckConstraint(one_of("life", Life), name="life"),
        CheckConstraint(one_of("how", How), name="how"),
        CheckConstraint("(written_by IS NULL) = (how IS NULL)", name="how_they_told"),
        CheckConstraint("suits BETWEEN 0 AND 2097151", name="suits"),
        CheckConstraint("helpers_wanted BETWEEN 1 AND 10", name="helpers_wanted"),
        CheckConstraint("wanted_time IS NULL OR wanted_on IS NOT NULL", name="wanted_time"),
        CheckConstraint(
            "kind = 'request' OR (wanted_on IS NULL AND helpers_wanted = 1 AND NOT every_week)", name="only_requests"
        ),
        Index("ix_listing_found", "bank_id", "life", "kind", "listed_at"),
        Index("ix_listing_member", "bank_id", "member_id", "life"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    life: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    in_person: Mapped[bool] = mapped_column(server_default=false())
    by_phone: Mapped[bool] = mapped_column(server_default=false())
    online: Mapped[bool] = mapped_column(server_default=false())
    suits: Mapped[int] = mapped_column(server_default=text("0"))
    when_words: Mapped[str] = mapped_column(String(120), server_default="")
    wanted_on: Mapped[date | None]
    wanted_time: Mapped[time | None]
    helpers_wanted: Mapped[int] = mapped_column(server_default=text("1"))
    every_week: Mapped[bool] = mapped_column(server_default=false())
    review_on: Mapped[date]
    listed_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    written_by: Mapped[int | None] = mapped_column(BigInteger)
    how: Mapped[str | None] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(60))
    source_key: Mapped[str | None] = mapped_column(String(60))


class ListingCategory(Base):
    """One of up to three categories of a listing."""

    __tablename__ = "listing_category"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "listing_id", "category_id"),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        ForeignKeyConstraint(["bank_id", "category_id"], ["category.bank_id", "category.id"]),
        Index("ix_listing_category_category", "bank_id", "category_id", "listing_id"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    listing_id: Mapped[int] = mapped_column(BigInteger)
    category_id: Mapped[int] = mapped_column(BigInteger)


class ListingWord(Base):
    """A word of the search index of a listing: without accents, cut to its stem."""

    __tablename__ = "listing_word"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "word", "listing_id"),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        Index("ix_listing_word_listing", "bank_id", "listing_id"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    word: Mapped[str] = mapped_column(String(60))
    listing_id: Mapped[int] = mapped_column(BigInteger)


class ListingMeaning(Base):
    """What a listing means, as a vector of one byte a value, made by the models of this version.

    `cell` is one of some hundred parts of the space, so that the nearest of very many are found by an index. It can
    be made again from the listing at any time.
    """

    __tablename__ = "listing_meaning"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "listing_id"),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        CheckConstraint(one_of("kind", ListingKind), name="kind"),
        Index("ix_listing_meaning_cell", "bank_id", "kind", "cell"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    listing_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    cell: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class LearnedKinds(Base):
    """What was learned from a bank's listings, or from those of all banks, of which kinds their words tell.

    The newest counts; it stands on the vocabulary of `vocabulary_version` and is unused with another. `listings` is
    how many it was learned from. It can be learned again at any time.
    """

    __tablename__ = "learned_kinds"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "version"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str] = mapped_column(String(20))
    vocabulary_version: Mapped[str] = mapped_column(String(20))
    learned_at: Mapped[datetime] = mapped_column(UtcTime)
    listings: Mapped[int]
    model: Mapped[bytes] = mapped_column(LargeBinary)
