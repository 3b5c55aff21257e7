"""What may be done with a listing, as tables."""

from dataclasses import replace
from datetime import date

import pytest

from timebank.actors import Actor, Role, Standing
from timebank.listings import rules
from timebank.listings.errors import CategoriesError, NoTitleError
from timebank.listings.rules import Life, ListingText, Move, Risk

ADA = Actor(1, 10, 100, 1000, "Ada", "AAAA", 101, frozenset({Role.MEMBER}))
ROSA = replace(ADA, membership_id=11, roles=frozenset({Role.MEMBER, Role.BROKER}))
TOM = replace(ADA, membership_id=12, roles=frozenset({Role.TRUSTEE}))
SAID = ListingText("Gardening", "", (1,))


@pytest.mark.parametrize(
    ("life", "move", "then"),
    [
        (Life.OPEN, Move.PAUSE, Life.PAUSED),
        (Life.OPEN, Move.CLOSE, Life.CLOSED),
        (Life.OPEN, Move.REOPEN, None),
        (Life.OPEN, Move.RECONFIRM, Life.OPEN),
        (Life.OPEN, Move.CHANGE, Life.OPEN),
        (Life.PAUSED, Move.PAUSE, None),
        (Life.PAUSED, Move.CLOSE, Life.CLOSED),
        (Life.PAUSED, Move.REOPEN, Life.OPEN),
        (Life.PAUSED, Move.RECONFIRM, None),
        (Life.PAUSED, Move.CHANGE, Life.PAUSED),
        (Life.CLOSED, Move.PAUSE, None),
        (Life.CLOSED, Move.CLOSE, None),
        (Life.CLOSED, Move.REOPEN, Life.OPEN),
        (Life.CLOSED, Move.RECONFIRM, None),
        (Life.CLOSED, Move.CHANGE, Life.CLOSED),
    ],
)
def test_each_move_leads_from_each_life_where_the_table_says(life, move, then):
    assert rules.after(life, move) == then


@pytest.mark.parametrize(
    ("who", "owner", "may"),
    [
        (ADA, 10, True),
        (ADA, 11, False),
        (ROSA, 10, True),
        (TOM, 10, False),
        (TOM, 12, False),
        (replace(ADA, standing=Standing.SUSPENDED), 10, False),
        (replace(ROSA, standing=Standing.LEFT), 10, False),
    ],
)
def test_its_owner_and_a_broker_change_a_listing(who, owner, may):
    assert rules.may_change(owner, who) is may


@pytest.mark.parametrize(("who", "held", "may"), [(ROSA, True, True), (ROSA, False, False), (ADA, True, False)])
def test_a_broker_hands_over_what_was_imported_and_nothing_else(who, held, may):
    assert rules.may_hand_over(who, held=held) is may


@pytest.mark.parametrize("title", ["", "  ", "!!!", "\u200b"])
def test_a_listing_needs_a_title(title):
    with pytest.raises(NoTitleError):
        rules.check(replace(SAID, title=title))


@pytest.mark.parametrize(("ids", "is_right"), [((), False), ((1,), True), ((1, 2, 3), True), ((1, 2, 3, 4), False)])
def test_a_listing_stands_in_one_to_three_categories(ids, is_right):
    if is_right:
        rules.check(replace(SAID, category_ids=ids))
    else:
        with pytest.raises(CategoriesError):
            rules.check(replace(SAID, category_ids=ids))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 21), 6, date(2027, 5, 21)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_the_review_falls_on_the_same_day_of_a_later_month(day, months, then):
    assert rules.review_day(day, months) == then


def test_risks_are_kept_in_one_order_and_read_back():
    assert rules.write_risks([Risk.MONEY, Risk.HOME_VISIT]) == "home_visit money"
    assert rules.read_risks("home_visit money nonsense") == {Risk.HOME_VISIT, Risk.MONEY}
    assert len(rules.write_risks(Risk)) <= 120


@pytest.mark.parametrize(("listed", "has"), [(0, True), (39, True), (40, False), (60, False)])
def test_how_much_a_member_may_have_in_the_lists(listed, has):
    assert rules.has_room(listed) is has
