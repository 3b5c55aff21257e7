"""Queries of conversations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from timebank import subjects
from timebank.members.models import Membership, Person
from timebank.messages.models import Conversation, Message
from timebank.notices.holding import register
from timebank.notices.kinds import NoticeKind
from timebank.notices.queries import Told
from timebank.references import Subject
from timebank.rows import Page, columns_of, cut, fetch, fetch_first, fetch_page

#: So many are on a page.
MOST_LISTED = 50


class MessageRow(NamedTuple):
    """A message; its columns mean what they mean in `Message`."""

    id: int
    written_by: int
    written_at: datetime
    words: str
    about: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as one of its two sides sees it: with whom, and the newest message's words."""

    code: str
    other_id: int
    other_code: str
    other_name: str
    newest_at: datetime
    newest_id: int
    newest_by: int
    words: str
    seen: int | None

    @property
    def is_unread(self) -> bool:
        """Return whether the other side wrote the newest, and the reader has not said that they have read it."""
        return self.newest_by == self.other_id and (self.seen is None or self.seen < self.newest_id)


def is_between(bank_id: int, one_id: int, other_id: int) -> ColumnElement[bool]:
    """Return the condition that a conversation is between two memberships."""
    first_id, second_id = sorted((one_id, other_id))
    return and_(Conversation.bank_id == bank_id, Conversation.first_id == first_id, Conversation.second_id == second_id)


def _select_talks(bank_id: int, member_id: int) -> Select[*tuple[object, ...]]:
    is_first = Conversation.first_id == member_id
    other_id = case((is_first, Conversation.second_id), else_=Conversation.first_id)
    seen = case((is_first, Conversation.first_seen_id), else_=Conversation.second_seen_id)
    return (
        select(
            Conversation.code,
            Membership.id,
            Membership.code,
            Person.name,
            Conversation.newest_at,
            Conversation.newest_id,
            Conversation.newest_by,
            Message.words,
            seen,
        )
        .join(Message, and_(Message.bank_id == Conversation.bank_id, Message.id == Conversation.newest_id))
        .join(Membership, and_(Membership.bank_id == Conversation.bank_id, Membership.id == other_id))
        .join(Person, Person.id == Membership.person_id)
        .where(Conversation.bank_id == bank_id, or_(is_first, Conversation.second_id == member_id))
        .order_by(Conversation.newest_id.desc())
    )


def list_talks(session: Session, bank_id: int, member_id: int, *, below: int | None = None) -> Page[Talk]:
    """Return a page of a member's conversations, the newest first: those whose newest id is lower than `below`."""
    query = _select_talks(bank_id, member_id)
    if below is not None:
        query = query.where(Conversation.newest_id < below)
    rows = fetch(session, query.limit(MOST_LISTED + 1), Talk)
    return cut(rows, MOST_LISTED, attrgetter("newest_id"))


def list_unread(session: Session, bank_id: int, member_id: int, most: int) -> Sequence[Talk]:
    """Return those conversations in which the other side wrote last and the member has not read it."""
    is_first = Conversation.first_id == member_id
    seen = case((is_first, Conversation.first_seen_id), else_=Conversation.second_seen_id)
    unread = (Conversation.newest_by != member_id) & (seen.is_(None) | (seen < Conversation.newest_id))
    return fetch(session, _select_talks(bank_id, member_id).where(unread).limit(most), Talk)


def find_talk(session: Session, bank_id: int, member_id: int, other_id: int) -> Talk | None:
    """Return the conversation of two members, as the first sees it; None if they have not written."""
    query = _select_talks(bank_id, member_id).where(is_between(bank_id, member_id, other_id))
    return fetch_first(session, query, Talk)


def list_messages(session: Session, bank_id: int, code: str, *, below: int | None = None) -> Page[MessageRow]:
    """Return a page of a conversation's messages, the newest first; `below` is the id that they are older than."""
    its_own = (Message.bank_id == Conversation.bank_id) & (Message.conversation_id == Conversation.id)
    query = (
        select(*columns_of(Message, MessageRow))
        .join(Conversation, its_own)
        .where(Conversation.bank_id == bank_id, Conversation.code == code)
        .order_by(Message.id.desc())
    )
    return fetch_page(session, query if below is None else query.where(Message.id < below), MessageRow, MOST_LISTED)


def find_sides(session: Session, bank_id: int, code: str) -> tuple[int, int] | None:
    """Return the two memberships of a conversation; None if there is none."""
    query = select(Conversation.first_id, Conversation.second_id)
    row = session.execute(query.where(Conversation.bank_id == bank_id, Conversation.code == code)).first()
    return (row.first_id, row.second_id) if row else None


def list_codes_of_side(session: Session, bank_id: int, member_id: int, codes: Collection[str]) -> set[str]:
    """Return those of these codes whose conversations a membership is a side of."""
    is_side = or_(Conversation.first_id == member_id, Conversation.second_id == member_id)
    query = select(Conversation.code).where(Conversation.bank_id == bank_id, Conversation.code.in_(codes), is_side)
    return set(session.scalars(query))


def list_names_of_codes(session: Session, bank_id: int, codes: Sequence[str]) -> dict[str, str]:
    """Return {code: 'Ada Lamont, Grace Okafor'} of the conversations with these codes."""
    query = (
        select(Conversation.code, Person.name)
        .join(
            Membership,
            (Membership.bank_id == Conversation.bank_id)
            & or_(Membership.id == Conversation.first_id, Membership.id == Conversation.second_id),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Conversation.bank_id == bank_id, Conversation.code.in_(set(codes)))
        .order_by(Person.name)
    )
    names: dict[str, list[str]] = {}
    for code, name in session.execute(query):
        names.setdefault(code, []).append(name)
    return {code: ", ".join(both) for code, both in names.items()}


subjects.register(Subject.CONVERSATION, list_names_of_codes)


def _list_holding(session: Session, bank_id: int, notices: Sequence[Told], _now: datetime) -> set[int]:
    """Return the ids of those notices of messages that their reader has not read or answered."""
    codes = {notice.subject.code for notice in notices}
    query = select(
        Conversation.code,
        Conversation.first_id,
        Conversation.first_seen_id,
        Conversation.second_id,
        Conversation.second_seen_id,
    )
    seen: dict[tuple[str, int], int] = {}
    for row in session.execute(query.where(Conversation.bank_id == bank_id, Conversation.code.in_(codes))):
        seen[row.code, row.first_id], seen[row.code, row.second_id] = row.first_seen_id or 0, row.second_seen_id or 0
    return {
        notice.id
        for notice in notices
        if int(str(notice.facts.get("message_id", 0))) > seen.get((notice.subject.code, notice.member_id), 0)
    }


register([NoticeKind.MESSAGE], _list_holding)
