"""Codes by e-mail: to whom they are sent, how long they hold, and what they open, on both databases."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from tests.people import NOW
from timebank.actors import CodeMaker, Doing, How, Role, acting_for, signed_in_by_code
from timebank.errors import NotAllowedError
from timebank.members.models import Person
from timebank.members.profiles import Profile, change_profile, prove_contact
from timebank.members.rules import CONTACT_TRUSTED_AFTER, ContactKind
from timebank.notices.holding import list_holding
from timebank.notices.models import Notice
from timebank.notices.queries import list_due
from timebank.notices.rules import Way
from timebank.signing_in.actions import void_codes
from timebank.signing_in.code_actions import use_code
from timebank.signing_in.errors import CodeDoesNotFitError, TooManyCodesError
from timebank.signing_in.forgotten import answer_requests, ask_for_code, send_code_to
from timebank.signing_in.models import SignInCode
from timebank.signing_in.own_contacts import mail_email_code, prove_by_code
from timebank.signing_in.rules import MOST_AN_HOUR, SENT_CODE_LIFE
from timebank.signing_in.sent_codes import code_of

SECOND = timedelta(seconds=1)
BY_EMAIL = {Way.EMAIL}
by_email = partial(send_code_to, ways=BY_EMAIL)


def person_of(session, actor):
    return session.get_one(Person, actor.person_id)


def the_code(session, actor):
    """What the e-mail says."""
    [row] = session.scalars(select(SignInCode).where(SignInCode.person_id == actor.person_id)).all()
    return code_of(session, row.id, person_of(session, actor).email)


def number_sent(session):
    return len(session.scalars(select(Notice.id)).all())


@pytest.mark.parametrize("typed", ["ada@example.org", " Ada@Example.org ", "102"])
def test_who_is_known_by_it_is_sent_a_code_that_signs_in_once(session, village, typed):
    assert village.ada.number == 102
    by_email(session, village.angus, typed, now=NOW)
    code = the_code(session, village.ada)
    assert use_code(session, village.angus.id, code.lower(), now=NOW).person_id == village.ada.person_id
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.angus.id, code, now=NOW)


@pytest.mark.parametrize("typed", ["nobody@example.org", "99999", "perdita@example.org", "", "ada"])
def test_nobody_else_is_sent_anything(session, village, typed):
    by_email(session, village.angus, typed, now=NOW)
    assert number_sent(session) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"email_is_proved": False},
        {"email_trusted_from": None},
        {"email_trusted_from": NOW + SECOND},
        {"email_failed_at": NOW},
        {"email": "grace@example.org"},  # Grace has it too
    ],
)
def test_no_code_goes_to_an_e_mail_that_may_not_be_theirs_alone(session, village, changed):
    for name, value in changed.items():
        setattr(person_of(session, village.ada), name, value)
    session.flush()
    by_email(session, village.angus, "102", now=NOW)
    assert number_sent(session) == 0


def prove(session, village, email):
    doing = Doing(village.rosa, NOW, "proof")
    prove_contact(session, village.ada, ContactKind.EMAIL, email, doing, evidence="She said so")


def test_an_e_mail_that_its_owner_typed_and_a_keeper_proved_gets_codes_after_a_while(session, village):
    profile = Profile("Ada Lamont", "new@example.org", None, "")
    change_profile(session, profile, Doing(village.ada, NOW))
    prove(session, village, "new@example.org")
    before = number_sent(session)
    by_email(session, village.angus, "102", now=NOW + CONTACT_TRUSTED_AFTER - SECOND)
    assert number_sent(session) == before
    by_email(session, village.angus, "102", now=NOW + CONTACT_TRUSTED_AFTER)
    assert number_sent(session) == before + 1


@pytest.mark.parametrize("lent", ["by the broker's hand", "in a session of the broker's code"])
@pytest.mark.parametrize("removed_before", [False, True])
def test_no_code_ever_goes_to_an_e_mail_that_a_keeper_wrote_down(session, village, lent, removed_before):
    """Else one broker alone could let themselves in as a member, and no code would name them as its maker."""
    rosa, ada = village.rosa, village.ada
    maker = CodeMaker(rosa.membership_id, rosa.account_id, rosa.name)
    actor = acting_for(rosa, ada, How.PHONE) if "hand" in lent else signed_in_by_code(ada, maker)
    if removed_before:
        change_profile(session, Profile("Ada Lamont", None, "+441632960123", ""), Doing(actor, NOW))
    change_profile(session, Profile("Ada Lamont", "rosas-own@example.org", "+441632960123", ""), Doing(actor, NOW))
    prove(session, village, "rosas-own@example.org")
    before = number_sent(session)
    by_email(session, village.angus, "102", now=NOW + timedelta(days=400))
    assert number_sent(session) == before


def test_an_e_mail_that_somebody_else_only_says_is_theirs_takes_no_codes_away(session, village):
    linus = person_of(session, village.linus)
    linus.email, linus.email_is_proved = "ada@example.org", False
    session.flush()
    by_email(session, village.angus, "102", now=NOW)
    assert number_sent(session) == 1


def test_whoever_asks_for_a_code_only_leaves_a_note_that_is_answered_once(session, village):
    for typed in ("ada@example.org", "nobody@example.org"):
        ask_for_code(session, village.angus, typed, now=NOW)
    assert number_sent(session) == 0
    assert answer_requests(session, now=NOW, most=10, ways=BY_EMAIL) == 2
    assert answer_requests(session, now=NOW, most=10, ways=BY_EMAIL) == 0
    assert number_sent(session) == 1


def test_who_asked_too_long_ago_gets_none(session, village):
    ask_for_code(session, village.angus, "ada@example.org", now=NOW)
    answer_requests(session, now=NOW + SENT_CODE_LIFE, most=10, ways=BY_EMAIL)
    assert number_sent(session) == 0


def test_a_code_that_was_voided_proves_nothing(session, village):
    person = person_of(session, village.ada)
    person.email_is_proved = False
    mail_email_code(session, Doing(village.ada, NOW, "send"))
    code = the_code(session, village.ada)
    void_codes(session, person.id, now=NOW)
    with pytest.raises(CodeDoesNotFitError):
        prove_by_code(session, ContactKind.EMAIL, code, Doing(village.ada, NOW, "prove"))


def test_a_code_holds_for_a_quarter_of_an_hour(session, village):
    by_email(session, village.angus, "102", now=NOW)
    code = the_code(session, village.ada)
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.angus.id, code, now=NOW + SENT_CODE_LIFE)
    assert use_code(session, village.angus.id, code, now=NOW + SENT_CODE_LIFE - SECOND)


def test_what_cannot_be_used_any_more_is_not_sent(session, village):
    by_email(session, village.angus, "102", now=NOW)
    [notice] = list_due(session, NOW, 10)
    assert list_holding(session, village.angus.id, [notice], NOW) == {notice.id}
    assert list_holding(session, village.angus.id, [notice], NOW + SENT_CODE_LIFE) == set()
    use_code(session, village.angus.id, the_code(session, village.ada), now=NOW)
    assert list_holding(session, village.angus.id, [notice], NOW) == set()


def test_a_flood_of_asking_sends_few(session, village):
    for number in range(MOST_AN_HOUR + 3):
        by_email(session, village.angus, "102", now=NOW + number * SECOND)
    assert number_sent(session) == MOST_AN_HOUR
    by_email(session, village.angus, "102", now=NOW + timedelta(hours=1, seconds=1))
    assert number_sent(session) == MOST_AN_HOUR + 1


def test_a_code_of_one_bank_opens_no_other(session, village):
    by_email(session, village.angus, "102", now=NOW)
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.perth.id, the_code(session, village.ada), now=NOW)


@pytest.fixture
def doubted(session, village):
    """Return the code that was sent to Ada's e-mail, which is not proved."""
    person = person_of(session, village.ada)
    person.email_is_proved, person.email_trusted_from = False, None
    session.flush()
    mail_email_code(session, Doing(village.ada, NOW, "send"))
    return the_code(session, village.ada)


def test_who_types_the_code_has_shown_that_the_e_mail_is_theirs(session, village, doubted):
    prove_by_code(session, ContactKind.EMAIL, doubted.lower(), Doing(village.ada, NOW, "prove"))
    person = person_of(session, village.ada)
    assert (person.email_is_proved, person.email_trusted_from) == (True, NOW)


@pytest.mark.parametrize("typed", ["", "0000-0000-0000"])
def test_another_code_shows_nothing(session, village, doubted, typed):
    with pytest.raises(CodeDoesNotFitError):
        prove_by_code(session, ContactKind.EMAIL, typed, Doing(village.ada, NOW, "prove"))


def test_the_code_is_no_code_to_sign_in_and_nobody_elses(session, village, doubted):
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.angus.id, doubted, now=NOW)
    with pytest.raises(CodeDoesNotFitError):
        prove_by_code(session, ContactKind.EMAIL, doubted, Doing(village.grace, NOW, "prove"))


def test_a_code_that_was_sent_elsewhere_proves_nothing(session, village, doubted):
    change_profile(session, Profile("Ada Lamont", "other@example.org", None, ""), Doing(village.ada, NOW))
    with pytest.raises(CodeDoesNotFitError):
        prove_by_code(session, ContactKind.EMAIL, doubted, Doing(village.ada, NOW, "prove"))


def test_neither_a_broker_nor_who_came_in_by_their_code_proves_an_e_mail(session, village, doubted):
    rosa, ada = village.rosa, village.ada
    maker = CodeMaker(rosa.membership_id, rosa.account_id, rosa.name)
    for actor in (acting_for(rosa, ada, How.PHONE), signed_in_by_code(ada, maker)):
        assert Role.MEMBER in actor.roles
        with pytest.raises(NotAllowedError):
            mail_email_code(session, Doing(actor, NOW))
        with pytest.raises(NotAllowedError):
            prove_by_code(session, ContactKind.EMAIL, doubted, Doing(actor, NOW))


def test_asking_again_and_again_is_refused(session, village, doubted):
    for number in range(MOST_AN_HOUR - 1):
        mail_email_code(session, Doing(village.ada, NOW, f"again {number}"))
    with pytest.raises(TooManyCodesError):
        mail_email_code(session, Doing(village.ada, NOW, "once more"))
