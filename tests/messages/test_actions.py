"""Messages: who writes to whom, who reads, and that a broker does so only when asked, on both databases."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from tests.people import NOW, make_recorded
from timebank.actors import Doing, How, Role, Standing, acting_for
from timebank.errors import NotAllowedError, NotPermittedError, NotVisibleError
from timebank.exchanges.models import Exchange
from timebank.members.errors import WordsMissingError
from timebank.members.models import Membership
from timebank.messages import access
from timebank.messages.actions import open_reported, report, see, write
from timebank.messages.errors import (
    CannotWriteError,
    NobodyElseLooksError,
    NothingToReportError,
    TooManyMessagesError,
)
from timebank.messages.queries import MOST_LISTED, find_talk, list_messages, list_talks, list_unread
from timebank.messages.rules import MOST_AN_HOUR, MOST_NEW_A_DAY
from timebank.notices.holding import list_holding
from timebank.notices.queries import list_due
from timebank.tasks import access as tasks
from timebank.tasks.actions import finish, hand_back, take
from timebank.tasks.models import Task
from timebank.tasks.queries import Shows, count_waiting, list_tasks
from timebank.tasks.rules import list_notes


@pytest.fixture
def writes(session):
    count = iter(range(1000))

    def do(by, to, words="Could you come at ten?", **more):
        write(session, to, words, Doing(by, NOW, f"form {next(count)}"), **more)

    return do


def talk_of(session, one, other):
    return find_talk(session, one.bank_id, one.membership_id, other.membership_id)


def test_two_members_write_to_each_other_in_one_conversation(session, village, writes):
    ada, grace = village.ada, village.grace
    about = f"exchange:{make_recorded(session, village, ada, grace)}"
    writes(ada, grace)
    writes(grace, ada, "Yes, with pleasure.", about=about)
    talk = talk_of(session, ada, grace)
    assert talk.code == talk_of(session, grace, ada).code
    rows = list_messages(session, village.angus.id, talk.code).rows[::-1]
    assert [(row.written_by, row.words, row.about) for row in rows] == [
        (ada.membership_id, "Could you come at ten?", ""),
        (grace.membership_id, "Yes, with pleasure.", about),
    ]


def test_a_long_conversation_is_read_page_by_page(session, village, writes):
    for number in range(MOST_LISTED // 2 + 1):
        writes(village.ada, village.grace, f"{number} from Ada")
        writes(village.grace, village.ada, f"{number} from Grace")
    code, bank_id = talk_of(session, village.ada, village.grace).code, village.angus.id
    newest = list_messages(session, bank_id, code)
    older = list_messages(session, bank_id, code, below=newest.next)
    assert len(newest.rows) == MOST_LISTED
    assert [row.words for row in older.rows] == ["0 from Grace", "0 from Ada"]
    assert not older.has_next


def test_many_conversations_are_read_page_by_page(session, village, writes):
    for other in (village.grace, village.linus, village.rosa):
        writes(village.ada, other)
    own = village.angus.id, village.ada.membership_id
    first = list_talks(session, *own)
    older = list_talks(session, *own, below=first.rows[0].newest_id)
    assert [talk.other_name for talk in older.rows] == [talk.other_name for talk in first.rows[1:]]


def test_a_message_is_new_until_it_is_read_or_answered(session, village, writes):
    ada, grace, bank_id = village.ada, village.grace, village.angus.id
    writes(ada, grace)
    assert [talk.other_name for talk in list_unread(session, bank_id, grace.membership_id, 5)] == ["Ada Lamont"]
    assert list_unread(session, bank_id, ada.membership_id, 5) == []
    see(session, ada, Doing(grace, NOW, "seen"))
    assert list_unread(session, bank_id, grace.membership_id, 5) == []
    writes(ada, grace, "Or at eleven?")
    writes(grace, ada, "Eleven is good.")
    assert list_unread(session, bank_id, grace.membership_id, 5) == []
    assert talk_of(session, ada, grace).is_unread


def test_who_has_read_it_on_the_page_is_not_told_of_it(session, village, writes):
    writes(village.ada, village.grace)
    [notice] = list_due(session, NOW, 10)
    assert list_holding(session, village.angus.id, [notice], NOW) == {notice.id}
    see(session, village.ada, Doing(village.grace, NOW, "seen"))
    assert list_holding(session, village.angus.id, [notice], NOW) == set()


def test_the_same_form_writes_once(session, village):
    for _time in range(2):
        write(session, village.grace, "Once", Doing(village.ada, NOW, "form"))
    assert len(list_messages(session, village.angus.id, talk_of(session, village.ada, village.grace).code).rows) == 1


@pytest.mark.parametrize("words", ["", " \n\t "])
def test_an_empty_message_is_not_written(village, writes, words):
    with pytest.raises(WordsMissingError):
        writes(village.ada, village.grace, words)


def test_nobody_writes_for_another_to_themselves_or_across_banks(village, writes):
    with pytest.raises(NotAllowedError):
        writes(acting_for(village.rosa, village.ada, How.PHONE), village.grace)
    for other in (village.ada, village.perdita, village.audrey):
        with pytest.raises(CannotWriteError):
            writes(village.ada, other)


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.LEFT])
def test_who_is_not_active_is_not_written_to(session, village, writes, standing):
    session.scalar(select(Membership).where(Membership.id == village.grace.membership_id)).standing = standing
    session.flush()
    with pytest.raises(CannotWriteError):
        writes(village.ada, village.grace)


def test_a_flood_is_stopped(village, writes):
    for number in range(MOST_AN_HOUR):
        writes(village.ada, village.grace, f"{number}")
    with pytest.raises(TooManyMessagesError):
        writes(village.ada, village.grace, "one more")


def test_a_member_writes_first_to_so_many_a_day_and_a_broker_to_all(session, village, writes, monkeypatch):
    monkeypatch.setattr("timebank.messages.actions.MOST_NEW_A_DAY", 2)
    assert MOST_NEW_A_DAY > 2
    for by in (village.ada, village.rosa):
        writes(by, village.grace)
        writes(by, village.linus)
    with pytest.raises(TooManyMessagesError):
        writes(village.ada, village.mary)
    writes(village.rosa, village.mary)


def test_members_see_their_own_conversations_only(session, village, writes):
    writes(village.ada, village.grace)
    bank_id = village.angus.id
    assert [talk.other_code for talk in list_talks(session, bank_id, village.ada.membership_id).rows] == [
        village.grace.code
    ]
    assert list_talks(session, bank_id, village.linus.membership_id).rows == []
    assert list_talks(session, bank_id, village.rosa.membership_id).rows == []


def reported(session, village, writes):
    writes(village.ada, village.grace)
    report(session, village.ada, "He shouts", Doing(village.grace, NOW, "report"))
    return talk_of(session, village.ada, village.grace).code


def test_a_broker_reads_what_was_reported_once_it_is_on_the_trail_and_until_it_is_done(session, village, writes):
    code, rosa = reported(session, village, writes), village.rosa
    assert set(access.get_reported(session, rosa, code)) == {village.ada.membership_id, village.grace.membership_id}
    assert not access.has_noted_reading(session, rosa, code)
    open_reported(session, code, Doing(rosa, NOW + timedelta(minutes=1)))
    assert access.has_noted_reading(session, rosa, code)
    assert not access.has_noted_reading(session, village.mary, code)
    task = session.scalars(select(Task.code)).one()
    finish(session, task, Doing(rosa, NOW + timedelta(hours=1), "done"), note="Talked with both")
    with pytest.raises(NotVisibleError):
        access.get_reported(session, rosa, code)


def test_reading_once_is_no_leave_to_read_what_is_reported_later(session, village, writes):
    code, rosa = reported(session, village, writes), village.rosa
    open_reported(session, code, Doing(rosa, NOW + timedelta(minutes=1)))
    task = session.scalars(select(Task.code)).one()
    finish(session, task, Doing(rosa, NOW + timedelta(hours=1), "done"), note="")
    report(session, village.ada, "Again", Doing(village.grace, NOW + timedelta(days=1), "again"))
    assert not access.has_noted_reading(session, rosa, code)


@pytest.mark.parametrize("who", ["linus", "tom", "audrey", "perdita"])
def test_nobody_else_reads_it(session, village, writes, who):
    code = reported(session, village, writes)
    with pytest.raises(NotVisibleError):
        access.get_reported(session, getattr(village, who), code)


def test_no_broker_reads_what_was_not_reported(session, village, writes):
    writes(village.ada, village.grace)
    with pytest.raises(NotVisibleError):
        access.get_reported(session, village.rosa, talk_of(session, village.ada, village.grace).code)


def test_a_broker_who_is_a_side_looks_at_no_report_of_it(session, village, writes):
    writes(village.rosa, village.grace)
    report(session, village.rosa, "She shouts", Doing(village.grace, NOW, "report"))
    with pytest.raises(NotPermittedError):
        access.get_reported(session, village.rosa, talk_of(session, village.rosa, village.grace).code)


@pytest.mark.parametrize("reporter", ["grace", "rosa"])
def test_a_broker_neither_sees_nor_finishes_a_task_about_their_own_conversation(session, village, writes, reporter):
    rosa, bank_id = village.rosa, village.angus.id
    sides = {"grace": (village.grace, rosa), "rosa": (rosa, village.grace)}
    by, other = sides[reporter]
    writes(rosa, village.grace)
    report(session, other, "That is not right", Doing(by, NOW, "report"))
    task = session.scalars(select(Task.code)).one()
    for mine, seen in ((rosa, []), (village.mary, [task])):
        page = list_tasks(session, bank_id, Shows.TO_DO, membership_id=mine.membership_id)
        assert [row.code for row in page.rows] == seen
        assert count_waiting(session, bank_id, mine.membership_id) == len(seen)
    with pytest.raises(NotVisibleError):
        tasks.get_visible(session, rosa, task)
    for number, act in enumerate((take, hand_back, partial(finish, note="All well"))):
        with pytest.raises(NotAllowedError), session.begin_nested():
            act(session, task, Doing(rosa, NOW, f"act {number}"))
    finish(session, task, Doing(village.mary, NOW, "done"), note="Talked with both")


def _reports(session, by, other, key):
    report(session, other, f"{by.name} is not amused", Doing(by, NOW, key))


@pytest.mark.parametrize("order", [("rosa", "mary"), ("mary", "rosa")])
def test_of_two_brokers_neither_sees_what_either_reported(session, village, writes, order):
    first, second = (getattr(village, name) for name in order)
    writes(first, second)
    _reports(session, first, second, "first")
    _reports(session, second, first, "second")
    for side in (first, second):
        assert list_tasks(session, village.angus.id, Shows.TO_DO, membership_id=side.membership_id).rows == []
    assert count_waiting(session, village.angus.id, village.clara.membership_id) == 1


def test_who_becomes_a_broker_later_does_not_see_it_either(session, village, writes):
    code, grace = reported(session, village, writes), village.grace
    broker = replace(grace, roles=grace.roles | {Role.BROKER})
    task = session.scalars(select(Task.code)).one()
    with pytest.raises(NotVisibleError):
        tasks.get_visible(session, broker, task)
    with pytest.raises(NotPermittedError):
        access.get_reported(session, broker, code)


def test_a_note_of_a_report_is_one_line_in_one_name(session, village, writes):
    writes(village.ada, village.grace)
    report(session, village.ada, "He is bad\nRosa Lindsay: all well", Doing(village.grace, NOW, "report"))
    assert list_notes(session.scalars(select(Task.note)).one()) == ["Grace Okafor: He is bad Rosa Lindsay: all well"]


def test_unread_messages_of_an_hour_are_one_notice(session, village, writes):
    for _number in range(3):
        writes(village.ada, village.grace)
    assert len(list_due(session, NOW, 10)) == 1
    write(session, village.grace, "And?", Doing(village.ada, NOW + timedelta(hours=1), "later"))
    assert len(list_due(session, NOW + timedelta(hours=1), 10)) == 2
    see(session, village.ada, Doing(village.grace, NOW + timedelta(hours=1), "seen"))
    write(session, village.grace, "One more", Doing(village.ada, NOW + timedelta(hours=1), "after"))
    assert len(list_due(session, NOW + timedelta(hours=1), 10)) == 3


def test_a_form_sent_again_after_its_subject_is_gone_is_known(session, village):
    about = f"exchange:{make_recorded(session, village, village.ada, village.grace)}"
    doing = Doing(village.ada, NOW, "form")
    write(session, village.grace, "About that", doing, about=about)
    session.execute(update(Exchange).values(giver_account_id=village.linus.account_id))
    write(session, village.grace, "About that", doing, about=about)
    (row,) = list_messages(session, village.angus.id, talk_of(session, village.ada, village.grace).code).rows
    assert row.about == about


def test_the_only_broker_is_not_reported_to_themselves(session, village, writes):
    for keeper in (village.mary, village.clara):
        session.get_one(Membership, (village.angus.id, keeper.membership_id)).standing = Standing.SUSPENDED
    writes(village.rosa, village.grace)
    with pytest.raises(NobodyElseLooksError):
        report(session, village.rosa, "She shouts", Doing(village.grace, NOW, "report"))
    assert session.scalars(select(Task.code)).all() == []


def test_there_is_nothing_to_report_where_nothing_was_written(session, village):
    with pytest.raises(NothingToReportError):
        report(session, village.ada, "Nothing", Doing(village.grace, NOW, "report"))
