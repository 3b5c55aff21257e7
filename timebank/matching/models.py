"""Tables of invitations, and of what a bank sets about matching."""

from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.actors import How
from timebank.db import Base, UtcTime
from timebank.matching.invitation_rules import STANDING, InvitationState, OfInvitation
from timebank.states import one_of

_STANDS = text(one_of("state", STANDING))


class Invitation(OfInvitation, Base):
    """A broker's asking a member whether they could help with a request.

    `asked_by` chose the member at `chosen_at`. `turn` counts from 1 in the broker's list; in state `next` those before
    it are asked first, and it has no `asked_at` yet. It can be answered until the end of `answer_by`.

    `title` is what the request was called when it was sent: one that is called something else is another request.
    `day` and `at` are those of the help (None: any), `minutes` how long it takes, `meeting_place` where. `answered_by`
    is the member, or a broker with how the member told them. `wants_less` if they asked to be invited less often.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "code"),
        ForeignKeyConstraint(["bank_id", "listing_id"], ["listing.bank_id", "listing.id"]),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "asked_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "answered_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "exchange_id"], ["exchange.bank_id", "exchange.id"]),
        CheckConstraint(one_of("state", InvitationState), name="state"),
        CheckConstraint(one_of("how", How), name="how"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("asked_at IS NOT NULL OR state IN ('next', 'taken_back', 'not_needed')", name="asked"),
        CheckConstraint("(asked_at IS NULL) = (answer_by IS NULL)", name="answer_by"),
        CheckConstraint("(state IN ('next', 'sent')) = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state IN ('yes', 'no')) = (answered_by IS NOT NULL)", name="answered"),
        CheckConstraint("(state = 'yes') = (exchange_id IS NOT NULL)", name="exchange"),
        Index("ix_invitation_listing", "bank_id", "listing_id", "id"),
        Index("ix_invitation_member", "bank_id", "member_id", "id"),
        Index("ix_invitation_standing", "bank_id", "id", sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index(
            "uq_invitation_one_standing",
            "bank_id",
            "listing_id",
            "member_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(12))
    listing_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    turn: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    asked_by: Mapped[int] = mapped_column(BigInteger)
    chosen_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answer_by: Mapped[date | None]
    day: Mapped[date | None]
    at: Mapped[time | None]
    minutes: Mapped[int]
    meeting_place: Mapped[str] = mapped_column(String(120), server_default="")
    words: Mapped[str] = mapped_column(String(300), server_default="")
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    how: Mapped[str | None] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(String(200))
    wants_less: Mapped[bool] = mapped_column(server_default=false())
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    exchange_id: Mapped[int | None] = mapped_column(BigInteger)


class MatchingRules(Base):
    """What a bank sets about matching, with the columns of `MatchingSettings`; without a row the usual ones hold."""

    __tablename__ = "matching_rules"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        CheckConstraint("asked_weeks >= 1 AND answer_days >= 1", name="at_least_one"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    kind: Mapped[int]
    main_kind: Mapped[int]
    near: Mapped[int]
    free: Mapped[int]
    below_zero: Mapped[int]
    asked: Mapped[int]
    asked_weeks: Mapped[int]
    rest_days: Mapped[int]
    answer_days: Mapped[int]
    in_turn: Mapped[bool] = mapped_column(server_default=true())
