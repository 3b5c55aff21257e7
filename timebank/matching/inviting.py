"""Brokers invite members to help with a request, and take invitations back.

Inviting locks rows in this order: memberships, the listing, its invitations. So two brokers who ask about one request,
or ask one member about two, go one after the other, and each sees what the other has sent. Those who are next in turn
are sent theirs without a lock of their membership: two refusals at once may ask a member once more than they want.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError, PastDayError, TimebankError
from timebank.exchanges.errors import OwnExchangeError
from timebank.ledger.hours import LONGEST_MINUTES, NoTimeError, TooLongError
from timebank.listings.models import Listing
from timebank.listings.queries import WholeListing, find_line
from timebank.matching.errors import (
    AskedAlreadyError,
    InvitationOverError,
    MayNotBeAskedError,
    NobodyChosenError,
    OtherDayError,
    RequestMovedOnError,
)
from timebank.matching.invitation_rules import (
    MOST_ASKED_AT_ONCE,
    NOT_AGAIN,
    InvitationState,
    is_of_that_day,
    may_invite,
)
from timebank.matching.models import Invitation
from timebank.matching.reach import may_be_asked
from timebank.matching.turns import ask_next, close_overdue, is_interested, is_open, lock_invitation, lock_request
from timebank.members.models import Membership
from timebank.members.queries import list_membership_names
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


@dataclass(frozen=True, slots=True)
class InvitationText:
    """What members are asked: for which day and time (None: any), how many minutes, where, and words to them.

    With `in_turn` they are asked one after the other, as many at a time as the request wants helpers.
    """

    day: date | None
    at: time | None
    minutes: int
    meeting_place: str = ""
    words: str = ""
    in_turn: bool = True


def invite(
    session: Session, bank: Bank, code: str, member_ids: Sequence[int], content: InvitationText, doing: Doing
) -> None:
    """Ask members, in this order, whether they could help with the request of this code.

    Raises NotAllowedError, NobodyChosenError, RequestMovedOnError, OtherDayError, PastDayError, NoTimeError,
    TooLongError, and AskedAlreadyError or MayNotBeAskedError for the first of them who may not be asked.
    """
    chosen = list(dict.fromkeys(member_ids))
    sent_content = {**asdict(content), "members": chosen}
    if trail.is_repeat(session, doing, DeedName.INVITATION_SENT, Ref(Subject.LISTING, code), sent_content):
        return
    if not may_invite(doing.by):
        raise NotAllowedError
    if not 1 <= len(chosen) <= MOST_ASKED_AT_ONCE:
        raise NobodyChosenError
    _lock_members(session, bank.id, chosen)
    today = clock.local_day(doing.now, bank.time_zone)
    listing = lock_request(session, bank.id, code, today)
    if listing is None or not is_open(listing, today):
        raise RequestMovedOnError
    _check(listing, content, today)
    close_overdue(session, bank, listing, doing.now)  # what is outdated keeps nobody from being asked
    _refuse_some(session, listing, chosen, content, doing, today)
    first_turn = _last_turn(session, bank.id, listing.id) + 1
    rows = [
        _invitation(bank.id, listing.id, member_id, turn, content, doing)
        for turn, member_id in enumerate(chosen, start=first_turn)
    ]
    session.add_all(rows)
    session.flush()
    ask_next(session, bank, listing, now=doing.now, at_once=[] if content.in_turn else [row.id for row in rows])


def take_back(session: Session, bank: Bank, code: str, doing: Doing) -> None:
    """Take an invitation back that is not answered yet.

    Raises NotAllowedError, InvitationOverError, or OwnExchangeError for a broker who asks or is asked themselves.
    """
    if trail.is_repeat(session, doing, DeedName.INVITATION_TAKEN_BACK, Ref(Subject.INVITATION, code)):
        return
    if not may_invite(doing.by):
        raise NotAllowedError
    listing, invitation = lock_invitation(session, bank, code, doing.now)
    if not invitation.is_standing:
        raise InvitationOverError
    if is_interested(session, bank.id, listing, doing.by.membership_id):
        raise OwnExchangeError
    invitation.state, invitation.closed_at = InvitationState.TAKEN_BACK, doing.now
    session.flush()
    ask_next(session, bank, listing, now=doing.now, tells_brokers=False)


def _lock_members(session: Session, bank_id: int, member_ids: Sequence[int]) -> None:
    """Lock memberships, so that nobody is asked more often than they want by two brokers at once."""
    members = select(Membership.id).where(Membership.bank_id == bank_id, Membership.id.in_(member_ids))
    session.execute(members.order_by(Membership.id).with_for_update(key_share=True)).all()


def _check(listing: WholeListing, content: InvitationText, today: date) -> None:
    _check_minutes(content.minutes)
    if content.day is not None and content.day < today:
        raise PastDayError
    if (listing.wanted_on is not None and content.day is None) or not is_of_that_day(listing, content.day, content.at):
        raise OtherDayError


def _check_minutes(minutes: int) -> None:
    if minutes <= 0:
        raise NoTimeError
    if minutes > LONGEST_MINUTES:
        raise TooLongError


def _refuse_some(
    session: Session, listing: WholeListing, chosen: Sequence[int], content: InvitationText, doing: Doing, today: date
) -> None:
    """Raise the error of the first member who may not be asked."""
    bank_id, mine = doing.bank_id, [doing.by.membership_id]
    may = may_be_asked(
        session, listing, bank_id, chosen, now=doing.now, today=today, barred=mine, day=content.day, at=content.at
    )
    refused = [member_id for member_id in chosen if member_id not in may]
    if not refused:
        return
    name = list_membership_names(session, bank_id, refused[:1]).get(refused[0], "")
    asked = select(Invitation.id).where(
        Invitation.bank_id == bank_id,
        Invitation.listing_id == listing.id,
        Invitation.member_id == refused[0],
        Invitation.state.in_(NOT_AGAIN),
    )
    raise AskedAlreadyError(name=name) if session.scalar(asked.limit(1)) else MayNotBeAskedError(name=name)


def _last_turn(session: Session, bank_id: int, listing_id: int) -> int:
    turns = select(Invitation.turn).where(Invitation.bank_id == bank_id, Invitation.listing_id == listing_id)
    return session.scalar(turns.order_by(Invitation.turn.desc()).limit(1)) or 0


def _invitation(
    bank_id: int, listing_id: int, member_id: int, turn: int, content: InvitationText, doing: Doing
) -> Invitation:
    return Invitation(
        bank_id=bank_id,
        id=clock.next_id(),
        code=codes.new_reference(),
        listing_id=listing_id,
        member_id=member_id,
        state=InvitationState.NEXT,
        turn=turn,
        asked_by=doing.by.membership_id,
        chosen_at=doing.now,
        day=content.day,
        at=content.at,
        minutes=content.minutes,
        meeting_place=content.meeting_place.strip(),
        words=content.words.strip(),
    )


class Line(NamedTuple):
    """A line of a plan: a request's code, whom to ask, and for which day (None: any), as the broker saw it."""

    listing_code: str
    member_id: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of asking about many requests at once: how many were asked or wait for their turn, and what was not."""

    asked: int
    waiting: int
    refused: tuple[tuple[Line, TimebankError], ...] = ()


def invite_all(session: Session, bank: Bank, lines: Sequence[Line], minutes: int, doing: Doing) -> Sent:
    """Ask for many requests at once, each for `minutes`, at the request's own time.

    A line that is refused stops no other. Raises NotAllowedError, NobodyChosenError, NoTimeError or TooLongError; a
    form that comes again asks nobody, and says how many were asked.
    """
    content = {"lines": [tuple(line) for line in lines], "minutes": minutes}
    if trail.is_repeat(session, doing, DeedName.PLAN_SENT, Ref(Subject.BANK, bank.slug), content):
        return _count(session, bank.id, lines, doing, ())
    if not may_invite(doing.by):
        raise NotAllowedError
    if not lines:
        raise NobodyChosenError
    _check_minutes(minutes)
    _lock_members(session, bank.id, [line.member_id for line in lines])
    today = clock.local_day(doing.now, bank.time_zone)
    refused: list[tuple[Line, TimebankError]] = []
    for line in sorted(set(lines), key=lambda line: (line.listing_code, line.member_id)):
        listing = find_line(session, bank.id, line.listing_code, today)
        text = InvitationText(line.day, listing.wanted_time if listing else None, minutes)
        try:
            with session.begin_nested():
                invite(session, bank, line.listing_code, [line.member_id], text, doing.part_of_it())
        except TimebankError as error:
            refused.append((line, error))
    return _count(session, bank.id, lines, doing, tuple(refused))


def _count(
    session: Session,
    bank_id: int,
    lines: Sequence[Line],
    doing: Doing,
    refused: tuple[tuple[Line, TimebankError], ...],
) -> Sent:
    """Return how many of these lines the actor has asked, or put on a list."""
    its_own = (Listing.bank_id == Invitation.bank_id) & (Listing.id == Invitation.listing_id)
    rows = session.execute(
        select(Listing.code, Invitation.member_id, Invitation.asked_at)
        .join(Listing, its_own)
        .where(
            Invitation.bank_id == bank_id,
            Invitation.asked_by == doing.by.membership_id,
            Listing.code.in_({line.listing_code for line in lines}),
        )
    ).all()
    pairs = {(line.listing_code, line.member_id) for line in lines} - {
        (line.listing_code, line.member_id) for line, _error in refused
    }
    asked = {(row.code, row.member_id) for row in rows if row.asked_at is not None} & pairs
    return Sent(len(asked), len({(row.code, row.member_id) for row in rows} & pairs - asked), refused)
