"""The list of categories in the coordinator's hand, on both databases."""

from dataclasses import replace

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.errors import NotAllowedError
from timebank.listings import categories
from timebank.listings.actions import change as change_listing
from timebank.listings.errors import CategoriesError, NameTakenError, NoNameError
from timebank.listings.finding import ListingFilter, find_listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, Risk
from timebank.listings.starting_categories import STARTING_CATEGORIES


@pytest.fixture
def mary(village):
    return Doing(village.mary, NOW)


def names(session, village, parent=None):
    tree = get_tree(session, village.angus.id)
    return [one.name for one in tree.beside(tree.by_key[parent].id if parent else None)]


def test_the_starting_list_is_whole():
    keys = [one.key for one in STARTING_CATEGORIES]
    assert len(set(keys)) == len(keys)
    assert all(one.parent_key is None or one.parent_key in keys for one in STARTING_CATEGORIES)
    assert all(len(one.name) <= 60 and len(one.key) <= 60 for one in STARTING_CATEGORIES)
    assert all(any(key.startswith(f"{one}/") for key in keys) for one in keys if "/" not in one)
    assert {risk for one in STARTING_CATEGORIES for risk in one.risks} == set(Risk)


def test_categories_only_the_developers_can_change_are_none_of_ours(session, village, tree, mary):
    """A known failure of peers: here a coordinator adds, names, moves and retires them."""
    key = categories.add(session, village.angus, "Bees", [Risk.HOME_VISIT], mary, under="outdoors")
    assert names(session, village, "outdoors")[-1] == "Bees"
    categories.change(session, village.angus, key, "Beehives", [], mary)
    categories.shift(session, village.angus, key, mary, up=True)
    assert names(session, village, "outdoors")[-2:] == ["Beehives", "To the vet"]
    categories.retire(session, village.angus, key, mary)
    assert "Beehives" not in names(session, village, "outdoors")
    categories.bring_back(session, village.angus, key, mary)
    assert get_tree(session, village.angus.id).by_key[key].risks == frozenset()
    assert "Beehives" in names(session, village, "outdoors")


@pytest.mark.parametrize("who", ["ada", "rosa", "tom", "audrey"])
def test_nobody_else_changes_categories(who, session, village, tree):
    other = Doing(getattr(village, who), NOW)
    for deed in (
        lambda: categories.add(session, village.angus, "Bees", [], other, under=None),
        lambda: categories.change(session, village.angus, "outdoors", "Bees", [], other),
        lambda: categories.shift(session, village.angus, "outdoors", other, up=True),
        lambda: categories.retire(session, village.angus, "outdoors", other),
        lambda: categories.bring_back(session, village.angus, "outdoors", other),
    ):
        with pytest.raises(NotAllowedError):
            deed()


def test_the_first_and_the_last_stay_where_they_are(session, village, tree, mary):
    before = names(session, village)
    categories.shift(session, village.angus, "getting-about", mary, up=True)
    categories.shift(session, village.angus, "something-else", mary, up=False)
    assert names(session, village) == before
    categories.shift(session, village.angus, "getting-about", mary, up=False)
    assert names(session, village)[:2] == [before[1], before[0]]


def test_the_same_form_twice_does_it_once(session, village, tree, mary):
    first = categories.add(session, village.angus, "Bees", [], replace(mary, form_key="f"), under=None)
    assert categories.add(session, village.angus, "Bees", [], replace(mary, form_key="f"), under=None) == first
    for _again in range(2):
        categories.shift(session, village.angus, first, replace(mary, form_key="u"), up=True)
    assert names(session, village)[-2:] == ["Bees", "Something else"]


def test_two_neighbours_have_two_names(session, village, tree, mary):
    with pytest.raises(NameTakenError):
        categories.add(session, village.angus, "getting-ABOUT\u200b", [], mary, under=None)
    with pytest.raises(NameTakenError):
        categories.change(session, village.angus, "errands", "Getting about", [], mary)
    with pytest.raises(NoNameError):
        categories.add(session, village.angus, " - ", [], mary, under=None)
    categories.add(session, village.angus, "Getting about", [], mary, under="errands")


def test_there_are_two_levels_and_no_third(session, village, tree, mary):
    with pytest.raises(NotAllowedError):
        categories.add(session, village.angus, "Roses", [], mary, under="outdoors/gardening")


def test_a_retired_one_stays_on_what_it_was_used_for_and_is_not_chosen_anew(session, village, list_it, said, mary):
    code = list_it()
    categories.retire(session, village.angus, "outdoors/gardening", mary)
    with pytest.raises(CategoriesError):
        list_it("Another")
    change_listing(session, village.angus, code, said("Gardening as ever"), Doing(village.ada, NOW, "c"))
    tree = get_tree(session, village.angus.id)
    wanted = ListingFilter(ListingKind.OFFER, category_id=tree.by_key["outdoors/gardening"].id)
    page = find_listings(session, village.angus.id, wanted, tree, today=NOW.date())
    assert [row.title for row in page.rows] == ["Gardening as ever"]


def test_a_category_under_a_retired_one_cannot_be_chosen(session, village, list_it, mary):
    categories.retire(session, village.angus, "outdoors", mary)
    with pytest.raises(CategoriesError):
        list_it()


def test_a_bank_without_categories_gets_the_usual_ones_with_its_first_own(session, village, mary):
    categories.add(session, village.angus, "Bees", [], mary, under=None)
    assert len(get_tree(session, village.angus.id)) == len(STARTING_CATEGORIES) + 1


def test_risks_of_several_categories_are_listed_once_each(tree):
    ids = [tree.by_key[key].id for key in ("home/house-sitting", "outdoors/feeding-pets", "getting-about/lifts")]
    assert tree.risks_of(ids) == [Risk.HOME_VISIT, Risk.DRIVING, Risk.KEYS]
