"""Welcome hours of somebody whom one keeper alone took in: they come once a second keeper has looked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing
from timebank.approvals import rules
from timebank.approvals.errors import WelcomedAlreadyError
from timebank.approvals.queries import list_depended_on
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import find_entry_id
from timebank.errors import NotAllowedError
from timebank.members.actions import welcome, welcome_key
from timebank.members.models import Membership
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.tasks.actions import close_task
from timebank.tasks.queries import is_waiting
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def waits(session: Session, bank_id: int, code: str) -> bool:
    """Return whether the welcome hours of the member with this code wait for a second keeper."""
    return is_waiting(session, bank_id, TaskKind.WELCOME_HOURS, Ref(Subject.MEMBER, code))


def may_give(session: Session, actor: Actor, membership: Membership, doing: Doing) -> bool:
    """Return whether the actor is a second keeper for this member."""
    depends_on = list_depended_on(session, actor, now=doing.now)
    return rules.may_welcome(
        actor, of_membership=membership.id, admitted_by=membership.admitted_by, depends_on=depends_on
    )


def give(session: Session, bank: Bank, code: str, doing: Doing) -> None:
    """Give the welcome hours, as a second keeper who has looked at the application; the task is done.

    Raises NotAllowedError, WelcomedAlreadyError or FloorReachedError.
    """
    subject = Ref(Subject.MEMBER, code)
    if trail.is_repeat(session, doing, DeedName.MEMBER_WELCOMED, subject):
        return
    query = select(Membership).where(Membership.bank_id == bank.id, Membership.code == code)
    membership = get_locked(session, query, key_share=True)
    if not may_give(session, get_rights(session, doing.by), membership, doing):
        raise NotAllowedError
    if find_entry_id(session, bank.id, welcome_key(code)) is not None or not waits(session, bank.id, code):
        raise WelcomedAlreadyError
    welcome(session, bank, membership, doing)
    close_task(session, bank.id, TaskKind.WELCOME_HOURS, subject, doing)
