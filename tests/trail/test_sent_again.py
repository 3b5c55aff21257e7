"""A form sent again gets the answer of its first submission, whatever has changed since, and changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select, text

from tests.people import NOW
from tests.trail.sent_again import DEEDS, MORE, WITHOUT_FORM, Scene
from timebank.actors import Doing
from timebank.db import UtcTime
from timebank.migrations.tables import metadata
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail
from timebank.trail.actions import OtherContentError

ALL = {**{str(name): deed for name, deed in DEEDS.items()}, **MORE}
#: What changes between the two submissions: rows of the database, and how much later the second one is.
CHANGES = {
    "at once": ((), timedelta()),
    "everybody else suspended": (
        ("UPDATE membership SET standing = 'suspended' WHERE id <> :doer",),
        timedelta(),
    ),
    "over midnight": ((), timedelta(days=1)),
    "91 days later": ((), timedelta(days=91)),
    "after a dispute": (
        ("UPDATE exchange SET state = 'disputed', disputed_minutes = 15 WHERE state = 'recorded'",),
        timedelta(hours=1),
    ),
    "all closed and retired": (
        (
            "UPDATE category SET retired_at = :at",
            "UPDATE listing SET life = 'closed'",
            "UPDATE task SET status = 'done', done_by = :doer, done_at = :at",
            "UPDATE correction SET refused_by = :doer, closed_at = :at WHERE closed_at IS NULL",
            "UPDATE reversal SET refused_by = :doer, closed_at = :at WHERE closed_at IS NULL",
            "UPDATE application SET stage = 'withdrawn' WHERE membership_id IS NULL",
            "UPDATE bank SET member_floor = 0, back_dating_days = 0",
        ),
        timedelta(hours=1),
    ),
}
#: What the administrator's command line or a sweep does, and what happens only as a part of another deed.
NO_FORM = {
    DeedName.BANK_OPENED,
    DeedName.CONVERSATION_READ,
    DeedName.CATEGORIES_OPENED,
    DeedName.EXCHANGE_CONFIRM_BY_TEXT,  # of these two, a text sent again finds its answer given
    DeedName.EXCHANGE_DISPUTE_BY_TEXT,
    DeedName.EXCHANGE_CONFIRM_BY_TIME,
    DeedName.EXCHANGE_EXPIRE,
    DeedName.HISTORY_IMPORTED,
    DeedName.HOLDER_MADE,
    DeedName.KINDS_LEARNED,
    DeedName.LEAVERS_OPENED,
    DeedName.LIMIT_SWEPT,
    DeedName.LISTINGS_IMPORTED,
    DeedName.NOTICES_STOPPED,
    DeedName.SIGN_IN_CODE_MAILED,
    DeedName.SIGN_IN_CODE_TEXTED,
    DeedName.PASSWORD_CHANGED,  # of these two, in which somebody sets their own values, the last submission counts
    DeedName.PROFILE_CHANGED,
    DeedName.REVERSAL_CARRIED_OUT,
    DeedName.SEALS_LOG_BEGUN,
    DeedName.ROLE_PROPOSED,
    DeedName.SECURITY_EVENTS_REMOVED,
    DeedName.SIGN_IN_CODE_ASKED_FOR,
    DeedName.SIGN_IN_CODE_MADE,
    *(name for name in DeedName if name.startswith(("role.given", "role.taken"))),
}


def rows(session):
    session.flush()
    return {table.name: sorted(map(str, session.execute(select(table)).all())) for table in metadata.sorted_tables}


@pytest.mark.parametrize("name", ALL)
def test_a_form_sent_again_gets_its_first_answer_whatever_has_changed(session, village, name):
    """The changes add up, and after each the form comes once more."""
    session.add(village.angus)
    who, call = getattr(village, ALL[name].who), ALL[name].prepare(Scene(session, village))
    answer = call(Doing(who, NOW, "the form"))
    session.flush()
    for change, (statements, later) in CHANGES.items():
        for statement in statements:
            known = (bindparam("doer", who.membership_id), bindparam("at", NOW, UtcTime()))
            session.execute(text(statement).bindparams(*(one for one in known if f":{one.key}" in statement)))
        session.expire_all()
        before = rows(session)
        again = call(Doing(who, NOW + later, "the form"))
        assert getattr(again, "id", again) in {getattr(answer, "id", answer), 0}, change
        assert rows(session) == before, change


@pytest.mark.parametrize("name", ALL)
def test_a_form_that_was_used_for_another_deed_is_refused(session, village, name):
    session.add(village.angus)
    who, call = getattr(village, ALL[name].who), ALL[name].prepare(Scene(session, village))
    trail.begin(session, Doing(who, NOW, "the form"), DeedName.BANK_OPENED, Ref(Subject.BANK, "another"))
    with pytest.raises(OtherContentError):
        call(Doing(who, NOW, "the form"))


def test_every_deed_with_a_form_is_asked():
    assert WITHOUT_FORM == NO_FORM
