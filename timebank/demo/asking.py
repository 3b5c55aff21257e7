"""Whom the demo's brokers asked to help with requests, and what they answered."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from timebank.actors import Doing
from timebank.demo.stories import Neighbourhood, Story
from timebank.listings.filling import next_day
from timebank.listings.models import Listing
from timebank.listings.queries import find_line
from timebank.matching.answering import say_no, say_yes
from timebank.matching.invitation_rules import Answer
from timebank.matching.inviting import InvitationText, invite
from timebank.matching.models import Invitation

_FRIDAY = 5
_SENT_AT, _ANSWERED_AT = time(10, 20), time(18, 5)


@dataclass(frozen=True, slots=True)
class Replied:
    """What somebody answered, `days_ago` days ago; `on` is the day they offer, in days from the end of the story."""

    days_ago: int
    whose: str
    answer: Answer
    _: KW_ONLY
    on: int | None = None


@dataclass(frozen=True, slots=True)
class AskedToHelp:
    """A broker's asking members, `days_ago` days ago, about the request with this title, one after the other."""

    days_ago: int
    broker: str
    title: str
    whom: Sequence[str]
    _: KW_ONLY
    minutes: int = 60
    meeting_place: str = ""
    words: str = ""
    replies: Sequence[Replied] = ()


def ask_to_help(neighbourhood: Neighbourhood, asked: AskedToHelp, number: int) -> Story:
    """A broker asks, and members answer; `number` is unique in the bank."""
    session, bank = neighbourhood.session, neighbourhood.bank
    now = yield _office_day(neighbourhood.moment(asked.days_ago, _SENT_AT))
    code = session.scalars(select(Listing.code).where(Listing.bank_id == bank.id, Listing.title == asked.title)).one()
    line, today = find_line(session, bank.id, code, now.date()), now.date()
    day = next_day(line, today) if line else None
    content = InvitationText(
        day, line.wanted_time if line else None, asked.minutes, meeting_place=asked.meeting_place, words=asked.words
    )
    whom = [neighbourhood.actor(key).membership_id for key in asked.whom]
    invite(session, bank, code, whom, content, Doing(neighbourhood.actor(asked.broker), now, f"village-asked-{number}"))
    for reply in asked.replies:
        now = yield neighbourhood.finds_time(reply.whose, neighbourhood.moment(reply.days_ago, _ANSWERED_AT))
        doing = Doing(neighbourhood.actor(reply.whose), now, f"village-reply-{number}-{reply.whose}")
        own = (Invitation.bank_id == bank.id, Invitation.member_id == doing.by.membership_id)
        invitation = session.scalars(select(Invitation.code).where(*own).order_by(Invitation.id.desc()).limit(1)).one()
        if reply.answer is Answer.YES:
            on = None if reply.on is None else neighbourhood.today + timedelta(days=reply.on)
            say_yes(session, bank, invitation, doing, day=on)
        else:
            say_no(session, bank, invitation, doing, less=reply.answer is Answer.LESS)


def _office_day(moment: datetime) -> datetime:
    """Return the moment, or the same time of the Friday before a weekend."""
    return moment - timedelta(days=max(0, moment.isoweekday() - _FRIDAY))
