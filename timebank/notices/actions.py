"""Storing a notice in the transaction of its deed, and choosing how to be notified."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.actors import Doing, Unattended
from timebank.db import insert_into
from timebank.errors import NotAllowedError, TimebankError
from timebank.notices.kinds import NoticeKind, Topic, topic_of
from timebank.notices.models import Notice, NoticeChoice, NoticeState
from timebank.notices.queries import DeliveryRow
from timebank.notices.rules import CHOICES, USUAL, Choice
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail

#: Key of `Session.info`, true once a notice was stored: whoever commits it may wake the worker.
HAS_TOLD = "has_told"


class NoSuchChoiceError(TimebankError):
    """This way of being notified is not offered for this topic."""

    message_id = "no_such_choice"


class NewNotice(NamedTuple):
    """A notice to be stored: for whom (id of membership), about what, and facts: codes and ids, never words."""

    member_id: int
    subject: Ref
    facts: Mapping[str, object]


def tell(  # noqa: PLR0913 (whom, what, of what, and when)
    session: Session,
    bank_id: int,
    member_ids: Collection[int],
    kind: NoticeKind,
    subject: Ref,
    *,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    occasion: str = "",
) -> None:
    """Store a notice for each of these members (ids of memberships), once for each occasion.

    `facts` are what the subject's row does not keep, such as who did it: codes and ids, never words.
    """
    notices = [NewNotice(member_id, subject, facts or {}) for member_id in member_ids]
    tell_each(session, bank_id, notices, kind, now=now, occasion=occasion)


def tell_each(
    session: Session, bank_id: int, notices: Sequence[NewNotice], kind: NoticeKind, *, now: datetime, occasion: str = ""
) -> None:
    """Store many notices of one kind, each about a subject and with facts of its own, once for each occasion."""
    if not notices:
        return
    rows = [
        {
            "bank_id": bank_id,
            "id": clock.next_id(),
            "member_id": notice.member_id,
            "kind": kind.value,
            "subject": str(notice.subject),
            "occasion": occasion,
            "facts": json.dumps(notice.facts, default=str),
            "told_at": now,
            "due_at": now,
            "state": NoticeState.WAITING.value,
        }
        for notice in sorted(notices, key=lambda notice: notice.member_id)
    ]
    session.execute(insert_into(session, Notice).on_conflict_do_nothing(), rows)
    session.info[HAS_TOLD] = True


def choose(session: Session, choices: Mapping[Topic, Choice], doing: Doing) -> None:
    """Choose how the actor is notified of each topic; waiting notices follow the choice.

    A broker who acts for a member chooses for them. Raises NoSuchChoiceError, or NotAllowedError for who is not active.
    """
    actor = doing.by
    content = {str(topic): [choice.way, choice.often] for topic, choice in choices.items()}
    if trail.is_repeat(session, doing, DeedName.NOTICES_CHOSEN, Ref(Subject.MEMBER, actor.code), content):
        return
    if not actor.is_active:
        raise NotAllowedError
    for topic, choice in choices.items():
        _set_choice(session, actor.bank_id, actor.membership_id, topic, choice, now=doing.now)


def stop(session: Session, delivery: DeliveryRow, member_code: str, choice: Choice, *, now: datetime) -> None:
    """Choose for a delivery's topic by the link in its e-mail, without signing in: whoever has the e-mail may.

    Nobody stands on the trail as the one who did it. Raises NoSuchChoiceError.
    """
    subject = Ref(Subject.MEMBER, member_code)
    trail.begin(session, Unattended(delivery.bank_id, now), DeedName.NOTICES_STOPPED, subject)
    _set_choice(session, delivery.bank_id, delivery.member_id, Topic(delivery.topic), choice, now=now)


def stop_texts(session: Session, bank_id: int, member_id: int, member_code: str, *, now: datetime) -> None:
    """Choose the usual way instead of texts, for a member who has answered one with STOP.

    The trail names nobody as the doer: the sender of a text can be forged.
    """
    subject, topic = Ref(Subject.MEMBER, member_code), Topic.ABOUT_YOU
    trail.begin(session, Unattended(bank_id, now), DeedName.NOTICES_STOPPED, subject)
    _set_choice(session, bank_id, member_id, topic, USUAL[topic], now=now)


def _set_choice(session: Session, bank_id: int, member_id: int, topic: Topic, choice: Choice, *, now: datetime) -> None:
    """Store a choice, and plan waiting notices again. Raises NoSuchChoiceError."""
    if choice not in CHOICES[topic]:
        raise NoSuchChoiceError
    key = {"bank_id": bank_id, "member_id": member_id, "topic": topic.value}
    chosen = {"way": choice.way.value, "often": choice.often.value, "chosen_at": now}
    insert = insert_into(session, NoticeChoice).values({**key, **chosen})
    session.execute(insert.on_conflict_do_update(index_elements=list(key), set_=chosen))
    kinds = [kind for kind in NoticeKind if topic_of(kind) is topic]
    session.execute(
        update(Notice)
        .where(
            Notice.bank_id == bank_id,
            Notice.member_id == member_id,
            Notice.state == NoticeState.WAITING,
            Notice.kind.in_(kinds),
        )
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )
