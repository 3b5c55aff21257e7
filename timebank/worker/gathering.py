"""From notices to deliveries: whether each still holds, and how and when it is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.banks.models import Bank
from timebank.banks.queries import lock_bank
from timebank.notices.holding import list_holding
from timebank.notices.kinds import ANSWERED_BY_CODE, FOR_SAFETY, TEXTED_CODES, URGENT, NoticeKind, Topic, topic_of
from timebank.notices.models import Dropped
from timebank.notices.outbox import NewDelivery, drop_notices, put_into_deliveries, put_off
from timebank.notices.queries import Told, count_texts, list_choices, list_due
from timebank.notices.rules import STALE, USUAL, Choice, Often, Way, due_at, is_quiet, month_began, most_texts, way_for
from timebank.telling.otherwise import ask_to_post, ask_to_ring
from timebank.telling.recipients import Recipient, list_recipients

#: So many notices are looked at in one transaction.
BATCH = 200


class Means(NamedTuple):
    """The ways out that a site has, e-mail and texts, and whether it keeps its banks' quiet hours.

    A demo does not, since one tries things out at any hour.
    """

    has_mail: bool
    has_texts: bool = False
    keeps_quiet: bool = True

    @property
    def ways(self) -> frozenset[Way]:
        """Return the ways out that there are."""
        return frozenset(way for way, has in ((Way.EMAIL, self.has_mail), (Way.TEXT, self.has_texts)) if has)


class _Key(NamedTuple):
    """What the notices of one delivery have in common. `to`: an e-mail that they had before; `alone`: that notice."""

    member_id: int
    topic: Topic
    way: Way
    at_any_hour: bool = False
    to: str = ""
    alone: int = 0


def gather(session: Session, now: datetime, means: Means, most: int = BATCH) -> int:
    """Decide about the notices that are due, at most so many; return how many these were. The caller commits.

    Each is put into a delivery with the reader's others of the same way, postponed to when they want it,
    or dropped. Without e-mail notices by e-mail are dropped; nobody is rung instead. Without texts, or where a bank has
    sent as many as it may in a month, another way is tried. Codes count too, and go on for longer.
    """
    due = list_due(session, now, most)
    by_bank: dict[int, list[Told]] = {}
    for notice in due:
        by_bank.setdefault(notice.bank_id, []).append(notice)
    for bank_id, notices in by_bank.items():
        _Gathering(session, session.get_one(Bank, bank_id), now, means).decide(notices)
    return len(due)


def list_quiet(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of those banks in which it is quiet now."""
    return [row.id for row in session.execute(select(Bank.id, Bank.time_zone)) if is_quiet(now, row.time_zone)]


class _Gathering:
    """Decides about notices of one bank."""

    def __init__(self, session: Session, bank: Bank, now: datetime, means: Means) -> None:
        self.session, self.bank, self.now, self.means = session, bank, now, means
        self.texts_made: int | None = None
        self.dropped: dict[Dropped, list[int]] = {}
        self.put_off: dict[datetime, list[int]] = {}
        self.told: dict[_Key, list[int]] = {}

    def decide(self, notices: Sequence[Told]) -> None:
        member_ids = [notice.member_id for notice in notices]
        readers = list_recipients(self.session, self.bank.id, member_ids)
        choices = list_choices(self.session, self.bank.id, member_ids)
        holding = list_holding(self.session, self.bank.id, notices, self.now)
        if self.means.has_texts and self.bank.texts_a_month:
            lock_bank(self.session, self.bank.id)  # so no other worker counts meanwhile
            month = month_began(self.now, self.bank.time_zone)
            self.texts_made = count_texts(self.session, self.bank.id, month)
        for notice in notices:
            topic = topic_of(notice.kind)
            choice = choices.get((notice.member_id, topic), USUAL[topic])
            self._decide_one(notice, readers.get(notice.member_id), choice, holds=notice.id in holding)
        self._write(readers)

    def _decide_one(self, notice: Told, reader: Recipient | None, choice: Choice, *, holds: bool) -> None:
        is_safety = notice.kind in FOR_SAFETY
        way = self._way_for(notice, reader, choice) if reader else Way.NONE
        to = str(notice.facts.get("to", ""))  # an e-mail that they had before
        if to:
            way = Way.EMAIL
        elif "rings" in notice.facts:
            way = Way.PHONE if reader and reader.phone else Way.NONE
        if not holds:
            self._drop(notice, Dropped.NO_LONGER_TRUE)
        elif self.now - notice.told_at > STALE:
            self._drop(notice, Dropped.TOO_OLD)
        elif reader is None or not (reader.is_active or is_safety):
            self._drop(notice, Dropped.NOT_ACTIVE)
        elif way is Way.NONE:
            self._drop(notice, Dropped.CHOSE_NONE if choice.way is Way.NONE and not is_safety else Dropped.NO_WAY)
        elif way is Way.EMAIL and not self.means.has_mail:
            self._drop(notice, Dropped.NO_WAY)
        else:
            is_made_in_time = is_safety or notice.kind in {*URGENT, NoticeKind.DIGEST}
            often = choice.often if way is choice.way and not is_made_in_time else Often.AT_ONCE
            is_code = notice.kind in TEXTED_CODES
            at_any_hour = is_safety and (is_code or way is not Way.TEXT)  # a text wakes people; a code is waited for
            when = self._when(notice, often, at_any_hour=at_any_hour)
            if when > self.now:
                self.put_off.setdefault(when, []).append(notice.id)
            else:
                alone = notice.id if way is Way.TEXT and self._is_text_of_its_own(notice) else 0
                key = _Key(notice.member_id, topic_of(notice.kind), way, at_any_hour, to, alone)
                if way is Way.TEXT and key not in self.told:
                    self.texts_made = (self.texts_made or 0) + 1
                self.told.setdefault(key, []).append(notice.id)

    def _way_for(self, notice: Told, reader: Recipient, choice: Choice) -> Way:
        is_code, with_others = notice.kind in TEXTED_CODES, _Key(notice.member_id, topic_of(notice.kind), Way.TEXT)
        may_text = self.texts_made is not None and (
            self.texts_made < most_texts(self.bank.texts_a_month, codes=is_code)
            or (not self._is_text_of_its_own(notice) and with_others in self.told)
        )
        return way_for(notice.kind, choice, replace(reader.reach, text=reader.reach.text and may_text))

    def _is_text_of_its_own(self, notice: Told) -> bool:
        """Return whether a text about it says all of it: a code, or hours that can be answered by text."""
        return notice.kind in TEXTED_CODES or (self.bank.answers_by_text and notice.kind in ANSWERED_BY_CODE)

    def _when(self, notice: Told, often: Often, *, at_any_hour: bool) -> datetime:
        """Return when a notice goes out: what is late, since no worker ran, waits for the morning too."""
        any_hour = at_any_hour or not self.means.keeps_quiet
        when = due_at(notice.told_at, often, self.bank.time_zone, at_any_hour=any_hour)
        return max(when, due_at(self.now, Often.AT_ONCE, self.bank.time_zone, at_any_hour=any_hour))

    def _drop(self, notice: Told, because: Dropped) -> None:
        self.dropped.setdefault(because, []).append(notice.id)

    def _write(self, readers: dict[int, Recipient]) -> None:
        for because, ids in self.dropped.items():
            drop_notices(self.session, self.bank.id, ids, because)
        for when, ids in self.put_off.items():
            put_off(self.session, self.bank.id, ids, when)
        keys = sorted(self.told)  # all workers open tasks in the same order
        deliveries = [
            NewDelivery(key.member_id, key.topic, key.way, self.told[key], key.at_any_hour, key.to or None)
            for key in keys
        ]
        put_into_deliveries(self.session, self.bank.id, deliveries, self.now)
        for key in keys:
            if key.way is Way.PHONE:
                ask_to_ring(self.session, self.bank.id, readers[key.member_id], self.now)
        if any(key.way is Way.LETTER for key in keys):
            ask_to_post(self.session, self.bank, self.now)
