"""Whom it touches when a bank sends no more letters or texts, and by which way they are told then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.actors import Standing
from timebank.members.models import Membership, Person
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import NoticeChoice
from timebank.notices.queries import list_choices
from timebank.notices.rules import USUAL, Way, way_for
from timebank.telling.recipients import list_recipients

#: A notice of the usual sort, about the member.
_USUAL_KIND = NoticeKind.TO_CONFIRM


def count_touched(session: Session, bank_id: int, way: Way) -> Mapping[Way, int]:
    """Return {way that takes its place: members} of those who are told what is about them by letter or text now.

    Way.NONE: nothing else reaches them. The number of queries is constant.
    """
    readers = list_recipients(session, bank_id, _list_candidates(session, bank_id, way))
    choices = list_choices(session, bank_id, list(readers))
    touched = Counter[Way]()
    for reader in readers.values():
        choice = choices.get((reader.membership_id, Topic.ABOUT_YOU), USUAL[Topic.ABOUT_YOU])
        if reader.is_active and way_for(_USUAL_KIND, choice, reader.reach) is way:
            without = replace(reader.reach, letter=False) if way is Way.LETTER else replace(reader.reach, text=False)
            touched[way_for(_USUAL_KIND, choice, without)] += 1
    return touched


def count_news_by_letter(session: Session, bank_id: int) -> int:
    """Return how many members get by letter what goes on round the bank, and get none without letters."""
    readers = list_recipients(session, bank_id, _list_candidates(session, bank_id, Way.LETTER))
    choices = list_choices(session, bank_id, list(readers))
    return sum(
        reader.is_active
        and reader.reach.letter
        and choices.get((reader.membership_id, Topic.ROUND_THE_BANK), USUAL[Topic.ROUND_THE_BANK]).way is Way.LETTER
        for reader in readers.values()
    )


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
