"""The bank and its rules, each a setting with the default of a usual time bank."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class Bank(Base):
    """One time bank. Times are shown in its `time_zone` (an IANA name); limits are in minutes."""

    __tablename__ = "bank"
    __table_args__ = (
        CheckConstraint("welcome_minutes >= 0", name="welcome_minutes"),
        CheckConstraint("member_floor <= 0", name="member_floor"),
        CheckConstraint("back_dating_days >= 0", name="back_dating_days"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(60), server_default="Europe/London")
    phone: Mapped[str] = mapped_column(String(40), server_default="")
    coordinator_name: Mapped[str] = mapped_column(String(80), server_default="")
    opening_hours: Mapped[str] = mapped_column(String(120), server_default="")
    welcome_minutes: Mapped[int] = mapped_column(server_default=text("120"))
    member_floor: Mapped[int] = mapped_column(BigInteger, server_default=text("-1200"))
    pot_floor: Mapped[int] = mapped_column(BigInteger, server_default=text("-30000"))
    back_dating_days: Mapped[int] = mapped_column(server_default=text("90"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
