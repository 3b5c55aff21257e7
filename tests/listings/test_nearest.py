"""The nearest listings are the same ones, however many are looked at at a time."""

import pytest
from sqlalchemy import func

from tests.people import TODAY
from timebank.listings import nearest
from timebank.listings.meanings import find_models
from timebank.listings.models import Listing
from timebank.listings.nearest import Target, find_nearest
from timebank.listings.queries import can_be_found
from timebank.listings.rules import ListingKind
from timebank.members.models import Membership

TITLES = (
    "Weeding",
    "Roses",
    "A lift to the clinic",
    "Baking bread",
    "Help with a computer",
    "Walking a dog",
    "Knitting",
)


def test_listings_of_the_nearest_cells_come_first_until_enough_fit(session, village, list_it, monkeypatch):
    for title in TITLES:
        list_it(title, by=village.ada)
        list_it(title, by=village.linus)
    models = find_models(session, village.angus.id)
    target = Target(village.angus.id, ListingKind.OFFER, models, models.meanings(["Somebody to walk my dog"]))
    of_linus = [can_be_found(TODAY), Membership.id == village.linus.membership_id, func.length(Listing.title) > 7]
    every = find_nearest(session, target, *of_linus, most=20)
    assert [line.listing_id for line in every[:1]] == [_id(session, "Walking a dog", village.linus)]
    assert len(every) == 5
    monkeypatch.setattr(nearest, "MOST_LOOKED_AT", 3)
    few_at_a_time = find_nearest(session, target, *of_linus, most=20)
    assert [line.listing_id for line in few_at_a_time] == [line.listing_id for line in every]
    assert [line.likeness for line in few_at_a_time] == pytest.approx([line.likeness for line in every], abs=1e-6)
    assert find_nearest(session, target, *of_linus, most=1) == every[:1]


def test_nothing_is_near_where_nothing_fits(session, village, list_it, monkeypatch):
    for title in TITLES:
        list_it(title, by=village.ada)
    models = find_models(session, village.angus.id)
    target = Target(village.angus.id, ListingKind.OFFER, models, models.meanings(["Walking a dog"]))
    monkeypatch.setattr(nearest, "MOST_LOOKED_AT", 3)
    assert find_nearest(session, target, Membership.id == village.grace.membership_id, most=5) == []
    assert find_nearest(session, Target(village.angus.id, ListingKind.REQUEST, models, target.meanings), most=5) == []


def _id(session, title, owner):
    rows = session.query(Listing.id).filter(Listing.title == title, Listing.member_id == owner.membership_id)
    return rows.scalar()
