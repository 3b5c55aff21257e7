"""Making the digests of a bank: in batches of members, each in a transaction of its own, so that memory stays flat."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, delete, func, literal, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Standing
from timebank.banks.models import Bank
from timebank.db import insert_into
from timebank.digests.models import DigestItem, DigestTurn
from timebank.digests.rules import Chosen, News, choose, is_due, is_enough
from timebank.members.models import Membership, Person
from timebank.notices.actions import NewNotice, tell_each
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import NoticeChoice
from timebank.notices.rules import USUAL, Often, Way
from timebank.references import Ref, Subject
from timebank.telling.recipients import gets_digests_by_email, gets_letters

#: Members in one transaction.
BATCH = 500
_USUAL = USUAL[Topic.ROUND_THE_BANK]
#: What was shown is remembered longer than anything is news, since a listing may be listed again.
_REMEMBERED = timedelta(days=400)


class Reader(NamedTuple):
    """A member who wants digests: where they are, since when they are here, and when it was their turn last."""

    id: int
    code: str
    area_id: int | None
    joined_on: date
    often: str | None
    looked_on: date | None
    made_on: date | None


class Batch(NamedTuple):
    """How many digests were made, of how many members, and after whom the next batch begins (None: it was the last)."""

    made: int
    members: int
    next: int | None


def make_batch(
    session: Session, bank: Bank, news: News, now: datetime, after: int = 0, *, has_mail: bool = True
) -> Batch:
    """Make the digests that are due of the next BATCH members after the membership `after`; the caller commits."""
    today = clock.local_day(now, bank.time_zone)
    readers = _list_readers(session, bank.id, after, has_mail=has_mail)
    due = [reader for reader in readers if is_due(_often(reader), reader.looked_on or reader.joined_on, today)]
    seen = _list_seen(session, bank.id, [reader.id for reader in due])
    made: list[tuple[Reader, Chosen]] = []
    for reader in due:
        chosen = choose(news, reader.id, reader.area_id, seen.get(reader.id, ()))
        if is_enough(_often(reader), len(chosen.codes), reader.made_on or reader.joined_on, today):
            made.append((reader, chosen))
            for code in chosen.codes:
                news.times_shown[code] = news.times_shown.get(code, 0) + 1
    _write(session, bank.id, due, made, now, today)
    return Batch(len(made), len(readers), readers[-1].id if len(readers) == BATCH else None)


def is_anybody_due(session: Session, bank: Bank, now: datetime, *, has_mail: bool = True) -> bool:
    """Return whether there is a member whose digest is due, so that the bank's news are worth reading."""
    today, after = clock.local_day(now, bank.time_zone), 0
    while readers := _list_readers(session, bank.id, after, has_mail=has_mail):
        if any(is_due(_often(reader), reader.looked_on or reader.joined_on, today) for reader in readers):
            return True
        after = readers[-1].id
    return False


def find_newest_look(session: Session) -> date | None:
    """Return the day on which digests were last looked for, in any bank; None before the first."""
    return session.scalar(select(func.max(DigestTurn.looked_on)))


def forget_old(session: Session, bank_id: int, now: datetime) -> None:
    """Forget what was shown so long ago that it cannot come again."""
    session.execute(delete(DigestItem).where(DigestItem.bank_id == bank_id, DigestItem.shown_at < now - _REMEMBERED))


def _often(reader: Reader) -> Often:
    return Often(reader.often) if reader.often else _USUAL.often


def _list_readers(session: Session, bank_id: int, after: int, *, has_mail: bool) -> Sequence[Reader]:
    """Return the next members, by id, whom digests reach by the way that they chose."""
    chose = (
        (NoticeChoice.bank_id == Membership.bank_id)
        & (NoticeChoice.member_id == Membership.id)
        & (NoticeChoice.topic == Topic.ROUND_THE_BANK)
    )
    turn = (DigestTurn.bank_id == Membership.bank_id) & (DigestTurn.member_id == Membership.id)
    query = (
        select(
            Membership.id,
            Membership.code,
            Membership.area_id,
            Membership.joined_on,
            NoticeChoice.often,
            DigestTurn.looked_on,
            DigestTurn.made_on,
        )
        .join(Person, Person.id == Membership.person_id)
        .join(Bank, Bank.id == Membership.bank_id)
        .outerjoin(NoticeChoice, chose)
        .outerjoin(DigestTurn, turn)
        .where(
            Membership.bank_id == bank_id,
            Membership.id > after,
            Membership.standing == Standing.ACTIVE,
            Membership.is_holder.is_(False),
            or_(
                and_(
                    literal(has_mail),
                    NoticeChoice.way.is_(None) | (NoticeChoice.way == Way.EMAIL),
                    gets_digests_by_email(),
                ),
                and_(NoticeChoice.way == Way.LETTER, gets_letters()),
            ),
        )
        .order_by(Membership.id)
        .limit(BATCH)
    )
    return [Reader(*row) for row in session.execute(query)]


def _list_seen(session: Session, bank_id: int, member_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return {membership id: codes that they were shown}."""
    seen: dict[int, set[str]] = {}
    query = select(DigestItem.member_id, DigestItem.code)
    for row in session.execute(query.where(DigestItem.bank_id == bank_id, DigestItem.member_id.in_(member_ids))):
        seen.setdefault(row.member_id, set()).add(row.code)
    return seen


def _write(
    session: Session,
    bank_id: int,
    due: Sequence[Reader],
    made: Sequence[tuple[Reader, Chosen]],
    now: datetime,
    today: date,
) -> None:
    made_for = {reader.id for reader, _chosen in made}
    turns = [
        {
            "bank_id": bank_id,
            "member_id": reader.id,
            "looked_on": today,
            "made_on": today if reader.id in made_for else reader.made_on,
        }
        for reader in due
    ]
    if turns:
        insert = insert_into(session, DigestTurn)
        changed = {name: insert.excluded[name] for name in ("looked_on", "made_on")}
        session.execute(insert.on_conflict_do_update(index_elements=["bank_id", "member_id"], set_=changed), turns)
    items = list(_items(bank_id, made, now))
    if items:
        session.execute(insert_into(session, DigestItem).on_conflict_do_nothing(), items)
    notices = [NewNotice(reader.id, Ref(Subject.MEMBER, reader.code), asdict(chosen)) for reader, chosen in made]
    tell_each(session, bank_id, notices, NoticeKind.DIGEST, now=now, occasion=today.isoformat())


def _items(bank_id: int, made: Sequence[tuple[Reader, Chosen]], now: datetime) -> Iterator[dict[str, object]]:
    for reader, chosen in made:
        for code in chosen.codes:
            yield {"bank_id": bank_id, "member_id": reader.id, "code": code, "shown_at": now}
