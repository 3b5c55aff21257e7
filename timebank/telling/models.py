"""The table of phone numbers that want no texts."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime


class StoppedPhone(Base):
    """A phone number from which STOP was sent, as a keyed digest: no code goes there by text, whoever has it now."""

    __tablename__ = "stopped_phone"

    phone_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    stopped_at: Mapped[datetime] = mapped_column(UtcTime)
