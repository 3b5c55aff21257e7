"""What is found, in which order, and what is not."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY
from timebank.actors import Standing
from timebank.banks.models import Area
from timebank.listings.finding import LISTINGS_A_PAGE, ListingFilter, find_listings
from timebank.listings.queries import get_tree, list_shown_of_member
from timebank.listings.rules import ListingKind
from timebank.members.models import Membership
from timebank.week import whole_day


@pytest.fixture
def find(session, village):
    def _find(words="", *, page=1, bank=village.angus, kind=ListingKind.OFFER, **more):
        tree = get_tree(session, bank.id)
        return find_listings(session, bank.id, ListingFilter(kind, words, **more), tree, today=TODAY, page=page)

    return _find


def titles(page):
    return [row.title for row in page.rows]


def test_a_listing_is_found_by_the_name_of_its_category_and_of_the_main_one(find, list_it, tree):
    list_it("I drive a van", "getting-about/lifts")
    assert titles(find("lifts")) == titles(find("getting about")) == ["I drive a van"]
    assert titles(find("piano")) == []


def test_a_category_with_a_new_name_finds_at_once(find, list_it, session, village):
    list_it("I drive a van", "getting-about/lifts")
    tree = get_tree(session, village.angus.id)
    from timebank.listings.models import Category

    session.get_one(Category, (village.angus.id, tree.by_key["getting-about/lifts"].id)).name = "Transport"
    session.flush()
    assert titles(find("transport")) == ["I drive a van"]


def test_every_word_has_to_be_somewhere(find, list_it):
    list_it("Walks", "outdoors/dog-walking", words="Small dogs only")
    list_it("Dog biscuits baked", "home/cooking")
    assert titles(find("dog walk")) == ["Walks"]


def test_words_in_the_title_come_first_then_the_newest(find, list_it):
    list_it("Old roses", now=NOW - timedelta(days=2))
    list_it("Weeding", words="roses too", now=NOW - timedelta(days=1))
    list_it("Hedges", words="no roses")
    list_it("Rose cutting", now=NOW - timedelta(days=1))
    assert titles(find("rose")) == ["Rose cutting", "Old roses", "Hedges", "Weeding"]


def test_common_words_alone_show_everything_and_say_so(find, list_it):
    list_it()
    page = find("the")
    assert (titles(page), page.only_common) == (["Gardening"], True)
    assert find("").only_common is False


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", '"', "gardening'--", "😀", "x" * 10_000, "* OR *", "NEAR("])
def test_whatever_is_typed_is_never_an_error(typed, find, list_it):
    list_it()
    assert titles(find(typed)) in ([], ["Gardening"])


def test_offers_and_requests_stand_apart(find, list_it):
    list_it("Lifts given")
    list_it("Lift wanted", kind=ListingKind.REQUEST)
    assert titles(find()) == ["Lifts given"]
    assert titles(find(kind=ListingKind.REQUEST)) == ["Lift wanted"]


def test_each_choice_narrows_what_is_found(find, list_it, session, village, tree):
    session.add_all([Area(bank_id=village.angus.id, id=n, name=name) for n, name in ((7, "Forfar"), (8, "Brechin"))])
    session.flush()
    list_it("Forfar on Mondays", area_id=7, suits=whole_day(0), in_person=True)
    list_it("Brechin at any time", "company/phone-calls", area_id=8, by_phone=True)
    main, sub = tree.by_key["outdoors"].id, tree.by_key["company/phone-calls"].id
    assert titles(find(category_id=main)) == ["Forfar on Mondays"]
    assert titles(find(category_id=sub)) == ["Brechin at any time"]
    assert titles(find(area_id=7)) == ["Forfar on Mondays"]
    assert titles(find(way="by-phone")) == ["Brechin at any time"]
    assert titles(find(way="online")) == []
    assert titles(find(day=0)) == ["Brechin at any time", "Forfar on Mondays"]
    assert titles(find(day=1)) == ["Brechin at any time"]


def test_other_banks_listings_are_not_found(find, list_it, village):
    list_it()
    assert titles(find(bank=village.perth)) == titles(find("gardening", bank=village.perth)) == []


def test_listings_of_suspended_members_and_leavers_are_not_found(find, list_it, session, village):
    list_it()
    session.execute(
        update(Membership).where(Membership.id == village.ada.membership_id).values(standing=Standing.SUSPENDED)
    )
    assert titles(find()) == []
    assert list_shown_of_member(session, village.angus.id, village.ada.membership_id, today=TODAY) == []


@pytest.mark.parametrize("words", ["", "number"])
def test_a_long_list_goes_on_page_by_page_and_shows_each_once(words, find, list_it):
    for number in range(LISTINGS_A_PAGE + 3):
        list_it(f"Number {number}")
    first, second, third = (find(words, page=page) for page in (1, 2, 3))
    assert (first.has_next, second.has_next, third.rows) == (True, False, [])
    assert len(set(titles(first) + titles(second))) == LISTINGS_A_PAGE + 3
