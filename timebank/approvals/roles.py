"""Giving and taking roles: a broker's at once, those that approve or audit only with a second approver."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, Role, Standing, may_grant
from timebank.approvals import rules
from timebank.approvals.errors import RoleAnsweredError, RolesMovedError
from timebank.approvals.models import RoleChange
from timebank.approvals.proposers import check_proposer
from timebank.approvals.queries import list_waiting_roles
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members import roles as members
from timebank.members.depending import list_depended_on
from timebank.members.errors import StandingMovedError, WordsMissingError
from timebank.members.models import Membership
from timebank.members.queries import get_rights
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked, get_locked
from timebank.spelling import is_blank
from timebank.trail import actions as trail


def set_roles(
    session: Session, membership: Membership, roles: frozenset[Role], doing: Doing, *, before: frozenset[Role]
) -> frozenset[Role]:
    """Give and take roles, so that the membership holds these, and 'member' if it had that; return those that wait.

    Roles in NEED_APPROVAL are proposed: another approver gives or takes them. `before` are the roles that the page
    showed. The actor's rights are read under the bank's lock: of two coordinators who demote each other at once the
    second is refused. Raises NotAllowedError where the actor is no coordinator, or it is their own, and RolesMovedError
    where somebody else has changed them since.
    """
    content = {"roles": sorted(roles)}
    was_sent = trail.is_repeat(session, doing, DeedName.ROLES_SET, Ref(Subject.MEMBER, membership.code), content)
    if was_sent:
        waiting = list_waiting_roles(session, doing.bank_id, membership_id=membership.id)
        return frozenset(Role(row.role) for row in waiting) & (roles ^ before)
    lock_bank(session, doing.bank_id)
    by = get_rights(session, doing.by)
    held = members.list_roles(session, membership)
    kept = {role for role in roles if role is not Role.MEMBER} | ({Role.MEMBER} & held)
    changed = sorted(kept ^ held)
    if changed and (before ^ held) - {Role.MEMBER}:
        raise RolesMovedError
    if not all(may_grant(by, role, to_membership=membership.id) for role in changed):
        raise NotAllowedError
    for role in changed:
        if role in rules.NEED_APPROVAL:
            _propose(session, membership, role, doing, gives=role in kept)
        elif role in kept:
            members.give(session, membership, role, doing.part_of_it(), granted_by=by.membership_id)
        else:
            members.take(session, membership, role, doing.part_of_it())
    return frozenset(changed) & rules.NEED_APPROVAL


def _propose(session: Session, membership: Membership, role: Role, doing: Doing, *, gives: bool) -> None:
    """Insert a proposal, unless the same one waits already; the bank is locked.

    One for the contrary, which can wait where the command line has done what it asks for, is withdrawn.
    """
    of_it = (RoleChange.bank_id == membership.bank_id, RoleChange.membership_id == membership.id)
    query = select(RoleChange).where(*of_it, RoleChange.role == role, RoleChange.closed_at.is_(None))
    waiting = find_locked(session, query)
    if waiting is not None and waiting.gives is gives:
        return
    if waiting is not None:
        trail.begin(session, doing.part_of_it(), DeedName.ROLE_WITHDRAWN, Ref(Subject.ROLE, waiting.code))
        waiting.refused_by, waiting.closed_at = doing.by.membership_id, doing.now
        session.flush()
    code = codes.new_reference()
    trail.begin(session, doing.part_of_it(), DeedName.ROLE_PROPOSED, Ref(Subject.ROLE, code))
    session.add(
        RoleChange(
            bank_id=membership.bank_id,
            id=clock.next_id(),
            code=code,
            membership_id=membership.id,
            role=role,
            gives=gives,
            proposed_by=doing.by.membership_id,
            proposed_at=doing.now,
        )
    )
    session.flush()


def approve(session: Session, code: str, doing: Doing) -> None:
    """Approve as a second approver: the role is given or taken at once.

    Raises NotAllowedError, RoleAnsweredError, StandingMovedError, or ProposerGoneError; so one coordinator always
    stays.
    """
    if trail.is_repeat(session, doing, DeedName.ROLE_APPROVED, Ref(Subject.ROLE, code)):
        return
    lock_bank(session, doing.bank_id)
    change = _lock_waiting(session, doing.bank_id, code)
    _check_answer(session, change, doing)
    check_proposer(session, change.bank_id, change.proposed_by)
    membership = session.get_one(Membership, (change.bank_id, change.membership_id))
    role = Role(change.role)
    if (role in members.list_roles(session, membership)) is change.gives:
        raise RoleAnsweredError
    if change.gives and membership.standing != Standing.ACTIVE:
        raise StandingMovedError
    if change.gives:
        members.give(session, membership, role, doing, granted_by=change.proposed_by)
    else:
        members.take(session, membership, role, doing)
    change.approved_by, change.closed_at = doing.by.membership_id, doing.now
    session.flush()


def refuse(session: Session, code: str, doing: Doing, *, reason: str) -> None:
    """Turn it down as a second approver, for a reason that who proposed it will read.

    Raises WordsMissingError, NotAllowedError or RoleAnsweredError.
    """
    if trail.is_repeat(session, doing, DeedName.ROLE_REFUSED, Ref(Subject.ROLE, code), {"reason": reason}):
        return
    if is_blank(reason):
        raise WordsMissingError
    lock_bank(session, doing.bank_id)
    change = _lock_waiting(session, doing.bank_id, code)
    _check_answer(session, change, doing)
    change.refused_by, change.refused_because = doing.by.membership_id, reason.strip()
    change.closed_at = doing.now
    session.flush()


def withdraw(session: Session, code: str, doing: Doing) -> None:
    """Take one's own proposal back. Raises NotAllowedError or RoleAnsweredError."""
    if trail.is_repeat(session, doing, DeedName.ROLE_WITHDRAWN, Ref(Subject.ROLE, code)):
        return
    lock_bank(session, doing.bank_id)
    change = _lock_waiting(session, doing.bank_id, code)
    if not rules.may_withdraw_role(get_rights(session, doing.by), proposed_by=change.proposed_by):
        raise NotAllowedError
    change.refused_by, change.closed_at = doing.by.membership_id, doing.now
    session.flush()


def acknowledge(session: Session, code: str, doing: Doing) -> None:
    """Put away that one's own proposal was turned down: the desk says it no more. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.ROLE_REFUSAL_READ, Ref(Subject.ROLE, code)):
        return
    change = _lock(session, doing.bank_id, code)
    by = get_rights(session, doing.by)
    was_refused = change.refused_because is not None  # one that a contrary proposal closed has no reason
    if not was_refused or not rules.may_acknowledge(by, proposed_by=change.proposed_by, refused_by=change.refused_by):
        raise NotAllowedError
    change.acknowledged_at = change.acknowledged_at or doing.now
    session.flush()


def _lock(session: Session, bank_id: int, code: str) -> RoleChange:
    """Return the proposal, row-locked."""
    return get_locked(session, select(RoleChange).where(RoleChange.bank_id == bank_id, RoleChange.code == code))


def _lock_waiting(session: Session, bank_id: int, code: str) -> RoleChange:
    """Return the waiting proposal, row-locked. Raises RoleAnsweredError if it was answered."""
    change = _lock(session, bank_id, code)
    if change.closed_at is not None:
        raise RoleAnsweredError
    return change


def _check_answer(session: Session, change: RoleChange, doing: Doing) -> None:
    by = get_rights(session, doing.by)
    depends_on = list_depended_on(session, by, now=doing.now)
    if not rules.may_answer_role(
        by, proposed_by=change.proposed_by, of_membership=change.membership_id, depends_on=depends_on
    ):
        raise NotAllowedError
