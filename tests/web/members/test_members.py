import pytest

from tests.web.page import Page
from timebank.codes import spoken
from timebank.members.models import Membership


def test_a_broker_lists_the_members_by_name_with_their_numbers(as_, village):
    page = as_(village.rosa).get("members")
    assert f"Ada Lamont number {village.ada.number}" in page
    assert page.words.index("Ada Lamont") < page.words.index("Grace Okafor") < page.words.index("Mary Duncan")
    assert "Perdita Shaw" not in page


@pytest.mark.parametrize("words", ["zoe", "ZOË", "muller", "zoë  müller", "oe mul"])
def test_a_name_is_found_without_accents_or_capitals_and_by_any_part_of_it(words, as_, village, books):
    zoe = books.taken_in("Zoë Müller", phone="+441632960555")
    page = as_(village.rosa).get(f"members?words={words}")
    assert page.links["Zoë Müller"] == f"/angus/members/{spoken(zoe.code)}"
    assert "Ada Lamont" not in page


@pytest.mark.parametrize("words", ["Zebedee", "%", "_", "\\", "' OR 1=1 --"])
def test_a_search_without_a_hit_keeps_the_words_and_offers_everybody(words, as_, village):
    rosa = as_(village.rosa)
    page = Page(rosa.client.get("/angus/members", query_string={"words": words}))
    assert "Nobody here is called that." in page
    assert next(said for tag, said in page.tags if said.get("name") == "words")["value"] == words
    assert "Ada Lamont" in rosa.get(page.links["Show everybody"])


def test_a_long_list_goes_on_page_by_page(as_, village, books):
    for number in range(21):
        books.taken_in(f"Neighbour {number:02}", phone="+441632960555")
    rosa = as_(village.rosa)
    page = rosa.get("members")
    assert "Neighbour 19" not in page
    page = rosa.get(page.links["Next page"])
    assert "Rosa Lindsay" in page
    assert "Next page" not in page.links
    assert "Ada Lamont" in rosa.get(page.links["Back a page"])
    assert "Ada Lamont" in rosa.get("members?page=-3")
    assert "Ada Lamont" in rosa.get("members?page=nonsense")


def test_the_list_leaves_out_who_left_unless_they_are_asked_for(as_, village, books):
    books.stands(village.grace, "left")
    books.stands(village.linus, "suspended")
    rosa = as_(village.rosa)
    page = rosa.get("members")
    assert "Grace Okafor" not in page
    assert f"Linus Baxter number {village.linus.number} suspended" in page
    page = rosa.get("members?standing=left")
    assert f"Grace Okafor number {village.grace.number} has left" in page
    assert "Ada Lamont" not in page
    assert "Linus Baxter" not in rosa.get("members?standing=active")
    assert "Ada Lamont" in rosa.get("members?standing=nonsense")


def test_a_filter_by_standing_without_matches_says_so(as_, village):
    rosa = as_(village.rosa)
    page = rosa.get("members?standing=suspended")
    assert "Nobody stands like that." in page
    assert "Ada Lamont" in rosa.get(page.links["Show everybody"])


def test_a_filter_goes_on_with_the_pages(as_, village, books):
    for number in range(26):
        books.stands(books.taken_in(f"Neighbour {number:02}", phone="+441632960555"), "left")
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get("members?standing=left").links["Next page"])
    assert "Neighbour 25" in page
    assert "Rosa Lindsay number" not in page


def test_the_holder_of_imported_listings_has_no_page_and_is_in_no_list(as_, village, books):
    with books.backend.owner_session() as session:
        session.get_one(Membership, (village.angus.id, village.linus.membership_id)).is_holder = True
        session.commit()
    rosa = as_(village.rosa)
    assert "Linus Baxter" not in rosa.get("members")
    assert rosa.get(f"members/{spoken(village.linus.code)}").status == 404
    assert "Linus Baxter" not in as_(village.ada).get("help/record/giver?words=linus")


def test_a_neighbour_reads_what_a_member_says_but_no_phone_e_mail_or_balance(as_, village, books):
    books.change_person(village.grace, phone="+441632960777", phone_is_proved=True)
    books.confirmed(village.linus, village.grace, minutes=345)
    page = as_(village.ada).get(f"members/{spoken(village.grace.code)}")
    assert f"Member number {village.grace.number}, here since 21 Nov" in page
    for private in ("960777", "grace@example.org", "5 h 45", "5 hours"):
        assert private not in page.html
    assert not page.has_button("Make a sign-in code")


def test_a_broker_reads_how_to_reach_a_member_and_their_hours(as_, village, books):
    books.change_person(village.grace, phone="+441632960777", phone_is_proved=True)
    books.confirmed(village.linus, village.grace, minutes=345)
    page = as_(village.rosa).get(f"members/{spoken(village.grace.code)}")
    assert "Phone +441632960777" in page
    assert "E-mail grace@example.org" in page
    assert "5 hours 45 minutes below zero" in page
    assert "Roles" not in page.links


@pytest.mark.parametrize("name", ["tom", "audrey"])
def test_a_trustee_and_an_auditor_read_the_hours_but_not_how_to_reach_a_member(name, as_, village):
    page = as_(getattr(village, name)).get(f"members/{spoken(village.grace.code)}")
    assert "No hours either way" in page
    assert "grace@example.org" not in page.html


def test_a_member_who_is_not_there_is_not_found(as_, village):
    for path in ("", "/sign-in-code", "/roles"):
        assert as_(village.mary).get(f"members/AAAA-AAAA{path}").status == 404
    assert as_(village.mary).get(f"members/{spoken(village.perdita.code)}").status == 404
