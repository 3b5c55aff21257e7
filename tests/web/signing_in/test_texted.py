"""Codes by text, through the forms: a phone that is shown to be one's own, and a password that was forgotten."""

import pytest

from tests.people import NOW, PASSWORD
from tests.web.signing_in.conftest import MOBILE
from timebank.members.models import Person
from timebank.telling.incoming_texts import take_text

ON_ITS_WAY = "If we know you by that, and an e-mail or phone of yours, a code is on its way. It holds for 15 minutes."


def code_in(texts):
    """The code of the one text that came."""
    [(_number, text)] = texts
    return text.partition(" ")[0]


def person_of(books, actor):
    with books.backend.session() as session:
        person = session.get_one(Person, actor.person_id)
        return person.phone_is_proved, person.phone_trusted_from


def stop(books, number=MOBILE):
    with books.backend.session() as session:
        take_text(session, number, "STOP", NOW)
        session.commit()


def test_a_member_shows_that_a_phone_is_theirs_and_comes_in_by_it_without_a_password(
    app, as_, village, books, phone, sends_texts
):
    ada, visitor = as_(village.ada), as_(None)
    page = ada.done(ada.get("profile"), "Keep these changes", email="", phone="07400 123456", present=PASSWORD)
    assert "Your page is changed. Further down you can show that your phone is yours." in page
    assert "You cannot sign in with +447400123456 yet." in page
    page = ada.get(page.links["Show that your phone is yours"])
    page = ada.done(page, "Send me a code")
    assert "A code is on its way to your phone. It holds for 15 minutes." in page
    texts = phone()
    assert texts[0][0] == MOBILE
    page = ada.submit(page, "It is mine", code="0000-0000-0000")
    assert "This code does not work." in page
    page = ada.done(page, "It is mine", code=code_in(texts))
    assert "Now we know that this phone is yours, and you can sign in with it." in page
    assert "Show that your phone is yours" not in page
    assert person_of(books, village.ada) == (True, NOW)
    page = ada.get("profile/phone")
    assert "We know that it is yours. There is nothing to do here." in page
    assert "Send me a code" not in page
    assert "It is mine" not in page

    page = visitor.get(
        visitor.get(visitor.get("sign-in").links["I have no password, or I forgot it"]).links["Send me a code"]
    )
    page = visitor.done(page, who="07400 123456")
    assert ON_ITS_WAY in page
    page = visitor.done(page, code=code_in(phone()))
    assert "Choose a password" in page
    page = visitor.done(page, password="three-blue-otters-dance")
    assert "Your new password is kept." in page
    assert "A sign-in code was sent to your phone on" in visitor.get("profile")
    assert "If that was not you, ring us." in visitor.get()


def test_a_keeper_who_forgot_it_has_their_roles_after(as_, village, owns, phone):
    owns(village.mary)
    visitor = as_(None)
    page = visitor.done(visitor.get("sign-in/forgotten"), who=str(village.mary.number))
    visitor.done(page, code=code_in(phone()))
    assert visitor.get("rules/settings").status == 200


@pytest.mark.parametrize(
    ("by_email", "most", "says", "answer"),
    [
        (True, 0, "We send a code to your e-mail. With it", "If we know you by that, and your e-mail, a code"),
        (
            True,
            100,
            "We send a code to your e-mail, or by text to your mobile phone.",
            ON_ITS_WAY,
        ),
        (False, 100, "We send a code by text to your mobile phone.", ON_ITS_WAY),
    ],
)
def test_the_pages_say_by_which_ways_codes_go(
    app, as_, village, monkeypatch, sends_texts, by_email, most, says, answer
):
    monkeypatch.setitem(app.config, "SENDS_MAIL", by_email)
    sends_texts(most)
    visitor = as_(None)
    page = visitor.get("sign-in/help")
    assert ("mobile phone" in page) is (most > 0)
    assert ("your e-mail" in page) is by_email
    page = visitor.get(page.links["Send me a code"])
    assert says in page
    assert ("STOP" in page) is (most > 0)
    assert answer in visitor.done(page, who="nobody")


def test_where_nothing_goes_out_nobody_is_offered_a_code(as_, village, sends_texts):
    sends_texts(0)
    visitor = as_(None)
    assert visitor.get("sign-in/forgotten").status == 404
    assert "Send me a code" not in visitor.get("sign-in/help")


def test_where_the_months_texts_are_used_up_everybody_reads_it_and_a_member_is_told(
    as_, village, books, owns, sends_texts, phone
):
    owns(village.ada)
    sends_texts(1)
    visitor, ada = as_(None), as_(village.ada)
    for _time in range(2):
        assert "as many text messages" not in visitor.get("sign-in/forgotten")
        visitor.done(visitor.get("sign-in/forgotten"), who="102")
        phone()
    page = visitor.get("sign-in/forgotten")
    assert "We have sent as many text messages this month as we may. So no code comes by text for now. Ring us." in page
    page = ada.get("profile/phone")
    assert "We have sent as many text messages this month as we may. Ask a broker: they ring you." in page
    assert "Send me a code" not in page
    refused = ada.follow(ada.post("profile/phone/code"))
    assert "A code is on its way" not in refused
    assert phone() == []


@pytest.mark.parametrize(
    ("person", "most", "says"),
    [
        ({"phone": None}, 100, "We know no phone number of yours."),
        ({"phone": "+441382229111"}, 100, "No text message reaches this number. Ask a broker"),
        ({"phone": MOBILE}, 0, "Ask a broker: they look whether it reaches you."),
        ({"phone": MOBILE}, 100, "We send a code there by text, and you type it here."),
        ({"phone": MOBILE, "phone_is_proved": True}, 100, "You can sign in with it. Type a code"),
        ({"phone": MOBILE, "phone_is_proved": True, "phone_trusted_from": NOW}, 100, "We know that it is yours."),
    ],
)
def test_what_the_page_of_a_phone_says(as_, village, books, sends_texts, person, most, says):
    sends_texts(most)
    books.change_person(village.ada, **person)
    page = as_(village.ada).get("profile/phone")
    assert says in page
    is_known = "phone_trusted_from" in person
    assert ("Send me a code" in page) is (most > 0 and person["phone"] == MOBILE and not is_known)


def test_after_stop_the_pages_say_so_and_its_owner_wants_codes_again(as_, village, books, owns, phone):
    owns(village.ada)
    stop(books)
    ada, visitor = as_(village.ada), as_(None)
    assert "STOP was sent from your phone, so we send no codes there." in ada.get("profile")
    page = ada.get(ada.get("profile").links["Codes by text"])
    assert "STOP was sent from this number, so we send no codes there." in page
    assert "Send me a code" not in page
    assert "STOP was sent from this number" in ada.follow(ada.post("profile/phone/code"))
    visitor.done(visitor.get("sign-in/forgotten"), who="102")
    assert phone() == []
    assert "From now on codes can come by text again." in ada.done(page, "Send codes there again")
    visitor.done(visitor.get("sign-in/forgotten"), who="102")
    assert code_in(phone())


def test_after_stop_a_phone_that_nobody_has_proved_is_a_brokers_to_look_at(as_, village, books, owns, phone):
    owns(village.ada, phone_is_proved=False, phone_trusted_from=None)
    stop(books)
    ada = as_(village.ada)
    page = ada.get("profile/phone")
    assert "Send codes there again" not in page
    assert "Ask a broker: they look whether it reaches you." in page
    ada.post("profile/phone/texts")
    assert "STOP was sent from this number" in ada.get("profile/phone")
    ada.post("profile/phone/code")
    assert phone() == []


def test_of_a_phone_that_several_have_each_can_show_that_it_is_theirs(as_, village, books, owns, phone):
    for actor in (village.ada, village.linus):
        owns(actor, phone_is_proved=False, phone_trusted_from=None)
    for actor in (village.ada, village.linus):
        browser = as_(actor)
        assert "Others have this number" not in browser.get("profile/phone")
        page = browser.done(browser.get("profile/phone"), "Send me a code")
        page = browser.done(page, "It is mine", code=code_in(phone()))
        assert "Others have this number too, so no code to sign in comes there." in page
        assert f"your member number, {actor.number}" in page
        assert "We know that it is yours. Others have this number too" in browser.get("profile/phone")


def test_who_acts_for_a_member_reads_nothing_of_it_and_who_came_in_by_a_code_proves_nothing(as_, village, owns, phone):
    owns(village.ada, phone_is_proved=False, phone_trusted_from=None)
    rosa = as_(village.rosa)
    acting = f"?acting={village.ada.code}&how=phone"
    assert rosa.get(f"profile/phone{acting}").status in {302, 403, 404}
    assert rosa.post(f"profile/phone/code{acting}").status in {302, 403, 404}
    assert phone() == []
