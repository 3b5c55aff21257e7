"""Inviting members, one after the other or all at once; what they answer, and what comes of it."""

from datetime import time, timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from tests.people import NOW, TODAY
from timebank.actors import Doing, How, Standing, acting_for
from timebank.errors import NotAllowedError, PastDayError
from timebank.exchanges import actions as exchanges
from timebank.exchanges.deeds import list_hands
from timebank.exchanges.errors import OwnExchangeError
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.terms import Terms
from timebank.ledger.hours import NoTimeError
from timebank.listings import actions as listings
from timebank.listings.filling import ListingState, state_of
from timebank.listings.queries import find_line
from timebank.listings.rules import ListingKind, Move
from timebank.matching.answering import say_no, say_yes
from timebank.matching.errors import (
    AskedAlreadyError,
    DayMissingError,
    InvitationOverError,
    MayNotBeAskedError,
    NobodyChosenError,
    OtherDayError,
    RequestMovedOnError,
)
from timebank.matching.inviting import InvitationText, invite, take_back
from timebank.matching.models import Invitation
from timebank.matching.turns import called_off, lapse
from timebank.members.helping import find_helping
from timebank.members.models import Membership
from timebank.tasks.models import Task

FRIDAY = TODAY + timedelta(days=6)
DAY = timedelta(days=1)
KEYS = count()


@pytest.fixture
def asks(list_it, village):
    """`asks(wanted_on=FRIDAY)` is a request of Grace's; gives its code."""

    def ask(title="A lift to the clinic", *, by=village.grace, **more):
        return list_it(title, "getting-about/lifts", kind=ListingKind.REQUEST, by=by, **more)

    return ask


@pytest.fixture
def invites(session, village):
    """`invites(code, village.ada, village.linus)` is Rosa's asking them; gives the invitations of the request."""

    def send(code, *whom, by=village.rosa, now=NOW, in_turn=True, day=FRIDAY, at=time(10, 15), minutes=60, **more):
        content = InvitationText(day, at, minutes, in_turn=in_turn, **more)
        doing = Doing(by, now, f"invite-{next(KEYS)}")
        invite(session, village.angus, code, [actor.membership_id for actor in whom], content, doing)
        return standing(session)

    return send


def standing(session):
    """Return {first name: state} of all invitations, the newest of each member."""
    rows = session.scalars(select(Invitation).order_by(Invitation.id).execution_options(populate_existing=True))
    return {row.member_id: row for row in rows}


def state(session, actor):
    return str(standing(session)[actor.membership_id].state)


def code_of(session, actor):
    return standing(session)[actor.membership_id].code


def answers(session, village, actor, *, now=NOW, **more):
    return say_yes(session, village.angus, code_of(session, actor), Doing(actor, now, f"yes-{next(KEYS)}"), **more)


def declines(session, village, actor, *, now=NOW, less=False):
    say_no(session, village.angus, code_of(session, actor), Doing(actor, now, f"no-{next(KEYS)}"), less=less)


def test_a_yes_makes_an_agreed_exchange_with_time_and_place(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY, wanted_time=time(10, 15))
    invites(code, village.ada, minutes=90, meeting_place=" At the eye clinic ")
    exchange = session.scalar(select(Exchange).where(Exchange.code == answers(session, village, village.ada)))
    assert (exchange.state, exchange.agreed_on, exchange.agreed_time) == ("accepted", FRIDAY, time(10, 15))
    assert (exchange.agreed_minutes, exchange.agreed_place) == (90, "At the eye clinic")
    sides = (exchange.giver_account_id, exchange.receiver_account_id)
    assert sides == (village.ada.account_id, village.grace.account_id)
    line = find_line(session, village.angus.id, code, TODAY)
    assert (line.helpers_found, state_of(line, TODAY)) == (1, ListingState.FILLED)
    assert standing(session)[village.ada.membership_id].exchange_id == exchange.id


def test_it_is_on_record_by_whom_and_by_what_right(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, at=None)
    answers(session, village, village.ada, now=NOW + DAY)
    proposed, accepted = session.scalars(select(ExchangeStep).order_by(ExchangeStep.number))
    rosa, grace, ada = (actor.membership_id for actor in (village.rosa, village.grace, village.ada))
    assert (proposed.deed, proposed.done_by, proposed.on_behalf_of) == ("propose", rosa, grace)
    assert (proposed.how, proposed.done_at) == (How.REQUEST, NOW)
    assert (accepted.deed, accepted.done_by, accepted.on_behalf_of) == ("accept", ada, None)
    assert accepted.done_at == NOW + DAY


def test_a_broker_says_yes_for_a_member_who_rang(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada)
    by_phone = acting_for(village.mary, village.ada, How.PHONE).with_evidence("rang at ten")
    say_yes(session, village.angus, code_of(session, village.ada), Doing(by_phone, NOW, "by phone"))
    row = standing(session)[village.ada.membership_id]
    assert (row.answered_by, row.how, row.evidence) == (village.mary.membership_id, "phone", "rang at ten")


def test_in_turn_the_next_is_asked_once_somebody_says_no(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus, village.mary)
    assert [state(session, actor) for actor in (village.ada, village.linus, village.mary)] == ["sent", "next", "next"]
    declines(session, village, village.ada)
    assert [state(session, actor) for actor in (village.ada, village.linus, village.mary)] == ["no", "sent", "next"]
    answers(session, village, village.linus)
    assert state(session, village.mary) == "not_needed"
    assert session.scalars(select(Task)).all() == []


def test_as_many_are_asked_at_a_time_as_helpers_are_wanted(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY, helpers_wanted=2), village.ada, village.linus, village.mary)
    assert [state(session, actor) for actor in (village.ada, village.linus, village.mary)] == ["sent", "sent", "next"]
    answers(session, village, village.ada)
    assert state(session, village.mary) == "next"
    answers(session, village, village.linus)
    assert state(session, village.mary) == "not_needed"


def test_all_at_once_the_first_yes_counts_and_who_is_later_is_told_kindly(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus, in_turn=False)
    answers(session, village, village.linus)
    assert state(session, village.ada) == "not_needed"
    with pytest.raises(InvitationOverError):
        answers(session, village, village.ada)


def test_silence_asks_the_next_and_is_followed_by_a_rest(session, village, asks, invites, candidates, list_it):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus)
    assert lapse(session, village.angus, now=NOW + 3 * DAY) == (0, 0)
    assert lapse(session, village.angus, now=NOW + 4 * DAY) == (1, 1)
    assert (state(session, village.ada), state(session, village.linus)) == ("silent", "sent")
    with pytest.raises(InvitationOverError):
        answers(session, village, village.ada, now=NOW + 4 * DAY)
    with pytest.raises(MayNotBeAskedError):
        invites(asks("Shopping"), village.ada, day=None, at=None, now=NOW + 10 * DAY)
    invites(asks("Shopping", now=NOW + 12 * DAY), village.ada, day=None, at=None, now=NOW + 12 * DAY)


def test_an_answer_ends_the_silence(session, village, asks, invites):
    for week in range(2):
        invites(asks(f"Shopping {week}"), village.ada, day=None, at=None, now=NOW + 30 * week * DAY)
        lapse(session, village.angus, now=NOW + (30 * week + 4) * DAY)
    with pytest.raises(MayNotBeAskedError):
        invites(asks("Cake"), village.ada, day=None, at=None, now=NOW + (34 + 13) * DAY)
    now = NOW + (34 + 14) * DAY
    invites(asks("Tea"), village.ada, day=None, at=None, now=now)
    declines(session, village, village.ada, now=now)
    invites(asks("Bread"), village.ada, day=None, at=None, now=now)


def test_once_all_have_said_no_a_broker_gets_a_task(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada, village.linus)
    declines(session, village, village.ada)
    declines(session, village, village.linus)
    (task,) = session.scalars(select(Task))
    assert (task.kind, task.subject) == ("nobody_said_yes", f"listing:{code}")
    invites(code, village.mary)
    answers(session, village, village.mary)
    session.refresh(task)
    assert task.is_done


def test_ask_me_less_is_a_no_and_fewer_invitations(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada)
    declines(session, village, village.ada, less=True)
    row = standing(session)[village.ada.membership_id]
    assert (row.state, row.wants_less) == ("no", True)
    assert find_helping(session, village.angus.id, village.ada.membership_id).most_invitations == 1


def test_nobody_is_asked_more_often_a_week_than_they_want(session, village, asks, invites):
    for number in range(2):
        invites(asks(f"Shopping {number}"), village.ada, day=None, at=None)
        declines(session, village, village.ada)
    with pytest.raises(MayNotBeAskedError):
        invites(asks("Shopping again"), village.ada, day=None, at=None)
    invites(asks("Later", now=NOW + 8 * DAY), village.ada, day=None, at=None, now=NOW + 8 * DAY)


def test_nobody_is_asked_twice_about_one_request(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    for _again in range(2):
        with pytest.raises(AskedAlreadyError):
            invites(code, village.linus, village.ada, by=village.mary)
        if state(session, village.ada) == "sent":
            declines(session, village, village.ada)


def test_what_is_weekly_may_be_asked_again_for_another_week(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY, every_week=True)
    invites(code, village.ada)
    declines(session, village, village.ada)
    later = NOW + 8 * DAY
    invites(code, village.ada, day=FRIDAY + 7 * DAY, now=later)
    assert state(session, village.ada) == "sent"


def test_two_brokers_lists_go_one_after_the_other(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    invites(code, village.linus, by=village.mary)
    assert state(session, village.linus) == "next"
    declines(session, village, village.ada)
    assert state(session, village.linus) == "sent"


def test_a_list_passes_over_who_may_not_be_asked_any_more(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus, village.mary)
    session.execute(
        update(Membership).where(Membership.id == village.linus.membership_id).values(standing=Standing.SUSPENDED)
    )
    declines(session, village, village.ada)
    assert (state(session, village.linus), state(session, village.mary)) == ("not_needed", "sent")


def test_what_is_called_off_or_changed_is_asked_about_no_more(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    listings.move(session, village.angus, code, Move.CLOSE, Doing(village.grace, NOW, "close"))
    with pytest.raises(RequestMovedOnError):
        answers(session, village, village.ada)
    lapse(session, village.angus, now=NOW)
    assert state(session, village.ada) == "not_needed"


def test_a_request_for_another_day_is_another_question(session, village, asks, invites, said):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    moved = said("A lift", "getting-about/lifts", wanted_on=FRIDAY + DAY)
    listings.change(session, village.angus, code, moved, Doing(village.grace, NOW, "change"))
    with pytest.raises(OtherDayError):
        answers(session, village, village.ada)
    lapse(session, village.angus, now=NOW)
    assert state(session, village.ada) == "not_needed"


def test_who_says_yes_names_the_day_where_any_will_do(session, village, asks, invites):
    invites(asks(), village.ada, day=None, at=None)
    with pytest.raises(DayMissingError):
        answers(session, village, village.ada)
    with pytest.raises(PastDayError):
        answers(session, village, village.ada, day=TODAY - DAY)
    code = answers(session, village, village.ada, day=FRIDAY, at=time(14))
    exchange = session.scalar(select(Exchange).where(Exchange.code == code))
    assert (exchange.agreed_on, exchange.agreed_time) == (FRIDAY, time(14))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"minutes": 0}, NoTimeError),
        ({"day": TODAY - DAY}, PastDayError),
        ({"day": FRIDAY + DAY}, OtherDayError),
        ({"day": None}, OtherDayError),
        ({"at": time(9)}, OtherDayError),
    ],
)
def test_what_is_asked_has_to_fit_the_request(village, asks, invites, asked, error):
    code = asks(wanted_on=FRIDAY, wanted_time=time(10, 15))
    with pytest.raises(error):
        invites(code, village.ada, **asked)


def test_only_brokers_invite_and_nobody_themselves_or_who_asks(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    for by in (village.ada, village.tom, acting_for(village.rosa, village.grace, How.PHONE)):
        with pytest.raises(NotAllowedError):
            invites(code, village.linus, by=by)
    for whom in (village.rosa, village.grace, village.tom):
        with pytest.raises(MayNotBeAskedError):
            invites(code, whom)
    with pytest.raises(NobodyChosenError):
        invites(code)
    with pytest.raises(RequestMovedOnError):
        invites("NOSUCH", village.ada)


def test_a_broker_may_look_for_somebody_for_themselves(session, village, asks, invites):
    invites(asks(by=village.rosa, wanted_on=FRIDAY), village.ada)
    answers(session, village, village.ada)
    proposed = session.scalars(select(ExchangeStep).order_by(ExchangeStep.number)).first()
    assert (proposed.done_by, proposed.on_behalf_of) == (village.rosa.membership_id, None)


def test_nobody_answers_for_another(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada)
    code = code_of(session, village.ada)
    for actor in (village.linus, village.rosa, village.perdita):
        with pytest.raises(NotAllowedError):
            say_yes(session, village.angus, code, Doing(actor, NOW, f"x-{actor.code}"))
        with pytest.raises(NotAllowedError):
            say_no(session, village.angus, code, Doing(actor, NOW, f"y-{actor.code}"))


def test_an_invitation_is_taken_back_before_it_is_answered(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus)
    take_back(session, village.angus, code_of(session, village.ada), Doing(village.mary, NOW, "back"))
    assert (state(session, village.ada), state(session, village.linus)) == ("taken_back", "sent")
    with pytest.raises(InvitationOverError):
        take_back(session, village.angus, code_of(session, village.ada), Doing(village.mary, NOW, "again"))
    with pytest.raises(NotAllowedError):
        take_back(session, village.angus, code_of(session, village.linus), Doing(village.ada, NOW, "not hers"))


def test_a_place_that_gets_free_again_can_be_asked_for_again(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    exchange = answers(session, village, village.ada)
    exchanges.cancel(session, exchange, Doing(village.ada, NOW, "cannot after all"))
    invites(code, village.linus)
    assert state(session, village.linus) == "sent"


def tasks(session):
    return [str(task.kind) for task in session.scalars(select(Task).order_by(Task.id)) if not task.is_done]


def test_nobody_is_asked_for_a_day_that_is_over(session, village, asks, invites):
    invites(asks(), village.ada, village.linus, day=TODAY + DAY, at=None)
    lapse(session, village.angus, now=NOW + 2 * DAY)
    assert (state(session, village.ada), state(session, village.linus)) == ("silent", "not_needed")
    assert tasks(session) == ["nobody_said_yes"]


def test_a_request_that_moved_while_somebody_was_asked_can_be_asked_again(session, village, asks, invites, said):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada)
    moved = said("A lift to the clinic", "getting-about/lifts", wanted_on=FRIDAY + DAY)
    listings.change(session, village.angus, code, moved, Doing(village.grace, NOW, "moved"))
    invites(code, village.ada, day=FRIDAY + DAY)
    assert [row.state for row in session.scalars(select(Invitation).order_by(Invitation.id))] == ["not_needed", "sent"]


@pytest.mark.parametrize(
    "helping",
    [{"away_from": FRIDAY, "away_until": FRIDAY}, {"free_parts": 1 << 14}],  # away, or free on Friday evening only
)
def test_the_day_and_time_that_a_broker_names_keep_to_what_members_said(village, asks, invites, says, helping):
    says(village.ada, **helping)
    with pytest.raises(MayNotBeAskedError):
        invites(asks(), village.ada, day=FRIDAY, at=time(10))


def test_a_list_that_comes_to_its_end_is_a_task_however_it_ends(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus)
    suspended = update(Membership).where(Membership.id == village.linus.membership_id)
    session.execute(suspended.values(standing=Standing.SUSPENDED))
    declines(session, village, village.ada)
    assert tasks(session) == ["nobody_said_yes"]


def test_a_place_that_is_left_after_a_yes_is_a_task(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY, helpers_wanted=2), village.ada, village.linus)
    declines(session, village, village.ada)
    answers(session, village, village.linus)
    assert tasks(session) == ["nobody_said_yes"]


def test_one_brokers_all_at_once_leaves_anothers_list_in_turn(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY)
    invites(code, village.ada, village.linus)
    invites(code, village.clara, by=village.mary, in_turn=False)
    assert [state(session, one) for one in (village.ada, village.linus, village.clara)] == ["sent", "next", "sent"]


def test_a_silence_after_an_answer_counts_whenever_it_was_chosen(session, village, asks, invites):
    invites(asks("First"), village.linus, village.ada, day=None, at=None)
    invites(asks("Second"), village.ada, day=None, at=None)
    declines(session, village, village.ada)  # the second, which was chosen later
    lapse(session, village.angus, now=NOW + 4 * DAY)
    lapse(session, village.angus, now=NOW + 8 * DAY)
    with pytest.raises(MayNotBeAskedError):
        invites(asks("Third", now=NOW + 9 * DAY), village.ada, day=None, at=None, now=NOW + 9 * DAY)


def test_what_is_taken_back_uses_up_nobodys_week(session, village, asks, invites):
    for number in range(3):
        invites(asks(f"Shopping {number}"), village.ada, day=None, at=None)
        code = code_of(session, village.ada)
        take_back(session, village.angus, code, Doing(village.rosa, NOW, f"back-{number}"))
    assert tasks(session) == []


def test_who_helps_already_is_not_asked_for_the_second_place(session, village, asks, invites):
    code = asks(wanted_on=FRIDAY, helpers_wanted=2)
    line = find_line(session, village.angus.id, code, TODAY)
    terms = Terms(village.ada.account_id, village.grace.account_id, line.title, FRIDAY, 60, listing_id=line.id)
    proposed = exchanges.propose(session, village.angus, terms, Doing(village.ada, NOW, "offers"))
    exchanges.accept(session, proposed, Doing(village.grace, NOW, "accepts"))
    with pytest.raises(MayNotBeAskedError):
        invites(code, village.ada)


def test_the_broker_who_wrote_a_request_down_is_not_asked_to_help_with_it(village, asks, invites):
    by_phone = acting_for(village.rosa, village.grace, How.PHONE)
    with pytest.raises(MayNotBeAskedError):
        invites(asks(by=by_phone, wanted_on=FRIDAY), village.rosa, by=village.mary)


def test_a_broker_in_the_list_takes_nobody_before_them_back(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.rosa, by=village.mary)
    code = code_of(session, village.ada)
    with pytest.raises(OwnExchangeError):
        take_back(session, village.angus, code, Doing(village.rosa, NOW, "mine next"))
    with pytest.raises(OwnExchangeError):
        say_no(session, village.angus, code, Doing(acting_for(village.rosa, village.ada, How.PHONE), NOW, "for her"))


def test_who_is_no_broker_any_more_asks_nobody(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada, village.linus)
    session.execute(
        update(Membership).where(Membership.id == village.rosa.membership_id).values(standing=Standing.SUSPENDED)
    )
    declines(session, village, village.ada)
    assert state(session, village.linus) == "not_needed"
    assert tasks(session) == ["nobody_said_yes"]


def test_an_answer_comes_in_time_or_not_at_all(session, village, asks, invites):
    invites(asks(), village.ada, day=None, at=None)
    with pytest.raises(InvitationOverError):
        answers(session, village, village.ada, now=NOW + 4 * DAY, day=FRIDAY)


def test_help_that_is_called_off_after_a_yes_is_a_task(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada)
    exchange = answers(session, village, village.ada)
    exchanges.cancel(session, exchange, Doing(village.ada, NOW, "cannot"))
    called_off(session, village.angus, exchange, now=NOW)
    assert tasks(session) == ["helper_called_off"]


def test_who_asked_somebody_to_help_may_decide_a_dispute_of_it(session, village, asks, invites):
    invites(asks(wanted_on=FRIDAY), village.ada)
    code = answers(session, village, village.ada)
    exchange = session.scalar(select(Exchange).where(Exchange.code == code))
    assert list(list_hands(session, village.angus.id, exchange.id)) == []


def test_a_weekly_request_for_any_day_may_be_asked_again_after_a_week(session, village, asks, invites):
    code = asks(every_week=True)
    invites(code, village.ada, day=None, at=None)
    declines(session, village, village.ada)
    with pytest.raises(AskedAlreadyError):
        invites(code, village.ada, day=None, at=None, now=NOW + 6 * DAY)
    invites(code, village.ada, day=None, at=None, now=NOW + 8 * DAY)


def test_a_yes_is_to_what_was_read_and_to_nothing_else(session, village, asks, invites, said):
    code = asks("A cup of tea", wanted_on=FRIDAY)
    invites(code, village.ada, at=None)
    changed = said("Clear the attic", "getting-about/lifts", wanted_on=FRIDAY, wanted_time=time(6))
    listings.change(session, village.angus, code, changed, Doing(village.grace, NOW, "attic"))
    with pytest.raises(OtherDayError):
        answers(session, village, village.ada)
    lapse(session, village.angus, now=NOW)
    assert state(session, village.ada) == "not_needed"
    invites(code, village.ada, at=time(6))
    exchange = session.scalar(select(Exchange).where(Exchange.code == answers(session, village, village.ada)))
    assert (exchange.what, exchange.agreed_time) == ("Clear the attic", time(6))
