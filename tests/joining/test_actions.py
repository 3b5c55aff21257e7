"""From applying to being a member, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.people import NOW, balance_of, join
from timebank import clock
from timebank.actors import Doing, Unattended
from timebank.banks.models import Area, Bank
from timebank.errors import NotAllowedError
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.errors import (
    AlreadyMemberError,
    NotAdultError,
    NoticeNotAgreedError,
    OwnApplicationError,
    OwnRefereeError,
    RefereeMissingError,
    RefereeSpokeError,
    StepNotNowError,
    TooManyApplicationsError,
)
from timebank.joining.queries import (
    APPLICATIONS_A_PAGE,
    count_waiting,
    find_application,
    list_application_steps,
    list_applications,
    list_known,
)
from timebank.joining.rules import MOST_A_DAY, MOST_AN_HOUR, Agreed, ContactDetails, Stage
from timebank.members.errors import NoWayToReachError, WordsMissingError
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor_by_code
from timebank.trail.actions import OtherContentError

SAM = NewApplication("Sam Reid", phone="+441632960321", about="I mend lamps", is_adult=True, agreed=Agreed.ONLINE)
BY_PHONE = replace(SAM, agreed=Agreed.PHONE)


@pytest.fixture
def say(session, village):
    """`say('interview', code, words='…')`: Rosa takes a step, each time with a form of its own."""
    count = iter(range(1000))

    def take(verb, code, *, by=None, **said):
        by = by or (village.mary if verb == "admit" else village.rosa)  # two, so that welcome hours come at once
        key = said.pop("form_key", f"step-{next(count)}")
        return getattr(joining, verb)(session, code, Doing(by, NOW, key), **said)

    return take


@pytest.fixture
def code(session, village):
    return joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key="sam")


def _stage(session, village, code):
    return find_application(session, village.angus.id, code).stage


def _all_but_admit(say, code):
    say("interview", code, words="Likes dogs")
    say("take_reference", code, referee="Jean Shaw", words="Her neighbour")
    say("take_reference", code, referee="Bill Kerr", words="They sing together")
    say("induct", code, words="")


def test_somebody_comes_in_step_by_step_with_who_did_what_when(session, village, say, code):
    _all_but_admit(say, code)
    member = find_actor_by_code(session, village.angus.id, say("admit", code))
    assert (member.name, {role.value for role in member.roles}) == ("Sam Reid", {"member"})
    application = find_application(session, village.angus.id, code)
    assert (application.stage, application.membership_id) == (Stage.ADMITTED, member.membership_id)
    rows = list_application_steps(session, village.angus.id, application.id)
    assert [row.step for row in rows] == ["apply", "interview", "reference", "reference", "induct", "admit"]
    assert [row.done_by for row in rows] == [None, *[village.rosa.membership_id] * 4, village.mary.membership_id]
    assert [row.referee for row in rows if row.referee] == ["Jean Shaw", "Bill Kerr"]
    assert rows[1].words == "Likes dogs"


def test_area_words_and_welcome_hours_come_along(session, village, say):
    bank = session.get_one(Bank, village.angus.id)
    bank.welcome_minutes = 120
    area = Area(bank_id=bank.id, id=clock.next_id(), name="Kirrie")
    session.add(area)
    session.flush()
    code = joining.apply(session, bank, replace(SAM, area_id=area.id), Unattended(bank.id, NOW), form_key="k")
    _all_but_admit(say, code)
    member = find_actor_by_code(session, bank.id, say("admit", code))
    membership = session.get_one(Membership, (bank.id, member.membership_id))
    assert (membership.area_id, membership.about) == (area.id, "I mend lamps")
    assert balance_of(session, member) == 120


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (replace(SAM, phone=None), NoWayToReachError),
        (replace(SAM, is_adult=False), NotAdultError),
        (replace(SAM, agreed=None), NoticeNotAgreedError),
        (replace(SAM, agreed=Agreed.PAPER), NoticeNotAgreedError),
    ],
)
def test_an_incomplete_application_is_refused(session, village, wish, error):
    with pytest.raises(error):
        joining.apply(session, village.angus, wish, Unattended(village.angus.id, NOW), form_key="k")


def test_a_broker_cannot_agree_on_the_site_for_somebody(session, village):
    with pytest.raises(NoticeNotAgreedError):
        joining.apply(session, village.angus, SAM, Doing(village.rosa, NOW, "k"))


@pytest.mark.parametrize("who", ["ada", "tom", "audrey"])
def test_only_a_broker_writes_down_or_takes_a_step(session, village, say, code, who):
    by = getattr(village, who)
    with pytest.raises(NotAllowedError):
        joining.apply(session, village.angus, BY_PHONE, Doing(by, NOW, "k"))
    with pytest.raises(NotAllowedError):
        say("interview", code, by=by, words="Likes dogs")


def test_the_same_form_twice_is_one_application_whoever_sends_it(session, village, code):
    assert joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key="sam") == code
    for _ in range(2):
        written = joining.apply(session, village.angus, BY_PHONE, Doing(village.rosa, NOW, "k"))
    assert written != code
    assert count_waiting(session, village.angus.id) == 2


@pytest.mark.parametrize("by", [None, "rosa"])
def test_the_same_form_with_other_words_is_refused(session, village, by):
    wish = BY_PHONE if by else SAM
    doing = Doing(getattr(village, by), NOW, "k") if by else Unattended(village.angus.id, NOW)
    joining.apply(session, village.angus, wish, doing, form_key="k")
    with pytest.raises(OtherContentError):
        joining.apply(session, village.angus, replace(wish, name="Else"), doing, form_key="k")


def test_one_forms_key_means_nothing_in_another_bank(session, village, code):
    assert joining.apply(session, village.perth, SAM, Unattended(village.perth.id, NOW), form_key="sam") != code
    assert find_application(session, village.perth.id, code) is None


def test_a_step_sent_twice_is_taken_once(session, village, say, code):
    for _ in range(2):
        say("interview", code, words="Likes dogs", form_key="twice")
    for _ in range(2):
        say("take_reference", code, referee="Jean Shaw", words="Neighbour", form_key="twice ref")
    assert (
        len(list_application_steps(session, village.angus.id, find_application(session, village.angus.id, code).id))
        == 3
    )


def test_taking_in_twice_makes_one_member(session, village, say, code):
    _all_but_admit(say, code)
    assert say("admit", code, form_key="k") == say("admit", code, form_key="k")
    assert session.scalars(select(Person.name).where(Person.name == "Sam Reid")).all() == ["Sam Reid"]


@pytest.mark.parametrize("name", ["Śam Reid", "Sam\u200b Reid", "Sam-Reid.", "Sam R\u00adeid"])
def test_another_spelling_gets_no_second_welcome_hours(session, village, say, name):
    for number, spelt in enumerate(("Sam Reid", name)):
        wish = replace(SAM, name=spelt)
        code = joining.apply(session, village.angus, wish, Unattended(village.angus.id, NOW), form_key=f"wish-{number}")
        _all_but_admit(say, code)
        if not number:
            say("admit", code)
    with pytest.raises(AlreadyMemberError):
        say("admit", code)


@pytest.mark.parametrize("standing", ["active", "suspended", "left"])
def test_welcome_hours_are_given_once_even_to_somebody_who_left_and_asks_again(session, village, say, standing):
    session.get_one(Bank, village.angus.id).welcome_minutes = 120
    first = joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key="first")
    _all_but_admit(say, first)
    member = find_actor_by_code(session, village.angus.id, say("admit", first))
    session.get_one(Membership, (member.bank_id, member.membership_id)).standing = standing
    again = joining.apply(
        session, village.angus, replace(SAM, name="sam  reid"), Unattended(village.angus.id, NOW), form_key="again"
    )
    _all_but_admit(say, again)
    session.commit()
    with pytest.raises(AlreadyMemberError) as refused:
        say("admit", again)
    session.rollback()
    assert refused.value.values == {"name": "Sam Reid", "number": member.number}
    assert balance_of(session, member) == 120
    assert _stage(session, village, again) == Stage.INDUCTED


def test_a_namesake_and_somebody_of_the_same_household_are_other_people(session, village, say):
    wishes = (SAM, replace(SAM, phone="+441632960322"), replace(SAM, name="Sally Reid"))
    for number, wish in enumerate(wishes):
        code = joining.apply(session, village.angus, wish, Unattended(village.angus.id, NOW), form_key=f"wish-{number}")
        _all_but_admit(say, code)
        say("admit", code)
    assert session.scalar(select(func.count()).select_from(Person).where(Person.name_folded.contains("reid"))) == 3


def test_no_step_is_left_out(session, village, say, code):
    for verb, said in (
        ("take_reference", {"referee": "Jean Shaw", "words": "Neighbour"}),
        ("induct", {"words": ""}),
        ("admit", {}),
    ):
        with pytest.raises(StepNotNowError):
            say(verb, code, **said)
    assert _stage(session, village, code) == Stage.APPLIED


def test_references_are_counted_as_the_bank_asks_and_from_different_people(session, village, say, code):
    say("interview", code, words="Likes dogs")
    say("take_reference", code, referee="Zoë Shaw", words="Neighbour")
    assert _stage(session, village, code) == Stage.INTERVIEWED
    with pytest.raises(RefereeSpokeError):
        say("take_reference", code, referee="zoe  shaw", words="Neighbour")
    say("take_reference", code, referee="Bill Kerr", words="They sing together")
    assert _stage(session, village, code) == Stage.REFERENCED


@pytest.mark.parametrize(
    "name", [" sam  REID", "Sam\u2011Reid", "Sa\u200bm Reid\u200e", "\uff33am Re\u00edd", "Sam Reid."]
)
def test_nobody_is_their_own_referee(session, village, say, code, name):
    say("interview", code, words="Likes dogs")
    with pytest.raises(OwnRefereeError):
        say("take_reference", code, referee=name, words="I know myself")
    assert _stage(session, village, code) == Stage.INTERVIEWED


def test_without_references_the_induction_follows_the_interview(session, village, say, code):
    session.get_one(Bank, village.angus.id).references_needed = 0
    say("interview", code, words="Likes dogs")
    with pytest.raises(StepNotNowError):
        say("take_reference", code, referee="Jean Shaw", words="Neighbour")
    say("induct", code, words="")
    assert _stage(session, village, code) == Stage.INDUCTED


@pytest.mark.parametrize("blank", ["  ", "\u200b", "\u200d"])
def test_a_step_that_needs_words_is_refused_without_them(say, code, blank):
    with pytest.raises(WordsMissingError):
        say("interview", code, words=blank)
    with pytest.raises(WordsMissingError):
        say("decline", code, reason="")
    say("interview", code, words="Likes dogs")
    with pytest.raises(RefereeMissingError):
        say("take_reference", code, referee=blank, words="Neighbour")
    with pytest.raises(WordsMissingError):
        say("take_reference", code, referee="Jean Shaw", words="")


@pytest.mark.parametrize(
    ("verb", "said", "stage"), [("decline", "reason", "declined"), ("withdraw", "words", "withdrawn")]
)
def test_an_application_that_ended_stays_ended(session, village, say, code, verb, said, stage):
    say(verb, code, **{said: "Moves to Perth"})
    assert _stage(session, village, code) == stage
    with pytest.raises(StepNotNowError):
        say("interview", code, words="Likes dogs")
    assert count_waiting(session, village.angus.id) == 0


def test_nobody_handles_their_own_application(session, village, say):
    own = replace(SAM, name="R. Lindsay", email="rosa@example.org")
    code = joining.apply(session, village.angus, own, Unattended(village.angus.id, NOW), form_key="k")
    with pytest.raises(OwnApplicationError):
        say("interview", code, words="I like me")
    say("interview", code, by=village.mary, words="Likes dogs")


def test_the_site_takes_only_so_many_but_a_broker_writes_on(session, village):
    for number in range(MOST_AN_HOUR):
        joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key=f"k{number}")
    with pytest.raises(TooManyApplicationsError):
        joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW), form_key="one too many")
    joining.apply(session, village.angus, BY_PHONE, Doing(village.rosa, NOW, "by phone"))
    joining.apply(session, village.perth, SAM, Unattended(village.perth.id, NOW), form_key="elsewhere")
    joining.apply(session, village.angus, SAM, Unattended(village.angus.id, NOW + timedelta(hours=1)), form_key="later")


def test_a_day_has_its_cap_too(session, village):
    for number in range(MOST_A_DAY):
        then = NOW + timedelta(minutes=5 * number)
        joining.apply(session, village.angus, SAM, Unattended(village.angus.id, then), form_key=f"k{number}")
    then = NOW + timedelta(hours=17)
    with pytest.raises(TooManyApplicationsError):
        joining.apply(session, village.angus, SAM, Unattended(village.angus.id, then), form_key="one too many")


def test_a_list_goes_on_page_by_page_oldest_first(session, village):
    names = [f"Applicant {number:02}" for number in range(APPLICATIONS_A_PAGE + 2)]
    for name in names:
        wish = replace(BY_PHONE, name=name)
        joining.apply(session, village.angus, wish, Doing(village.rosa, NOW, name))
    first = list_applications(session, village.angus.id)
    second = list_applications(session, village.angus.id, above=first.next)
    assert [row.name for row in (*first.rows, *second.rows)] == names
    assert second.next is None
    assert list_applications(session, village.angus.id, stage=Stage.ADMITTED).rows == []
    assert list_applications(session, village.perth.id).rows == []


def test_who_is_known_is_found_by_name_phone_or_e_mail_within_the_bank(session, village):
    session.execute(update(Person).where(Person.name == "Ada Lamont").values(phone="+441632960777"))
    join(session, village.angus, "Zoë Reid")
    found = [
        [row.name for row in list_known(session, village.angus.id, reach)]
        for reach in (
            ContactDetails("zoe reid", None, "+441632960321"),
            ContactDetails("Sam Reid", None, "+441632960777"),
            ContactDetails("Sam Reid", "grace@example.org", None),
            ContactDetails("Perdita Shaw", "perdita@example.org", None),
        )
    ]
    assert found == [["Zoë Reid"], ["Ada Lamont"], ["Grace Okafor"], []]
