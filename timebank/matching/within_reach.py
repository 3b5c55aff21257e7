"""Whether somebody is within reach of a request: conditions that a broker's list and a member's home share."""

from datetime import date, time
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from timebank.banks.models import AreaTravel
from timebank.listings.filling import DayColumns, next_day
from timebank.matching.invitation_rules import parts_of
from timebank.matching.rules import may_go
from timebank.members.languages import USUAL_LANGUAGE
from timebank.members.models import Membership, SpokenLanguage
from timebank.members.rules import Helping, is_away
from timebank.week import ANY_TIME

#: The id of a bank or member, or the parameter that it is given as.
Id = int | BindParameter[int]


class TimeColumns(DayColumns, Protocol):
    """The columns that say when and where help of a request is wanted."""

    @property
    def wanted_time(self) -> time | None: ...  # noqa: D102 (a column)
    @property
    def suits(self) -> int: ...  # noqa: D102 (a column)
    @property
    def in_person(self) -> bool: ...  # noqa: D102 (a column)
    @property
    def area_id(self) -> int | None: ...  # noqa: D102 (a column)


class AskingColumns(Protocol):
    """The columns that say who asks for help, and which broker wrote it down for them."""

    @property
    def member_id(self) -> int: ...  # noqa: D102 (a column)
    @property
    def written_by(self) -> int | None: ...  # noqa: D102 (a column)


def parts_wanted(request: TimeColumns, today: date, *, day: date | None = None, at: time | None = None) -> int:
    """Return the bits of the parts of the week in which help of a request is wanted; 0 for any.

    `day` and `at` are what somebody names where the request names none.
    """
    day = day or next_day(request, today)
    return parts_of(day, request.wanted_time or at) if day else request.suits


def list_interested(request: AskingColumns) -> frozenset[int]:
    """Return who asks, and the broker who wrote it down for them: neither is asked to help."""
    return frozenset({request.member_id} if request.written_by is None else {request.member_id, request.written_by})


def is_within_reach(helping: Helping, request: TimeColumns, travel_minutes: int | None, today: date) -> bool:
    """Return whether a member wants to be asked, is there and free on the day of a request, and goes so far.

    `travel_minutes` is one way from where the member lives, 0 in the same area, None where nobody knows.
    """
    parts = parts_wanted(request, today)
    is_free = ANY_TIME in (parts, helping.free_parts) or bool(helping.free_parts & parts)
    is_here = not is_away(helping, next_day(request, today) or today)
    stays = request.area_id is None or not request.in_person
    goes = stays or may_go(travel_minutes, helping.farthest_minutes)
    return bool(helping.most_invitations) and is_free and is_here and goes


def shares_a_language(bank_id: Id, other_id: Id) -> ColumnElement[bool]:
    """Return the condition that the member of the query speaks a language of another one.

    Who says nothing speaks USUAL_LANGUAGE.
    """
    own = and_(SpokenLanguage.bank_id == bank_id, SpokenLanguage.member_id == Membership.id)
    theirs = aliased(SpokenLanguage)
    of_other = and_(theirs.bank_id == bank_id, theirs.member_id == other_id)
    other_speaks = select(theirs.language).where(of_other)
    says_nothing, other_says_nothing = ~exists().where(own).correlate(Membership), ~other_speaks.exists()
    other_speaks_usual = other_speaks.where(theirs.language == USUAL_LANGUAGE).exists()
    speaks_usual = exists().where(own, SpokenLanguage.language == USUAL_LANGUAGE).correlate(Membership)
    return or_(
        exists().where(own, SpokenLanguage.language.in_(other_speaks)).correlate(Membership),
        says_nothing & (other_says_nothing | other_speaks_usual),
        other_says_nothing & speaks_usual,
    )


def travel_between(
    bank_id: Id, area_id: SQLColumnExpression[Any], other_id: SQLColumnExpression[Any]
) -> ColumnElement[Any]:
    """Return the minutes one way between the areas of two columns: 0 within one, None where nobody knows."""
    first, second = AreaTravel.first_area_id, AreaTravel.second_area_id
    query = select(AreaTravel.minutes).where(
        AreaTravel.bank_id == bank_id,
        or_(and_(first == area_id, second == other_id), and_(first == other_id, second == area_id)),
    )
    return case((area_id == other_id, 0), else_=query.scalar_subquery())
