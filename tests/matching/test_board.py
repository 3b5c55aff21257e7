"""The board agrees with the candidates of each request; fairness over a thousand requests; circles."""

from dataclasses import replace
from datetime import time, timedelta
from itertools import combinations
from random import Random
from statistics import median

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY, join
from timebank.actors import Doing
from timebank.banks.models import Area, AreaTravel
from timebank.listings.queries import find_line
from timebank.listings.rules import ListingKind
from timebank.matching import circles as circles_of
from timebank.matching.board import Board
from timebank.matching.board_data import read_board
from timebank.matching.candidates import list_candidates
from timebank.matching.circles import find_circles
from timebank.matching.inviting import InvitationText, invite
from timebank.matching.planning import make_plan
from timebank.members.models import Membership
from timebank.week import MORNING, part

FRIDAY = TODAY + timedelta(days=6)
WORDS = ("Weeding and roses", "A lift to the clinic", "Baking bread", "Help with a computer", "Walking a dog")


@pytest.fixture
def neighbours(session, village, says, list_it):
    """`neighbours(seed)` gives Angus areas, members with wishes, their offers and requests, by chance."""

    def settle(seed, *, number=8):
        chance = Random(seed)  # noqa: S311 (the same each time, and no secret)
        for id_, name in ((1, "Forfar"), (2, "Brechin"), (3, "Montrose")):
            session.add(Area(bank_id=village.angus.id, id=id_, name=name))
        session.flush()
        session.add(AreaTravel(bank_id=village.angus.id, first_area_id=1, second_area_id=2, minutes=30))
        people = [
            village.ada,
            village.linus,
            village.grace,
            *(join(session, village.angus, f"N{n}") for n in range(number)),
        ]
        for actor in people:
            away = chance.choice([None, None, FRIDAY])
            says(
                actor,
                free_parts=chance.choice([0, 0, part(4, MORNING), part(2, MORNING)]),
                away_from=away,
                away_until=away,
                farthest_minutes=chance.choice([None, 0, 30]),
                most_invitations=chance.choice([0, 1, 2, 3]),
                languages=frozenset(chance.choice([{"en"}, {"pl"}, {"en", "pl"}])),
            )
            live_in(session, village, actor, chance.choice([1, 2, 3, None]))
            for _offer in range(chance.choice([0, 1, 2])):
                list_it(chance.choice(WORDS), chance.choice(("outdoors/gardening", "getting-about/lifts")), by=actor)
        codes = [
            list_it(
                chance.choice(WORDS),
                chance.choice(("outdoors/gardening", "getting-about/lifts")),
                by=chance.choice(people),
                kind=ListingKind.REQUEST,
                in_person=chance.choice([True, False]),
                area_id=chance.choice([1, 2, None]),
                suits=chance.choice([0, part(4, MORNING)]),
                helpers_wanted=chance.choice([1, 1, 2]),
                **chance.choice([{}, {"wanted_on": FRIDAY}, {"wanted_on": FRIDAY, "wanted_time": time(10)}]),
            )
            for _request in range(6)
        ]
        return people, codes

    return settle


def live_in(session, village, actor, area_id):
    session.execute(update(Membership).where(Membership.id == actor.membership_id).values(area_id=area_id))


@pytest.mark.parametrize("seed", range(5))
def test_the_board_names_whom_the_candidates_of_each_request_name(session, village, neighbours, seed):
    _people, codes = neighbours(seed)
    lines = [find_line(session, village.angus.id, code, TODAY) for code in codes]
    first = list_candidates(
        session, lines[0], village.angus.id, now=NOW, today=TODAY, barred=[village.rosa.membership_id]
    )
    if first:
        asked = InvitationText(FRIDAY if lines[0].wanted_on else None, lines[0].wanted_time, 60)
        invite(session, village.angus, codes[0], [_id(session, first[0])], asked, Doing(village.rosa, NOW, "first"))
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    compared = Board(data).compare(lines)
    assert any(compared)
    for line, pairings in zip(lines, compared, strict=True):
        candidates = list_candidates(session, line, village.angus.id, now=NOW, today=TODAY)
        assert [pairing.member.code for pairing in pairings][:10] == [candidate.code for candidate in candidates]
        for pairing, candidate in zip(pairings, candidates, strict=False):
            assert pairing.score == pytest.approx(candidate.score, abs=1e-5)
            assert [line.reason for line in pairing.lines] == [line.reason for line in candidate.lines]


def _id(session, candidate):
    return session.scalar(
        Membership.__table__.select().with_only_columns(Membership.id).where(Membership.code == candidate.code)
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_breaks_no_hard_filter(session, village, neighbours, seed):
    neighbours(seed)
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    plan = make_plan(data)
    board, place = Board(data), {member.id: index for index, member in enumerate(data.members)}
    asked = [line.chosen for line in plan.lines if line.chosen]
    assert plan.filled == len(asked)
    for pairing in asked:
        assert board.allowed(pairing.request)[place[pairing.member.id]]
    assert len({(pairing.request.id, pairing.member.id) for pairing in asked}) == len(asked)
    for member in data.members:
        assert sum(pairing.member.id == member.id for pairing in asked) <= member.room
    for line in plan.lines:
        names = [other.member.id for other in line.others]
        assert line.chosen is None or line.chosen.member.id not in names


def test_nobody_is_asked_far_more_often_than_their_equals(session, village, list_it, says):
    people = [join(session, village.angus, f"N{number}") for number in range(24)]
    for actor in people:
        list_it("Weeding and roses", by=actor)
    code = list_it("Weeding the roses", kind=ListingKind.REQUEST, by=village.grace)
    line = find_line(session, village.angus.id, code, TODAY)
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    #: Half of them are below zero; within each half the scores differ by less than .05.
    balances = {actor.membership_id: (-90 if number % 2 else 90) for number, actor in enumerate(people)}
    chance, asked = Random(1), {actor.membership_id: [] for actor in people}  # noqa: S311
    week, weeks = 7, 7 * data.settings.asked_weeks
    for number in range(1000):
        day = number // 3
        members = [
            member._replace(
                balance=balances[member.id],
                asks=sum(day - then < weeks for then in asked[member.id]),
                room=2 - sum(day - then < week for then in asked[member.id]),
            )
            for member in data.members
            if member.id in asked
        ]
        free = {member.id for member in members if member.room > 0 and chance.random() > 0.2}
        compared = Board(replace(data, **_of(data, [member for member in members if member.id in free]))).compare(
            [line]
        )
        if compared[0]:
            asked[compared[0][0].member.id].append(day)
    times = {id_: len(days) for id_, days in asked.items()}
    assert sum(times.values()) > 900
    below = [times[id_] for id_, balance in balances.items() if balance < 0]
    above = [times[id_] for id_, balance in balances.items() if balance > 0]
    for equals in (below, above):
        assert max(equals) <= 3 * median(equals)
    assert min(below) >= 1
    assert median(below) >= median(above)


def _of(data, members):
    """Return the board's members, and of its offers and vectors theirs."""
    place = {member.id: index for index, member in enumerate(members)}
    kept = [
        (offer, row)
        for offer, row in zip(data.offers, data.vectors, strict=True)
        if data.members[offer.owner].id in place
    ]
    offers = [offer._replace(owner=place[data.members[offer.owner].id]) for offer, _row in kept]
    rows = data.vectors[[index for index, offer in enumerate(data.offers) if data.members[offer.owner].id in place]]
    return {"members": members, "offers": offers, "vectors": rows}


@pytest.fixture
def ring(session, village, list_it):
    """Ada can help Linus, Linus can help Grace, and Grace can help Ada; Grace has given hours away."""
    for actor, offers, asks in (
        (village.ada, WORDS[0], WORDS[1]),
        (village.linus, WORDS[2], WORDS[0]),
        (village.grace, WORDS[1], WORDS[2]),
    ):
        list_it(offers, KINDS[offers], by=actor)
        list_it(asks, KINDS[asks], by=actor, kind=ListingKind.REQUEST)


KINDS = {
    WORDS[0]: "outdoors/gardening",
    WORDS[1]: "getting-about/lifts",
    WORDS[2]: "home/cooking",
}


def test_a_circle_of_three_begins_with_who_has_fewest_hours(session, village, ring):
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    balances = {village.ada.membership_id: 60, village.linus.membership_id: -30, village.grace.membership_id: 0}
    data = replace(data, members=[m._replace(balance=balances.get(m.id, 0)) for m in data.members])
    found = find_circles(data)
    (circle,) = found.circles
    assert found.gap == 0
    assert [arc.member.name.split()[0] for arc in circle.arcs] == ["Linus", "Grace", "Ada"]
    assert [arc.request.name.split()[0] for arc in circle.arcs] == ["Grace", "Ada", "Linus"]


def test_a_circle_needs_somebody_below_zero(session, village, ring):
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    assert find_circles(data).circles == ()


@pytest.mark.parametrize("seed", range(4))
def test_circles_equal_brute_force(session, village, neighbours, seed, monkeypatch):
    neighbours(seed, number=12)
    data = read_board(session, village.angus.id, now=NOW, today=TODAY)
    chance = Random(seed)  # noqa: S311
    data = replace(data, members=[m._replace(balance=chance.choice([-60, 60])) for m in data.members])
    found = find_circles(data)
    arcs = circles_of._arcs(data)
    balances = {member.id: member.balance for member in data.members}
    every = [arcs for arcs in circles_of._enumerate(arcs) if circles_of._has_need(arcs, balances)]

    def score(chosen):
        people = [arc.member.id for circle in chosen for arc in circle]
        return sum(arc.score for circle in chosen for arc in circle) if len(people) == len(set(people)) else -1

    best = max((score(chosen) for size in range(4) for chosen in combinations(every[:40], size)), default=0)
    mine = sum(arc.score for circle in found.circles for arc in circle.arcs)
    assert mine >= best - 1e-6
