"""Giving and taking a role. Who may do so is decided above: some roles wait for a second approver."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from timebank.actors import Doing, Role, Unattended
from timebank.clock import next_id
from timebank.codes import in_letters
from timebank.members import rights
from timebank.members.models import Membership, MembershipRole
from timebank.members.rights import RightsChange
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.security import actions as security
from timebank.security.actions import Change, NewEvent
from timebank.security.rules import EventKind
from timebank.trail import actions as trail


def list_roles(session: Session, membership: Membership) -> frozenset[Role]:
    """Return the roles that the membership holds."""
    query = select(MembershipRole.role).where(
        MembershipRole.bank_id == membership.bank_id, MembershipRole.membership_id == membership.id
    )
    return frozenset(Role(role) for role in session.scalars(query))


def give(
    session: Session, membership: Membership, role: Role, doing: Doing | Unattended, *, granted_by: int | None
) -> None:
    """Give a role, and notify who has it now.

    `granted_by` is who proposed it, which may be another than who does it now (None: command line).
    """
    add_role(session, membership, role, doing, granted_by=granted_by)
    _tell(session, membership, role, doing, given=True)


def add_role(
    session: Session, membership: Membership, role: Role, doing: Doing | Unattended, *, granted_by: int | None
) -> None:
    """Give a role as `give` does, without a notice, to somebody who is being admitted."""
    _begin(session, membership, role, doing, EventKind.ROLE_GIVEN)
    session.add(
        MembershipRole(
            bank_id=membership.bank_id,
            membership_id=membership.id,
            role=role,
            granted_by=granted_by,
            granted_at=doing.now,
        )
    )
    session.flush()
    rights.changed(session, membership.person_id, RightsChange.ROLES, doing.now)


def take(session: Session, membership: Membership, role: Role, doing: Doing | Unattended) -> None:
    """Take a role."""
    _begin(session, membership, role, doing, EventKind.ROLE_TAKEN)
    of_it = (MembershipRole.bank_id == membership.bank_id, MembershipRole.membership_id == membership.id)
    session.execute(delete(MembershipRole).where(*of_it, MembershipRole.role == role))
    rights.changed(session, membership.person_id, RightsChange.ROLES, doing.now)
    _tell(session, membership, role, doing, given=False)


def _begin(session: Session, membership: Membership, role: Role, doing: Doing | Unattended, kind: EventKind) -> None:
    subject = Ref(Subject.MEMBER, membership.code)
    verb = "given" if kind is EventKind.ROLE_GIVEN else "taken"
    trail.begin(session, doing.part_of_it(), DeedName(f"role.{verb}.{role}"), subject)
    before = list_roles(session, membership)
    after = before | {role} if kind is EventKind.ROLE_GIVEN else before - {role}
    security.record(
        session,
        NewEvent(
            kind,
            membership.bank_id,
            person_id=membership.person_id,
            by=doing.doer_id,
            now=doing.now,
            change=Change(", ".join(sorted(before)), ", ".join(sorted(after))),
        ),
    )


def _tell(session: Session, membership: Membership, role: Role, doing: Doing | Unattended, *, given: bool) -> None:
    tell(
        session,
        membership.bank_id,
        [membership.id],
        NoticeKind.ROLES_CHANGED,
        Ref(Subject.MEMBER, membership.code),
        now=doing.now,
        facts={"role": role, "given": given},
        occasion=f"{'+' if given else '-'}{role} {in_letters(next_id())}",
    )
