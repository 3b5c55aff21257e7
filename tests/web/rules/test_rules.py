"""The rules in sentences for everybody, and as a form for a coordinator."""

import pytest

from tests.people import NOW, account_of
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice, Often, Way


def bank(books, column):
    return books.ask(f"SELECT {column} AS it FROM bank WHERE slug = 'angus'")[0].it


@pytest.mark.parametrize("name", ["ada", "rosa", "mary", "tom", "audrey"])
def test_everybody_in_the_bank_reads_the_rules(name, as_, village):
    reader = as_(getattr(village, name))
    page = reader.get(reader.get("rules").links["The rules of this time bank"])
    assert "The lowest balance is 20 hours below zero. A broker can agree to more for a time." in page
    assert "Further down than 10 hours below zero, a broker rings" in page
    assert "With more than 20 hours to use, a broker rings" in page
    assert "Help can be recorded up to 90 days later." in page
    assert "Whoever joins names 2 people who know them." in page
    assert "Everybody starts at zero." in page
    assert ("Change the rules" in page.links) == (name == "mary")


def test_strangers_do_not(as_, village):
    assert as_(village.perdita).get("/angus/rules").status == 404


def test_a_coordinator_changes_them_and_they_are_read_at_once(as_, village, books):
    mary = as_(village.mary)
    page = mary.get(mary.get("rules").links["Change the rules"])
    page = mary.done(
        page,
        name="Angus and Mearns",
        phone="+44 1632 960 999",
        opening_hours="Mondays, 9 to 12",
        email=" Office@Example.org ",
        coordinator_name="Clara Muir",
        time_zone="Europe/Paris",
        phone_country="FR",
        welcome="1 h 30",
        low="5 hours",
        high="0",
        back_dating_days="1",
        references_needed="0",
        review_months="12",
        privacy_notice="What we keep, and why.",
    )
    assert "The rules are changed." in page
    assert "Whoever joins gets 1 hour 30 minutes from the community pot." in page
    assert "With more than 0 minutes to use" in page
    assert "Help can be recorded up to 1 day later." in page
    assert "Nobody needs a reference to join." in page
    assert "What we keep, and why." in page
    assert "Ring Clara Muir, your coordinator, on +44 1632 960 999, Mondays, 9 to 12." in page
    assert bank(books, "email") == "office@example.org"
    assert (bank(books, "time_zone"), bank(books, "phone_country"), bank(books, "soft_low")) == (
        "Europe/Paris",
        "FR",
        -300,
    )


@pytest.mark.parametrize(("whom", "floor"), [("next", -1200), ("all", -1800)])
def test_a_new_limit_is_for_whoever_comes_after_or_for_all(whom, floor, as_, village, books):
    mary = as_(village.mary)
    page = mary.done(mary.get("rules/settings"), floor="30 hours", floor_for=whom)
    assert ("8 members have the new limit." in page) == (whom == "all")
    assert books.account(village.grace).floor == floor
    assert bank(books, "member_floor") == -1800
    assert books.are_right()


def test_sending_the_form_twice_changes_them_once(as_, village, books):
    mary = as_(village.mary)
    page = mary.get("rules/settings")
    assert [mary.submit(page, floor="30 hours", floor_for="all").status for _time in range(2)] == [303, 303]
    assert len(books.ask("SELECT 1 FROM trail WHERE deed = 'rules.changed'")) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Type the name."),
        ({"name": "x" * 81}, "That is too long for a name."),
        ({"phone": "x" * 41}, "That is too long for a phone number."),
        ({"phone": "12"}, "Type the phone number with its area code, such as 0121 234 5678."),
        ({"opening_hours": "x" * 121}, "Say it in 120 letters or fewer."),
        ({"email": "office"}, "Type the e-mail with an @ in it, such as office@example.org."),
        ({"coordinator_name": "x" * 81}, "That is too long for a name."),
        ({"time_zone": "Europe/Atlantis"}, ""),
        ({"phone_country": "XX"}, ""),
        ({"welcome": "25 hours"}, "That is a lot for a start. Type 24 hours or fewer."),
        ({"welcome": "2"}, "Type it with a word, such as 2 hours."),
        ({"floor": ""}, "Type how many hours, such as 20 hours."),
        ({"floor": "-20 hours"}, "Type how many hours, such as 20 hours or 1 h 30."),
        ({"low": "21 hours"}, "Nobody gets that far below zero. Type less than the lowest balance."),
        ({"high": "many"}, "Type how many hours, such as 20 hours or 1 h 30."),
        ({"back_dating_days": "3651"}, "Type a whole number from 0 to 3650."),
        ({"back_dating_days": "-1"}, "Type a whole number from 0 to 3650."),
        ({"references_needed": "6"}, "Type a whole number from 0 to 5."),
        ({"references_needed": "two"}, "Type a whole number from 0 to 5."),
        ({"review_months": "0"}, "Type a whole number from 1 to 60."),
        ({"review_months": ""}, "Type a number."),
        ({"privacy_notice": "x" * 10_001}, "Say it in 10,000 letters or fewer."),
    ],
)
def test_what_cannot_be_is_refused_and_kept_as_typed(typed, sentence, as_, village, books):
    mary = as_(village.mary)
    page = mary.submit(mary.get("rules/settings"), **typed)
    assert page.status == 200
    assert sentence in page
    (name, said), *_none = typed.items()
    if name not in {"time_zone", "phone_country"}:
        assert page.form.fields[name] == [said]
    assert books.ask("SELECT 1 FROM trail WHERE deed = 'rules.changed'") == []


def test_the_form_shows_what_holds(as_, village):
    fields = as_(village.mary).get("rules/settings").form.fields
    assert (fields["floor"], fields["low"], fields["high"]) == (["20 hours"], ["10 hours"], ["20 hours"])
    assert (fields["welcome"], fields["time_zone"], fields["phone_country"]) == (
        ["0 minutes"],
        ["Europe/London"],
        ["GB"],
    )
    assert fields["floor_for"] == ["next"]


@pytest.mark.parametrize("name", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_changes_them(name, as_, village, books):
    assert as_(getattr(village, name)).post("rules/settings", name="Mine").status == 403
    assert bank(books, "name") == "Angus Time Bank"


def test_the_bank_next_door_is_left_alone(as_, village, books):
    mary = as_(village.mary)
    mary.done(mary.get("rules/settings"), floor="30 hours", floor_for="all")
    with books.backend.session() as session:
        assert account_of(session, village.perdita).floor == -1200


@pytest.fixture
def by_post(backend, village):
    """Grace (an e-mail), Linus (a phone alone) and Ada (neither) are told by post, in a bank that sends letters."""
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        for actor, email, phone in (
            (village.grace, "grace@example.org", None),
            (village.linus, None, "+441632960777"),
            (village.ada, None, None),
        ):
            person = session.get_one(Person, actor.person_id)
            person.postal_address, person.email, person.phone = "2 Mill Lane", email, phone
            letters = Choice(Way.LETTER, Often.MONTHLY if actor is village.ada else Often.AT_ONCE)
            news = {Topic.ROUND_THE_BANK: letters} if actor is village.ada else {}
            at_once = Choice(Way.LETTER, Often.AT_ONCE)
            choose(session, {Topic.ABOUT_YOU: at_once, **news}, Doing(actor, NOW, f"choose-{actor.number}"))
        session.commit()


def test_who_switches_letters_off_reads_beforehand_whom_it_touches(as_, village, by_post):
    page = as_(village.mary).get("rules/settings")
    assert "3 members are told by post now." in page
    assert "Without it, 1 gets an e-mail." in page
    assert "Without it, 1 has to be rung by a broker." in page
    assert "Without it, 1 hears nothing: we know no other way to reach them." in page
    assert "1 member reads by post what goes on round the time bank" in page
    assert "told by text" not in page


def test_where_nobody_is_told_by_post_the_page_says_so(as_, village, backend):
    mary = as_(village.mary)
    assert "Nobody is told by post" not in mary.get("rules/settings")
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).sends_letters = True
        session.commit()
    assert "Nobody is told by post at the moment." in mary.get("rules/settings")


def test_who_chose_texts_is_counted_by_what_takes_their_place(app, as_, village, backend):
    app.config["SENDS_TEXTS"] = True
    mary = as_(village.mary)
    with backend.session() as session:
        session.get_one(Bank, village.angus.id).texts_a_month = 100
        session.get_one(Person, village.grace.person_id).phone = "+447700900123"
        session.commit()
    assert "Nobody is told by text at the moment." in mary.get("rules/settings")
    with backend.session() as session:
        by_text = Choice(Way.TEXT, Often.AT_ONCE)
        choose(session, {Topic.ABOUT_YOU: by_text}, Doing(village.grace, NOW, "choose"))
        session.commit()
    page = mary.get("rules/settings")
    assert "1 member is told by text now." in page
    assert "Without it, 1 gets an e-mail." in page
