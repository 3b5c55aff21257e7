"""Welcome hours of somebody whom one keeper alone took in: they come once a second keeper has looked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Actor, Doing, Standing
from timebank.approvals import rules
from timebank.approvals.errors import WelcomedAlreadyError
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.actions import welcome
from timebank.members.depending import list_independent_keepers
from timebank.members.errors import StandingMovedError
from timebank.members.models import Membership
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.tasks.actions import close_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def may_give(session: Session, actor: Actor, membership: Membership, doing: Doing) -> bool:
    """Return whether the actor is a second keeper for this member."""
    keeper_id = membership.admitted_by
    if keeper_id is None:
        return False
    others = list_independent_keepers(session, membership.bank_id, [keeper_id], now=doing.now)[keeper_id]
    return rules.may_welcome(actor, of_membership=membership.id, independent=others)


def give(session: Session, bank: Bank, code: str, doing: Doing) -> None:
    """Give the welcome hours, as a second keeper who has looked at the application; the task is done.

    Where the bank has given up welcome hours meanwhile, none are posted. Raises WelcomedAlreadyError,
    StandingMovedError where the member is not active any more, NotAllowedError or FloorReachedError.
    """
    subject = Ref(Subject.MEMBER, code)
    if trail.is_repeat(session, doing, DeedName.MEMBER_WELCOMED, subject):
        return
    lock_bank(session, bank.id)
    query = select(Membership).where(Membership.bank_id == bank.id, Membership.code == code)
    membership = get_locked(session, query, key_share=True)
    if not membership.welcome_waits:
        raise WelcomedAlreadyError
    if membership.standing != Standing.ACTIVE:
        raise StandingMovedError
    if not may_give(session, get_rights(session, doing.by), membership, doing):
        raise NotAllowedError
    membership.welcome_waits = False
    session.flush()
    if bank.welcome_minutes:
        welcome(session, bank, membership, doing)
    close_task(session, bank.id, TaskKind.WELCOME_HOURS, subject, doing)
