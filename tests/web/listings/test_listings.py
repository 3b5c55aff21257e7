"""Looking for what is offered and asked for."""

import pytest

from tests.people import NOW
from tests.web.page import Page


def look(browser, **asked):
    return Page(browser.client.get("/angus/listings", query_string=asked))


def test_offers_and_requests_stand_in_two_lists(as_, village, books):
    books.listed(village.ada, title="Gardening", words="Roses too")
    books.listed(village.grace, title="A lift to town", kind="request")
    linus = as_(village.linus)
    page = linus.follow(linus.get(linus.get().links["Offers and requests"]))
    assert "Gardening Roses too Ada Lamont · in person Gardening" in page
    assert "A lift to town" not in page
    page = linus.get(page.links["Requests"])
    assert "A lift to town Grace Okafor" in page
    assert "Roses too" not in page


def test_a_search_forgives_accents_and_plurals_a_known_failure_of_peers(as_, village, books):
    books.listed(village.ada, title="Leçons de piano", categories=("arts/music",))
    for words in ("lecon", "LEÇONS", "pianos", "music"):
        page = look(as_(village.grace), words=words)
        assert "Leçons de piano" in page.links, words


@pytest.mark.parametrize("words", ["%", "'", '"', "\\", "a\x00b", "😀😀", "x" * 10_000, "* AND", "\u202e", "the"])
def test_whatever_is_typed_gets_a_page(words, as_, village, books):
    books.listed(village.ada)
    page = look(as_(village.grace), words=words)
    assert page.status == 200


def test_words_that_stand_everywhere_show_everything_and_say_so(as_, village, books):
    books.listed(village.ada)
    page = look(as_(village.grace), words="the")
    assert "Those words are too common to look for. Here is everything." in page
    assert "Gardening" in page.links


def test_a_search_without_a_hit_keeps_the_words_and_offers_a_broker(as_, village, books):
    grace = as_(village.grace)
    page = look(grace, words="a zeppelin")
    assert "A broker can ask around for you: “a zeppelin”." in page
    assert next(said for tag, said in page.tags if said.get("name") == "words")["value"] == "a zeppelin"
    page = grace.done(page, "Ask a broker to find someone")
    assert "A broker looks for somebody: a zeppelin." in page
    assert books.notes("find_somebody") == ["a zeppelin"]


def test_an_empty_bank_says_why_and_offers_one_thing_to_do(as_, village):
    page = as_(village.grace).get("listings")
    assert "Nobody has listed an offer yet. You can be the first." in page
    assert page.links["List an offer"] == "/angus/my-listings/new/offer"
    assert as_(village.grace).get("listings?kind=request").links["List a request"] == "/angus/my-listings/new/request"


def test_an_auditor_is_offered_nothing_to_do(as_, village):
    page = as_(village.audrey).get("listings")
    assert "Nobody has listed an offer yet." in page
    assert not page.has_button("List an offer")
    assert not look(as_(village.audrey), words="zeppelin").has_button("Ask a broker to find someone")


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"category": "outdoors"}, True),
        ({"category": "outdoors/gardening"}, True),
        ({"category": "arts"}, False),
        ({"day": "1"}, True),
        ({"day": "2"}, False),
        ({"way": "in-person"}, True),
        ({"way": "online"}, False),
        ({"category": "nonsense", "area": "Nowhere", "way": "by-pigeon", "day": "8"}, True),
        ({"day": "9" * 5000}, True),
    ],
)
def test_each_choice_narrows_the_list_and_nonsense_does_not(asked, fits, as_, village, books):
    books.listed(village.ada, suits=0b111)
    page = look(as_(village.grace), **asked)
    assert ("Gardening" in page.links) is fits


def test_a_choice_stays_chosen_and_goes_with_the_tabs_and_pages(as_, village, books):
    for number in range(27):
        books.listed(village.ada, title=f"Hedge {number:02}")
    page = look(as_(village.grace), words="hedge", category="outdoors")
    search = next(form for form in page.forms if form.method == "get")
    assert search.fields["category"] == ["outdoors"]
    assert "category=outdoors" in page.links["Requests"]
    page = as_(village.grace).get(page.links["Next page"])
    assert "Hedge 00" in page.links
    assert "Hedge 26" not in page.links
    assert "Hedge 26" in as_(village.grace).get(page.links["Back a page"]).links


def test_no_list_shows_an_address_or_a_way_to_reach_somebody(as_, village, books):
    books.listed(village.ada)
    page = as_(village.grace).get("listings")
    assert "ada@example.org" not in page.html


def test_what_was_imported_shows_no_name(as_, village, books):
    books.imported("I offer rides")
    page = as_(village.grace).get("listings")
    assert "I offer rides" in page.links
    assert "Imported listings" not in page


def test_a_listing_past_its_review_is_found_no_more(as_, village, books):
    books.listed(village.ada, title="On its last day", now=NOW.replace(month=5, day=21))
    code = books.listed(village.ada, title="Past it", now=NOW.replace(month=5, day=20))
    grace = as_(village.grace)
    page = grace.get("listings")
    assert "On its last day" in page.links
    assert "Past it" not in page.links
    assert grace.get(f"listings/{code}").status == 404
    assert "Past it" not in grace.get(f"members/{village.ada.code}").links


def test_a_members_page_shows_what_they_list_and_others_banks_see_none(as_, village, books):
    code = books.listed(village.ada, title="Knitting")
    page = as_(village.grace).get(f"members/{village.ada.code}")
    assert page.links["Knitting"] == f"/angus/listings/{code}"
    assert as_(village.perdita).get("/perth/listings").status == 200
    assert "Knitting" not in as_(village.perdita).get("/perth/listings").links
