"""Who is ranked for a request, in which order, and who is never among them."""

from datetime import time, timedelta
from random import Random

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY
from timebank.actors import Doing, Standing
from timebank.banks.models import Area, AreaTravel
from timebank.listings import actions
from timebank.listings.rules import Move
from timebank.matching.candidates import MOST_CANDIDATES
from timebank.matching.rules import Order, Reason, may_go
from timebank.members.models import Membership
from timebank.members.rules import Helping, is_away
from timebank.week import EVENING, MORNING, part

#: The first Friday from TODAY, a Saturday, on.
FRIDAY = TODAY + timedelta(days=6)


def names(found):
    return [candidate.name.split()[0] for candidate in found]


def live_in(session, village, actor, area_id):
    session.execute(
        update(Membership)
        .where(Membership.bank_id == village.angus.id, Membership.id == actor.membership_id)
        .values(area_id=area_id)
    )


@pytest.fixture
def areas(session, village):
    """Forfar (1), Brechin (2) half an hour away, and Montrose (3), of which nobody knows how far it is."""
    for id_, name in ((1, "Forfar"), (2, "Brechin"), (3, "Montrose")):
        session.add(Area(bank_id=village.angus.id, id=id_, name=name))
    session.flush()
    session.add(AreaTravel(bank_id=village.angus.id, first_area_id=1, second_area_id=2, minutes=30))
    session.flush()


def test_who_offers_what_is_asked_for_comes_first_and_says_why(candidates, list_it, village):
    list_it("Gardening, hedges and weeding", by=village.ada)
    list_it("Guitar lessons", "arts/music", by=village.linus)
    first, *others = candidates("Weeding the roses")
    assert first.name == village.ada.name
    assert first.offers == ("Gardening, hedges and weeding",)
    assert {Reason.WORDS, Reason.KIND} <= {line.reason for line in first.lines}
    assert first.score == pytest.approx(sum(line.value for line in first.lines))
    assert all(first.score > other.score for other in others)


def test_who_asks_and_who_cannot_be_found_are_not_among_them(candidates, list_it, village, session):
    list_it("Weeding", by=village.grace)
    paused = list_it("Weeding roses", by=village.ada)
    list_it("Weeding beds", by=village.linus)
    actions.move(session, village.angus, paused, Move.PAUSE, Doing(village.ada, NOW, "pause"))
    session.execute(
        update(Membership)
        .where(Membership.bank_id == village.angus.id, Membership.id == village.linus.membership_id)
        .values(standing=Standing.SUSPENDED)
    )
    assert names(candidates()) == []


@pytest.mark.parametrize(
    ("helping", "is_asked"),
    [
        ({}, True),
        ({"most_invitations": 0}, False),
        ({"away_from": TODAY, "away_until": TODAY}, False),
        ({"away_from": TODAY + timedelta(days=1), "away_until": TODAY + timedelta(days=9)}, True),
        ({"free_parts": part(0, MORNING)}, True),
        ({"free_parts": part(1, MORNING)}, False),
        ({"languages": frozenset({"pl"})}, False),
        ({"languages": frozenset({"pl", "en"})}, True),
    ],
)
def test_what_somebody_says_of_helping_is_kept(candidates, list_it, says, village, helping, is_asked):
    list_it("Weeding", by=village.ada)
    says(village.ada, **helping)
    assert names(candidates(suits=part(0, MORNING))) == (["Ada"] if is_asked else [])


def test_a_language_of_whoever_asks_is_shared(candidates, list_it, says, village):
    list_it("Weeding", by=village.ada)
    list_it("Weeding beds", by=village.linus)
    says(village.grace, languages=frozenset({"pl"}))
    says(village.linus, languages=frozenset({"pl"}))
    assert names(candidates()) == ["Linus"]


@pytest.mark.parametrize(
    ("lives_in", "farthest", "is_asked"),
    [
        (1, 0, True),
        (2, 0, False),
        (2, 15, False),
        (2, 30, True),
        (2, None, True),
        (3, 30, False),
        (3, None, True),
        (None, 0, False),
    ],
)
def test_nobody_is_asked_to_go_farther_than_they_said(
    candidates, list_it, says, village, session, areas, lives_in, farthest, is_asked
):
    list_it("Weeding", by=village.ada)
    live_in(session, village, village.ada, lives_in)
    says(village.ada, farthest_minutes=farthest)
    assert names(candidates(area_id=1)) == (["Ada"] if is_asked else [])
    assert names(candidates("Weeding advice by phone", area_id=1, in_person=False, by_phone=True)) == ["Ada"]


def test_nearness_orders_equals_and_alone_orders_all(candidates, list_it, village, session, areas):
    list_it("Weeding", by=village.ada)
    list_it("Weeding", by=village.linus)
    list_it("Guitar lessons", "arts/music", by=village.rosa)
    live_in(session, village, village.ada, 2)
    live_in(session, village, village.linus, 1)
    assert names(candidates(area_id=1))[:2] == ["Linus", "Ada"]
    assert names(candidates(area_id=1, order=Order.NEAR))[0] == "Linus"


def test_a_member_is_named_once_with_the_offers_that_fit(candidates, list_it, village):
    list_it("Weeding", by=village.ada)
    list_it("Pruning roses", by=village.ada)
    list_it("Gardening and roses", by=village.ada)
    (only,) = candidates("Weeding and roses")
    assert len(only.offers) == 2


def test_another_banks_members_are_not_among_them(candidates, list_it, village):
    assert candidates() == []
    assert MOST_CANDIDATES > 1


@pytest.mark.parametrize("seed", range(6))
def test_no_hard_filter_is_ever_broken(candidates, list_it, says, village, session, areas, seed):
    chance = Random(seed)  # noqa: S311 (the same each time, and no secret)
    travel = {1: 0, 2: 30}
    said, lives = {}, {}
    for actor in (village.ada, village.linus, village.rosa, village.mary):
        list_it("Weeding and roses", by=actor)
        away = chance.choice([None, TODAY])
        said[actor.name] = Helping(
            free_parts=chance.choice([0, part(0, MORNING), part(2, MORNING)]),
            away_from=away,
            away_until=away,
            farthest_minutes=chance.choice([None, 0, 30]),
            most_invitations=chance.choice([0, 1, 2]),
            languages=frozenset(chance.choice([{"en"}, {"pl"}, {"en", "pl"}])),
        )
        says(actor, **{name: getattr(said[actor.name], name) for name in Helping.__slots__})
        lives[actor.name] = chance.choice([1, 2, 3])
        live_in(session, village, actor, lives[actor.name])
    expected = {
        name
        for name, helping in said.items()
        if helping.most_invitations
        and not is_away(helping, TODAY)
        and (not helping.free_parts or helping.free_parts & part(0, MORNING))
        and may_go(travel.get(lives[name]), helping.farthest_minutes)
        and "en" in helping.languages
    }
    assert {candidate.name for candidate in candidates(area_id=1, suits=part(0, MORNING))} == expected


def test_the_kind_that_was_chosen_counts_beside_a_name_in_the_words(candidates, list_it, village):
    list_it("Honey cake and other baking", "home/cooking", by=village.ada)
    list_it("A walk round the village", "getting-about/walking-along", by=village.linus)
    list_it("Walking your dog", "outdoors/dog-walking", by=village.rosa)
    assert names(candidates("Somebody to walk Biscuit on Saturdays", "outdoors/dog-walking"))[0] == "Rosa"


@pytest.mark.parametrize(
    ("helping", "is_asked"),
    [
        ({}, True),
        ({"away_from": TODAY, "away_until": TODAY}, True),
        ({"away_from": FRIDAY, "away_until": FRIDAY}, False),
        ({"free_parts": part(4, EVENING)}, True),
        ({"free_parts": part(3, EVENING)}, False),
    ],
)
def test_the_day_of_a_request_is_kept(candidates, list_it, says, village, helping, is_asked):
    list_it("Weeding", by=village.ada)
    says(village.ada, **helping)
    assert names(candidates(wanted_on=FRIDAY)) == (["Ada"] if is_asked else [])


def test_what_is_wanted_every_week_is_of_its_next_day(candidates, list_it, says, village):
    list_it("Weeding", by=village.ada)
    says(village.ada, away_from=FRIDAY, away_until=FRIDAY)
    assert names(candidates(wanted_on=FRIDAY - timedelta(days=14), every_week=True)) == []


@pytest.mark.parametrize(
    ("at", "parts", "is_asked"),
    [
        (None, part(4, EVENING), True),
        (time(10), part(4, MORNING), True),
        (time(10), part(4, EVENING), False),
        (time(17), part(4, EVENING), True),
        (None, part(5, MORNING), False),
    ],
)
def test_the_time_of_a_request_is_kept_whatever_else_suits(candidates, list_it, says, village, at, parts, is_asked):
    list_it("Weeding", by=village.ada)
    says(village.ada, free_parts=parts)
    asked = candidates(wanted_on=FRIDAY, wanted_time=at, suits=part(5, MORNING))
    assert names(asked) == (["Ada"] if is_asked else [])
