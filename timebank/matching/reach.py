"""Who may be asked about a request: the hard filters, as conditions of queries of memberships."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from timebank.actors import Role, Standing
from timebank.banks.queries import list_travel
from timebank.exchanges.of_requests import select_helpers
from timebank.listings.filling import next_day
from timebank.listings.queries import WholeListing
from timebank.matching.asks import asked_since, is_none_of, is_rested, was_not_asked
from timebank.matching.invitation_rules import A_WEEK
from timebank.matching.rules_of_banks import find_settings
from timebank.matching.settings import MatchingSettings
from timebank.matching.within_reach import list_interested, parts_wanted, shares_a_language
from timebank.members.helping import select_helping
from timebank.members.models import Membership, MembershipRole
from timebank.week import ANY_TIME

_OWN_ROLE = (MembershipRole.bank_id == Membership.bank_id) & (MembershipRole.membership_id == Membership.id)


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as candidates are looked for: for which day (None: any), in which parts of the week (0: any), how far.

    `barred` are memberships that are never asked about it. `travel` is {area id: minutes one way} to the request's
    area; None where nobody has to travel or it has no area.
    """

    session: Session
    bank_id: int
    request: WholeListing
    travel: Mapping[int, int] | None
    now: datetime
    today: date
    day: date | None
    parts: int
    settings: MatchingSettings
    barred: Collection[int]


def describe(  # noqa: PLR0913 (of whom, when, and who is left out)
    session: Session,
    bank_id: int,
    request: WholeListing,
    now: datetime,
    today: date,
    barred: Collection[int],
    *,
    day: date | None = None,
    at: time | None = None,
) -> Asking:
    """Return a request as the filters need it.

    `day` and `at` are for which it is asked, where the request itself names none. `today` is where the bank is.
    """
    travel = None
    if request.area_id is not None and request.in_person:
        travel = {**list_travel(session, bank_id, request.area_id), request.area_id: 0}
    return Asking(
        session=session,
        bank_id=bank_id,
        request=request,
        travel=travel,
        now=now,
        today=today,
        day=day or next_day(request, today),
        parts=parts_wanted(request, today, day=day, at=at),
        settings=find_settings(session, bank_id),
        barred=list_interested(request).union(barred),
    )


def list_may_be_asked(asking: Asking, member_ids: Collection[int], *, again: bool = False) -> frozenset[int]:
    """Return those of these memberships who break no hard filter for a request, whatever they offer.

    With `again` it does not matter whether they were asked about it.
    """
    asked = select(Membership.id).where(
        Membership.bank_id == asking.bank_id,
        Membership.id.in_(sorted(member_ids)),
        Membership.standing == Standing.ACTIVE,
        select(MembershipRole.role).where(_OWN_ROLE, MembershipRole.role == Role.MEMBER).correlate(Membership).exists(),
        *filters(asking, again=again),
    )
    return frozenset(asking.session.scalars(asked))


def filters(asking: Asking, *, again: bool = False) -> Sequence[ColumnElement[bool]]:
    """Return the hard filters of a request, for a query that has `membership`; see `list_may_be_asked`."""
    helping = select_helping(asking.bank_id).subquery()
    day = asking.day or asking.today
    is_here = or_(helping.c.away_from.is_(None), helping.c.away_from > day, helping.c.away_until < day)
    willing = select(helping.c.member_id).where(
        helping.c.member_id == Membership.id,
        helping.c.most_invitations > asked_since(asking.bank_id, asking.now - A_WEEK),
        is_here,
    )
    if asking.parts != ANY_TIME:
        free = helping.c.free_parts.bitwise_and(asking.parts) != 0
        willing = willing.where(or_(helping.c.free_parts == ANY_TIME, free))
    if asking.travel is not None:
        reach = [
            (Membership.area_id == area) & (helping.c.farthest_minutes >= far) for area, far in asking.travel.items()
        ]
        willing = willing.where(or_(helping.c.farthest_minutes.is_(None), *reach))
    return [
        Membership.is_holder.is_(False),
        Membership.account_id.not_in(select_helpers(asking.bank_id, asking.request, asking.day)),
        is_none_of(asking.barred),
        is_rested(asking.bank_id, asking.now, asking.settings),
        true() if again else was_not_asked(asking.bank_id, asking.request, asking.day, asking.now),
        willing.correlate(Membership).exists(),
        shares_a_language(asking.bank_id, asking.request.member_id),
    ]
