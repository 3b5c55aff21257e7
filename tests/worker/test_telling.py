"""From the deed to the e-mail: each notice goes out once, by the way its member chose, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import TODAY, make_recorded, terms
from tests.worker.conftest import MORNING
from timebank.actors import Doing, How, Standing, acting_for
from timebank.banks.models import Bank
from timebank.exchanges import actions
from timebank.exchanges.by_time import settle_waiting
from timebank.exchanges.telling import remind
from timebank.members.models import Membership, Person
from timebank.members.profiles import Profile, change_profile
from timebank.members.standing import change_standing
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState, Dropped, Failure, Notice, NoticeState
from timebank.notices.rules import Choice, Often, Way
from timebank.references import Ref, Subject
from timebank.tasks.models import Task
from timebank.worker.sending import send_what_is_due
from timebank.worker.transports import NotNowError

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def does(backend, village):
    """`does(actions.accept, code, by=village.ada)` is a deed in a transaction of its own."""

    def do(act, *args, by, at=MORNING, key=None, **more):
        with backend.session() as session:
            result = act(session, *args, Doing(by, at, key), **more)
            session.commit()
            return result

    return do


@pytest.fixture
def recorded(backend, village):
    """The code of help that Ada recorded, and that Grace has to confirm."""
    with backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace, what="Mending a gate")
        session.commit()
    return code


def rows(backend, model, *columns):
    with backend.session() as session:
        return [tuple(row) for row in session.execute(select(*(columns or (model.state,))).order_by(model.id))]


def chooses(does, who, way, often=Often.AT_ONCE):
    with_usual = {Topic.ABOUT_YOU: Choice(way, often), Topic.ROUND_THE_BANK: Choice(Way.EMAIL, Often.WEEKLY)}
    does(choose, with_usual, by=who)


def test_who_has_to_confirm_is_told_once(office, mail, recorded):
    assert send_what_is_due(office)["sent"] == 1
    assert send_what_is_due(office) == {}
    [(to, message)] = mail.sent
    assert to == "grace@example.org"
    assert message["Subject"] == "Are these hours right?"
    [text] = mail.texts()
    assert "Ada Lamont has written down help between the two of you." in text
    assert "What: Mending a gate" in text
    assert "How long: 1 hour" in text
    assert f"/angus/exchanges/{recorded[:4]}-{recorded[4:]}/confirmation" in text


def test_the_e_mail_says_who_writes_and_where_an_answer_goes(office, mail, backend, village, recorded):
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).email = "office@example.org"
        session.commit()
    send_what_is_due(office)
    [(_to, message)] = mail.sent
    assert message["Reply-To"] == "Angus Time Bank <office@example.org>"
    assert message["From"] == "Angus Time Bank <no-reply@127.0.0.1>"
    assert message["To"] == "Grace Okafor <grace@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@127.0.0.1>")
    assert message["List-Unsubscribe"] is None
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}


def test_a_repeated_form_tells_once(backend, village, office, mail):
    for _time in range(2):
        with backend.session() as session:
            make_recorded(session, village, village.ada, village.grace)
            session.commit()
    assert send_what_is_due(office)["sent"] == 1


def test_what_is_rolled_back_is_not_told(backend, village, office):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
    assert send_what_is_due(office) == {}


def test_what_was_answered_before_it_went_out_is_not_told(office, mail, does, village, backend, recorded):
    does(actions.confirm, recorded, by=village.grace)
    assert send_what_is_due(office) == {}
    assert mail.sent == []
    assert rows(backend, Notice, Notice.state, Notice.dropped_because) == [
        (NoticeState.DROPPED, Dropped.NO_LONGER_TRUE)
    ]


def test_what_is_answered_while_an_earlier_one_is_sent_is_not_told(office, mail, does, village, backend, recorded):
    """The answer comes when the delivery is claimed, and before its e-mail is written."""
    other = does(actions.record, village.angus, terms(village.ada, village.linus), by=village.ada, key="other")
    mail.before = lambda _message: does(actions.confirm, other, by=village.linus)
    ended = send_what_is_due(office)
    assert ended == {"sent": 1, "dropped": 1}
    assert [to for to, _message in mail.sent] == ["grace@example.org"]
    assert sorted(rows(backend, Delivery)) == [(DeliveryState.DROPPED,), (DeliveryState.SENT,)]


def test_who_chose_once_a_day_gets_one_e_mail_in_the_morning(office, mail, does, village, watch, recorded):
    chooses(does, village.grace, Way.EMAIL, Often.DAILY)
    does(actions.record, village.angus, terms(village.linus, village.grace), by=village.linus, key="second")
    assert send_what_is_due(office) == {}
    watch.now = MORNING.replace(day=22, hour=7, minute=59)
    assert send_what_is_due(office) == {}
    watch.pass_by(minutes=1)
    assert send_what_is_due(office)["sent"] == 1
    [(_to, message)] = mail.sent
    assert message["Subject"] == "2 things for you to read"
    assert "Ada Lamont has written down" in mail.texts()[0]
    assert "Linus Baxter has written down" in mail.texts()[0]


def test_who_chooses_something_else_is_told_what_waits_that_way(office, mail, does, village, recorded):
    chooses(does, village.grace, Way.EMAIL, Often.WEEKLY)
    assert send_what_is_due(office) == {}
    chooses(does, village.grace, Way.EMAIL, Often.AT_ONCE)
    assert send_what_is_due(office)["sent"] == 1


def test_at_night_nobody_is_told(office, mail, does, village, watch, recorded):
    watch.now = MORNING.replace(hour=22)
    late = terms(village.ada, village.linus)
    does(actions.record, village.angus, late, by=village.ada, at=watch.now, key="late")
    assert send_what_is_due(office) == {}  # what was told in the morning, when no worker ran, waits too
    watch.now = MORNING.replace(day=22, hour=8)
    assert send_what_is_due(office)["sent"] == 2


def test_what_was_to_go_out_in_the_evening_is_not_tried_again_at_night(office, mail, watch, recorded):
    def fail(_message):
        raise NotNowError(Failure.RECIPIENT)

    watch.now = MORNING.replace(hour=20, minute=59)
    mail.before = fail
    assert send_what_is_due(office) == {"put_off": 1}
    mail.before = lambda _message: None
    watch.pass_by(hours=2)
    assert send_what_is_due(office) == {}
    watch.now = MORNING.replace(day=22, hour=8)
    assert send_what_is_due(office) == {"sent": 1}


def test_what_guards_a_membership_is_told_at_night_too(office, mail, does, village, watch):
    watch.now = MORNING.replace(hour=23)
    does(change_standing, village.grace, Standing.SUSPENDED, by=village.rosa, at=watch.now, reason="Asked for it")
    assert send_what_is_due(office) == {"sent": 1}


def test_old_news_is_not_told(office, backend, watch, recorded):
    watch.pass_by(days=15)
    assert send_what_is_due(office) == {}
    assert rows(backend, Notice, Notice.dropped_because) == [(Dropped.TOO_OLD,)]


def test_who_chose_not_at_all_is_not_told(office, does, village, backend, recorded):
    chooses(does, village.grace, Way.NONE)
    assert send_what_is_due(office) == {}
    assert rows(backend, Notice, Notice.dropped_because) == [(Dropped.CHOSE_NONE,)]


@pytest.mark.parametrize("has_email", [True, False])
def test_who_is_told_by_telephone_is_a_task_for_a_broker(office, does, village, backend, recorded, has_email):
    """One task, however many notices wait; the same holds for who has no e-mail."""
    if has_email:
        chooses(does, village.grace, Way.PHONE)
    with backend.session() as session:
        person = session.get_one(Person, village.grace.person_id)
        person.phone, person.email = "+441632960123", person.email if has_email else None
        session.commit()
    does(actions.record, village.angus, terms(village.linus, village.grace), by=village.linus, key="second")
    assert send_what_is_due(office) == {}
    assert rows(backend, Task, Task.kind, Task.subject) == [
        ("tell_by_phone", str(Ref(Subject.MEMBER, village.grace.code)))
    ]


def test_without_a_mail_server_nobody_is_rung_instead(office, backend, recorded):
    office.transport = None
    assert send_what_is_due(office) == {}
    assert rows(backend, Notice, Notice.dropped_because) == [(Dropped.NO_WAY,)]
    assert rows(backend, Task, Task.kind) == []


def test_who_is_suspended_is_told_of_that_and_of_nothing_else(office, mail, does, village, backend, recorded):
    does(change_standing, village.grace, Standing.SUSPENDED, by=village.rosa, reason="Cannot be reached")
    assert send_what_is_due(office)["sent"] == 1
    [(_to, message)] = mail.sent
    assert message["Subject"] == "About your membership"
    assert "Cannot be reached" not in mail.texts()[0]
    reasons = rows(backend, Notice, Notice.kind, Notice.dropped_because)
    assert (("to_confirm", Dropped.NOT_ACTIVE)) in reasons


def test_a_changed_e_mail_is_told_at_the_one_before(office, mail, does, village):
    profile = Profile("Grace Okafor", "new@example.org", None, "")
    does(change_profile, profile, by=village.grace)
    assert send_what_is_due(office)["sent"] == 1
    [(to, message)] = mail.sent
    assert to == "grace@example.org"
    assert message["Subject"] == "How to reach you was changed"
    assert "new@example.org" not in mail.texts()[0]


def test_people_who_share_an_e_mail_each_get_their_own_with_their_name(office, mail, does, village, backend, recorded):
    with backend.session() as session:
        session.get_one(Person, village.linus.person_id).email = "grace@example.org"
        session.commit()
    does(actions.record, village.angus, terms(village.ada, village.linus), by=village.ada, key="second")
    assert send_what_is_due(office)["sent"] == 2
    assert sorted(message["Subject"] for _to, message in mail.sent) == [
        "For Grace: Are these hours right?",
        "For Linus: Are these hours right?",
    ]


@pytest.mark.parametrize(
    ("deeds", "told", "subject"),
    [
        (["propose"], "ada", "Somebody asks for your help"),
        (["propose", "accept"], "grace", "It is agreed"),
        (["propose", "decline"], "grace", "Not this time"),
        (["propose", "accept", "cancel"], "grace", "It is called off"),
    ],
)
def test_each_side_is_told_what_the_other_did(office, mail, does, village, deeds, told, subject):
    said = terms(village.ada, village.grace, day=TOMORROW, what="Shopping")
    code = does(actions.propose, village.angus, said, by=village.grace, key="ask")
    for deed in deeds[1:]:
        does(getattr(actions, deed), code, by=village.ada)
    send_what_is_due(office)
    last_to, last = mail.sent[-1]
    assert (last_to, last["Subject"]) == (f"{told}@example.org", subject)
    assert sum(message["Subject"] == subject for _to, message in mail.sent) == 1


def test_a_dispute_and_its_end_are_told(office, mail, does, village, recorded):
    does(actions.dispute, recorded, by=village.grace, words="It was less", minutes=30)
    send_what_is_due(office)
    does(actions.decide, recorded, by=village.rosa, minutes=45, reason="Both rang")
    send_what_is_due(office)
    subjects = sorted((to, message["Subject"]) for to, message in mail.sent)
    assert subjects == [
        ("ada@example.org", "It is settled"),
        ("ada@example.org", "Somebody says that hours are not right"),
        ("grace@example.org", "It is settled"),
    ]
    assert "45 minutes" in mail.texts()[-1]


def test_both_are_told_of_what_is_agreed_for_tomorrow_once(office, mail, does, village, backend):
    said = terms(village.ada, village.grace, day=TODAY + timedelta(days=2), what="Shopping")
    code = does(actions.propose, village.angus, said, by=village.grace, key="ask")
    does(actions.accept, code, by=village.ada)
    send_what_is_due(office)
    mail.sent.clear()
    office.watch.pass_by(days=1)
    for _time in range(2):
        with backend.session() as session:
            remind(session, village.angus, now=office.watch())
            session.commit()
        send_what_is_due(office)
    assert sorted(to for to, _message in mail.sent) == ["ada@example.org", "grace@example.org"]
    assert {message["Subject"] for _to, message in mail.sent} == {"Agreed for tomorrow"}


def test_who_has_not_confirmed_is_reminded_twice_and_then_a_broker_looks(office, mail, village, backend, recorded):
    send_what_is_due(office)
    for _hour in range(24 * 16):
        office.watch.pass_by(hours=1)
        with backend.session() as session:
            remind(session, village.angus, now=office.watch())
            assert settle_waiting(session, village.angus, now=office.watch()) == []
            session.commit()
        send_what_is_due(office)
    assert [message["Subject"] for _to, message in mail.sent] == [
        "Are these hours right?",
        "Are these hours right? They still wait",
        "Are these hours right? They still wait",
    ]
    assert {to for to, _message in mail.sent} == {"grace@example.org"}
    assert rows(backend, Task, Task.kind, Task.subject) == [("not_confirmed", str(Ref(Subject.EXCHANGE, recorded)))]


def test_a_member_who_left_is_out_of_every_list(office, mail, village, backend, recorded):
    with backend.session() as session:
        session.scalar(select(Membership).where(Membership.id == village.grace.membership_id)).standing = Standing.LEFT
        session.commit()
    assert send_what_is_due(office) == {}
    assert mail.sent == []


@pytest.mark.parametrize(
    ("address", "phone", "ways"),
    [("", "+441632960123", []), ("2 Mill Lane", "+441632960123", [Way.LETTER]), ("", None, [])],
)
def test_what_a_broker_did_in_ones_name_is_rung_about_by_nobody_when_its_e_mail_fails(
    office, mail, does, village, backend, recorded, address, phone, ways
):
    """The way that takes an e-mail's place is one that its kind may take (decision 33)."""
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        person = session.get_one(Person, village.grace.person_id)
        person.phone, person.postal_address = phone, address
        session.commit()
    by_phone = acting_for(village.rosa, village.grace, How.PHONE)
    does(actions.confirm, recorded, by=by_phone)

    def refuse(message):
        raise RuntimeError

    mail.before = refuse
    send_what_is_due(office)
    with backend.session() as session:
        other = select(Delivery.way).where(Delivery.member_id == village.grace.membership_id, Delivery.way != Way.EMAIL)
        assert session.scalars(other).all() == ways
