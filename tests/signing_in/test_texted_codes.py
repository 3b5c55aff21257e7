"""Codes by text: to whom they are sent and how, and what shows that a phone is one's own, on both databases."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from tests.people import NOW, join
from timebank.actors import CodeMaker, Doing, How, Standing, acting_for, signed_in_by_code
from timebank.banks.models import Bank
from timebank.errors import NotAllowedError
from timebank.members.models import Membership, Person
from timebank.members.profiles import Profile, change_profile, prove_contact
from timebank.members.rules import CONTACT_TRUSTED_AFTER, ContactKind
from timebank.notices.actions import choose
from timebank.notices.holding import list_holding
from timebank.notices.kinds import NoticeKind, Topic
from timebank.notices.models import Notice
from timebank.notices.outbox import put_into_delivery
from timebank.notices.queries import list_due
from timebank.notices.rules import Choice, Often, Way
from timebank.signing_in.code_actions import use_code
from timebank.signing_in.errors import (
    CodeDoesNotFitError,
    NoTextsLeftError,
    TextsStoppedError,
    TooManyCodesError,
    TooManyTextsError,
)
from timebank.signing_in.forgotten import answer_requests, ask_for_code, send_code_to
from timebank.signing_in.models import SignInCode
from timebank.signing_in.own_contacts import mail_email_code, prove_by_code, text_phone_code
from timebank.signing_in.rules import MOST_AN_HOUR, MOST_TEXTS_A_DAY, SENT_CODE_LIFE, way_of_code
from timebank.signing_in.sent_codes import code_of
from timebank.telling.stopped import note_stop, want_again

SECOND = timedelta(seconds=1)
MOBILE, OTHER_MOBILE, LANDLINE = "+447400123456", "+447400654321", "+441382229111"
BOTH = frozenset({Way.EMAIL, Way.TEXT})
CODES = {NoticeKind.SIGN_IN_CODE: "email", NoticeKind.TEXTED_SIGN_IN_CODE: "text"}


def person_of(session, actor):
    return session.get_one(Person, actor.person_id)


def change(session, actor, **values):
    for name, value in values.items():
        setattr(person_of(session, actor), name, value)
    session.flush()


@pytest.fixture(autouse=True)
def _phones(session, village):
    """Angus sends a hundred texts in a month, and Ada has shown that a phone is hers; she has no e-mail."""
    sends(session, village, 100)
    change(session, village.ada, email=None, phone=MOBILE, phone_is_proved=True, phone_trusted_from=NOW)


def sends(session, village, most):
    """Angus sends so many texts in a month."""
    village.angus = session.get_one(Bank, village.angus.id)
    village.angus.texts_a_month = most
    session.flush()


def send(session, village, *, now=NOW, ways=BOTH, typed="102", bank=None):
    send_code_to(session, bank or village.angus, typed, now=now, ways=ways)


def sent(session):
    """By which ways codes to sign in went, in order."""
    kinds = session.scalars(select(Notice.kind).where(Notice.kind.in_(CODES)).order_by(Notice.id))
    return [CODES[NoticeKind(kind)] for kind in kinds]


def newest_code(session, actor, kind=ContactKind.PHONE):
    query = select(SignInCode.id).where(SignInCode.person_id == actor.person_id).order_by(SignInCode.id.desc())
    person = person_of(session, actor)
    return code_of(session, session.scalars(query).first(), person.email if kind is ContactKind.EMAIL else person.phone)


def make_texts(session, village, number):
    """So many texts were made for Angus in this month."""
    member, topic = village.linus.membership_id, Topic.ABOUT_YOU
    for _ in range(number):
        put_into_delivery(session, village.angus.id, member, topic, Way.TEXT, [], now=NOW)


@pytest.mark.parametrize(
    ("by_email", "by_text", "chosen", "way"),
    [
        (True, True, Way.TEXT, Way.TEXT),
        (True, True, Way.EMAIL, Way.EMAIL),
        (True, True, Way.PHONE, Way.EMAIL),
        (True, True, Way.LETTER, Way.EMAIL),
        (True, True, Way.NONE, Way.EMAIL),
        (True, False, Way.TEXT, Way.EMAIL),
        (False, True, Way.EMAIL, Way.TEXT),
        (False, True, Way.NONE, Way.TEXT),
        (False, False, Way.TEXT, Way.NONE),
        (False, False, Way.EMAIL, Way.NONE),
    ],
)
def test_by_which_way_a_code_goes(by_email, by_text, chosen, way):
    assert way_of_code(by_email=by_email, by_text=by_text, chosen=chosen) is way


@pytest.mark.parametrize("typed", ["102", MOBILE, "07400 123456", " +44 7400 123 456 "])
def test_who_has_no_e_mail_and_a_phone_of_their_own_gets_a_code_that_signs_in_once(session, village, typed):
    send(session, village, typed=typed)
    assert sent(session) == ["text"]
    code = newest_code(session, village.ada)
    used = use_code(session, village.angus.id, code.lower(), now=NOW)
    assert (used.person_id, used.purpose, used.made_by) == (village.ada.person_id, "texted", None)
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.angus.id, code, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"phone_is_proved": False},
        {"phone_trusted_from": None},
        {"phone_trusted_from": NOW + SECOND},
        {"phone": LANDLINE},
        {"phone": None},
    ],
)
def test_no_code_goes_to_a_phone_that_may_not_be_theirs(session, village, changed):
    change(session, village.ada, **changed)
    send(session, village)
    assert sent(session) == []


@pytest.mark.parametrize("proved", [True, False])
@pytest.mark.parametrize("whose", ["linus", "perdita"])
def test_no_code_goes_to_a_phone_that_another_member_of_any_bank_has(session, village, whose, proved):
    change(session, getattr(village, whose), phone=MOBILE, phone_is_proved=proved)
    send(session, village)
    assert sent(session) == []


def test_who_has_left_takes_no_codes_away(session, village):
    change(session, village.linus, phone=MOBILE)
    membership = session.get_one(Membership, (village.angus.id, village.linus.membership_id))
    membership.standing = Standing.LEFT
    session.flush()
    send(session, village)
    assert sent(session) == ["text"]


@pytest.mark.parametrize(
    ("ways", "most", "expected"),
    [(BOTH, 100, ["text"]), ({Way.TEXT}, 100, ["text"]), ({Way.EMAIL}, 100, []), (BOTH, 0, []), (set(), 100, [])],
)
def test_texts_go_out_where_the_site_and_the_bank_send_them(session, village, ways, most, expected):
    sends(session, village, most)
    send(session, village, ways=ways)
    assert sent(session) == expected


@pytest.mark.parametrize(
    ("chosen", "email", "expected"),
    [
        (None, {}, ["email"]),
        (Way.EMAIL, {}, ["email"]),
        (Way.TEXT, {}, ["text"]),
        (Way.PHONE, {}, ["email"]),
        (Way.NONE, {}, ["email"]),
        (Way.EMAIL, {"email_failed_at": NOW}, ["text"]),
        (Way.EMAIL, {"email_is_proved": False}, ["text"]),
        (None, {"email_trusted_from": NOW + SECOND}, ["text"]),
    ],
)
def test_who_has_both_gets_codes_as_they_are_told_what_is_about_them(session, village, chosen, email, expected):
    change(session, village.ada, email="ada@example.org", email_is_proved=True, email_trusted_from=NOW)
    change(session, village.ada, **email)
    if chosen:
        choose(session, {Topic.ABOUT_YOU: Choice(chosen, Often.AT_ONCE)}, Doing(village.ada, NOW))
    send(session, village)
    assert sent(session) == expected


def test_the_trust_of_a_phone_goes_with_a_change_of_its_number(session, village):
    change_profile(session, Profile("Ada Lamont", None, OTHER_MOBILE, ""), Doing(village.ada, NOW))
    person = person_of(session, village.ada)
    assert (person.phone_is_proved, person.phone_trusted_from, person.phone_set_by_self) == (False, None, True)
    send(session, village)
    assert sent(session) == []


def test_another_change_leaves_it(session, village):
    change_profile(session, Profile("Ada Smith", None, MOBILE, "I knit"), Doing(village.ada, NOW))
    send(session, village)
    assert sent(session) == ["text"]


def keeper_proves(session, village, phone):
    prove_contact(session, village.ada, ContactKind.PHONE, phone, Doing(village.rosa, NOW, "p"), evidence="Rang her")


def test_a_phone_that_its_owner_typed_and_a_keeper_proved_gets_codes_after_a_while(session, village):
    change_profile(session, Profile("Ada Lamont", None, OTHER_MOBILE, ""), Doing(village.ada, NOW))
    keeper_proves(session, village, OTHER_MOBILE)
    send(session, village, now=NOW + CONTACT_TRUSTED_AFTER - SECOND)
    assert sent(session) == []
    send(session, village, now=NOW + CONTACT_TRUSTED_AFTER)
    assert sent(session) == ["text"]


def by_another(village, how):
    rosa, ada = village.rosa, village.ada
    if how == "hand":
        return acting_for(rosa, ada, How.PHONE)
    return signed_in_by_code(ada, CodeMaker(rosa.membership_id, rosa.account_id, rosa.name))


@pytest.mark.parametrize("how", ["hand", "code"])
@pytest.mark.parametrize("removed_before", [False, True])
def test_no_code_ever_goes_to_a_phone_that_a_keeper_wrote_down(session, village, how, removed_before):
    """Else one broker alone could let themselves in as a member, and no code would name them as its maker."""
    actor = by_another(village, how)
    if removed_before:
        change_profile(session, Profile("Ada Lamont", "ada@example.org", None, ""), Doing(actor, NOW))
    change_profile(session, Profile("Ada Lamont", None, OTHER_MOBILE, ""), Doing(actor, NOW))
    keeper_proves(session, village, OTHER_MOBILE)
    send(session, village, now=NOW + timedelta(days=400))
    assert sent(session) == []


def test_a_phone_that_a_keeper_wrote_down_gets_codes_once_its_owner_has_typed_one(session, village):
    change_profile(session, Profile("Ada Lamont", None, OTHER_MOBILE, ""), Doing(by_another(village, "hand"), NOW))
    keeper_proves(session, village, OTHER_MOBILE)
    text_phone_code(session, village.angus, Doing(village.ada, NOW, "send"))
    prove_by_code(session, ContactKind.PHONE, newest_code(session, village.ada), Doing(village.ada, NOW, "prove"))
    send(session, village)
    assert sent(session) == ["text"]


def test_who_was_taken_in_by_the_command_line_is_trusted_at_once_and_by_a_keeper_never(session, village):
    for by, trusted in ((None, True), (village.rosa, False)):
        newcomer = join(session, village.angus, f"Nell {trusted}", by=by)
        assert person_of(session, newcomer).phone_set_by_self is trusted


def test_whoever_asks_only_leaves_a_note_that_is_answered_once(session, village):
    for typed in ("102", MOBILE, OTHER_MOBILE, "99999"):
        ask_for_code(session, village.angus, typed, now=NOW)
    assert sent(session) == []
    assert answer_requests(session, now=NOW, most=10, ways=BOTH) == 4
    assert answer_requests(session, now=NOW, most=10, ways=BOTH) == 0
    assert sent(session) == ["text", "text"]


def test_one_brake_is_for_codes_by_e_mail_and_by_text(session, village):
    change(session, village.ada, email="ada@example.org", email_is_proved=True, email_trusted_from=NOW)
    for number in range(MOST_AN_HOUR + 2):
        way = Way.TEXT if number % 2 else Way.EMAIL
        choose(session, {Topic.ABOUT_YOU: Choice(way, Often.AT_ONCE)}, Doing(village.ada, NOW))
        send(session, village, now=NOW + number * SECOND)
    assert sent(session) == ["email", "text"] * (MOST_AN_HOUR // 2)


def test_no_phone_is_rung_all_day_and_the_next_day_it_is_sent_one_again(session, village):
    for hour in range(12):
        send(session, village, now=NOW + timedelta(hours=hour))
    assert len(sent(session)) == MOST_TEXTS_A_DAY
    send(session, village, now=NOW + timedelta(days=1))
    assert len(sent(session)) == MOST_TEXTS_A_DAY + 1


@pytest.mark.parametrize(("made", "expected"), [(99, 1), (100, 1), (199, 1), (200, 0), (250, 0)])
def test_a_code_to_sign_in_goes_on_after_the_months_number_up_to_twice_it(session, village, made, expected):
    make_texts(session, village, made)
    send(session, village)
    assert len(sent(session)) == expected


def test_where_no_text_is_left_a_code_goes_by_the_e_mail_that_there_is(session, village):
    change(session, village.ada, email="ada@example.org", email_is_proved=True, email_trusted_from=NOW)
    choose(session, {Topic.ABOUT_YOU: Choice(Way.TEXT, Often.AT_ONCE)}, Doing(village.ada, NOW))
    make_texts(session, village, 200)
    send(session, village)
    assert sent(session) == ["email"]


def test_after_stop_no_code_goes_there_until_its_owner_wants_it_again(session, village):
    note_stop(session, MOBILE, NOW)
    note_stop(session, MOBILE, NOW)
    note_stop(session, OTHER_MOBILE, NOW)
    send(session, village)
    assert sent(session) == []
    want_again(session, Doing(village.ada, NOW, "again"))
    send(session, village)
    assert sent(session) == ["text"]


def test_what_was_on_its_way_when_stop_came_is_not_sent(session, village):
    send(session, village)
    [notice] = list_due(session, NOW, 10)
    assert list_holding(session, village.angus.id, [notice], NOW) == {notice.id}
    note_stop(session, MOBILE, NOW)
    assert list_holding(session, village.angus.id, [notice], NOW) == set()


def test_stop_is_ended_by_nobody_who_has_merely_typed_the_number(session, village):
    note_stop(session, MOBILE, NOW)
    change(session, village.linus, phone=MOBILE, phone_is_proved=False)
    for actor in (village.linus, village.grace, by_another(village, "hand"), by_another(village, "code")):
        with pytest.raises(NotAllowedError):
            want_again(session, Doing(actor, NOW))
    with pytest.raises(TextsStoppedError):
        text_phone_code(session, village.angus, Doing(village.linus, NOW))


@pytest.fixture
def doubted(session, village):
    """Return the code that was sent to Ada's phone, which is not proved."""
    change(session, village.ada, phone_is_proved=False, phone_trusted_from=None)
    text_phone_code(session, village.angus, Doing(village.ada, NOW, "send"))
    return newest_code(session, village.ada)


def prove(session, actor, code, *, now=NOW, kind=ContactKind.PHONE):
    prove_by_code(session, kind, code, Doing(actor, now))


def test_who_types_the_code_has_shown_that_the_phone_is_theirs(session, village, doubted):
    prove(session, village.ada, doubted.lower())
    person = person_of(session, village.ada)
    assert (person.phone_is_proved, person.phone_trusted_from) == (True, NOW)
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, doubted, now=NOW + SECOND)


def test_each_of_several_shows_that_it_is_theirs_and_none_gets_codes_to_sign_in(session, village, doubted):
    change(session, village.linus, phone=MOBILE, email=None)
    text_phone_code(session, village.angus, Doing(village.linus, NOW, "send too"))
    prove(session, village.ada, doubted)
    prove(session, village.linus, newest_code(session, village.linus))
    for actor in (village.ada, village.linus):
        assert person_of(session, actor).phone_is_proved
        send(session, village, typed=str(actor.number))
    assert sent(session) == []


@pytest.mark.parametrize("kind", ContactKind)
def test_who_had_a_contact_before_gets_no_codes_there_again_once_who_showed_it_last_is_gone(session, village, kind):
    trusted = {"email_is_proved": True, "email_trusted_from": NOW, "phone_is_proved": True, "phone_trusted_from": NOW}
    change(session, village.ada, email="house@example.org", **trusted)
    own = {"email": "house@example.org", "phone": None} if kind is ContactKind.EMAIL else {"phone": MOBILE}
    change(session, village.linus, **own)
    send_own = mail_email_code if kind is ContactKind.EMAIL else partial(text_phone_code, bank=village.angus)
    send_own(session, doing=Doing(village.linus, NOW, "send"))
    prove(session, village.linus, newest_code(session, village.linus, kind), kind=kind)
    change(session, village.linus, phone=None, email="linus@example.org")  # or he leaves
    way = Way.EMAIL if kind is ContactKind.EMAIL else Way.TEXT
    send(session, village, ways={way})
    assert CODES.keys().isdisjoint(session.scalars(select(Notice.kind)))
    send_own(session, doing=Doing(village.ada, NOW + SECOND, "send hers"))
    prove(session, village.ada, newest_code(session, village.ada, kind), now=NOW + SECOND, kind=kind)
    send(session, village, ways={way}, now=NOW + SECOND)
    assert not CODES.keys().isdisjoint(session.scalars(select(Notice.kind)))


@pytest.mark.parametrize("typed", ["", "0000-0000-0000"])
def test_another_code_shows_nothing(session, village, doubted, typed):
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, typed)


def test_a_code_of_one_use_is_good_for_no_other(session, village, doubted):
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.angus.id, doubted, now=NOW)
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, doubted, kind=ContactKind.EMAIL)
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.grace, doubted)
    change(session, village.ada, phone_is_proved=True, phone_trusted_from=NOW)
    send(session, village)
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, newest_code(session, village.ada))
    change(session, village.ada, email="ada@example.org")
    mail_email_code(session, Doing(village.ada, NOW, "mail"))
    query = select(SignInCode.id).where(SignInCode.purpose == "prove_email")
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, code_of(session, session.scalars(query).one(), "ada@example.org"))


def test_a_code_that_was_sent_elsewhere_or_long_ago_shows_nothing(session, village, doubted):
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, doubted, now=NOW + SENT_CODE_LIFE)
    change_profile(session, Profile("Ada Lamont", None, OTHER_MOBILE, ""), Doing(village.ada, NOW))
    with pytest.raises(CodeDoesNotFitError):
        prove(session, village.ada, doubted)


def test_a_code_of_one_bank_opens_no_other(session, village):
    send(session, village)
    with pytest.raises(CodeDoesNotFitError):
        use_code(session, village.perth.id, newest_code(session, village.ada), now=NOW)


def test_neither_a_broker_nor_who_came_in_by_their_code_proves_a_phone(session, village, doubted):
    for actor in (by_another(village, "hand"), by_another(village, "code")):
        with pytest.raises(NotAllowedError):
            text_phone_code(session, village.angus, Doing(actor, NOW))
        with pytest.raises(NotAllowedError):
            prove(session, actor, doubted)


@pytest.mark.parametrize(("phone", "most"), [(None, 100), (LANDLINE, 100), (MOBILE, 0)])
def test_where_no_text_goes_no_code_is_made(session, village, phone, most):
    sends(session, village, most)
    change(session, village.ada, phone=phone)
    with pytest.raises(NotAllowedError):
        text_phone_code(session, village.angus, Doing(village.ada, NOW))


def test_asking_again_and_again_is_refused_within_the_hour_and_the_day(session, village, doubted):
    def ask(hours):
        now = NOW + timedelta(hours=hours)
        text_phone_code(session, village.angus, Doing(village.ada, now, f"again {now}"))

    for number in range(1, MOST_AN_HOUR):
        ask(number / 100)
    with pytest.raises(TooManyCodesError):
        ask(0.5)
    for number in range(MOST_TEXTS_A_DAY - MOST_AN_HOUR):
        ask(2 + number)
    with pytest.raises(TooManyTextsError):
        ask(12)


@pytest.mark.parametrize(("made", "is_refused"), [(99, False), (100, True)])
def test_a_code_that_only_shows_whose_a_phone_is_keeps_to_the_months_number_and_says_so(
    session, village, made, is_refused
):
    make_texts(session, village, made)
    if is_refused:
        with pytest.raises(NoTextsLeftError):
            text_phone_code(session, village.angus, Doing(village.ada, NOW))
    else:
        text_phone_code(session, village.angus, Doing(village.ada, NOW))
