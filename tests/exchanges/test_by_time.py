"""Hours that are confirmed by time: by which coordinator, in whose name, and when it is left to brokers instead."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW, account_of, balance_of, make_recorded, terms
from timebank.actors import Doing, How, Role, Standing, acting_for
from timebank.audit.checks import check_books
from timebank.bookkeeping.models import Entry
from timebank.errors import NotAllowedError
from timebank.exchanges import actions, reversals
from timebank.exchanges.by_time import confirm_by_time, settle_waiting, silence_counts_on
from timebank.exchanges.errors import NotYoursError
from timebank.exchanges.models import ExchangeStep, TimeRule
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import State
from timebank.exchanges.time_rule import begin_time_rule, end_time_rule, find_time_rule
from timebank.ledger.checks import Verdict
from timebank.members import roles
from timebank.members.models import Membership
from timebank.members.standing import change_standing
from timebank.notices.actions import tell
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Delivery, DeliveryState, Notice, NoticeState
from timebank.notices.outbox import put_into_delivery
from timebank.notices.rules import Way
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.models import Task
from timebank.trail.models import TrailRow

DAY = timedelta(days=1)


@pytest.fixture
def by_time(session, village):
    """Mary answers for it that Angus confirms by time, since they joined."""
    begin_time_rule(session, village.angus, Doing(village.mary, NOW, "rule"))


def remind(session, village, who, code, *, state=DeliveryState.SENT, times=2, until=10):
    """Reminders of an exchange went out to who has to confirm it, the last of them `until` days after NOW."""
    bank_id, subject, kind = village.angus.id, Ref(Subject.EXCHANGE, code), NoticeKind.STILL_TO_CONFIRM
    for number in range(1, times + 1):
        sent_at, occasion = NOW + until * DAY - (times - number) * 5 * DAY, str(number)
        tell(session, bank_id, [who.membership_id], kind, subject, now=sent_at, occasion=occasion)
        of_it = (Notice.kind == kind, Notice.subject == str(subject), Notice.occasion == occasion)
        notice_id = session.scalars(select(Notice.id).where(*of_it)).one()
        topic, ids = Topic.ABOUT_YOU, [notice_id]
        delivery_id = put_into_delivery(session, bank_id, who.membership_id, topic, Way.EMAIL, ids, now=sent_at)
        delivery = session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
        delivery.state, delivery.ended_at = state, sent_at
    session.flush()


def after(session, village, days):
    """What the worker does so many days after NOW; returns the codes of what was confirmed."""
    now = NOW + days * DAY
    due = settle_waiting(session, village.angus, now=now)
    return [code for code in due if confirm_by_time(session, village.angus, code, now=now)]


def tasks(session):
    return [(task.kind, task.subject) for task in session.scalars(select(Task))]


def state_of(session, village, code):
    session.expire_all()
    return find_exchange(session, village.angus.id, code).state


def check_all(session):
    session.flush()
    wrong = [result.findings for result in check_books(session) if result.verdict is Verdict.WRONG]
    assert wrong == []


def test_silence_after_two_reminders_confirms_on_record_and_the_coordinator_answers_for_it(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    remind(session, village, village.grace, code)
    assert after(session, village, 13) == []
    assert after(session, village, 14) == [code]
    assert state_of(session, village, code) == State.CONFIRMED
    assert (balance_of(session, village.ada), balance_of(session, village.grace)) == (90, -90)
    assert account_of(session, village.grace).held == 0
    step = session.scalars(select(ExchangeStep).where(ExchangeStep.deed == "confirm")).one()
    assert (step.done_by, step.on_behalf_of, step.how) == (
        village.mary.membership_id,
        village.grace.membership_id,
        How.TIME,
    )
    row = session.scalars(select(TrailRow).where(TrailRow.deed == DeedName.EXCHANGE_CONFIRM_BY_TIME)).one()
    assert (row.done_by, row.on_behalf_of) == (village.mary.membership_id, village.grace.membership_id)
    entry = session.scalars(select(Entry).where(Entry.kind == "exchange")).one()
    assert entry.recorded_by == village.mary.membership_id
    assert tasks(session) == []
    check_all(session)


def test_who_was_silent_is_told_what_was_done_in_their_name(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    after(session, village, 14)
    done = session.scalars(select(Notice).where(Notice.kind == NoticeKind.DONE_FOR_YOU)).one()
    assert (done.member_id, done.state) == (village.grace.membership_id, NoticeState.WAITING)
    assert '"how": "time"' in done.facts


def test_it_is_done_once_however_often_the_worker_looks(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    assert after(session, village, 14) == [code]
    assert after(session, village, 14) == []
    assert not confirm_by_time(session, village.angus, code, now=NOW + 14 * DAY)
    assert balance_of(session, village.ada) == 60
    assert tasks(session) == []


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.DROPPED])
def test_whoever_was_not_reached_is_not_silent_and_a_broker_looks(session, village, by_time, state):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code, state=state)
    assert after(session, village, 21) == []
    assert tasks(session) == []
    assert after(session, village, 22) == []
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]
    assert state_of(session, village, code) == State.RECORDED


def test_without_the_rule_a_broker_looks_after_a_fortnight(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    assert after(session, village, 14) == []
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]


def test_what_was_recorded_before_the_rule_is_left_to_brokers(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    begin_time_rule(session, village.angus, Doing(village.mary, NOW + DAY, "rule"))
    assert after(session, village, 14) == []
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]


def silence_day(session, village, code, days):
    """From which day silence counts, as it is said so many days after NOW: in days after NOW."""
    exchange = find_exchange(session, village.angus.id, code)
    day = silence_counts_on(session, village.angus, exchange, NOW + days * DAY)
    return None if day is None else (day - NOW.date()).days


def test_the_day_that_is_named_is_the_day_on_which_it_counts(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace)
    assert silence_day(session, village, code, 0) == 14
    remind(session, village, village.grace, code, until=12)
    assert silence_day(session, village, code, 13) == 16
    assert after(session, village, 15) == []
    assert after(session, village, 16) == [code]


def _own(session, village):
    return make_recorded(session, village, village.ada, village.mary), village.mary


def _of_who_asked(session, village):
    return make_recorded(session, village, village.mary, village.grace), village.grace


def _by_her_hand(session, village):
    hand = acting_for(village.mary, village.ada, How.PHONE)
    said = terms(village.ada, village.grace)
    return actions.record(session, village.angus, said, Doing(hand, NOW, "by hand")), village.grace


def _of_a_broker(session, village):
    return make_recorded(session, village, village.rosa, village.grace), village.grace


def _of_another_coordinator(session, village):
    return make_recorded(session, village, village.clara, village.grace), village.grace


def _beyond_the_floor(session, village):
    return make_recorded(session, village, village.ada, village.grace, minutes=1_440), village.grace


@pytest.mark.parametrize(
    "story", [_own, _of_who_asked, _by_her_hand, _of_a_broker, _of_another_coordinator, _beyond_the_floor]
)
def test_what_the_coordinator_could_not_confirm_in_person_is_left_to_brokers(session, village, by_time, story):
    code, silent = story(session, village)
    before = {key: balance_of(session, getattr(village, key)) for key in ("ada", "grace", "mary")}
    says_so = story is _beyond_the_floor  # which shows only when the hours would move
    assert (silence_day(session, village, code, 1) is not None) is says_so
    remind(session, village, silent, code)
    assert after(session, village, 14) == []
    assert state_of(session, village, code) == State.RECORDED
    assert {key: balance_of(session, getattr(village, key)) for key in before} == before
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]
    deeds = session.scalars(select(TrailRow.deed)).all()
    assert DeedName.EXCHANGE_CONFIRM_BY_TIME not in deeds
    check_all(session)


def test_a_side_that_was_suspended_meanwhile_is_left_to_brokers(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    doing = Doing(village.rosa, NOW + DAY, "suspend")
    change_standing(session, village.grace, Standing.SUSPENDED, doing, reason="A pause")
    assert after(session, village, 14) == []
    assert state_of(session, village, code) == State.RECORDED
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]


def test_what_is_answered_or_disputed_at_the_last_moment_stays_as_it_was_answered(session, village, by_time):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    now = NOW + 14 * DAY
    assert settle_waiting(session, village.angus, now=now) == [code]
    actions.dispute(session, code, Doing(village.grace, now, "no"), words="Shorter", minutes=30)
    assert not confirm_by_time(session, village.angus, code, now=now)
    assert state_of(session, village, code) == State.DISPUTED
    assert tasks(session) == []


def test_the_rule_ends_with_the_role_of_who_answers_for_it_until_another_does(session, village, by_time):
    mary = session.scalars(select(Membership).where(Membership.id == village.mary.membership_id)).one()
    roles.take(session, mary, Role.COORDINATOR, Doing(village.clara, NOW, "take"))
    assert not find_time_rule(session, village.angus.id).holds
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    assert after(session, village, 14) == []
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]
    begin_time_rule(session, village.angus, Doing(village.clara, NOW + DAY, "again"))
    rule = find_time_rule(session, village.angus.id)
    assert (rule.holds, rule.begun_by.name) == (True, "Clara Muir")
    ended = session.scalars(select(TimeRule).where(TimeRule.ended_at.is_not(None))).one()
    assert (ended.begun_by, ended.ended_by) == (village.mary.membership_id, village.clara.membership_id)


def _role_taken_and_given(session, village):
    mary = session.scalars(select(Membership).where(Membership.id == village.mary.membership_id)).one()
    roles.take(session, mary, Role.COORDINATOR, Doing(village.clara, NOW + DAY, "take"))
    again = Doing(village.clara, NOW + 13 * DAY, "give")
    roles.give(session, mary, Role.COORDINATOR, again, granted_by=village.clara.membership_id)


def _suspended_and_back(session, village):
    for to, days in ((Standing.SUSPENDED, 1), (Standing.ACTIVE, 13)):
        doing = Doing(village.clara, NOW + days * DAY, f"to {to}")
        change_standing(session, village.mary, to, doing, reason="A pause")


@pytest.mark.parametrize("story", [_role_taken_and_given, _suspended_and_back])
def test_who_is_a_coordinator_again_has_to_begin_it_anew_since_the_reminders_did_not_speak_of_it(
    session, village, by_time, story
):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    story(session, village)
    assert not find_time_rule(session, village.angus.id).holds
    assert after(session, village, 14) == []
    assert state_of(session, village, code) == State.RECORDED
    assert tasks(session) == [("not_confirmed", f"exchange:{code}")]
    begin_time_rule(session, village.angus, Doing(village.mary, NOW + 14 * DAY, "anew"))
    assert find_time_rule(session, village.angus.id).holds


def test_a_rule_that_was_begun_anew_at_the_last_moment_does_not_confirm_what_was_recorded_before(
    session, village, by_time
):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    now = NOW + 14 * DAY
    assert settle_waiting(session, village.angus, now=now) == [code]
    end_time_rule(session, village.angus, Doing(village.clara, now, "end"))
    begin_time_rule(session, village.angus, Doing(village.clara, now, "anew"))
    assert not confirm_by_time(session, village.angus, code, now=now)
    assert state_of(session, village, code) == State.RECORDED


def test_no_day_is_named_from_which_silence_counts_where_it_never_does(session, village, by_time):
    def named(giver, receiver):
        code = make_recorded(session, village, giver, receiver)
        return (
            silence_counts_on(session, village.angus, find_exchange(session, village.angus.id, code), NOW) is not None
        )

    assert named(village.ada, village.grace)
    assert not named(village.rosa, village.grace)
    assert not named(village.ada, village.mary)


def test_another_coordinators_saying_it_again_leaves_it_with_who_answers_for_it(session, village, by_time):
    begin_time_rule(session, village.angus, Doing(village.clara, NOW, "too"))
    assert find_time_rule(session, village.angus.id).begun_by.name == "Mary Duncan"
    end_time_rule(session, village.angus, Doing(village.clara, NOW, "end"))
    assert find_time_rule(session, village.angus.id) is None


@pytest.mark.parametrize("who", ["ada", "rosa", "tom", "audrey", "perdita"])
@pytest.mark.parametrize("act", [begin_time_rule, end_time_rule])
def test_only_a_coordinator_of_the_bank_sets_the_rule(session, village, who, act):
    with pytest.raises(NotAllowedError):
        act(session, village.angus, Doing(getattr(village, who), NOW, "rule"))


def test_nobody_sets_it_in_a_coordinators_name(session, village):
    hand = acting_for(village.rosa, village.mary, How.PHONE)
    with pytest.raises(NotAllowedError):
        begin_time_rule(session, village.angus, Doing(hand, NOW, "rule"))


def test_hours_that_time_confirmed_can_be_taken_back_as_all_others_but_not_approved_by_who_answers(
    session, village, by_time
):
    code = make_recorded(session, village, village.ada, village.grace)
    remind(session, village, village.grace, code)
    after(session, village, 14)
    later = NOW + 15 * DAY
    reversal = reversals.propose(session, code, Doing(village.clara, later, "back"), reason="It did not happen")
    with pytest.raises(NotYoursError):
        reversals.approve(session, village.angus, reversal, Doing(village.mary, later, "yes"))
    reversals.approve(session, village.angus, reversal, Doing(village.tom, later, "yes"))
    assert state_of(session, village, code) == State.REVERSED
    assert balance_of(session, village.ada) == 0
    check_all(session)
