"""The rule of a bank that recorded help is confirmed by time, and the coordinator who answers for it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import KEEPERS, Actor, Doing, Role, may_act_for, may_coordinate
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.exchanges.models import TimeRule
from timebank.members.models import MembershipRole, StandingChange
from timebank.members.queries import find_actor_by_id
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


class TimeRuleRow(NamedTuple):
    """The rule that was begun last and not ended: by whom, since when, and whether it holds.

    It holds while who answers for it has been a coordinator ever since. Whoever lost the role, or was suspended, and is
    one again has to begin it again: the reminders sent meanwhile did not say what silence means.
    """

    begun_by: Actor
    begun_at: datetime
    holds: bool

    def may_confirm(self, recorder: Actor | None, silent: Actor | None) -> bool:
        """Return whether it may speak for who is silent about what the other side, the recorder, wrote down.

        The coordinator must be able to act for them. Keepers' own hours are left to another broker: they can change
        contacts, and note that a call reached somebody, and could see to it alone that nobody hears of them.
        """
        if not self.holds or recorder is None or silent is None:
            return False
        return recorder.roles.isdisjoint(KEEPERS) and may_act_for(self.begun_by, silent)


def find_time_rule(session: Session, bank_id: int) -> TimeRuleRow | None:
    """Return the bank's rule; None where brokers look at what nobody answers."""
    rule = _find(session, bank_id)
    actor = find_actor_by_id(session, bank_id, rule.begun_by) if rule is not None else None
    if rule is None or actor is None:
        return None
    return TimeRuleRow(actor, rule.begun_at, may_coordinate(actor) and _is_unbroken(session, rule))


def rule_since(session: Session, bank_id: int) -> datetime | None:
    """Return the moment since which the bank confirms by time; None where it does not, or nobody answers for it."""
    rule = find_time_rule(session, bank_id)
    return rule.begun_at if rule is not None and rule.holds else None


def begin_time_rule(session: Session, bank: Bank, doing: Doing) -> None:
    """Have what nobody answers confirmed by time from now on; the actor answers for it.

    Does nothing where a coordinator answers for it already. Raises NotAllowedError.
    """
    if trail.is_repeat(session, doing, DeedName.TIME_RULE_BEGUN, Ref(Subject.BANK, bank.slug)):
        return
    _allow(session, doing)
    if rule_since(session, doing.bank_id) is not None:
        return
    _end(session, doing)
    rule = TimeRule(bank_id=doing.bank_id, id=clock.next_id(), begun_by=doing.doer_id, begun_at=doing.now)
    session.add(rule)
    session.flush()


def end_time_rule(session: Session, bank: Bank, doing: Doing) -> None:
    """Have brokers look at what nobody answers. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.TIME_RULE_ENDED, Ref(Subject.BANK, bank.slug)):
        return
    _allow(session, doing)
    _end(session, doing)


def _allow(session: Session, doing: Doing) -> None:
    if doing.by.hand is not None or not may_coordinate(doing.by):
        raise NotAllowedError
    lock_bank(session, doing.bank_id)


def _find(session: Session, bank_id: int) -> TimeRule | None:
    query = select(TimeRule).where(TimeRule.bank_id == bank_id, TimeRule.ended_at.is_(None))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _is_unbroken(session: Session, rule: TimeRule) -> bool:
    """Return whether neither the role nor the standing of who answers for the rule has changed since it was begun."""
    role = select(MembershipRole.granted_at).where(
        MembershipRole.bank_id == rule.bank_id,
        MembershipRole.membership_id == rule.begun_by,
        MembershipRole.role == Role.COORDINATOR,
        MembershipRole.granted_at <= rule.begun_at,
    )
    standing = select(StandingChange.number).where(
        StandingChange.bank_id == rule.bank_id,
        StandingChange.membership_id == rule.begun_by,
        StandingChange.done_at > rule.begun_at,
    )
    return session.scalar(select(role.exists() & ~standing.exists())) or False


def _end(session: Session, doing: Doing) -> None:
    rule = _find(session, doing.bank_id)
    if rule is not None:
        rule.ended_by, rule.ended_at = doing.doer_id, doing.now
        session.flush()
