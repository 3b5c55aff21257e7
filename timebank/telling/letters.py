"""Notices by letter: what waits to be printed, the bundles that brokers print, and that they were posted.

A bundle has at most one letter for each member. What comes after it was printed is for the next one, so that nothing is
marked as posted that was not printed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from timebank import clock, codes
from timebank.actors import Doing, may_broker
from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.errors import NotAllowedError
from timebank.members.models import Membership
from timebank.notices.models import Delivery, DeliveryState, Dropped, LetterBundle
from timebank.notices.queries import IS_OPEN, Told, find_delivery, list_of_deliveries
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.rows import fetch, fetch_first
from timebank.tasks.actions import close_task, lock_task
from timebank.tasks.rules import TaskKind
from timebank.telling.errors import NothingToPostError
from timebank.telling.otherwise import ask_to_post, tell_otherwise
from timebank.telling.recipients import Recipient, list_recipients
from timebank.telling.still_told import list_still_told
from timebank.trail import actions as trail

#: So many letters are in a bundle at most.
MOST_PRINTED = 30
_WAITS = (cast("ColumnElement[bool]", IS_OPEN), Delivery.way == Way.LETTER, Delivery.state == DeliveryState.READY)


class Letter(NamedTuple):
    """A letter to one member: the notices that still apply, those to be answered first, and since when it waits."""

    reader: Recipient
    notices: Sequence[Told]
    since: datetime

    @property
    def is_needed(self) -> bool:
        """Return whether any notice still applies, and there is an address to post it to."""
        return bool(self.notices and self.reader.postal_address)


class BundleRow(NamedTuple):
    """Letters that were printed together: by whom (id of membership), when, and of how many members it has letters.

    Once they are posted these are the posted ones; `posted_by` is who said so.
    """

    id: int
    code: str
    printed_by: int
    printed_at: datetime
    posted_at: datetime | None
    posted_by: int | None
    letters: int


def count_letters(session: Session, bank_id: int) -> int:
    """Return the number of members for whom a letter waits to be printed."""
    members = select(func.count(Delivery.member_id.distinct())).where(*_waiting(bank_id))
    return session.scalar(members) or 0


def list_letters(session: Session, bank_id: int, now: datetime, bundle_id: int | None = None) -> Sequence[Letter]:
    """Return the letters of a bundle, or those that have waited longest, MOST_PRINTED at most.

    The number of queries is constant.
    """
    return read_letters(session, bank_id, _waiting(bank_id, bundle_id), now)


def read_letters(
    session: Session, bank_id: int, in_it: Sequence[ColumnElement[bool]], now: datetime
) -> Sequence[Letter]:
    """Return the letters of the deliveries that meet these conditions, MOST_PRINTED at most, the oldest first."""
    waiting = session.execute(
        select(Delivery.member_id, func.min(Delivery.made_at).label("since"))
        .where(*in_it)
        .group_by(Delivery.member_id)
        .order_by(func.min(Delivery.id))
        .limit(MOST_PRINTED)
    ).all()
    member_ids = [row.member_id for row in waiting]
    readers = list_recipients(session, bank_id, member_ids)
    deliveries = session.scalars(select(Delivery.id).where(*in_it, Delivery.member_id.in_(member_ids))).all()
    still_told: dict[int, list[Told]] = {member_id: [] for member_id in member_ids}
    notices = list_of_deliveries(session, bank_id, deliveries)
    for notice in list_still_told(session, bank_id, readers, notices, now):
        still_told[notice.member_id].append(notice)
    return [Letter(readers[row.member_id], still_told[row.member_id], row.since) for row in waiting]


def list_bundles(session: Session, bank_id: int) -> Sequence[BundleRow]:
    """Return the bundles that wait to be posted, the newest first."""
    waiting = select_bundles(bank_id).where(LetterBundle.posted_at.is_(None))
    return fetch(session, waiting.order_by(LetterBundle.id.desc()), BundleRow)


def find_bundle(session: Session, bank_id: int, code: str) -> BundleRow | None:
    """Return the bundle with this code; None if there is none."""
    return fetch_first(session, select_bundles(bank_id).where(LetterBundle.code == code), BundleRow)


def select_bundles(bank_id: int) -> Select[*tuple[Any, ...]]:
    """Return the query of a bank's bundles as rows of `BundleRow`."""
    in_it = (Delivery.bank_id == LetterBundle.bank_id) & (Delivery.bundle_id == LetterBundle.id)
    is_letter = Delivery.state.in_([DeliveryState.READY, DeliveryState.SENT])
    letters = select(func.count(Delivery.member_id.distinct())).where(in_it, is_letter).scalar_subquery()
    columns = [getattr(LetterBundle, name) for name in BundleRow._fields if name != "letters"]
    return select(*columns, letters).where(LetterBundle.bank_id == bank_id)


def print_letters(session: Session, bank: Bank, doing: Doing, *, has_mail: bool = True) -> str:
    """Put the letters that have waited longest into a new bundle; return its code.

    Letters that are not needed any more are dropped, and the notices of those without an address are sent another way;
    where all are such, the bundle is empty and marked as posted. `has_mail` is as for `tell_otherwise`.
    Raises NotAllowedError, or NothingToPostError where none waits.
    """
    code = codes.new_reference()
    subject = Ref(Subject.LETTERS, code)
    first_code = trail.begin(session, doing, DeedName.LETTERS_PRINTED, subject, is_new=True)
    if first_code is not None:
        return first_code
    _lock(session, bank, doing)
    letters = list_letters(session, bank.id, doing.now)
    if not letters:
        raise NothingToPostError
    needed = [letter.reader.membership_id for letter in letters if letter.is_needed]
    for letter in letters:
        if not letter.is_needed:
            _drop(session, bank.id, letter, doing.now, has_mail=has_mail)
    bundle = LetterBundle(
        bank_id=bank.id,
        id=clock.next_id(),
        code=code,
        printed_by=doing.doer_id,
        printed_at=doing.now,
        posted_at=None if needed else doing.now,
        posted_by=None if needed else doing.doer_id,
    )
    session.add(bundle)
    session.flush()
    _set(session, (*_waiting(bank.id), Delivery.member_id.in_(needed)), bundle_id=bundle.id)
    _close_if_none_waits(session, bank, doing)
    return code


def _drop(session: Session, bank_id: int, letter: Letter, now: datetime, *, has_mail: bool) -> None:
    """Drop a letter that cannot or need not be posted; send the notices that still apply another way."""
    of_letter = (*_waiting(bank_id), Delivery.member_id == letter.reader.membership_id)
    ids = session.scalars(select(Delivery.id).where(*of_letter)).all()
    because = Dropped.NO_WAY if letter.notices else Dropped.NO_LONGER_TRUE
    _set(session, of_letter, state=DeliveryState.DROPPED, failure=because, ended_at=now)
    for delivery_id in ids if letter.notices else ():
        delivery = find_delivery(session, bank_id, delivery_id)
        if delivery is not None:
            tell_otherwise(session, delivery, now, has_mail=has_mail)


def open_task_again(session: Session, bank: Bank, now: datetime) -> None:
    """Open the task to post letters again, where somebody has finished it while some wait."""
    waits = select(Delivery.id).where(Delivery.bank_id == bank.id, *_WAITS).limit(1)
    if session.scalar(waits) is not None:
        ask_to_post(session, bank, now)


def note_posted(session: Session, bank: Bank, code: str, member_codes: Collection[str], doing: Doing) -> int:
    """Write that letters of a bundle were posted to the members with these codes; return to how many.

    The others of the bundle wait for the next one. Raises NotAllowedError, or NothingToPostError where the bundle was
    posted already.
    """
    content = {"members": sorted(set(member_codes))}
    if trail.is_repeat(session, doing, DeedName.LETTERS_POSTED, Ref(Subject.LETTERS, code), content):
        return 0
    _lock(session, bank, doing)
    bundle = session.scalar(
        select(LetterBundle)
        .where(LetterBundle.bank_id == bank.id, LetterBundle.code == code, LetterBundle.posted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if bundle is None:
        raise NothingToPostError
    bundle.posted_at, bundle.posted_by = doing.now, doing.doer_id
    session.flush()
    of_bundle = _waiting(bank.id, bundle.id)
    members = (
        select(Membership.id)
        .join(Delivery, (Delivery.bank_id == Membership.bank_id) & (Delivery.member_id == Membership.id))
        .where(*of_bundle, Membership.code.in_(member_codes))
    )
    posted = set(session.scalars(members))
    sent = {"state": DeliveryState.SENT, "ended_at": doing.now, "tries": Delivery.tries + 1}
    _set(session, (*of_bundle, Delivery.member_id.in_(posted)), **sent)
    _set(session, of_bundle, bundle_id=None)
    _close_if_none_waits(session, bank, doing)
    return len(posted)


def _lock(session: Session, bank: Bank, doing: Doing) -> None:
    if not may_broker(doing.by):
        raise NotAllowedError
    lock_bank(session, bank.id)
    lock_task(session, bank.id, TaskKind.POST_LETTERS, Ref(Subject.BANK, bank.slug))  # so nobody adds to it meanwhile


def _close_if_none_waits(session: Session, bank: Bank, doing: Doing) -> None:
    """Close the task when all is posted: printed letters are still to be posted."""
    waits = select(Delivery.id).where(Delivery.bank_id == bank.id, *_WAITS).limit(1)
    if session.scalar(waits) is None:
        close_task(session, bank.id, TaskKind.POST_LETTERS, Ref(Subject.BANK, bank.slug), doing)


def _set(session: Session, which: Sequence[ColumnElement[bool]], **values: object) -> None:
    session.execute(update(Delivery).where(*which).values(values).execution_options(synchronize_session=False))


def _waiting(bank_id: int, bundle_id: int | None = None) -> tuple[ColumnElement[bool], ...]:
    """Return what a letter is that waits in this bundle, or (None) to be printed."""
    in_it = Delivery.bundle_id.is_(None) if bundle_id is None else Delivery.bundle_id == bundle_id
    return Delivery.bank_id == bank_id, *_WAITS, in_it
