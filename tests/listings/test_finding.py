"""Searching as neighbours type: other words for the same thing, slips, and what is near where nothing has the words."""

import pytest
from sqlalchemy import delete, select, update

from tests.people import NOW, TODAY
from timebank.actors import Doing
from timebank.listings import actions
from timebank.listings.finding import LISTINGS_A_PAGE, MOST_NEAR, ListingFilter, find_listings
from timebank.listings.models import ListingMeaning
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, Move

OFFERS = {
    "Knitting and a chat": "arts/crafts",
    "Walking your dog": "outdoors/dog-walking",
    "Weeding, hedges and roses": "outdoors/gardening",
    "Putting up shelves": "repairs/small-jobs",
    "A ride to the clinic": "getting-about/clinic",
    "Guitar for beginners": "arts/music",
    "Leçons de français": "learning/languages",
    "日本語を教えます": "learning/languages",
}


@pytest.fixture
def offers(list_it):
    return {title: list_it(title, key) for title, key in OFFERS.items()}


@pytest.fixture
def find(session, village, offers):
    def _find(words, **more):
        tree = get_tree(session, village.angus.id)
        filters = ListingFilter(ListingKind.OFFER, words, **more)
        return find_listings(session, village.angus.id, filters, tree, today=TODAY)

    return _find


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("knitter", "Knitting and a chat"),
        ("dog walker", "Walking your dog"),
        ("🐕", "Walking your dog"),
        ("gardener", "Weeding, hedges and roses"),
        ("gardner", "Weeding, hedges and roses"),
        ("yard work", "Weeding, hedges and roses"),
        ("d.i.y.", "Putting up shelves"),
        ("handyman", "Putting up shelves"),
        ("drive me to the hospital", "A ride to the clinic"),
        ("lift to the doctor", "A ride to the clinic"),
        ("music teacher", "Guitar for beginners"),
        ("francais", "Leçons de français"),
        ("日本", "日本語を教えます"),
    ],
)
def test_other_words_for_the_same_thing_find_it_first(find, typed, title):
    assert find(typed).every_row[0].title == title


def test_what_has_the_words_comes_before_what_is_near(find):
    page = find("dog")
    assert [row.title for row in page.rows] == ["Walking your dog"]
    assert "Walking your dog" not in [row.title for row in page.near]


def test_words_that_are_left_out_are_named(find):
    assert find("I need some help with my roses please").dropped == (
        "i",
        "need",
        "some",
        "help",
        "with",
        "my",
        "please",
    )
    assert find("roses").dropped == ()


def test_a_slip_is_named_where_nothing_has_the_words(find):
    assert find("gardner").meant == "gardener"
    assert find("roses").meant is None


def test_nothing_known_finds_nothing_and_fails_nowhere(find):
    page = find("xyzzyxyzzy")
    assert (list(page.every_row), page.meant) == ([], None)


@pytest.mark.parametrize("typed", ["", "asdfgh", "  ", "%", "'", "_", "\\", "(", "a" * 5000, "\ud800", "help", "!!!"])
def test_whatever_is_typed_is_answered(find, typed):
    assert find(typed).number == 1


def test_what_is_near_keeps_to_the_filters(find, session, village, tree):
    assert find("dog walker", category_id=tree.by_key["arts"].id).every_row == []
    assert [row.title for row in find("knitter", category_id=tree.by_key["arts/crafts"].id).every_row] == [
        "Knitting and a chat"
    ]


def test_what_is_closed_or_changed_is_near_no_more(find, offers, session, village, said):
    actions.move(session, village.angus, offers["Walking your dog"], Move.CLOSE, Doing(village.ada, NOW, "close"))
    assert "Walking your dog" not in [row.title for row in find("dog walker").every_row]
    text = said("Piano tuning", "arts/music")
    actions.change(session, village.angus, offers["Putting up shelves"], text, Doing(village.ada, NOW, "change"))
    assert find("handyman").every_row == [] or find("handyman").every_row[0].title != "Piano tuning"
    assert find("tune my piano").every_row[0].title == "Piano tuning"


def test_another_banks_listings_are_not_near(find, session, village):
    session.execute(delete(ListingMeaning).where(ListingMeaning.bank_id == village.angus.id))
    assert find("dog walker").every_row == []


def test_vectors_of_other_models_are_not_compared(find, session):
    session.execute(update(ListingMeaning).values(version="of before"))
    assert find("dog walker").every_row == []


def test_each_listing_has_one_meaning(offers, session):
    assert len(session.scalars(select(ListingMeaning.listing_id)).all()) == len(offers)


def test_what_is_near_stands_after_the_last_page_and_is_not_long(find, list_it, session, village):
    for number in range(LISTINGS_A_PAGE + 1):
        list_it(f"Dog walks {number}", "outdoors/dog-walking", by=(village.ada, village.grace)[number % 2])
    for number in range(MOST_NEAR + 2):
        list_it(f"Canine exercise {number}", "outdoors/feeding-pets", by=village.linus)
    tree = get_tree(session, village.angus.id)
    search = ListingFilter(ListingKind.OFFER, "dog")
    first = find_listings(session, village.angus.id, search, tree, today=TODAY)
    last = find_listings(session, village.angus.id, search, tree, today=TODAY, page=2)
    assert (len(first.rows), list(first.near)) == (LISTINGS_A_PAGE, [])
    assert len(last.rows) == 2
    assert 0 < len(last.near) <= MOST_NEAR
