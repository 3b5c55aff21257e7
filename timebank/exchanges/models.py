"""Tables of exchanges, their steps, thanks and reversals, and of drafts."""

from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.orm import Mapped, mapped_column

from timebank.actors import How
from timebank.db import Base, InDomain, UtcTime
from timebank.exchanges.rules import RECORDED, Deed, OfExchange, Side, Snapshot, State, snapshot_of
from timebank.states import one_of

#: Rules that PostgreSQL keeps as domains (decision 21): every hour that moves changes an exchange and adds a step.
STATE = DOMAIN("exchange_state", String(20), check=one_of("VALUE", State), constraint_name="state")
DEED = DOMAIN("exchange_deed", String(20), check=one_of("VALUE", Deed), constraint_name="deed")
HOW = DOMAIN("how", String(20), check=one_of("VALUE", How), constraint_name="how")
WHOLE_MINUTES = DOMAIN("exchange_minutes", Integer(), check="VALUE BETWEEN 0 AND 1440", constraint_name="minutes")
EXTRA_MINUTES = DOMAIN("extra_minutes", Integer(), check="VALUE BETWEEN 0 AND 600", constraint_name="minutes")
#: The condition of states in which no minutes were recorded.
_unrecorded = one_of("state", [state for state in State if state not in RECORDED])
DOMAINS = (STATE, DEED, HOW, WHOLE_MINUTES, EXTRA_MINUTES)


class Exchange(OfExchange, Base):
    """Help between two accounts. `agreed_*` is what was arranged, `occurred_on` and `minutes` what was recorded.

    Travel and preparation are agreed before; both `agreed_minutes` and `minutes` count them in. What came of a
    listing knows it, and the category that it is filed under. `what_folded` is `what` as it is searched: whoever erases
    one erases both.
    """

    __tablename__ = "exchange"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "giver_account_id"], ["account.bank_id", "account.id"]),
        ForeignKeyConstraint(["bank_id", "receiver_account_id"], ["account.bank_id", "account.id"]),
        CheckConstraint("giver_account_id <> receiver_account_id", name="two_sides"),
        CheckConstraint(one_of("state", State), name="state").ddl_if(dialect="sqlite"),
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes").ddl_if(dialect="sqlite"),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        ForeignKeyConstraint(["bank_id", "category_id"], ["category.bank_id", "category.id"]),
        CheckConstraint("disputed_minutes BETWEEN 0 AND 1440", name="disputed_minutes").ddl_if(dialect="sqlite"),
        CheckConstraint("travel_minutes BETWEEN 0 AND 600", name="travel_minutes").ddl_if(dialect="sqlite"),
        CheckConstraint("preparation_minutes BETWEEN 0 AND 600", name="preparation_minutes").ddl_if(dialect="sqlite"),
        CheckConstraint(
            f"{_unrecorded} OR (minutes IS NOT NULL AND occurred_on IS NOT NULL AND recorded_side IS NOT NULL)",
            name="recorded_whole",
        ),
        Index("ix_exchange_giver", "bank_id", "giver_account_id", "state", "id"),
        Index("ix_exchange_receiver", "bank_id", "receiver_account_id", "state", "id"),
        Index("ix_exchange_state", "bank_id", "state", "id"),
        Index("ix_exchange_category", "bank_id", "category_id", "id"),
        Index(
            "ix_exchange_listing",
            "bank_id",
            "listing_id",
            sqlite_where=text("listing_id IS NOT NULL"),
            postgresql_where=text("listing_id IS NOT NULL"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    giver_account_id: Mapped[int] = mapped_column(BigInteger)
    receiver_account_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(InDomain(STATE))
    what: Mapped[str] = mapped_column(String(200))
    what_folded: Mapped[str] = mapped_column(Text)
    proposed_side: Mapped[str | None] = mapped_column(String(10))
    agreed_on: Mapped[date | None]
    agreed_minutes: Mapped[int | None]
    agreed_time: Mapped[time | None]
    agreed_place: Mapped[str] = mapped_column(String(120), server_default="")
    recorded_side: Mapped[str | None] = mapped_column(String(10))
    occurred_on: Mapped[date | None]
    minutes: Mapped[int | None] = mapped_column(InDomain(WHOLE_MINUTES))
    disputed_minutes: Mapped[int | None] = mapped_column(InDomain(WHOLE_MINUTES))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    listing_id: Mapped[int | None] = mapped_column(BigInteger)
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    travel_minutes: Mapped[int] = mapped_column(InDomain(EXTRA_MINUTES), server_default=text("0"))
    preparation_minutes: Mapped[int] = mapped_column(InDomain(EXTRA_MINUTES), server_default=text("0"))

    def snapshot(self) -> Snapshot:
        """Return the values that rules need."""
        return snapshot_of(self)


#: Steps of members who were not signed in, as the partial index has it, in so many words.
NOT_SIGNED_IN = text("how IN ('time', 'text')")


class ExchangeStep(Base):
    """One step of an exchange: who did what (None: it expired), when, with how many minutes and which words.

    If a broker acted for a member: for whom, how the member instructed them, and the evidence. `how` is `time` where
    the member did not answer, and the bank's rule confirmed; `text` where they answered by a text message themselves.
    `code_made_by` is the broker whose sign-in code opened the session, and who may be the one who did it.
    """

    __tablename__ = "exchange_step"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "exchange_id", "number"),
        ForeignKeyConstraint(["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"]),
        ForeignKeyConstraint(["bank_id", "done_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(
            ["bank_id", "on_behalf_of"], ["membership.bank_id", "membership.id"], name="fk_exchange_step_on_behalf_of"
        ),
        CheckConstraint(one_of("deed", Deed), name="deed").ddl_if(dialect="sqlite"),
        CheckConstraint(one_of("how", How), name="how").ddl_if(dialect="sqlite"),
        CheckConstraint("(on_behalf_of IS NOT NULL) = (how IS NOT NULL AND how <> 'text')", name="how_they_agreed"),
        CheckConstraint("(done_by IS NULL) = (deed = 'expire')", name="done_by"),
        Index(
            "ix_exchange_step_on_behalf",
            "bank_id",
            "exchange_id",
            sqlite_where=text("on_behalf_of IS NOT NULL OR code_made_by IS NOT NULL"),
            postgresql_where=text("on_behalf_of IS NOT NULL OR code_made_by IS NOT NULL"),
        ),
        Index(
            "ix_exchange_step_not_signed_in",
            "bank_id",
            "exchange_id",
            sqlite_where=NOT_SIGNED_IN,
            postgresql_where=NOT_SIGNED_IN,
        ),
        ForeignKeyConstraint(
            ["bank_id", "code_made_by"], ["membership.bank_id", "membership.id"], name="fk_exchange_step_code_made_by"
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    exchange_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    deed: Mapped[str] = mapped_column(InDomain(DEED))
    done_by: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime] = mapped_column(UtcTime)
    minutes: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(Text)
    on_behalf_of: Mapped[int | None] = mapped_column(BigInteger)
    how: Mapped[str | None] = mapped_column(InDomain(HOW))
    evidence: Mapped[str | None] = mapped_column(String(200))
    code_made_by: Mapped[int | None] = mapped_column(BigInteger)


class TimeRule(Base):
    """That a bank confirms by time what nobody answers: the coordinator who answers for it, from when and until when.

    At most one holds at a time. None is changed or deleted: another coordinator who takes it over ends it and begins
    one of their own.
    """

    __tablename__ = "time_rule"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        ForeignKeyConstraint(["bank_id", "begun_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "ended_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index(
            "uq_time_rule_one_holds",
            "bank_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    begun_by: Mapped[int] = mapped_column(BigInteger)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ThankYou(Base):
    """A line of thanks that one side wrote after an exchange."""

    __tablename__ = "thank_you"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "exchange_id", "side"),
        ForeignKeyConstraint(["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"]),
        ForeignKeyConstraint(["bank_id", "said_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("side", Side), name="side"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    exchange_id: Mapped[int] = mapped_column(BigInteger)
    side: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(200))
    said_by: Mapped[int] = mapped_column(BigInteger)
    said_at: Mapped[datetime] = mapped_column(UtcTime)


class Reversal(Base):
    """A coordinator's proposal to take an exchange back, until both sides agree or a second approver does."""

    __tablename__ = "reversal"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"]),
        ForeignKeyConstraint(["bank_id", "proposed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "giver_agreed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "receiver_agreed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "approved_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "refused_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="second_approver"),
        Index(
            "uq_reversal_one_waiting",
            "bank_id",
            "exchange_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    exchange_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    giver_agreed_by: Mapped[int | None] = mapped_column(BigInteger)
    receiver_agreed_by: Mapped[int | None] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_by: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Draft(Base):
    """An exchange that a member is still filling in. Its code is the form key when it is submitted.

    `sent_code` is the exchange that came of it and `sent_by` who submitted it: the member, or a broker for them.
    """

    __tablename__ = "draft"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "other_account_id"], ["account.bank_id", "account.id"]),
        ForeignKeyConstraint(["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"]),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        ForeignKeyConstraint(["bank_id", "category_id"], ["category.bank_id", "category.id"]),
        CheckConstraint(one_of("side", Side), name="side"),
        CheckConstraint("purpose IN ('record', 'propose')", name="purpose"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(10))
    side: Mapped[str] = mapped_column(String(10))
    other_account_id: Mapped[int | None] = mapped_column(BigInteger)
    what: Mapped[str | None] = mapped_column(String(200))
    day: Mapped[date | None]
    minutes: Mapped[int | None]
    exchange_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    listing_id: Mapped[int | None] = mapped_column(BigInteger)
    travel_minutes: Mapped[int | None]
    preparation_minutes: Mapped[int | None]
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_code: Mapped[str | None] = mapped_column(String(12))
    sent_by: Mapped[int | None] = mapped_column(BigInteger)
