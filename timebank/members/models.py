"""A person, their memberships, the roles of each membership, and when they can help.

Personal data lives here and not in the books, so that a person can be erased and the books stay whole.
"""

from datetime import date, datetime

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

from timebank.actors import Role, Standing
from timebank.db import Base, UtcTime
from timebank.marks import keep_marked
from timebank.members.rules import USUAL_INVITATIONS
from timebank.states import one_of
from timebank.week import ANY_TIME, WHOLE_WEEK

#: What tells a person, and by what they sign in.
MARKED_OF_PERSON = (
    "id",
    "name",
    "email",
    "phone",
    "email_is_proved",
    "phone_is_proved",
    "password_hash",
    "password_code_id",
    "email_set_by_self",
    "email_trusted_from",
    "phone_set_by_self",
    "phone_trusted_from",
)


class Person(Base):
    """A human, once. E-mail and phone may be shared with others of a household, or be missing.

    `password_code_id` is the sign-in code in whose session the password was chosen: whoever made the code may know it.
    One signs in with a contact only once somebody has proved that it is theirs; a changed one is not proved.
    Letters go to `postal_address`, the lines below the name, if there is one; nobody signs in by it.
    `email_failed_at` is since when nothing reaches their e-mail. From `email_trusted_from` on a code to sign in is sent
    there: at once where they proved it by a code themselves, later where a keeper says that it is theirs and it is
    `email_set_by_self`; never to an e-mail that others have written down. The same holds of the phone and texts.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_email", "email"),
        Index("ix_person_phone", "phone"),
        {"info": {"marked": MARKED_OF_PERSON}},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    name_folded: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    postal_address: Mapped[str] = mapped_column(Text, server_default="")
    email_is_proved: Mapped[bool] = mapped_column(server_default=false())
    phone_is_proved: Mapped[bool] = mapped_column(server_default=false())
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_code_id: Mapped[int | None] = mapped_column(BigInteger)
    email_failed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    email_set_by_self: Mapped[bool] = mapped_column(server_default=false())
    email_trusted_from: Mapped[datetime | None] = mapped_column(UtcTime)
    phone_set_by_self: Mapped[bool] = mapped_column(server_default=false())
    phone_trusted_from: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    mark: Mapped[bytes] = mapped_column(LargeBinary)


class Membership(Base):
    """A person's place in a bank: their number, the code of their page, their account and their standing.

    What they let somebody see with whom they have agreed: `shows_phone`, `shows_email`. The holder is nobody: it keeps
    imported listings until a broker hands each to its owner, never signs in and is in no figure. `admitted_by` is the
    broker who took them in (empty: the command line). Where `welcome_waits`, a second keeper gives the welcome hours.
    """

    __tablename__ = "membership"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "id"),
        UniqueConstraint("bank_id", "person_id"),
        UniqueConstraint("bank_id", "number"),
        UniqueConstraint("bank_id", "code"),
        UniqueConstraint("bank_id", "account_id"),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        ForeignKeyConstraint(["bank_id", "account_id"], ["account.bank_id", "account.id"]),
        CheckConstraint(one_of("standing", Standing), name="standing"),
        Index("ix_membership_person_id", "person_id"),
        ForeignKeyConstraint(["bank_id", "area_id"], ["area.bank_id", "area.id"]),
        ForeignKeyConstraint(
            ["bank_id", "admitted_by"], ["membership.bank_id", "membership.id"], name="fk_membership_admitted_by"
        ),
        Index(
            "uq_membership_one_holder",
            "bank_id",
            unique=True,
            sqlite_where=text("is_holder"),
            postgresql_where=text("is_holder"),
        ),
        {
            "info": {
                "marked": ("bank_id", "id", "person_id", "account_id", "number", "code", "is_holder", "admitted_by")
            }
        },
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(12))
    standing: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(Text)
    joined_on: Mapped[date]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    shows_phone: Mapped[bool] = mapped_column(server_default=false())
    shows_email: Mapped[bool] = mapped_column(server_default=false())
    is_holder: Mapped[bool] = mapped_column(server_default=false())
    admitted_by: Mapped[int | None] = mapped_column(BigInteger)
    welcome_waits: Mapped[bool] = mapped_column(server_default=false())
    mark: Mapped[bytes] = mapped_column(LargeBinary)


class MembershipRole(Base):
    """A role that a membership holds, and who gave it (empty: the administrator's command line)."""

    __tablename__ = "membership_role"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "membership_id", "role"),
        ForeignKeyConstraint(["bank_id", "membership_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(
            ["bank_id", "granted_by"], ["membership.bank_id", "membership.id"], name="fk_membership_role_granted_by"
        ),
        CheckConstraint(one_of("role", Role), name="role"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    membership_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20))
    granted_by: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime] = mapped_column(UtcTime)


class StandingChange(Base):
    """A change of a membership's standing, numbered: to what, by whom, when and why."""

    __tablename__ = "standing_change"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "membership_id", "number"),
        ForeignKeyConstraint(["bank_id", "membership_id"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(
            ["bank_id", "done_by"], ["membership.bank_id", "membership.id"], name="fk_standing_change_done_by"
        ),
        CheckConstraint(one_of("standing", Standing), name="standing"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    membership_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    standing: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    done_by: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[datetime] = mapped_column(UtcTime)


class HelpingWishes(Base):
    """When a member can help, made when they first say so; `members.rules.Helping` says what the columns mean.

    Whoever has no row is free at any time, not away, goes any distance and has `USUAL_INVITATIONS` a week.
    """

    __tablename__ = "helping"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(f"free_parts BETWEEN {ANY_TIME} AND {WHOLE_WEEK}", name="free_parts"),
        CheckConstraint("(away_from IS NULL) = (away_until IS NULL)", name="away_both_days"),
        CheckConstraint("away_until >= away_from", name="away_in_order"),
        CheckConstraint("farthest_minutes BETWEEN 0 AND 600", name="farthest_minutes"),
        CheckConstraint("most_invitations BETWEEN 0 AND 20", name="most_invitations"),
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    free_parts: Mapped[int] = mapped_column(server_default=text(str(ANY_TIME)))
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    farthest_minutes: Mapped[int | None]
    most_invitations: Mapped[int] = mapped_column(server_default=text(str(USUAL_INVITATIONS)))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class SpokenLanguage(Base):
    """A language that a member speaks. Whoever has no row speaks `members.languages.USUAL_LANGUAGE`."""

    __tablename__ = "spoken_language"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id", "language"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(
            "length(language) >= 2 AND length(language) <= 3 AND language = lower(language)", name="language"
        ),
        Index("ix_spoken_language_language", "bank_id", "language", "member_id"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(3))


for _model in (Person, Membership):
    keep_marked(_model)
