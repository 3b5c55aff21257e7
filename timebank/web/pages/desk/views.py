"""The desk: what waits for a broker, a coordinator or a second approver."""

from collections.abc import Collection, Sequence

from flask import g, render_template

from timebank import clock
from timebank.actors import may_approve, may_broker
from timebank.approvals.queries import RoleChangeRow, list_refused_to_tell, list_waiting_roles
from timebank.approvals.rules import is_independent, may_answer_role
from timebank.corrections.month_queries import SignOffRow, list_waiting_months
from timebank.corrections.queries import CorrectionRow, lines_by_id, list_waiting as list_corrections
from timebank.corrections.rules import accounts_of, may_answer, may_confirm_month
from timebank.exchanges.queries import ExchangeRow, WaitingReversal, list_disputed, list_waiting_reversals
from timebank.holders.queries import list_names
from timebank.joining.queries import count_waiting as count_applications
from timebank.ledger.entries import Line
from timebank.members.depending import list_independent_keepers
from timebank.members.keepers import WaitingNewcomer, list_welcome_waiting
from timebank.signing_in.queries import WaitingHalf, list_waiting_halves
from timebank.tasks.queries import count_waiting
from timebank.web.access import allows, keepers
from timebank.web.accounts import find_moved_accounts
from timebank.web.approvers import depended_on
from timebank.web.extensions import db
from timebank.web.forms import ButtonForm
from timebank.web.pages.desk import blueprint


@blueprint.get("/desk")
@allows(keepers)
def desk() -> str:
    """Show disputes to decide and what waits for approval, oldest first; for brokers, the number of tasks."""
    session = db.session()
    disputed = list_disputed(session, g.bank.id)
    reversals = list_waiting_reversals(session, g.bank.id)
    listed: list[ExchangeRow | WaitingReversal] = [*disputed, *reversals]
    sides = [row.giver_account_id for row in listed] + [row.receiver_account_id for row in listed]
    brokers = may_broker(g.actor)
    corrections, lines = _to_approve()
    return render_template(
        "desk/desk.html",
        disputed=disputed,
        reversals=reversals,
        approves=may_approve(g.actor),
        months=_months_to_confirm(),
        corrections=corrections,
        lines=lines,
        role_changes=_roles_to_approve(),
        turned_down=list_refused_to_tell(session, g.bank.id, g.actor.membership_id, now=clock.now()),
        half_codes=_half_codes(),
        to_welcome=_to_welcome(),
        called=_names_of_accounts([line for row in corrections for line in lines[row.id]]),
        names=list_names(session, g.bank.id, sides),
        waiting=count_waiting(session, g.bank.id, g.actor.membership_id) if brokers else None,
        joining=count_applications(session, g.bank.id) if brokers else 0,
        form=ButtonForm(),
    )


def _to_approve() -> tuple[Sequence[CorrectionRow], dict[int, Sequence[Line]]]:
    """Return the corrections that the reader may answer, and the lines of each."""
    if not may_approve(g.actor):
        return [], {}
    waiting = list_corrections(db.session(), g.bank.id)
    lines = lines_by_id(db.session(), g.bank.id, waiting)
    own = [
        row
        for row in waiting
        if may_answer(
            g.actor,
            proposed_by=row.proposed_by,
            accounts=accounts_of(lines[row.id]),
            depends_on=depended_on(),
        )
    ]
    return own, lines


def _names_of_accounts(lines: Collection[Line]) -> dict[int, str]:
    return find_moved_accounts(lines).names if lines else {}


def _months_to_confirm() -> list[SignOffRow]:
    """Return the signed months that the reader may confirm."""
    if not may_approve(g.actor):
        return []
    waiting = list_waiting_months(db.session(), g.bank.id)
    return [row for row in waiting if may_confirm_month(g.actor, signed_by=row.signed_by, depends_on=depended_on())]


def _roles_to_approve() -> list[RoleChangeRow]:
    """Return the roles to be given or taken that the reader may answer."""
    if not may_approve(g.actor):
        return []
    return [
        row
        for row in list_waiting_roles(db.session(), g.bank.id)
        if may_answer_role(
            g.actor, proposed_by=row.proposed_by, of_membership=row.membership_id, depends_on=depended_on()
        )
    ]


def _half_codes() -> list[WaitingHalf]:
    """Return whose sign-in codes wait for a second half, which the reader may make."""
    if not may_approve(g.actor):
        return []
    waiting = list_waiting_halves(db.session(), g.bank.id, clock.now())
    return [
        row
        for row in waiting
        if is_independent(g.actor, proposed_by=row.made_by, depends_on=depended_on())
        and row.person_id != g.actor.person_id
    ]


def _to_welcome() -> list[WaitingNewcomer]:
    """Return the members whose welcome hours wait for the reader's look."""
    if not may_approve(g.actor):
        return []
    waiting = list_welcome_waiting(db.session(), g.bank.id)
    keepers = {row.admitted_by for row in waiting}
    others = list_independent_keepers(db.session(), g.bank.id, keepers, now=clock.now()) if waiting else {}
    return [row for row in waiting if g.actor.membership_id in others[row.admitted_by]]
