"""The community pot: its hours, how far it may go, and why."""

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.members.actions import NewMember, admit

TYPED = {"below": "100 hours", "reason": "A new grant", "until": ""}


def pot(books):
    return books.ask(
        "SELECT balance, floor FROM account WHERE kind = 'pot' AND bank_id = :bank", bank=books.village.angus.id
    )[0]


def test_the_pot_says_its_hours_and_its_limit(as_, village, books):
    with books.backend.session() as session:
        bank = session.merge(village.angus)
        bank.welcome_minutes = 120
        admit(session, bank, NewMember("Sam Reid", phone="+441632960321"), Doing(village.rosa, NOW))
        session.commit()
    page = as_(village.mary).get("pot")
    assert "Hours now 2 hours below zero" in page
    assert "Lowest agreed 500 hours below zero" in page
    assert "The usual limit of the pot." in page


def test_a_coordinator_changes_it_for_good(as_, village, books):
    mary = as_(village.mary)
    page = mary.done(mary.get("pot"), **TYPED)
    assert "The limit of the pot is changed." in page
    assert "100 hours below zero A new grant 21 Nov, 10:00 · Mary Duncan" in page
    assert pot(books).floor == -6000
    assert books.ask("SELECT pot_floor FROM bank WHERE slug = 'angus'")[0].pot_floor == -6000


def test_a_coordinator_changes_it_until_a_day(as_, village, books):
    mary = as_(village.mary)
    page = mary.done(mary.get("pot"), **TYPED | {"until": "31 March 2027"})
    assert "Until Wednesday 31 March 2027" in page
    assert pot(books).floor == -6000
    assert books.ask("SELECT pot_floor FROM bank WHERE slug = 'angus'")[0].pot_floor == -30_000


def test_sending_it_twice_changes_it_once(as_, village, books):
    before = books.count("limit_change")
    mary = as_(village.mary)
    page = mary.get("pot")
    assert [mary.submit(page, **TYPED).status for _time in range(2)] == [303, 303]
    assert books.count("limit_change") == before + 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"below": ""}, "Type how far, such as 20 hours."),
        ({"below": "100"}, "Type it with a word, such as 100 hours."),
        ({"reason": ""}, "Say why. It stays on record."),
        ({"until": "yesterday"}, "Choose a day from today on, and at most a year ahead."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, as_, village, books):
    mary = as_(village.mary)
    page = mary.submit(mary.get("pot"), **TYPED | typed)
    assert page.status == 200
    assert sentence in page
    assert {name: page.form.fields[name] for name in TYPED} == {name: [said] for name, said in (TYPED | typed).items()}
    assert pot(books).floor == -30_000


@pytest.mark.parametrize("name", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_changes_the_pot(name, as_, village, books):
    assert as_(getattr(village, name)).post("pot", **TYPED).status == 403
    assert pot(books).floor == -30_000
