"""What the people of the village offer and ask for, where they live, and what came of a listing."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW, TODAY
from timebank.banks.models import Area, Bank
from timebank.banks.queries import travel_minutes
from timebank.demo.listed import Listed
from timebank.demo.village import PLANS
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import State
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.models import Category, Listing, ListingCategory
from timebank.listings.queries import get_tree
from timebank.listings.rules import Life, ListingKind
from timebank.listings.starting_categories import STARTING_CATEGORIES
from timebank.members.models import Membership, Person
from timebank.trail.models import TrailRow

GLEN_ISLA, STRATHMORE = PLANS


def _bank(session, slug):
    return session.scalars(select(Bank).where(Bank.slug == slug)).one()


def _listings(plan):
    return [(ListingKind.OFFER, one) for one in plan.offers] + [(ListingKind.REQUEST, one) for one in plan.requests]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_every_listing_of_the_plan_is_stored_under_its_owner(life, plan):
    rows = life.execute(
        select(Listing.kind, Listing.title, Person.name)
        .join(Membership, (Membership.bank_id == Listing.bank_id) & (Membership.id == Listing.member_id))
        .join(Person, Person.id == Membership.person_id)
        .where(Listing.bank_id == _bank(life, plan.slug).id)
    )
    names = {one.key: one.name for one in plan.cast}
    assert Counter(map(tuple, rows)) == Counter((kind, one.title, names[one.whose]) for kind, one in _listings(plan))


def test_there_is_plenty_to_find_in_either_direction(life):
    kinds = Counter(life.scalars(select(Listing.kind).where(Listing.bank_id == _bank(life, GLEN_ISLA.slug).id)))
    assert kinds[ListingKind.OFFER] > 35
    assert kinds[ListingKind.REQUEST] > 20


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_every_title_is_unique_in_its_bank(plan):
    titles = [one.title for _kind, one in _listings(plan)]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_nobody_lists_before_they_came(plan):
    joined = {one.key: one.joined for one in plan.cast}
    assert [one.title for _kind, one in _listings(plan) if one.days_ago >= joined[one.whose]] == []


def test_every_way_of_life_of_a_listing_is_there(life):
    assert set(life.scalars(select(Listing.life))) == set(Life)
    due = life.scalars(select(Listing.title).where(Listing.review_on <= TODAY, Listing.life == Life.OPEN)).all()
    assert due == ["Knitting for beginners"]
    moves = set(life.scalars(select(TrailRow.deed).where(TrailRow.deed.startswith("listing."))))
    assert moves == {"listing.offer", "listing.request", "listing.pause", "listing.close", "listing.reconfirm"}


def test_listings_differ_in_way_and_time(life):
    rows = life.execute(select(Listing.in_person, Listing.by_phone, Listing.online, Listing.suits)).all()
    assert {row[:3] for row in rows} >= {(True, False, False), (False, True, False), (True, True, True)}
    assert len({row.suits for row in rows}) > 8


def test_the_moves_of_a_listing():
    old = Listed(90, "ada", "Walks", "", "outdoors")
    assert list(old.moves()) == [(25, "reconfirm")]
    assert list(Listed(90, "ada", "Walks", "", "outdoors", waits=True).moves()) == []
    assert list(Listed(90, "ada", "Walks", "", "outdoors", closed=40).moves()) == [(40, "close")]
    assert list(Listed(20, "ada", "Walks", "", "outdoors", paused=10).moves()) == [(10, "pause")]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_both_banks_have_the_starting_categories(life, plan):
    assert set(get_tree(life, _bank(life, plan.slug).id).by_key) == {one.key for one in STARTING_CATEGORIES}


def test_nearly_every_kind_of_help_is_offered_or_asked_for(life):
    used = life.scalars(
        select(Category.key).join(
            ListingCategory,
            (ListingCategory.bank_id == Category.bank_id) & (ListingCategory.category_id == Category.id),
        )
    )
    mains = {one.key for one in STARTING_CATEGORIES if one.parent_key is None}
    assert {key.partition("/")[0] for key in used} == mains


def test_a_walk_for_a_dog_is_found_by_its_words(life):
    bank = _bank(life, GLEN_ISLA.slug)
    wanted = ListingFilter(ListingKind.OFFER, words="dogs")
    page = find_listings(life, bank.id, wanted, get_tree(life, bank.id), today=TODAY)
    assert "Walking your dog" in [row.title for row in page.rows]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_everybody_lives_where_they_are_said_to(life, plan):
    rows = life.execute(
        select(Person.name, Area.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Area, (Area.bank_id == Membership.bank_id) & (Area.id == Membership.area_id))
        .where(Membership.bank_id == _bank(life, plan.slug).id)
    )
    names = {one.key: one.name for one in plan.cast}
    assert dict(map(tuple, rows)) == {names[key]: area for key, area in plan.areas.homes.items()}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_the_way_between_any_two_areas_is_known_but_not_to_the_closed_one(life, plan):
    bank = _bank(life, plan.slug)
    areas = life.scalars(select(Area).where(Area.bank_id == bank.id)).all()
    assert {one.name for one in areas if one.closed_at} == {plan.areas.closed}
    standing = {one.name: one.id for one in areas if not one.closed_at}
    assert set(standing) == set(plan.areas.names)
    for first, second, minutes in plan.areas.ways:
        assert travel_minutes(life, bank.id, standing[second], standing[first]) == minutes
    assert len(plan.areas.ways) == len(standing) * (len(standing) - 1) / 2


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_contact_is_shown_only_by_those_who_said_so(life, plan):
    rows = life.execute(
        select(Person.name, Membership.shows_phone, Membership.shows_email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.bank_id == _bank(life, plan.slug).id, Membership.shows_phone | Membership.shows_email)
    )
    names = {one.key: one.name for one in plan.cast}
    actual = {(name, "phone" if phone else "email") for name, phone, _email in rows}
    areas = plan.areas
    expected = {(names[key], "phone") for key in areas.shows_phone} | {
        (names[key], "email") for key in areas.shows_email
    }
    assert actual == expected
    reach = {one.key: (one.phone, one.email) for one in plan.cast}
    assert all(reach[key][0] for key in areas.shows_phone)
    assert all(reach[key][1] for key in areas.shows_email)


def test_what_came_of_a_listing_is_filed_under_its_kind_of_help(life):
    rows = life.execute(
        select(Listing.title, Category.key)
        .join(Exchange, (Exchange.bank_id == Listing.bank_id) & (Exchange.listing_id == Listing.id))
        .join(Category, (Category.bank_id == Exchange.bank_id) & (Category.id == Exchange.category_id))
    ).all()
    assert len(rows) > 15
    assert ("Lifts to the clinic, hospital or library", "getting-about/lifts") in set(map(tuple, rows))
    assert len({title for title, _key in rows}) > 8


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_a_listing_that_help_came_of_belongs_to_one_of_the_two(plan):
    owners = {one.title: (kind, one.whose) for kind, one in _listings(plan)}
    listed = [one for one in (*plan.once, *plan.habits) if one.listing]
    assert len(listed) >= 3
    for one in listed:
        assert owners[one.listing] in {(ListingKind.OFFER, one.giver), (ListingKind.REQUEST, one.receiver)}, one.what


def test_a_broker_filed_a_few_that_came_of_no_listing(life):
    filed = life.scalars(
        select(Exchange.what).where(Exchange.listing_id.is_(None), Exchange.category_id.is_not(None))
    ).all()
    assert set(filed) == {one.what for one in GLEN_ISLA.once if one.under}
    assert len(filed) >= 4
    done = life.scalars(select(TrailRow.done_at).where(TrailRow.deed == "exchange.filed")).all()
    assert max(done) < NOW - timedelta(days=1)
    states = set(life.scalars(select(Exchange.state).where(Exchange.what.in_(filed))))
    assert states == {State.CONFIRMED}
