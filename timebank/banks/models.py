"""The bank and its rules, each a setting with the default of a usual time bank; its areas and the ways between them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.marks import keep_marked


class Bank(Base):
    """One time bank. Times are shown in its `time_zone` (an IANA name); limits are in minutes.

    Beyond `soft_low` or `soft_high` a broker is asked to talk with the member; nothing is refused. An empty
    `privacy_notice` means the usual one. Phone numbers without a country code are read as those of `phone_country`.
    Replies to the bank's e-mails go to `email`, its office's, if it has one.

    Of a member's waiting hours that were not agreed beforehand, `unagreed_hold_minutes` are held at most. Recorded
    help that nobody answers comes to an end after `waiting_days`. A bank that `sends_letters` has somebody who prints
    and posts them. Of texts it sends `texts_a_month` at most, since they cost money; 0: none. With
    `answers_by_text` members can say by text whether recorded hours are right.
    """

    __tablename__ = "bank"
    __table_args__ = (
        CheckConstraint("welcome_minutes >= 0", name="welcome_minutes"),
        CheckConstraint("member_floor <= 0", name="member_floor"),
        CheckConstraint("back_dating_days >= 0", name="back_dating_days"),
        CheckConstraint("soft_low <= 0 AND soft_high >= 0", name="soft_limits"),
        CheckConstraint("references_needed BETWEEN 0 AND 5", name="references_needed"),
        CheckConstraint("review_months BETWEEN 1 AND 60", name="review_months"),
        CheckConstraint("unagreed_hold_minutes >= 0", name="unagreed_hold_minutes"),
        CheckConstraint("texts_a_month BETWEEN 0 AND 100000", name="texts_a_month"),
        CheckConstraint("waiting_days BETWEEN 1 AND 730", name="waiting_days"),
        {"info": {"marked": ("id", "slug", "name")}},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(60), server_default="Europe/London")
    phone: Mapped[str] = mapped_column(String(40), server_default="")
    coordinator_name: Mapped[str] = mapped_column(String(80), server_default="")
    opening_hours: Mapped[str] = mapped_column(String(120), server_default="")
    email: Mapped[str] = mapped_column(String(254), server_default="")
    welcome_minutes: Mapped[int] = mapped_column(server_default=text("120"))
    member_floor: Mapped[int] = mapped_column(BigInteger, server_default=text("-1200"))
    pot_floor: Mapped[int] = mapped_column(BigInteger, server_default=text("-30000"))
    back_dating_days: Mapped[int] = mapped_column(server_default=text("90"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    soft_low: Mapped[int] = mapped_column(BigInteger, server_default=text("-600"))
    soft_high: Mapped[int] = mapped_column(BigInteger, server_default=text("1200"))
    references_needed: Mapped[int] = mapped_column(server_default=text("2"))
    review_months: Mapped[int] = mapped_column(server_default=text("6"))
    privacy_notice: Mapped[str] = mapped_column(Text, server_default="")
    phone_country: Mapped[str] = mapped_column(String(2), server_default="GB")
    unagreed_hold_minutes: Mapped[int] = mapped_column(server_default=text("240"))
    waiting_days: Mapped[int] = mapped_column(server_default=text("90"))
    sends_letters: Mapped[bool] = mapped_column(server_default=false())
    texts_a_month: Mapped[int] = mapped_column(server_default=text("0"))
    answers_by_text: Mapped[bool] = mapped_column(server_default=false())


class Area(Base):
    """A part of the bank's neighbourhood: the most that others learn of where somebody lives."""

    __tablename__ = "area"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "name"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AreaTravel(Base):
    """Minutes of travel between two areas, one row for both directions."""

    __tablename__ = "area_travel"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "first_area_id", "second_area_id"),
        ForeignKeyConstraint(["bank_id", "first_area_id"], ["area.bank_id", "area.id"]),
        ForeignKeyConstraint(["bank_id", "second_area_id"], ["area.bank_id", "area.id"]),
        CheckConstraint("first_area_id < second_area_id", name="kept_once"),
        CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    first_area_id: Mapped[int] = mapped_column(BigInteger)
    second_area_id: Mapped[int] = mapped_column(BigInteger)
    minutes: Mapped[int]


keep_marked(Bank)
