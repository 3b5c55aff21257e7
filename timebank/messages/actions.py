"""Writing to another member, saying that one has read it, and asking a broker to look."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Actor, Doing
from timebank.banks.models import Bank
from timebank.db import insert_into
from timebank.errors import NotAllowedError
from timebank.members.errors import WordsMissingError
from timebank.members.keepers import has_other_broker
from timebank.members.models import Membership
from timebank.members.queries import get_rights
from timebank.messages.access import find_about
from timebank.messages.errors import CannotWriteError, NobodyElseLooksError, NothingToReportError, TooManyMessagesError
from timebank.messages.models import Conversation, Message
from timebank.messages.queries import is_between
from timebank.messages.rules import DAY, HOUR, MOST_AN_HOUR, MOST_NEW_A_DAY, is_bounded, may_write, may_write_to
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind
from timebank.references import DeedName, Ref, Subject
from timebank.rows import find_locked, get_locked
from timebank.spelling import is_blank
from timebank.tasks.actions import open_task
from timebank.tasks.rules import TaskKind
from timebank.trail import actions as trail


def write(session: Session, other: Actor, words: str, doing: Doing, *, about: str = "") -> None:
    """Write to another member. `about` is the reference of a listing or an exchange, dropped if one may not see it.

    Raises NotAllowedError, WordsMissingError, CannotWriteError or TooManyMessagesError.
    """
    content = {"words": words, "about": about}
    if trail.is_repeat(session, doing, DeedName.MESSAGE_WRITTEN, Ref(Subject.MEMBER, other.code), content):
        return
    if not may_write(doing.by):
        raise NotAllowedError
    if is_blank(words):
        raise WordsMissingError
    if not may_write_to(doing.by, get_rights(session, other)):
        raise CannotWriteError
    _refuse_floods(session, doing)
    conversation = _lock_or_begin(session, other, doing)
    message = Message(
        bank_id=doing.bank_id,
        id=clock.next_id(),
        conversation_id=conversation.id,
        written_by=doing.by.membership_id,
        written_at=doing.now,
        words=words.strip(),
        about=_visible(session, other, about, doing),
    )
    session.add(message)
    conversation.newest_id, conversation.newest_by, conversation.newest_at = message.id, message.written_by, doing.now
    _set_seen(conversation, doing.by.membership_id, message.id)
    session.flush()
    # One notice an hour while it is unread: it says who has written, not how often.
    seen, hour = _seen_by(conversation, other), int(doing.now.timestamp() // HOUR.total_seconds())
    tell(
        session,
        doing.bank_id,
        [other.membership_id],
        NoticeKind.MESSAGE,
        Ref(Subject.CONVERSATION, conversation.code),
        now=doing.now,
        facts={"message_id": message.id},
        occasion=f"{codes.in_letters(seen or 0)}-{hour}",
    )


def see(session: Session, other: Actor, doing: Doing) -> None:
    """Say that one has read what another wrote. Raises NotAllowedError."""
    if trail.is_repeat(session, doing, DeedName.MESSAGES_SEEN, Ref(Subject.MEMBER, other.code)):
        return
    if not may_write(doing.by):
        raise NotAllowedError
    conversation = _lock(session, other, doing)
    if conversation is not None:
        _set_seen(conversation, doing.by.membership_id, conversation.newest_id)
        session.flush()


def report(session: Session, other: Actor, words: str, doing: Doing) -> None:
    """Ask a broker to look at what one and another have written, and say why.

    Neither of the two sees the task, whatever their roles: somebody else looks at it. Raises NotAllowedError,
    WordsMissingError, NothingToReportError, NobodyElseLooksError or NotesFullError.
    """
    subject = Ref(Subject.MEMBER, other.code)
    if trail.is_repeat(session, doing, DeedName.CONVERSATION_REPORTED, subject, {"words": words}):
        return
    if not may_write(doing.by):
        raise NotAllowedError
    if is_blank(words):
        raise WordsMissingError
    conversation = _lock(session, other, doing)
    if conversation is None:
        raise NothingToReportError
    if not has_other_broker(session, doing.bank_id, {doing.by.membership_id, other.membership_id}):
        raise NobodyElseLooksError
    about = Ref(Subject.CONVERSATION, conversation.code)
    note = f"{doing.by.name}: {' '.join(words.split())}"
    kind = TaskKind.CONVERSATION_REPORTED
    open_task(
        session,
        doing.bank_id,
        kind=kind,
        subject=about,
        note=note,
        now=doing.now,
        is_limited=True,
        kept_from=(doing.by.membership_id, other.membership_id),
    )


def open_reported(session: Session, code: str, doing: Doing) -> None:
    """Note on the trail that a broker reads a conversation that was reported; who may was asked before."""
    trail.begin(session, doing.part_of_it(), DeedName.CONVERSATION_READ, Ref(Subject.CONVERSATION, code))


def _visible(session: Session, other: Actor, reference: str, doing: Doing) -> str:
    """Return the reference if both may see what it names; else an empty text."""
    if not reference:
        return ""
    zone = session.get_one(Bank, doing.bank_id).time_zone
    return str(find_about(session, doing.by, other, reference, clock.local_day(doing.now, zone)) or "")


def _refuse_floods(session: Session, doing: Doing) -> None:
    """Raise TooManyMessagesError after too much in an hour; a lock of the writer's membership makes the count exact."""
    own, by = doing.bank_id, doing.by.membership_id
    find_locked(session, select(Membership).where(Membership.bank_id == own, Membership.id == by), key_share=True)
    written = select(func.count()).where(
        Message.bank_id == own, Message.written_by == by, Message.written_at > doing.now - HOUR
    )
    if (session.scalar(written) or 0) >= MOST_AN_HOUR:
        raise TooManyMessagesError


def _lock_or_begin(session: Session, other: Actor, doing: Doing) -> Conversation:
    conversation = _lock(session, other, doing)
    if conversation is not None:
        return conversation
    bank_id, by = doing.bank_id, doing.by.membership_id
    begun = select(func.count()).where(
        Conversation.bank_id == bank_id, Conversation.started_by == by, Conversation.started_at > doing.now - DAY
    )
    if is_bounded(doing.by) and (session.scalar(begun) or 0) >= MOST_NEW_A_DAY:
        raise TooManyMessagesError
    first_id, second_id = sorted((by, other.membership_id))
    row = {
        "bank_id": bank_id,
        "id": clock.next_id(),
        "code": codes.new_reference(),
        "first_id": first_id,
        "second_id": second_id,
        "started_by": by,
        "started_at": doing.now,
        "newest_id": 0,
        "newest_by": by,
        "newest_at": doing.now,
    }
    pair = ["bank_id", "first_id", "second_id"]
    session.execute(insert_into(session, Conversation).values(row).on_conflict_do_nothing(index_elements=pair))
    return get_locked(session, select(Conversation).where(is_between(bank_id, first_id, second_id)))


def _lock(session: Session, other: Actor, doing: Doing) -> Conversation | None:
    pair = is_between(doing.bank_id, doing.by.membership_id, other.membership_id)
    return find_locked(session, select(Conversation).where(pair))


def _seen_by(conversation: Conversation, member: Actor) -> int | None:
    is_first = conversation.first_id == member.membership_id
    return conversation.first_seen_id if is_first else conversation.second_seen_id


def _set_seen(conversation: Conversation, member_id: int, message_id: int) -> None:
    if conversation.first_id == member_id:
        conversation.first_seen_id = message_id
    else:
        conversation.second_seen_id = message_id
