"""Who may read an invitation: fetch and authorize in one call."""

from sqlalchemy.orm import Session

from timebank.actors import Actor
from timebank.errors import NotPermittedError, NotVisibleError
from timebank.matching.invitation_rules import may_answer, may_read
from timebank.matching.queries import InvitationRow, find_invitation


def get_visible(session: Session, actor: Actor, code: str) -> InvitationRow:
    """Return the invitation, for who is asked and for brokers; before its turn for brokers only.

    Raises NotVisibleError.
    """
    row = find_invitation(session, actor.bank_id, code)
    if row is None or not may_read(actor, member_id=row.member_id, is_sent=row.asked_at is not None):
        raise NotVisibleError(code)
    return row


def get_own(session: Session, actor: Actor, code: str) -> InvitationRow:
    """Return the invitation, for who is asked. Raises NotVisibleError, or NotPermittedError for brokers."""
    row = get_visible(session, actor, code)
    if not may_answer(actor, member_id=row.member_id):
        raise NotPermittedError(code)
    return row
