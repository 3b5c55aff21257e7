"""Tables of sessions, sign-in codes and attempts. Secrets are stored only as digests."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.signing_in.rules import CodePurpose, SessionEnd
from timebank.states import one_of


class LoginSession(Base):
    """A session of a person on one device, until it expires or is revoked. See `halls` for `address_digest`.

    `code_id` is the code that opened it, or in whose session the password was chosen with which it was opened. For
    `rules.CODE_CARRIED` the session is good in the code's bank only, and whoever made the code may be who uses it.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        ForeignKeyConstraint(["code_id"], ["sign_in_code.id"]),
        CheckConstraint(one_of("ended_because", SessionEnd), name="ended_because"),
        CheckConstraint("(revoked_at IS NULL) = (ended_because IS NULL)", name="ended"),
        Index("ix_login_session_person_id", "person_id"),
    )

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_because: Mapped[str | None] = mapped_column(String(20))
    address_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_id: Mapped[int | None] = mapped_column(BigInteger)


class SignInCode(Base):
    """A printed or linked code that signs one person in, once, before it expires. It is kept after that as a record.

    `made_by` is the broker who has seen it (empty: the command line). The code of somebody who looks after the bank is
    made by two, who see a half each: then `made_by` has seen the first, `completed_by` the second, and the digests are
    those of the halves, since nobody ever has the whole. One that was sent by e-mail or text nobody made.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        UniqueConstraint("code_digest"),
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        ForeignKeyConstraint(["bank_id", "made_by"], ["membership.bank_id", "membership.id"]),
        ForeignKeyConstraint(["bank_id", "completed_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("(code_digest IS NULL) = (first_digest IS NOT NULL)", name="whole_or_halves"),
        CheckConstraint("(second_digest IS NULL) = (completed_by IS NULL)", name="completed"),
        CheckConstraint("completed_by <> made_by", name="two_people"),
        CheckConstraint(one_of("purpose", CodePurpose), name="purpose"),
        CheckConstraint("purpose = 'sign_in' OR made_by IS NULL", name="mailed_by_nobody"),
        Index("ix_sign_in_code_person_id", "person_id"),
        Index("ix_sign_in_code_first_digest", "first_digest"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    second_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    bank_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(12), server_default=CodePurpose.SIGN_IN.value)
    made_by: Mapped[int | None] = mapped_column(BigInteger)
    completed_by: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime)


class CodeRequest(Base):
    """Somebody's asking for a code by e-mail or text, with what they typed, until the worker has answered it.

    It is written for everybody alike, whether or not anybody goes by that.
    """

    __tablename__ = "code_request"
    __table_args__ = (ForeignKeyConstraint(["bank_id"], ["bank.id"]),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bank_id: Mapped[int] = mapped_column(BigInteger)
    typed: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)


class SignInAttempt(Base):
    """An attempt to sign in, counted by what was typed, by whose password was tried, and by network address.

    All three as keyed digests; `account_digest` is empty where nobody, or more than one, goes by what was typed.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_typed", "typed_digest", "tried_at"),
        Index("ix_sign_in_attempt_account", "account_digest", "tried_at"),
        Index("ix_sign_in_attempt_address", "address_digest", "tried_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    typed_digest: Mapped[bytes] = mapped_column(LargeBinary)
    account_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary)
    tried_at: Mapped[datetime] = mapped_column(UtcTime)
    succeeded: Mapped[bool]
