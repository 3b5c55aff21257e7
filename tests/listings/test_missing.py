"""What is missing, as tables: listings and exchanges in, lines out."""

from itertools import count

import pytest

from timebank.listings.missing import AreaPeople, FiledListing, Lack, list_missing_areas, list_missing_kinds
from timebank.listings.rules import ListingKind
from timebank.listings.tree import Branch, Tree

DRIVING, CLINIC, SHOPS, BEES, OLD, OLD_SUB = 1, 2, 3, 4, 5, 6
TREE = Tree(
    [
        Branch(DRIVING, "driving", "Driving", None, 1, frozenset(), is_retired=False),
        Branch(CLINIC, "driving/clinic", "Clinic", DRIVING, 2, frozenset(), is_retired=False),
        Branch(SHOPS, "own/k7m3q2xz", "Shops", DRIVING, 3, frozenset(), is_retired=False),
        Branch(BEES, "driving/bees", "Bees", DRIVING, 4, frozenset(), is_retired=True),
        Branch(OLD, "old", "Old", None, 5, frozenset(), is_retired=True),
        Branch(OLD_SUB, "old/sub", "Sub", OLD, 6, frozenset(), is_retired=False),
    ]
)
_IDS = count(1)


def filed(kind, category_id, name, *, area_id=None, in_person=False, is_holder=False):
    return FiledListing(next(_IDS), kind, category_id, area_id, in_person, hash(name), name, is_holder)


def offer(category_id, name="Ada", **more):
    return filed(ListingKind.OFFER, category_id, name, **more)


def imported(category_id):
    return offer(category_id, "Nobody", is_holder=True)


def request(category_id, name="Grace", **more):
    return filed(ListingKind.REQUEST, category_id, name, **more)


@pytest.mark.parametrize(
    ("listings", "times", "lacks"),
    [
        pytest.param([], {}, [], id="an empty bank lacks nothing that anybody has noticed"),
        pytest.param([request(CLINIC)], {}, [("Clinic", Lack.NOT_OFFERED)], id="asked for only"),
        pytest.param([], {CLINIC: 2}, [("Clinic", Lack.NOT_OFFERED)], id="given, and nobody offers it now"),
        pytest.param(
            [offer(CLINIC), offer(CLINIC, "Linus")], {}, [("Clinic", Lack.NOT_ASKED)], id="offered by two, never asked"
        ),
        pytest.param([offer(CLINIC), offer(CLINIC, "Linus")], {CLINIC: 1}, [], id="offered by two and given"),
        pytest.param([offer(CLINIC), request(CLINIC)], {}, [("Clinic", Lack.ONE_HELPER)], id="one person offers"),
        pytest.param(
            [offer(CLINIC), offer(CLINIC), request(CLINIC)],
            {},
            [("Clinic", Lack.ONE_HELPER)],
            id="two offers of one person are one helper",
        ),
        pytest.param(
            [offer(CLINIC)], {}, [("Clinic", Lack.NOT_ASKED), ("Clinic", Lack.ONE_HELPER)], id="a kind can lack both"
        ),
        pytest.param(
            [imported(CLINIC), request(CLINIC)],
            {},
            [("Clinic", Lack.ONE_HELPER)],
            id="an imported offer is an offer, and nobody who can be named",
        ),
        pytest.param(
            [imported(CLINIC), offer(CLINIC), request(CLINIC)],
            {},
            [("Clinic", Lack.ONE_HELPER)],
            id="an imported offer is no second helper",
        ),
        pytest.param(
            [offer(DRIVING), offer(DRIVING, "Linus"), request(CLINIC)],
            {},
            [],
            id="an offer of the main kind does for each kind in it",
        ),
        pytest.param(
            [offer(DRIVING), offer(CLINIC, "Linus"), request(CLINIC), request(SHOPS)],
            {},
            [],
            id="who offers it in general is a second helper",
        ),
        pytest.param(
            [request(DRIVING), offer(SHOPS), offer(SHOPS, "Linus")],
            {},
            [],
            id="a request in general is asked of each kind, and met by any",
        ),
        pytest.param([request(BEES)], {}, [("Driving", Lack.NOT_OFFERED)], id="a retired kind counts for the main one"),
        pytest.param([], {BEES: 1}, [("Driving", Lack.NOT_OFFERED)], id="so do its exchanges"),
        pytest.param(
            [request(OLD), offer(OLD_SUB)], {OLD: 3}, [], id="what stands under a retired main kind counts for none"
        ),
        pytest.param([request(SHOPS)], {}, [("Shops", Lack.NOT_OFFERED)], id="a kind of the bank's own is like any"),
        pytest.param([offer(None), request(99)], {}, [], id="no kind, or none of the bank's"),
    ],
)
def test_what_is_missing_of_each_kind(listings, times, lacks):
    lines = list_missing_kinds(TREE, listings, times)
    assert sorted((line.name.rpartition("/")[2], line.lack) for line in lines) == sorted(lacks)


@pytest.mark.parametrize(
    ("listings", "helper", "imported_offers"),
    [
        ([offer(CLINIC)], "Ada", 0),
        ([offer(CLINIC), imported(CLINIC)], "Ada", 1),
        ([imported(CLINIC), imported(CLINIC)], None, 2),
    ],
)
def test_the_one_helper_is_named_where_there_is_a_name(listings, helper, imported_offers):
    (line,) = [line for line in list_missing_kinds(TREE, listings, {}) if line.lack is Lack.ONE_HELPER]
    assert (line.helper, line.imported, line.offers) == (helper, imported_offers, len(listings))


def test_a_main_kind_counts_what_stands_under_it_and_a_kind_in_it_its_own():
    listings = [request(DRIVING), request(CLINIC), request(CLINIC), request(BEES)]
    lines = list_missing_kinds(TREE, listings, {DRIVING: 1, CLINIC: 2, BEES: 4})
    assert [(line.name, line.requests, line.times) for line in lines] == [("Driving", 4, 7), ("Driving/Clinic", 2, 2)]


def test_a_listing_of_two_kinds_counts_once_for_the_main_kind():
    both = request(DRIVING)
    (main, *_) = list_missing_kinds(TREE, [both, both._replace(category_id=CLINIC)], {})
    assert (main.name, main.requests) == ("Driving", 1)


def test_what_is_asked_for_most_comes_first():
    lines = list_missing_kinds(TREE, [request(CLINIC), request(SHOPS)], {SHOPS: 2})
    assert [line.name for line in lines] == ["Driving/Shops", "Driving/Clinic"]


FORFAR, BRECHIN = AreaPeople(7, "Forfar", 3), AreaPeople(8, "Brechin", 5)


@pytest.mark.parametrize(
    ("listings", "lines"),
    [
        ([], [("Brechin", 5, 0), ("Forfar", 3, 0)]),
        ([request(CLINIC, area_id=7)], [("Forfar", 3, 1), ("Brechin", 5, 0)]),
        ([offer(CLINIC, area_id=7, in_person=True)], [("Brechin", 5, 0)]),
        ([offer(CLINIC, area_id=7)], [("Brechin", 5, 0), ("Forfar", 3, 0)]),
        ([offer(CLINIC, in_person=True)], [("Brechin", 5, 0), ("Forfar", 3, 0)]),
        ([request(CLINIC, area_id=7, in_person=True)], [("Forfar", 3, 1), ("Brechin", 5, 0)]),
        ([imported(CLINIC)._replace(area_id=8, in_person=True)], [("Forfar", 3, 0)]),
    ],
)
def test_an_area_without_an_offer_in_person_is_missing_helpers(listings, lines):
    missing = list_missing_areas([FORFAR, BRECHIN], listings)
    assert [(line.name, line.members, line.requests) for line in missing] == lines


def test_a_request_of_two_kinds_is_one_request_of_its_area():
    asked = request(CLINIC, area_id=7)
    (line,) = list_missing_areas([FORFAR], [asked, asked._replace(category_id=SHOPS)])
    assert line.requests == 1
