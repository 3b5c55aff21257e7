"""Counts of the members whose notices change their way when a bank sends no more letters or texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.members.models import Membership, Person
from timebank.notices.kinds import NoticeKind, topic_of
from timebank.notices.models import NoticeChoice
from timebank.notices.queries import list_choices
from timebank.notices.rules import USUAL, Choice, Way, way_for
from timebank.telling.recipients import Recipient, list_recipients

#: A notice about the member to which no exception of `way_for` applies.
_USUAL_KIND = NoticeKind.TO_CONFIRM


def count_touched(session: Session, bank_id: int, way: Way) -> Mapping[Way, int]:
    """Return {way that takes its place: members} of those who get notices about them by letter or text now.

    Way.NONE: nothing else reaches them. The number of queries is constant.
    """
    touched = Counter[Way]()
    for reader, choice in _list_told(session, bank_id, way, _USUAL_KIND):
        without = replace(reader.reach, letter=False) if way is Way.LETTER else replace(reader.reach, text=False)
        touched[way_for(_USUAL_KIND, choice, without)] += 1
    return touched


def count_news_by_letter(session: Session, bank_id: int) -> int:
    """Return how many members get by letter what goes on round the bank, and get none without letters."""
    return len(_list_told(session, bank_id, Way.LETTER, NoticeKind.DIGEST))


def _list_told(session: Session, bank_id: int, way: Way, kind: NoticeKind) -> list[tuple[Recipient, Choice]]:
    """Return the active members who get notices of this kind by this way now, each with their choice."""
    readers = list_recipients(session, bank_id, _list_candidates(session, bank_id, way))
    choices, topic = list_choices(session, bank_id, list(readers)), topic_of(kind)
    chosen = [(reader, choices.get((reader.membership_id, topic), USUAL[topic])) for reader in readers.values()]
    return [
        (reader, choice) for reader, choice in chosen if reader.is_active and way_for(kind, choice, reader.reach) is way
    ]


def _list_candidates(session: Session, bank_id: int, way: Way) -> Sequence[int]:
    """Return the memberships that this way could reach: with a postal address, or who chose texts."""
    if way is Way.LETTER:
        with_address = select(Membership.id).join(Person, Person.id == Membership.person_id)
        return session.scalars(
            with_address.where(
                Membership.bank_id == bank_id, Membership.standing == Standing.ACTIVE, Person.postal_address != ""
            )
        ).all()
    chosen = select(NoticeChoice.member_id).where(NoticeChoice.bank_id == bank_id, NoticeChoice.way == way)
    return session.scalars(chosen.distinct()).all()
