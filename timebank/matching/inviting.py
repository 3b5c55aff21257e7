"""Brokers invite members to help with a request, and take invitations back.

Inviting locks rows in this order: memberships, the listing, its invitations. So two brokers who ask about one request,
or ask one member about two, go one after the other, and each sees what the other has sent. Who is next in turn is known
only once the listing is locked, and locked then: a deadlock that may come of it is retried by pages and by the sweep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError, PastDayError, TimebankError
from timebank.exchanges.errors import OwnExchangeError
from timebank.ledger.hours import LONGEST_MINUTES, NoTimeError, TooLongError
from timebank.listings.models import Listing
from timebank.listings.queries import WholeListing
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
    is_still_asked,
    may_invite,
)
from timebank.matching.models import Invitation
from timebank.matching.queries import ITS_REQUEST
from timebank.matching.reach import describe, list_may_be_asked
from timebank.matching.turns import (
    ask_next,
    close_overdue,
    is_interested,
    is_open,
    lock_invitation,
    lock_members,
    lock_request,
)
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
    lock_members(session, bank.id, chosen)
    today = clock.local_day(doing.now, bank.time_zone)
    listing = lock_request(session, bank.id, code, today)
    if listing is None or not is_open(listing, today):
        raise RequestMovedOnError
    _check(listing, content, today)
    close_overdue(session, bank, listing, doing.now)  # what is outdated keeps nobody from being asked
    _refuse_some(session, listing, chosen, content, doing, today)
    first_turn = _last_turn(session, bank.id, listing.id) + 1
    rows = [
        _invitation(bank.id, listing, member_id, turn, content, doing)
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


def _check(listing: WholeListing, content: InvitationText, today: date) -> None:
    _check_minutes(content.minutes)
    if content.day is not None and content.day < today:
        raise PastDayError
    if not is_still_asked(listing, listing.title, content.day, content.at):
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
    bank_id, barred = doing.bank_id, [doing.by.membership_id]
    asking = describe(session, bank_id, listing, doing.now, today, barred, day=content.day, at=content.at)
    may = list_may_be_asked(asking, chosen)
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
    bank_id: int, listing: WholeListing, member_id: int, turn: int, content: InvitationText, doing: Doing
) -> Invitation:
    return Invitation(
        bank_id=bank_id,
        id=clock.next_id(),
        code=codes.new_reference(),
        listing_id=listing.id,
        title=listing.title,
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


def wants_of(lines: Sequence[Line], minutes: int) -> dict[str, object]:
    """Return the lines of a plan, each once, as JSON holds them: what a job of the worker is to do."""
    rows = [(line.listing_code, line.member_id, line.day.isoformat() if line.day else None) for line in lines]
    return {"lines": list(dict.fromkeys(rows)), "minutes": minutes}


def read_wants(wants: Mapping[str, Any]) -> tuple[list[Line], int]:
    """Return (lines, minutes) of what `wants_of` returned."""
    rows = [(code, member_id, date.fromisoformat(day) if day else None) for code, member_id, day in wants["lines"]]
    return [Line(*row) for row in rows], int(wants["minutes"])


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
    lock_members(session, bank.id, [line.member_id for line in lines])
    requests = _list_times(session, bank.id, lines)
    refused: list[tuple[Line, TimebankError]] = []
    for line in sorted(set(lines), key=lambda line: (requests.get(line.listing_code, (0, None))[0], line.member_id)):
        _id, at = requests.get(line.listing_code, (0, None))
        text = InvitationText(line.day, at, minutes)
        try:
            with session.begin_nested():
                invite(session, bank, line.listing_code, [line.member_id], text, doing.part_of_it())
        except TimebankError as error:
            refused.append((line, error))
    return _count(session, bank.id, lines, doing, tuple(refused))


def invite_line(session: Session, bank: Bank, line: Line, minutes: int, doing: Doing) -> Sent:
    """Ask about one line of a plan, as `invite_all` does; return whether they are asked now or wait for their turn.

    Raises what `invite` raises.
    """
    _id, at = _list_times(session, bank.id, [line]).get(line.listing_code, (0, None))
    invite(session, bank, line.listing_code, [line.member_id], InvitationText(line.day, at, minutes), doing)
    return _count(session, bank.id, [line], doing, ())


def _list_times(session: Session, bank_id: int, lines: Sequence[Line]) -> dict[str, tuple[int, time | None]]:
    """Return {code of a request: its id, in whose order all lock requests, and its time}."""
    codes_of = {line.listing_code for line in lines}
    columns = select(Listing.code, Listing.id, Listing.wanted_time)
    rows = session.execute(columns.where(Listing.bank_id == bank_id, Listing.code.in_(codes_of)))
    return {row.code: (row.id, row.wanted_time) for row in rows}


def _count(
    session: Session,
    bank_id: int,
    lines: Sequence[Line],
    doing: Doing,
    refused: tuple[tuple[Line, TimebankError], ...],
) -> Sent:
    """Return how many of these lines the actor has asked, or put on a list."""
    rows = session.execute(
        select(Listing.code, Invitation.member_id, Invitation.asked_at)
        .join(Listing, ITS_REQUEST)
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
