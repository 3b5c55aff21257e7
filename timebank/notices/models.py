"""Tables of the outbox: notices, deliveries that carry them, and what members chose."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.returned_mail import ReturnKind
from timebank.notices.rules import Often, Way
from timebank.states import one_of


class NoticeState(StrEnum):
    """Whether a notice waits, is in a delivery, or was dropped: it holds no more, or nothing reaches them."""

    WAITING = "waiting"
    IN_DELIVERY = "in_delivery"
    DROPPED = "dropped"


class DeliveryState(StrEnum):
    """Whether a delivery waits to be sent or tried again, is being sent, was sent, failed for good, or was dropped."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Dropped(StrEnum):
    """Why a notice or a delivery was dropped."""

    NO_LONGER_TRUE = "no_longer_true"
    NOT_ACTIVE = "not_active"
    CHOSE_NONE = "chose_none"
    NO_WAY = "no_way"
    TOO_OLD = "too_old"


class Failure(StrEnum):
    """Why an e-mail or a text was not taken, did not arrive, or came back."""

    AFTER_DATA = "after_data"
    CONNECTION = "connection"
    CONTENT = "content"
    NO_SUCH_MAILBOX = "no_such_mailbox"
    NOT_SUPPORTED = "not_supported"
    RECIPIENT = "recipient"
    RETURNED = "returned"
    PROGRAM = "program"
    SENDER = "sender"
    SIGN_IN = "sign_in"
    NOT_DELIVERED = "not_delivered"


class Notice(Base):
    """A notice to a member: the kind, its subject (an opaque reference) and facts, never words.

    `facts` is a JSON object of codes and ids. `occasion` distinguishes several notices of one kind and
    subject, such as the first and the second reminder; each is stored once. `due_at` is the earliest it goes out.
    """

    __tablename__ = "notice"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "member_id", "kind", "subject", "occasion"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "delivery_id"], ["delivery.bank_id", "delivery.id"]),
        CheckConstraint(one_of("kind", NoticeKind), name="kind"),
        CheckConstraint(one_of("state", NoticeState), name="state"),
        CheckConstraint(one_of("dropped_because", Dropped), name="dropped_because"),
        CheckConstraint("(state = 'in_delivery') = (delivery_id IS NOT NULL)", name="delivery"),
        CheckConstraint("(state = 'dropped') = (dropped_because IS NOT NULL)", name="dropped"),
        Index(
            "ix_notice_waiting",
            "due_at",
            "id",  # as the worker takes them: very many are due at one moment
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_notice_delivery", "bank_id", "delivery_id"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80))
    occasion: Mapped[str] = mapped_column(String(40), server_default="")
    facts: Mapped[str] = mapped_column(Text, server_default="{}")
    told_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(12))
    dropped_because: Mapped[str | None] = mapped_column(String(20))
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One e-mail, call or letter to one member, with one or several notices.

    A worker claims it until `claimed_until`; a claim that has run out may be sent again, with the same Message-ID,
    which is derived from `id`. One `at_any_hour` waits for no morning. `stop_token` is in the link that stops its
    topic. It goes to `email`, or (None) to the one that its member has when it is sent. `failure` is the
    kind of the last failure, never an address or words of a mail server; since `failing_since` it is tried in vain.
    A letter that was printed is in a bundle (`bundle_id`).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("stop_token"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "bundle_id"], ["letter_bundle.bank_id", "letter_bundle.id"]),
        CheckConstraint(one_of("topic", Topic), name="topic"),
        CheckConstraint(one_of("way", Way), name="way"),
        CheckConstraint(one_of("state", DeliveryState), name="state"),
        CheckConstraint("(state = 'sending') = (claimed_until IS NOT NULL)", name="claimed"),
        CheckConstraint("(state IN ('ready', 'sending')) = (ended_at IS NULL)", name="ended"),
        Index(
            "ix_delivery_open",
            "way",
            "topic",
            "at_any_hour",
            "due_at",
            "id",
            sqlite_where=text("state IN ('ready', 'sending')"),
            postgresql_where=text("state IN ('ready', 'sending')"),
        ),
        Index("ix_delivery_member", "bank_id", "member_id", "id"),
        Index("ix_delivery_bundle", "bank_id", "bundle_id"),
        Index(
            "ix_delivery_failed",
            "ended_at",
            sqlite_where=text("state = 'failed'"),
            postgresql_where=text("state = 'failed'"),
        ),
        Index(
            "ix_delivery_texts",
            "bank_id",
            "made_at",
            sqlite_where=text("way = 'text'"),
            postgresql_where=text("way = 'text'"),
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    topic: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failure: Mapped[str | None] = mapped_column(String(30))
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    email: Mapped[str | None] = mapped_column(String(254))
    stop_token: Mapped[str] = mapped_column(String(40))
    at_any_hour: Mapped[bool] = mapped_column(server_default=false())
    bundle_id: Mapped[int | None] = mapped_column(BigInteger)


class Bounce(Base):
    """What came back of a delivery by e-mail, once of each kind. `mark` is that of its address (`return_paths`)."""

    __tablename__ = "bounce"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "delivery_id", "kind"),
        ForeignKeyConstraint(["bank_id", "delivery_id"], ["delivery.bank_id", "delivery.id"]),
        CheckConstraint(one_of("kind", ReturnKind), name="kind"),
        Index("ix_bounce_mark", "mark", "came_at"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(8))
    came_at: Mapped[datetime] = mapped_column(UtcTime)


class LetterBundle(Base):
    """Letters that a broker (`printed_by`) printed together; its deliveries name it, but those that were not posted.

    `posted_by` is who said that they are posted, or found that there was nothing to post; None for those that a
    restored backup left behind.
    """

    __tablename__ = "letter_bundle"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "printed_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "posted_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("posted_by IS NULL OR posted_at IS NOT NULL", name="posted"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    printed_by: Mapped[int] = mapped_column(BigInteger)
    printed_at: Mapped[datetime] = mapped_column(UtcTime)
    posted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    posted_by: Mapped[int | None] = mapped_column(BigInteger)


class NoticeChoice(Base):
    """How a member wants to be notified of one topic, and how often. Without a row the usual way holds."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id", "topic"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("topic", Topic), name="topic"),
        CheckConstraint(one_of("way", Way), name="way"),
        CheckConstraint(one_of("often", Often), name="often"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    topic: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(10))
    often: Mapped[str] = mapped_column(String(20))
    chosen_at: Mapped[datetime] = mapped_column(UtcTime)
