"""Changes of a membership's standing: suspended, left, active again, with who, when and why."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import STANDINGS, Actor, Doing, Standing, may_change_standing
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members import rights
from timebank.members.errors import StandingMovedError, WordsMissingError
from timebank.members.models import Membership, StandingChange
from timebank.members.queries import get_rights
from timebank.members.rights import RightsChange
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked, next_number
from timebank.security import actions as security
from timebank.security.actions import Change, NewEvent
from timebank.security.rules import EventKind
from timebank.spelling import is_blank
from timebank.trail import actions as trail


def change_standing(session: Session, member: Actor, to: Standing, doing: Doing, *, reason: str) -> bool:
    """Suspend a member, mark them as left, or take them back in, for a reason that other brokers will read.

    Return whether it was done now: the same form again does nothing. What else leaving and coming back bring, such as
    what becomes of the hours, is done by `leaving.actions`, which calls this. The rights of both are read under the
    bank's lock, so that of two who suspend each other at once the second is refused.
    Raises WordsMissingError, NotAllowedError or StandingMovedError.
    """
    content = {"to": to, "reason": reason}
    if trail.is_repeat(session, doing, DeedName(f"standing.{to}"), Ref(Subject.MEMBER, member.code), content):
        return False
    if is_blank(reason):
        raise WordsMissingError
    lock_bank(session, doing.bank_id)
    if not may_change_standing(get_rights(session, doing.by), get_rights(session, member)):
        raise NotAllowedError
    query = select(Membership).where(Membership.bank_id == doing.bank_id, Membership.id == member.membership_id)
    membership = get_locked(session, query, key_share=True)
    if to not in STANDINGS[Standing(membership.standing)]:
        raise StandingMovedError
    security.record(
        session,
        NewEvent(
            EventKind.STANDING_CHANGED,
            doing.bank_id,
            person_id=membership.person_id,
            by=doing.doer_id,
            now=doing.now,
            change=Change(membership.standing, to),
        ),
    )
    rights.changed(session, membership.person_id, RightsChange.STANDING, doing.now)
    membership.standing = to
    _write_and_tell(session, membership, to, doing, reason)
    return True


def _write_and_tell(session: Session, membership: Membership, to: Standing, doing: Doing, reason: str) -> None:
    """Add the change to the membership's history, and notify the member, without the reason."""
    of_member = (StandingChange.bank_id == doing.bank_id, StandingChange.membership_id == membership.id)
    session.add(
        StandingChange(
            bank_id=doing.bank_id,
            membership_id=membership.id,
            number=next_number(session, StandingChange.number, *of_member),
            standing=to,
            reason=reason.strip(),
            done_by=doing.doer_id,
            done_at=doing.now,
        )
    )
    session.flush()
    tell(
        session,
        doing.bank_id,
        [membership.id],
        NoticeKind.STANDING_CHANGED,
        Ref(Subject.MEMBER, membership.code),
        now=doing.now,
        facts={"standing": to},
        occasion=doing.now.isoformat(),
    )
