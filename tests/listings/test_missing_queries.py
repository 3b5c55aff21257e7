"""Which listings, people and exchanges count for what is missing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY, make_confirmed, make_recorded
from timebank.actors import Doing, Standing
from timebank.banks.areas import add_area, close_area
from timebank.banks.queries import find_area
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import count_by_category, list_of_categories
from timebank.listings import actions
from timebank.listings.missing import AreaPeople
from timebank.listings.missing_queries import (
    list_area_people,
    list_filed,
    list_found_of_kinds,
    list_found_requests_of_area,
    list_residents,
)
from timebank.listings.models import Listing, ListingCategory
from timebank.listings.queries import list_category_words
from timebank.listings.rules import ListingKind, Move
from timebank.members.actions import get_or_make_holder
from timebank.members.models import Membership


@pytest.fixture
def filed(session, village):
    return lambda today=TODAY: list_filed(session, village.angus.id, today=today)


@pytest.fixture
def area(session, village):
    def make(name):
        add_area(session, name, Doing(village.mary, NOW, name))
        return find_area(session, village.angus.id, name)

    return make


def _change(session, actor, **values):
    session.execute(update(Membership).where(Membership.id == actor.membership_id).values(**values))


def test_a_listing_stands_once_under_each_of_its_kinds_with_its_owner(filed, list_it, tree, village):
    list_it("A lift and the bags", "getting-about/lifts", "errands/shopping", in_person=True)
    keys = {tree.by_id[row.category_id].key for row in filed()}
    assert keys == {"getting-about/lifts", "errands/shopping"}
    assert {(row.kind, row.name, row.is_holder, row.in_person) for row in filed()} == {
        ("offer", "Ada Lamont", False, True)
    }


def test_a_listing_without_a_kind_still_counts_for_its_area(filed, list_it, session):
    list_it()
    session.query(ListingCategory).delete()
    assert [row.category_id for row in filed()] == [None]


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.LEFT])
def test_listings_of_those_who_are_not_active_do_not_count(standing, filed, list_it, session, village):
    list_it()
    _change(session, village.ada, standing=standing)
    assert filed() == []


@pytest.mark.parametrize("move", [Move.PAUSE, Move.CLOSE])
def test_a_listing_that_is_not_open_does_not_count(move, filed, list_it, session, village):
    code = list_it()
    actions.move(session, village.angus, code, move, Doing(village.ada, NOW))
    assert filed() == []


def test_a_listing_that_was_not_confirmed_in_time_does_not_count(filed, list_it):
    list_it()
    assert len(filed(TODAY + timedelta(days=180))) == 1
    assert filed(TODAY + timedelta(days=190)) == []


def test_an_imported_listing_counts_and_its_holder_is_nobody(filed, list_it, session, village):
    code = list_it()
    holder = get_or_make_holder(session, village.angus, now=NOW)
    session.execute(update(Listing).where(Listing.code == code).values(member_id=holder.id))
    assert [row.is_holder for row in filed()] == [True]


def test_another_bank_has_its_own(list_it, session, village):
    list_it()
    assert list_filed(session, village.perth.id, today=TODAY) == []


def test_open_areas_come_with_their_active_members(area, session, village):
    forfar, brechin, closed = area("Forfar"), area("Brechin"), area("Old Station")
    close_area(session, closed, Doing(village.mary, NOW))
    for actor in (village.ada, village.grace, village.linus):
        _change(session, actor, area_id=forfar.id)
    _change(session, village.linus, standing=Standing.SUSPENDED)
    holder = get_or_make_holder(session, village.angus, now=NOW)
    session.execute(update(Membership).where(Membership.id == holder.id).values(area_id=forfar.id))
    assert list_area_people(session, village.angus.id) == [
        AreaPeople(brechin.id, "Brechin", 0),
        AreaPeople(forfar.id, "Forfar", 2),
    ]
    residents = list_residents(session, village.angus.id, forfar.id)
    assert [row.name for row in residents] == ["Ada Lamont", "Grace Okafor"]


def test_the_rows_of_a_line_are_those_that_it_counts(area, list_it, session, tree, village):
    forfar = area("Forfar")
    list_it("Weeding")
    list_it("Roses", kind=ListingKind.REQUEST, area_id=forfar.id)
    list_it("A lift", "getting-about/lifts", kind=ListingKind.REQUEST)
    outdoors = tree.within(tree.by_key["outdoors"].id)
    rows = list_found_of_kinds(session, village.angus.id, outdoors, today=TODAY)
    assert [row.title for row in rows] == ["Roses", "Weeding"]
    there = list_found_requests_of_area(session, village.angus.id, forfar.id, today=TODAY)
    assert [row.title for row in there] == ["Roses"]


@pytest.mark.parametrize(
    ("state", "day", "counts"),
    [
        ("proposed", TODAY, True),
        ("accepted", TODAY, True),
        ("recorded", TODAY, True),
        ("confirmed", TODAY, True),
        ("confirmed", TODAY - timedelta(days=365), True),
        ("confirmed", TODAY - timedelta(days=366), False),
        ("declined", TODAY, False),
        ("cancelled", TODAY, False),
        ("reversed", TODAY, False),
    ],
)
def test_exchanges_count_where_help_was_agreed_or_given_and_stands(state, day, counts, session, village, tree):
    category_id = tree.by_key["outdoors/gardening"].id
    code = make_recorded(session, village, village.ada, village.grace)
    make_confirmed(session, village, village.ada, village.grace)  # under no kind
    values = {"state": state, "category_id": category_id, "occurred_on": day}
    session.execute(update(Exchange).where(Exchange.code == code).values(**values))
    since = TODAY - timedelta(days=365)
    assert count_by_category(session, village.angus.id, since=since) == ({category_id: 1} if counts else {})
    rows = list_of_categories(session, village.angus.id, {category_id}, since=since)
    assert [row.code for row in rows] == ([code] if counts else [])


def test_what_is_only_agreed_counts_by_the_day_that_it_is_agreed_for(session, village, tree):
    category_id = tree.by_key["outdoors/gardening"].id
    code = make_recorded(session, village, village.ada, village.grace)
    values = {"state": "accepted", "category_id": category_id, "occurred_on": None, "agreed_on": TODAY}
    session.execute(update(Exchange).where(Exchange.code == code).values(**values))
    assert count_by_category(session, village.angus.id, since=TODAY) == {category_id: 1}
    assert count_by_category(session, village.angus.id, since=TODAY + timedelta(days=1)) == {}


def test_kinds_are_named_with_the_main_one(session, village, tree):
    assert list_category_words(session, village.angus.id, ["outdoors/gardening", "outdoors", "nonsense"]) == {
        "outdoors/gardening": "Gardens and animals/Gardening",
        "outdoors": "Gardens and animals",
    }
