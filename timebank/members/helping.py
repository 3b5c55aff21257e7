"""What members say of when they can help: saying it, and reading it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Standing, may_exchange
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.members.languages import USUAL_LANGUAGE
from timebank.members.models import HelpingWishes, Membership, SpokenLanguage
from timebank.members.rules import USUAL_INVITATIONS, Helping, check_helping
from timebank.references import DeedName, Ref, Subject
from timebank.rows import get_locked
from timebank.trail import actions as trail
from timebank.week import ANY_TIME


def change_helping(session: Session, bank: Bank, helping: Helping, doing: Doing) -> None:
    """Say when one can help; a broker who acts for a member says it for them.

    Raises NotAllowedError and what rules.check_helping raises.
    """
    actor, languages = doing.by, sorted(helping.languages)
    content = {**asdict(helping), "languages": languages}
    if trail.is_repeat(session, doing, DeedName.HELPING_CHANGED, Ref(Subject.MEMBER, actor.code), content):
        return
    if not may_exchange(actor):
        raise NotAllowedError
    check_helping(helping, clock.local_day(doing.now, bank.time_zone))
    key = (bank.id, actor.membership_id)
    wishes = _lock_wishes(session, *key)
    wishes.free_parts, wishes.farthest_minutes = helping.free_parts, helping.farthest_minutes
    wishes.away_from, wishes.away_until = helping.away_from, helping.away_until
    wishes.most_invitations, wishes.changed_at = helping.most_invitations, doing.now
    session.flush()
    session.execute(delete(SpokenLanguage).where(SpokenLanguage.bank_id == key[0], SpokenLanguage.member_id == key[1]))
    rows = [{"bank_id": key[0], "member_id": key[1], "language": language} for language in languages]
    session.execute(insert(SpokenLanguage), rows)


def want_invitations(session: Session, bank: Bank, change: Callable[[int], int], doing: Doing) -> None:
    """Change how many invitations a week the actor wants; `change` takes how many they want now."""
    actor = doing.by
    if trail.is_repeat(session, doing, DeedName.HELPING_CHANGED, Ref(Subject.MEMBER, actor.code)):
        return
    wishes = _lock_wishes(session, bank.id, actor.membership_id)
    wishes.most_invitations, wishes.changed_at = change(wishes.most_invitations), doing.now
    session.flush()


def _lock_wishes(session: Session, bank_id: int, membership_id: int) -> HelpingWishes:
    """Return the row of a member's wishes, which may be new, with their membership locked."""
    its_own = select(Membership).where(Membership.bank_id == bank_id, Membership.id == membership_id)
    get_locked(session, its_own, key_share=True)  # there may be no row of theirs yet that could be locked
    wishes = session.get(HelpingWishes, (bank_id, membership_id), populate_existing=True)
    if wishes is None:
        wishes = HelpingWishes(
            bank_id=bank_id, member_id=membership_id, free_parts=ANY_TIME, most_invitations=USUAL_INVITATIONS
        )
        session.add(wishes)
    return wishes


@dataclass(frozen=True, slots=True)
class MemberHelping(Helping):
    """When a member can help, and when they last said so; the defaults and None if they never did."""

    changed_at: datetime | None = None


def select_helping(bank_id: int | BindParameter[int]) -> Select[*tuple[Any, ...]]:
    """Return the query of when each member can help, one row each, with the defaults for who has said nothing.

    Its columns are member_id and those of HelpingWishes. Who has left is not in it. A part of the week suits where
    `free_parts` is 0 or has its bit; languages are rows of SpokenLanguage, and USUAL_LANGUAGE where there are none.
    """
    its_own = (HelpingWishes.bank_id == Membership.bank_id) & (HelpingWishes.member_id == Membership.id)
    return (
        select(
            Membership.id.label("member_id"),
            func.coalesce(HelpingWishes.free_parts, ANY_TIME).label("free_parts"),
            HelpingWishes.away_from,
            HelpingWishes.away_until,
            HelpingWishes.farthest_minutes,
            func.coalesce(HelpingWishes.most_invitations, USUAL_INVITATIONS).label("most_invitations"),
            HelpingWishes.changed_at,
        )
        .outerjoin(HelpingWishes, its_own)
        .where(Membership.bank_id == bank_id, Membership.is_holder.is_(False), Membership.standing != Standing.LEFT)
    )


def find_helping(session: Session, bank_id: int, membership_id: int) -> MemberHelping | None:
    """Return when a member can help; None for who has left."""
    its_own = (SpokenLanguage.bank_id == Membership.bank_id) & (SpokenLanguage.member_id == Membership.id)
    query = select_helping(bank_id).add_columns(SpokenLanguage.language).outerjoin(SpokenLanguage, its_own)
    rows = session.execute(query.where(Membership.id == membership_id)).all()  # one for each language
    if not rows:
        return None
    row, languages = rows[0], frozenset(row.language for row in rows if row.language)
    return MemberHelping(
        row.free_parts,
        row.away_from,
        row.away_until,
        row.farthest_minutes,
        row.most_invitations,
        languages=languages or frozenset({USUAL_LANGUAGE}),
        changed_at=row.changed_at,
    )


def list_languages(session: Session, bank_id: int, membership_id: int) -> frozenset[str]:
    """Return the languages that a member says they speak; none for who has said nothing, or has left."""
    query = _languages_spoken(bank_id).where(Membership.id == membership_id)
    return frozenset(session.scalars(query.add_columns(SpokenLanguage.language)))


def list_most_spoken(session: Session, bank_id: int, most: int) -> Sequence[str]:
    """Return the languages that most members of a bank say they speak, at most so many, the most spoken first."""
    number = func.count()
    query = _languages_spoken(bank_id).add_columns(SpokenLanguage.language, number)
    query = query.group_by(SpokenLanguage.language).order_by(number.desc(), SpokenLanguage.language).limit(most)
    return session.scalars(query).all()


def _languages_spoken(bank_id: int) -> Select[()]:
    """Return the languages of those who have not left, without columns yet."""
    its_own = (SpokenLanguage.bank_id == Membership.bank_id) & (SpokenLanguage.member_id == Membership.id)
    return (
        select()
        .select_from(SpokenLanguage)
        .join(Membership, its_own)
        .where(SpokenLanguage.bank_id == bank_id, Membership.standing != Standing.LEFT)
    )
