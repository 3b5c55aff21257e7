"""The table of stored check runs."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class BooksCheck(Base):
    """One run of all checks: when it ended, whether all passed, and each check's verdict and figure (JSON).

    It covers the whole installation and names no row of any bank.
    """

    __tablename__ = "books_check"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime] = mapped_column(UtcTime)
    is_right: Mapped[bool]
    results: Mapped[str] = mapped_column(Text)
