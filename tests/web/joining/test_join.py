from datetime import timedelta

import pytest

from tests.people import NOW, PASSWORD
from timebank.codes import heard, spoken
from timebank.joining.rules import MOST_AN_HOUR, Agreed

TYPED = {
    "name": "Sam Reid",
    "phone": "01632 960 321",
    "email": "",
    "about": "I mend lamps",
    "is_adult": "y",
    "agrees": "y",
}


def _reference_on(page):
    return heard(page.words.partition("Your reference: ")[2].split(" ", 1)[0])


def test_anybody_can_say_that_they_want_to_join(visitor, village, books):
    page = visitor.get(visitor.get("sign-in").links["I am not a member yet and want to join"])
    assert page.status == 200
    page = visitor.done(page, **TYPED)
    assert "Thank you for wanting to join." in page
    assert "One of our brokers gets in touch" in page
    assert "We ask 2 people who know you." in page
    row = books.ask("SELECT * FROM application")[0]
    assert row.code == _reference_on(page)
    assert (row.name, row.phone, row.email, row.about) == ("Sam Reid", "+441632960321", None, "I mend lamps")
    assert (row.stage, row.notice_agreed, row.recorded_by) == ("applied", "online", None)


def test_the_page_after_it_tells_nobody_what_was_said(visitor, village, books):
    page = visitor.done(visitor.get("join"), **TYPED)
    for said in ("Sam", "960321", "lamps"):
        assert said not in page.html
    assert visitor.get("join/AAAA-AAAA").status == 404
    assert visitor.get(f"/perth/{page.path.removeprefix('/angus/')}").status == 404


def test_the_front_leads_there_too(visitor, village):
    assert visitor.get("/").links["Join Perth Time Bank"] == "/perth/join"


def test_the_usual_notice_is_shown_in_full_with_the_banks_name(visitor, village):
    page = visitor.get("join")
    for words in ("What.", "Why.", "Who sees it.", "How long.", "Your say.", "Angus Time Bank keeps your name"):
        assert words in page
    assert "have it erased. Ring us on 01632 960 001" in page


def test_a_bank_shows_its_own_notice_instead(visitor, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).privacy_notice = "We keep your name <b>only</b>.\nAsk Mary."
        session.commit()
    page = visitor.get("join")
    assert "We keep your name <b>only</b>. Ask Mary." in page
    assert "Who sees it." not in page


def test_where_the_bank_asks_nobody_it_does_not_say_so(visitor, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).references_needed = 0
        session.commit()
    assert "who know you" not in visitor.done(visitor.get("join"), **TYPED)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Type the name."),
        ({"phone": ""}, "Give a phone number or an e-mail. One of them is enough."),
        ({"phone": "ring twice"}, "Type the phone number with its area code"),
        ({"email": "sam"}, "Type the e-mail with an @ in it"),
        ({"about": "w" * 2001}, "Say it in 2,000 letters or fewer."),
        ({"is_adult": []}, "Tick this if it is so: people join from the age of 18."),
        ({"agrees": []}, "Read what we keep about you, and tick this."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, visitor, village, books):
    said = TYPED | typed
    page = visitor.submit(visitor.get("join"), **said)
    assert page.status == 200
    assert sentence in page
    for name in ("name", "phone", "email", "about"):
        assert page.form.fields[name] == [said[name]]
    for name in ("is_adult", "agrees"):
        assert page.form.fields.get(name, []) == ([said[name]] if said[name] else [])
    assert books.count("application") == 0


def test_sending_it_twice_makes_one_application(visitor, village, books):
    page = visitor.get("join")
    first, second = visitor.submit(page, **TYPED), visitor.submit(page, **TYPED)
    assert first.status == 303
    assert first.to == second.to
    assert books.count("application") == 1
    assert "You sent this already, with other words." in visitor.submit(page, **TYPED | {"name": "Else"})
    assert books.count("application") == 1


def test_nobody_learns_from_it_who_is_a_member(visitor, village, books):
    pages = []
    for said in ({"email": "ada@example.org"}, {"email": "nobody@example.org"}):
        page = visitor.done(visitor.get("join"), **TYPED | said)
        pages.append(page.words.replace(spoken(_reference_on(page)), ""))
    assert pages[0] == pages[1]
    assert books.count("application") == 2


def test_too_many_from_the_site_are_asked_to_ring(visitor, village, books):
    for _ in range(MOST_AN_HOUR):
        books.application(agreed=Agreed.ONLINE, now=NOW - timedelta(minutes=59))
    page = visitor.submit(visitor.get("join"), **TYPED)
    assert page.status == 200
    assert "Ring us and we write it down." in page
    assert page.form.fields["name"] == ["Sam Reid"]
    assert books.count("application") == MOST_AN_HOUR


def test_too_many_from_one_address_have_to_wait(visitor, village, books, clock):
    for _ in range(8):
        visitor.done(visitor.get("join"), **TYPED)
    page = visitor.submit(visitor.get("join"), **TYPED)
    assert "Many people have joined from here just now. Wait 15 minutes, or let a broker sign in here first." in page
    assert books.count("application") == 8
    clock.move_to(NOW + timedelta(minutes=16))
    visitor.done(visitor.get("join"), **TYPED)


@pytest.mark.parametrize("who", ["rosa", "clara"])
def test_in_a_hall_where_a_broker_is_signed_in_nobody_is_turned_away(who, visitor, as_, village, books, clock):
    broker = as_(None)
    broker.done(broker.get("sign-in"), who=getattr(village, who).number, password=PASSWORD)
    for _ in range(20):
        visitor.done(visitor.get("join"), **TYPED)
    assert books.count("application") == 20
    clock.move_to(NOW + timedelta(hours=12))
    for _ in range(8):
        visitor.done(visitor.get("join"), **TYPED)
    assert "Many people have joined from here" in visitor.submit(visitor.get("join"), **TYPED)


def test_a_member_who_is_signed_in_is_no_broker_and_a_broker_who_signed_out_is_gone(visitor, as_, village):
    ada, rosa = as_(None), as_(None)
    ada.done(ada.get("sign-in"), who=village.ada.number, password=PASSWORD)
    home = rosa.done(rosa.get("sign-in"), who=village.rosa.number, password=PASSWORD)
    rosa.submit(home, "Sign out")
    for _ in range(8):
        visitor.done(visitor.get("join"), **TYPED)
    assert "Many people have joined from here" in visitor.submit(visitor.get("join"), **TYPED)


def test_an_area_that_is_closed_or_anothers_is_not_taken(visitor, village, books):
    (scone,) = books.areas("Scone", bank=village.perth)
    books.areas("Kirrie")
    page = visitor.submit(visitor.get("join"), **TYPED | {"area": str(scone)})
    assert page.status == 200
    assert "Choose one of the areas." in page
    assert books.count("application") == 0
