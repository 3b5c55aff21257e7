"""Queries of invitations: those that wait for a member's answer, those of a request, and what came back of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from timebank import subjects
from timebank.banks.models import Area
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import State
from timebank.listings.models import Listing
from timebank.listings.queries import OWNS, can_be_found
from timebank.matching.invitation_rules import InvitationState, OfInvitation
from timebank.matching.models import Invitation
from timebank.members.models import Membership, Person
from timebank.references import Subject
from timebank.rows import fetch, fetch_first

#: The condition that a listing is what an invitation is about.
ITS_REQUEST = (Listing.bank_id == Invitation.bank_id) & (Listing.id == Invitation.listing_id)
#: So many invitations are listed at most, of a member or of what came back.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class InvitationRow(OfInvitation):
    """An invitation with its request, who is asked, who asks for help, and the exchange that came of it.

    `title` is what the request was called when it was sent; `listing_words` are the request's. Memberships of who sent
    and who answered are named by the page.
    """

    id: int
    code: str
    state: str
    turn: int
    asked_by: int
    chosen_at: datetime
    asked_at: datetime | None
    answer_by: date | None
    day: date | None
    at: time | None
    minutes: int
    meeting_place: str
    words: str
    answered_by: int | None
    wants_less: bool
    closed_at: datetime | None
    member_id: int
    member_code: str
    member_name: str
    listing_id: int
    listing_code: str
    title: str
    listing_words: str
    requester_code: str
    requester_name: str
    area: str | None
    exchange_code: str | None
    exchange_state: str | None

    @property
    def was_called_off(self) -> bool:
        """Return whether the help that somebody said yes to was called off."""
        return self.exchange_state == State.CANCELLED


def find_invitation(session: Session, bank_id: int, code: str) -> InvitationRow | None:
    """Return the invitation of the bank with this code; None if there is none."""
    return fetch_first(session, _select(bank_id).where(Invitation.code == code), InvitationRow)


def list_to_answer(session: Session, bank_id: int, member_id: int, *, today: date) -> Sequence[InvitationRow]:
    """Return the invitations that wait for a member's answer, as long as the request wants somebody, oldest first."""
    query = _select(bank_id).where(
        Invitation.member_id == member_id,
        Invitation.state == InvitationState.SENT,
        Invitation.answer_by >= today,
        can_be_found(today),
    )
    return fetch(session, query.order_by(Invitation.id).limit(MOST_LISTED), InvitationRow)


def list_of_requests(session: Session, bank_id: int, listing_ids: Sequence[int]) -> dict[int, list[InvitationRow]]:
    """Return {listing id: its invitations in the order of turns} for these requests."""
    query = _select(bank_id).where(Invitation.listing_id.in_(set(listing_ids))).order_by(Invitation.turn, Invitation.id)
    rows: dict[int, list[InvitationRow]] = {id_: [] for id_ in listing_ids}
    for row in fetch(session, query, InvitationRow):
        rows[row.listing_id].append(row)
    return rows


def list_answers_due(session: Session, bank_id: int, listing_ids: Sequence[int]) -> dict[int, date]:
    """Return {listing id: the last day on which somebody who is asked can answer} for these requests."""
    rows = session.execute(
        select(Invitation.listing_id, func.max(Invitation.answer_by).label("answer_by"))
        .where(
            Invitation.bank_id == bank_id,
            Invitation.listing_id.in_(set(listing_ids)),
            Invitation.state == InvitationState.SENT,
        )
        .group_by(Invitation.listing_id)
    )
    return {row.listing_id: row.answer_by for row in rows}


def list_came_back(session: Session, bank_id: int, *, since: datetime) -> Sequence[InvitationRow]:
    """Return what members said since then, and what was left unanswered, the newest first."""
    states = (InvitationState.YES, InvitationState.NO, InvitationState.SILENT)
    query = _select(bank_id).where(Invitation.closed_at >= since, Invitation.state.in_(states))
    query = query.order_by(Invitation.closed_at.desc(), Invitation.id.desc())
    return fetch(session, query.limit(MOST_LISTED), InvitationRow)


def list_titles(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Return {code of an invitation: the title of its request}."""
    query = select(Invitation.code, Invitation.title)
    rows = session.execute(query.where(Invitation.bank_id == bank_id, Invitation.code.in_(codes)))
    return {row.code: row.title for row in rows}


subjects.register(Subject.INVITATION, list_titles)


def _select(bank_id: int) -> Select[*tuple[Any, ...]]:
    """Return the query of the columns of InvitationRow; its `membership` is who asks for help."""
    asked, asked_person, person = aliased(Membership), aliased(Person), aliased(Person)
    return (
        select(
            Invitation.id,
            Invitation.code,
            Invitation.state,
            Invitation.turn,
            Invitation.asked_by,
            Invitation.chosen_at,
            Invitation.asked_at,
            Invitation.answer_by,
            Invitation.day,
            Invitation.at,
            Invitation.minutes,
            Invitation.meeting_place,
            Invitation.words,
            Invitation.answered_by,
            Invitation.wants_less,
            Invitation.closed_at,
            Invitation.member_id,
            asked.code.label("member_code"),
            asked_person.name.label("member_name"),
            Invitation.listing_id,
            Listing.code.label("listing_code"),
            Invitation.title,
            Listing.words.label("listing_words"),
            Membership.code.label("requester_code"),
            person.name.label("requester_name"),
            Area.name.label("area"),
            Exchange.code.label("exchange_code"),
            Exchange.state.label("exchange_state"),
        )
        .join(Listing, ITS_REQUEST)
        .join(Membership, OWNS)
        .join(person, person.id == Membership.person_id)
        .join(asked, (asked.bank_id == Invitation.bank_id) & (asked.id == Invitation.member_id))
        .join(asked_person, asked_person.id == asked.person_id)
        .outerjoin(Area, (Area.bank_id == Listing.bank_id) & (Area.id == Listing.area_id))
        .outerjoin(Exchange, (Exchange.bank_id == Invitation.bank_id) & (Exchange.id == Invitation.exchange_id))
        .where(Invitation.bank_id == bank_id)
    )
