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
from timebank.matching.invitation_rules import A_WEEK, parts_of
from timebank.matching.rules_of_banks import find_settings
from timebank.matching.settings import MatchingSettings
from timebank.matching.within_reach import shares_a_language
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


def may_be_asked(  # noqa: PLR0913 (whom, about what, when, and who is left out)
    session: Session,
    request: WholeListing,
    bank_id: int,
    member_ids: Collection[int],
    *,
    now: datetime,
    today: date,
    barred: Collection[int] = (),
    again: bool = False,
    day: date | None = None,
    at: time | None = None,
) -> frozenset[int]:
    """Return those of these memberships who break no hard filter for a request, whatever they offer.

    `day` and `at` are for which it is asked, where the request itself names none. With `again` it does not matter
    whether they were asked about it.
    """
    asking = describe(session, bank_id, request, now, today, barred, day=day, at=at)
    asked = select(Membership.id).where(
        Membership.bank_id == bank_id,
        Membership.id.in_(sorted(member_ids)),
        Membership.standing == Standing.ACTIVE,
        select(MembershipRole.role).where(_OWN_ROLE, MembershipRole.role == Role.MEMBER).correlate(Membership).exists(),
        *filters(asking, again=again),
    )
    return frozenset(session.scalars(asked))


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
    """Return a request as the filters need it; see `may_be_asked`."""
    travel = None
    if request.area_id is not None and request.in_person:
        travel = {**list_travel(session, bank_id, request.area_id), request.area_id: 0}
    day = day or next_day(request, today)
    parts = parts_of(day, request.wanted_time or at) if day else request.suits
    settings = find_settings(session, bank_id)
    return Asking(session, bank_id, request, travel, now, today, day, parts, settings, {*barred, *_interested(request)})


def _interested(request: WholeListing) -> set[int]:
    """Return who asks, and the broker who wrote it down for them: neither is asked to help."""
    return {member_id for member_id in (request.member_id, request.written_by) if member_id is not None}


def filters(asking: Asking, *, again: bool = False) -> Sequence[ColumnElement[bool]]:
    """Return the hard filters of a request, for a query that has `membership`; see `may_be_asked`."""
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
