"""The table of suggestions that members do not want."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.db import Base, UtcTime
from timebank.matching.suggestion_rules import LONGEST_ABOUT, SuggestionKind
from timebank.states import one_of


class DismissedSuggestion(Base):
    """A suggestion that is not for a member, said last at `dismissed_at`; it does not come back for a while.

    `about` is the code of a request, the key of a category, or which way a nudge goes.
    """

    __tablename__ = "dismissed_suggestion"
    __table_args__ = (
        PrimaryKeyConstraint("bank_id", "member_id", "kind", "about"),
        ForeignKeyConstraint(["bank_id", "member_id"], ["membership.bank_id", "membership.id"]),
        CheckConstraint(one_of("kind", SuggestionKind), name="kind"),
        {"sqlite_with_rowid": False},
    )

    bank_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    about: Mapped[str] = mapped_column(String(LONGEST_ABOUT))
    dismissed_at: Mapped[datetime] = mapped_column(UtcTime)
