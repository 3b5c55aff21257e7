"""Which notices still apply at the moment of sending, for every way: e-mail, text, telephone and letter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from timebank.notices.holding import list_holding
from timebank.notices.kinds import ASKS, FOR_SAFETY, NoticeKind, topic_of
from timebank.notices.queries import Told, list_choices
from timebank.notices.rules import USUAL, Way
from timebank.telling.recipients import Recipient

#: Of these kinds, only the newest about one subject is sent to a reader.
_ONLY_NEWEST = frozenset({NoticeKind.TO_CONFIRM, NoticeKind.STILL_TO_CONFIRM, NoticeKind.MESSAGE})


def list_still_told(
    session: Session, bank_id: int, readers: Mapping[int, Recipient], notices: Sequence[Told], now: datetime
) -> list[Told]:
    """Return the notices of a bank that still apply, and that their readers may and want to get.

    Those that wait for an answer come first; otherwise the order is kept. `readers` is {membership id: recipient};
    notices to others are left out. The number of queries is constant.
    """
    if not notices:
        return []
    holding = list_holding(session, bank_id, notices, now)
    choices = list_choices(session, bank_id, list(readers))

    def is_told(notice: Told) -> bool:
        reader, topic = readers.get(notice.member_id), topic_of(notice.kind)
        if reader is None or notice.id not in holding:
            return False
        wants = choices.get((notice.member_id, topic), USUAL[topic]).way is not Way.NONE
        return notice.kind in FOR_SAFETY or (reader.is_active and wants)

    still = [notice for notice in notices if is_told(notice)]
    newest = {(notice.member_id, notice.subject): notice.id for notice in still if notice.kind in _ONLY_NEWEST}
    newest_only = [
        notice
        for notice in still
        if notice.kind not in _ONLY_NEWEST or newest[notice.member_id, notice.subject] == notice.id
    ]
    return sorted(newest_only, key=lambda notice: notice.kind not in ASKS)
