"""The page on which members say when they can help, and who reads it."""

from datetime import date

import pytest

from tests.people import NOW, TODAY
from timebank.actors import Doing
from timebank.members.helping import change_helping, find_helping
from timebank.members.rules import Helping
from timebank.week import WEEKDAY_MORNINGS

PAGE = "my-helping"
TYPED = {
    "languages": ["en", "pl"],
    "free": [0, 3, 6, 9, 12],
    "away_from": "3 December",
    "away_until": "12/12/2026",
    "farthest": "30",
    "invitations": "2",
}
LINE = (
    "Speaks English and Polish · free weekday mornings · up to 30 minutes away · up to 2 invitations a week"
    " · away from 3 December to 12 December"
)


def helping_of(books, actor):
    with books.backend.session() as session:
        return find_helping(session, actor.bank_id, actor.membership_id)


def says(books, actor, **said):
    with books.backend.session() as session:
        change_helping(session, books.village.angus, Helping(**said), Doing(actor, NOW))
        session.commit()


def test_the_page_begins_with_what_holds_for_who_has_said_nothing(as_, village):
    form = as_(village.ada).get(PAGE).form
    fields = {name: form.fields.get(name, []) for name in TYPED}
    assert fields == {
        "languages": ["en"],
        "free": [],
        "away_from": [""],
        "away_until": [""],
        "farthest": ["any"],
        "invitations": ["2"],
    }
    assert form.choices["languages"][0] == "en"
    assert len(form.choices["languages"]) > 60


def test_a_member_comes_from_their_page_and_says_when_they_can_help(as_, village, books):
    ada = as_(village.ada)
    page = ada.get(ada.get("profile").links["When you can help, and which languages you speak"])
    page = ada.done(page, **TYPED)
    assert "Thank you. That is what we go by now." in page
    assert LINE in page
    helping = helping_of(books, village.ada)
    assert helping.languages == {"en", "pl"}
    assert helping.free_parts == WEEKDAY_MORNINGS
    assert (helping.away_from, helping.away_until) == (date(2026, 12, 3), date(2026, 12, 12))
    assert (helping.farthest_minutes, helping.most_invitations) == (30, 2)
    form = page.form
    assert form.fields["free"] == ["0", "3", "6", "9", "12"]
    assert (form.fields["away_from"], form.fields["away_until"]) == (["3 December 2026"], ["12 December 2026"])
    assert LINE in ada.done(page)  # what the page shows can be sent as it is


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"languages": []}, "Tick the languages that you speak, one at least."),
        ({"languages": ["en", "tlh"]}, "Choose from the languages that are listed here."),
        ({"farthest": "20"}, "Choose how far you go."),
        ({"farthest": []}, "Choose how far you go."),
        ({"invitations": "100"}, "Choose how often we may ask you."),
        ({"away_from": ""}, "Type both days, or leave both empty."),
        ({"away_until": ""}, "Type both days, or leave both empty."),
        ({"away_until": "when the snow melts"}, "Type the day, such as 17 November"),
        ({"away_until": "30/11/2026"}, "The last day comes before the first."),
        ({"away_from": "1/11/2026", "away_until": "20/11/2026"}, "The last day has passed."),
        ({"away_until": "3 December 2028"}, "That is more than two years from now."),
    ],
)
def test_what_cannot_be_so_is_said_at_its_field_and_nothing_is_lost(typed, sentence, as_, village, books):
    ada = as_(village.ada)
    filled = TYPED | typed
    page = ada.submit(ada.get(PAGE), **filled)
    assert page.status == 200
    assert page.words.count(sentence) == 2  # in the summary, and at the field
    fields = {name: page.form.fields.get(name, []) for name in TYPED}
    offered = {"farthest": page.form.choices["farthest"], "invitations": page.form.choices["invitations"]}
    for name, value in filled.items():
        values = [str(one) for one in value] if isinstance(value, list) else [value]
        kept = [one for one in values if one in offered.get(name, values) and one != "tlh"]
        assert fields[name] == kept, name
    assert helping_of(books, village.ada).changed_at is None


def test_every_part_of_the_week_is_any_time_and_other_numbers_are_no_parts(as_, village, books):
    ada = as_(village.ada)
    page = ada.done(ada.get(PAGE), **TYPED | {"free": list(range(21))})
    assert "free at any time" in page
    ada.done(page, free=[1, 21, 99, -1])
    assert helping_of(books, village.ada).free_parts == 0b10


def test_another_language_is_seen_where_it_is_ticked(as_, village):
    ada = as_(village.ada)
    page = ada.get(PAGE)
    assert not [said for tag, said in page.tags if tag == "details" and "open" in said]
    page = ada.submit(page, languages=["en", "gd"], farthest=[])
    assert [said for tag, said in page.tags if tag == "details" and "open" in said]


def test_the_members_own_and_the_banks_most_spoken_languages_come_first(as_, village, books):
    says(books, village.grace, languages=frozenset({"yo", "en"}))
    says(books, village.ada, languages=frozenset({"bfi"}))
    choices = as_(village.ada).get(PAGE).form.choices["languages"]
    assert choices[:4] == ["bfi", "en", "yo", "ak"]  # by their names, and then the others


def test_days_away_that_have_passed_are_empty_again(as_, village, books, clock):
    says(books, village.ada, away_from=TODAY, away_until=TODAY)
    ada = as_(village.ada)
    page = ada.get(PAGE)
    assert "away until 21 November" in page
    assert page.form.fields["away_until"] == ["21 November 2026"]
    clock.tick(60 * 60 * 24)
    page = ada.get(PAGE)
    assert "away" not in page.words.partition("Your languages stand")[2].partition("Which languages")[0]
    assert page.form.fields["away_until"] == [""]


def test_pressed_twice_it_is_said_once(as_, village, books):
    ada = as_(village.ada)
    page = ada.get(PAGE)
    for _ in range(2):
        ada.done(page, **TYPED)
    assert len(books.ask("SELECT id FROM trail WHERE deed = 'helping.changed'")) == 1


def test_who_goes_back_and_ticks_something_else_keeps_it_with_one_more_press(as_, village, books):
    ada = as_(village.ada)
    page = ada.get(PAGE)
    ada.done(page, **TYPED)
    again = ada.submit(page, **TYPED | {"invitations": "5"})
    assert "You kept something else from this page before. Press once more to keep this instead." in again
    assert again.form.fields["invitations"] == ["5"]
    ada.done(again)
    assert helping_of(books, village.ada).most_invitations == 5


def test_a_broker_says_it_for_a_member(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"profile?acting={village.ada.code}&how=phone")
    page = rosa.get(page.links["When you can help, and which languages you speak"])
    rosa.done(page, **TYPED)
    assert helping_of(books, village.ada).languages == {"en", "pl"}
    row = books.ask("SELECT done_by, on_behalf_of FROM trail WHERE deed = 'helping.changed'")[0]
    assert tuple(row) == (village.rosa.membership_id, village.ada.membership_id)


def test_keepers_read_it_in_one_line_and_other_members_the_languages_only(as_, village, books):
    ada = as_(village.ada)
    ada.done(ada.get(PAGE), **TYPED)
    path = f"members/{village.ada.code}"
    for keeper in (village.rosa, village.mary, village.clara, village.ada):
        assert LINE in as_(keeper).get(path)
    for other in (village.grace, village.tom, village.audrey):
        page = as_(other).get(path)
        assert "Speaks English and Polish" in page
        for private in ("weekday mornings", "30 minutes away", "invitations", "December"):
            assert private not in page


def test_of_who_has_said_nothing_nobody_reads_anything(as_, village):
    for reader in (village.rosa, village.grace, village.ada):
        page = as_(reader).get(f"members/{village.ada.code}")
        assert "Speaks" not in page
        assert "free at any time" not in page


def test_of_who_has_left_nothing_is_shown(as_, village, books):
    says(books, village.ada, languages=frozenset({"gd"}))
    books.stands(village.ada, "left")
    for reader in (village.rosa, village.grace):
        assert "Speaks" not in as_(reader).get(f"members/{village.ada.code}")


def test_who_only_looks_after_the_bank_has_no_such_page(as_, village):
    tom = as_(village.tom)
    assert "When you can help, and which languages you speak" not in tom.get("profile").links
    assert tom.get(PAGE).status == 403
