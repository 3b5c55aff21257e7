"""Changing where a membership stands: suspended, left, and back again. Who, when and why is kept."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.members.errors import NotAllowedError, StandingMovedError, WordsMissingError
from timebank.members.models import Membership, StandingChange
from timebank.members.rules import STANDINGS, Actor, Standing, may_change_standing
from timebank.trail import actions as trail


def change_standing(  # noqa: PLR0913 (whose, to what and why, by whom and when)
    session: Session, member: Actor, to: Standing, *, reason: str, by: Actor, now: datetime, form_key: str | None = None
) -> bool:
    """Suspend a member, mark them as left, or take them back in, for a reason that other brokers will read.

    Gives whether it was done now: the same form again does nothing. What else leaving and coming back bring, such as
    what becomes of the hours, is done by `leaving.actions`, which calls this.
    Raises WordsMissingError, NotAllowedError or StandingMovedError.
    """
    if not reason.strip():
        raise WordsMissingError
    subject, content = f"member:{member.code}", {"code": member.code, "to": to, "reason": reason}
    deed = trail.Deed(
        by.bank_id, f"standing.{to}", subject, by.doer_id, now, by.on_behalf_of, form_key=form_key, content=content
    )
    if trail.begin(session, deed) is not None:
        return False
    if not may_change_standing(by, member):
        raise NotAllowedError
    membership = session.execute(
        select(Membership)
        .where(Membership.bank_id == by.bank_id, Membership.id == member.membership_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if to not in STANDINGS[Standing(membership.standing)]:
        raise StandingMovedError
    membership.standing = to
    newest = session.scalar(
        select(func.max(StandingChange.number)).where(
            StandingChange.bank_id == by.bank_id, StandingChange.membership_id == membership.id
        )
    )
    session.add(
        StandingChange(
            bank_id=by.bank_id,
            membership_id=membership.id,
            number=(newest or 0) + 1,
            standing=to,
            reason=reason.strip(),
            done_by=by.doer_id,
            done_at=now,
        )
    )
    session.flush()
    return True
