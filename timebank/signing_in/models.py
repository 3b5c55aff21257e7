"""Tables of sessions, sign-in codes and attempts. Secrets are stored only as digests."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class LoginSession(Base):
    """A session of a person on one device, until it expires or is revoked. See `halls` for `address_digest`."""

    __tablename__ = "login_session"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        Index("ix_login_session_person_id", "person_id"),
    )

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    address_digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class SignInCode(Base):
    """A printed or linked code that signs one person in, once, before it expires."""

    __tablename__ = "sign_in_code"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.id"]),
        ForeignKeyConstraint(["bank_id"], ["bank.id"]),
        Index("ix_sign_in_code_person_id", "person_id"),
    )

    code_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    bank_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SignInAttempt(Base):
    """An attempt to sign in, counted by account and by network address, both as keyed digests."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_digest", "tried_at"),
        Index("ix_sign_in_attempt_address", "address_digest", "tried_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_digest: Mapped[bytes] = mapped_column(LargeBinary)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary)
    tried_at: Mapped[datetime] = mapped_column(UtcTime)
    succeeded: Mapped[bool]
