"""What is read ahead of writing e-mails: few queries, nothing that is over, and nobody held up, on both databases."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from tests.listings.conftest import list_it, said, tree
from tests.people import TODAY, make_recorded, terms
from tests.worker.conftest import MORNING
from tests.worker.test_telling import does, recorded, rows
from timebank.actors import Doing
from timebank.exchanges import actions
from timebank.exchanges.queries import count_waiting_for
from timebank.listings import actions as listings
from timebank.listings.rules import ListingKind, Move
from timebank.notices.actions import choose
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Delivery, DeliveryState, Dropped, Notice
from timebank.notices.outbox import claim
from timebank.notices.queries import list_due
from timebank.notices.rules import USUAL, Choice, Often, Way
from timebank.worker.digesting import make_digests
from timebank.worker.gathering import Means, gather
from timebank.worker.sending import send_what_is_due

__all__ = ["does", "list_it", "recorded", "said", "tree"]
MONDAY = MORNING + timedelta(days=2)


@pytest.fixture
def request_code(session, village, list_it, watch):
    """The code of a request of Grace's, committed; it is Monday, and the others' digests are due."""
    code = list_it("Weeding the roses", "outdoors/gardening", kind=ListingKind.REQUEST, by=village.grace)
    session.commit()
    watch.now = MONDAY
    return code


def _selects(backend, office):
    """Send what is due; return the SELECTs of it."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(backend.engine, "before_cursor_execute", note)
    try:
        send_what_is_due(office)
    finally:
        event.remove(backend.engine, "before_cursor_execute", note)
    return asked


def test_many_digests_take_as_many_queries_as_one(office, backend, session, mail, request_code):
    make_digests(office)
    digests = session.scalars(select(Notice.id).where(Notice.kind == NoticeKind.DIGEST).order_by(Notice.id)).all()
    assert len(digests) > 3
    later = update(Notice).where(Notice.id.in_(digests[1:]))
    session.execute(later.values(due_at=MONDAY + timedelta(hours=1)))
    session.commit()
    of_one = _selects(backend, office)
    office.watch.pass_by(hours=1)
    of_others = _selects(backend, office)
    assert len(mail.sent) == len(digests)
    assert len(of_others) == len(of_one)


def _close_at_the_first(office, backend, village, code):
    """Make digests, and close what they are about while the first is handed over, which takes over a second."""

    def close(_message):
        with backend.session() as session:
            listings.move(session, village.angus, code, Move.CLOSE, Doing(village.grace, MONDAY, "close"))
            session.commit()
        time.sleep(1.01)
        office.transport.before = lambda _message: None

    make_digests(office)
    office.transport.before = close
    return send_what_is_due(office)


def test_digests_that_were_read_over_a_second_ago_are_read_again(office, backend, village, mail, request_code):
    ended = _close_at_the_first(office, backend, village, request_code)
    assert ended["sent"] == len(mail.sent) == 1
    assert ended["dropped"] > 1


def test_what_is_about_a_member_is_asked_again_at_each_e_mail(office, backend, village, mail, does, recorded):
    """Linus confirms while the e-mail that comes first is handed over: his is not sent."""
    code = does(actions.record, village.angus, terms(village.ada, village.linus), by=village.ada, key="other")

    def confirm(_message):
        does(actions.confirm, code, by=village.linus)

    mail.before = confirm
    assert send_what_is_due(office) == {"sent": 1, "dropped": 1}
    assert [to for to, _message in mail.sent] == ["grace@example.org"]
    assert rows(backend, Delivery, Delivery.state, Delivery.failure) == [
        (DeliveryState.SENT, None),
        (DeliveryState.DROPPED, Dropped.NO_LONGER_TRUE),
    ]


def test_a_digest_with_bad_data_keeps_no_other_from_being_sent(office, backend, village, mail, request_code):
    make_digests(office)
    with backend.session() as session:
        bad = update(Notice).where(Notice.member_id == village.ada.membership_id, Notice.kind == NoticeKind.DIGEST)
        session.execute(bad.values(facts="{"))
        session.commit()
        others = len(session.scalars(select(Notice.id).where(Notice.kind == NoticeKind.DIGEST)).all()) - 1
        with pytest.raises(ValueError, match="property name"):
            gather(session, MONDAY, Means(has_mail=True))  # and so nothing is gathered with it, as before
        session.rollback()
        session.execute(bad.values(facts='{"asked": []}'))
        session.commit()
        gather(session, MONDAY, Means(has_mail=True))
        session.execute(bad.values(facts="{"))
        session.commit()
    assert send_what_is_due(office) == {"sent": others, "unwritable": 1}
    assert "ada@example.org" not in [to for to, _message in mail.sent]


def test_who_stopped_digests_gets_none_of_those_that_are_gathered_already(
    office, backend, village, mail, does, request_code
):
    make_digests(office)
    with backend.session() as session:
        gather(session, MONDAY, Means(has_mail=True))
        session.commit()
    does(choose, USUAL | {Topic.ROUND_THE_BANK: Choice(Way.NONE, Often.AT_ONCE)}, by=village.ada)
    assert send_what_is_due(office)["dropped"] == 1
    assert (DeliveryState.DROPPED, Dropped.CHOSE_NONE) in rows(backend, Delivery, Delivery.state, Delivery.failure)


def test_what_waits_is_counted_for_each_account(session, village):
    """Recorded by Ada for Grace to confirm, asked of Linus by Grace, and confirmed: that waits for nobody."""
    make_recorded(session, village, village.ada, village.grace)
    make_recorded(session, village, village.ada, village.grace, what="Shopping")
    soon = terms(village.linus, village.grace, day=TODAY + timedelta(days=1))
    actions.propose(session, village.angus, soon, Doing(village.grace, MORNING, "propose"))
    done = make_recorded(session, village, village.ada, village.rosa)
    actions.confirm(session, done, Doing(village.rosa, MORNING))
    ids = [who.account_id for who in (village.ada, village.grace, village.linus, village.rosa)]
    assert count_waiting_for(session, village.angus.id, ids) == {ids[1]: 2, ids[2]: 1}
    assert count_waiting_for(session, village.angus.id, ids[2:3]) == {ids[2]: 1}
    assert count_waiting_for(session, village.perth.id, ids) == {}


@pytest.mark.parametrize("take", [lambda *args: list_due(*args, 20), lambda *args: claim(*args, 20)])
def test_the_next_in_turn_are_found_without_sorting_all_that_is_due(sqlite, take):
    asked = []
    with sqlite.session() as session:
        connection = session.connection().connection.driver_connection
        connection.set_trace_callback(asked.append)
        take(session, MORNING)
        connection.set_trace_callback(None)
        statements = [words for words in asked if words.startswith("SELECT")]
        plans = [[row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")] for statement in statements]
    assert plans
    for plan in plans:
        assert not [step for step in plan if "TEMP B-TREE" in step]
        assert any("ix_notice_waiting" in step or "ix_delivery_open" in step for step in plan)
