"""The table of account holders."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.bookkeeping.models import DIGEST
from timebank.db import Base, InDomain, UtcTime
from timebank.ledger.accounts import HolderKind
from timebank.states import one_of


class AccountHolder(Base):
    """A holder of an account, numbered per account from 1; the row with the highest number is the present holder.

    `holder_id` is the id of a membership, group, fund, activity or bank, depending on `kind`; the pot, opening balances
    and leavers' hours are held by the bank itself, a clearing account by the other bank. `recorded_by` is NULL only for
    the administrator's command line. `digest` is the HMAC of the row's leaf under the books' key.
    """

    __tablename__ = "account_holder"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "account_id", "number"),
        ForeignKeyConstraint(["bank_id", "account_id"], ["account.bank_id", "account.id"]),
        ForeignKeyConstraint(["bank_id", "recorded_by"], ["membership.bank_id", "membership.id"]),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(one_of("kind", HolderKind), name="kind"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[int] = mapped_column(BigInteger)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    digest: Mapped[bytes] = mapped_column(InDomain(DIGEST))
