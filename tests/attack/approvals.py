"""Which approvals should not have gone through, read from the tables alone: it asks none of the rules under attack."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from timebank.approvals.models import RoleChange
from timebank.corrections.models import Correction, SignOff
from timebank.exchanges.models import Reversal
from timebank.members.models import Membership, MembershipRole
from timebank.references import DeedName, Ref, Subject
from timebank.signing_in.models import SignInCode
from timebank.trail.models import TrailRow

#: As ADR 27 has it. The approver's codes count while they are used; that is left to the tests of the rule.
_DEPENDS = timedelta(days=90)
_APPROVING = ("coordinator", "trustee")


class Approval(NamedTuple):
    """What one member proposed in a bank and another approved, and when it was proposed."""

    what: str
    bank_id: int
    proposer_id: int
    approver_id: int
    at: datetime


def find_wrong_approvals(session: Session) -> list[str]:
    """Describe each approval by the proposer, by somebody who depends on them, or by another bank's keeper.

    Dependence counts from before the proposal, and not of whom the command line made an approver at any time.
    """
    return [
        f"{approval.what} proposed by {approval.proposer_id}, approved by {approval.approver_id}: {wrong}"
        for approval in _list_approvals(session)
        for wrong in _find_wrongs(session, approval)
    ]


def _list_approvals(session: Session) -> Iterator[Approval]:
    yield from (Approval(*row) for query in _queries() for row in session.execute(query))
    welcomed = select(TrailRow.bank_id, TrailRow.subject, TrailRow.done_by, TrailRow.done_at).where(
        TrailRow.deed == DeedName.MEMBER_WELCOMED
    )
    admitted = {
        (row.bank_id, str(Ref(Subject.MEMBER, row.code))): row.admitted_by
        for row in session.execute(select(Membership.bank_id, Membership.code, Membership.admitted_by))
    }
    for bank_id, subject, done_by, done_at in session.execute(welcomed):
        keeper_id = admitted.get((bank_id, subject))
        if keeper_id is not None:
            yield Approval("welcome hours", bank_id, keeper_id, done_by, done_at)
            if keeper_id != done_by:  # neither may depend on the other
                yield Approval("welcome hours, the other way round,", bank_id, done_by, keeper_id, done_at)


def _queries() -> Iterator[Select[tuple[str, int, int, int, datetime]]]:
    for what, columns in {
        "a role": (RoleChange.bank_id, RoleChange.proposed_by, RoleChange.approved_by, RoleChange.proposed_at),
        "a correction": (Correction.bank_id, Correction.proposed_by, Correction.approved_by, Correction.proposed_at),
        "a reversal": (Reversal.bank_id, Reversal.proposed_by, Reversal.approved_by, Reversal.proposed_at),
        "a month": (SignOff.bank_id, SignOff.signed_by, SignOff.confirmed_by, SignOff.signed_at),
        "a code": (SignInCode.bank_id, SignInCode.made_by, SignInCode.completed_by, SignInCode.made_at),
    }.items():
        yield select(literal(what), *columns).where(columns[2].is_not(None))


def _find_wrongs(session: Session, approval: Approval) -> Iterator[str]:
    approver = session.scalars(select(Membership).where(Membership.id == approval.approver_id)).one()
    if approver.bank_id != approval.bank_id:
        yield "by a keeper of another bank"
    elif approval.approver_id == approval.proposer_id:
        yield "by themselves"
    elif _depends(session, approver, approval):
        yield "by somebody who depends on the proposer"


def _depends(session: Session, approver: Membership, approval: Approval) -> bool:
    grants = session.scalars(
        select(MembershipRole).where(
            MembershipRole.bank_id == approver.bank_id, MembershipRole.membership_id == approver.id
        )
    ).all()
    taken = select(TrailRow.id).where(
        TrailRow.bank_id == approver.bank_id,
        TrailRow.subject == str(Ref(Subject.MEMBER, approver.code)),
        TrailRow.deed.startswith("role.taken"),
    )
    named = {grant.role for grant in grants if grant.granted_by is None} - {"member"}
    if named & set(_APPROVING) or session.scalar(taken.limit(1)) is not None:
        return False  # what was taken can have been the command line's
    since = approval.at - _DEPENDS
    took_in = approver.admitted_by == approval.proposer_id and approver.joined_on > since.date() and not named
    return took_in or any(
        grant.granted_by == approval.proposer_id and grant.role != "member" and since < grant.granted_at < approval.at
        for grant in grants
    )
