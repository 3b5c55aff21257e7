"""What members read on home of how they could help and what they could ask for, and what they never read there."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from tests.matching.places import live_in, make_areas
from tests.people import NOW, TODAY, make_confirmed, make_recorded, terms
from timebank.actors import Doing, Hand, How, Role, Standing, acting_for
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.exchanges import actions as exchanges
from timebank.listings import actions
from timebank.listings.queries import find_line, find_listing
from timebank.listings.rules import ListingKind, Move
from timebank.matching.candidates import list_candidates
from timebank.matching.dismissal_models import DismissedSuggestion
from timebank.matching.dismissing import dismiss
from timebank.matching.rules import Reason
from timebank.matching.suggestion_rules import DISMISSED_FOR, MOST_SUGGESTIONS, OneWay, SuggestionKind
from timebank.matching.suggestions import list_suggestions
from timebank.members.models import Membership
from timebank.trail.models import TrailRow
from timebank.week import MORNING, part

LONG_AGO = NOW - timedelta(days=120)


@pytest.fixture
def asks(list_it, village):
    """`asks('Weeding')` is a request of Grace's; gives its code."""

    def ask(title="Weeding the roses", *keys, by=village.grace, **more):
        return list_it(title, *keys, kind=ListingKind.REQUEST, by=by, **{"in_person": True} | more)

    return ask


@pytest.fixture
def suggested(session):
    def read(actor, now=NOW, today=TODAY):
        return list_suggestions(session, actor, now=now, today=today)

    return read


@pytest.fixture
def could_help(suggested):
    """`could_help(village.ada)` are the titles of the requests that she could help with."""

    def read(actor, **more):
        return [row.request.title for row in suggested(actor, **more) if row.request]

    return read


@pytest.fixture
def could_ask(suggested):
    """`could_ask(village.ada)` are the keys of the kinds that she could ask for."""

    def read(actor, **more):
        return [row.offered.key for row in suggested(actor, **more) if row.offered]

    return read


@pytest.fixture
def says_no(session, village):
    count = iter(range(1000))

    def say(actor, kind, about, now=NOW):
        dismiss(session, village.angus, SuggestionKind(kind), about, Doing(actor, now, f"no-{next(count)}"))

    return say


@pytest.fixture
def areas(session, village):
    """Forfar (1), Brechin (2) half an hour away, and Montrose (3), of which nobody knows how far it is."""
    make_areas(session, village)


def test_a_request_that_fits_what_i_offer_is_suggested_without_a_word_of_balances(
    suggested, list_it, asks, village, session
):
    make_confirmed(session, village, village.linus, village.ada, minutes=600)
    list_it("Gardening, hedges and weeding", by=village.ada)
    code = asks()
    asks("Guitar lessons", "arts/music")
    (only,) = [row for row in suggested(village.ada) if row.request]
    assert (only.kind, only.about, only.request.code) == (SuggestionKind.HELP, code, code)
    assert only.request.name == village.grace.name
    assert {line.reason for line in only.request.lines} == {Reason.WORDS, Reason.KIND}


def test_who_offers_nothing_reads_of_no_request(could_help, asks, village):
    asks()
    assert could_help(village.ada) == []


def test_the_best_three_are_named_in_their_order(could_help, list_it, asks, village):
    list_it("Weeding and roses", by=village.ada)
    for title in ("Mowing the lawn", "Weeding", "Weeding and roses", "Roses to prune"):
        asks(title)
    titles = could_help(village.ada)
    assert titles[0] == "Weeding and roses"
    assert len(titles) == MOST_SUGGESTIONS


def test_what_cannot_be_found_or_was_answered_or_is_mine_is_not_suggested(could_help, list_it, asks, village, session):
    list_it("Weeding", by=village.ada)
    asks("Weeding mine", by=village.ada)
    closed = asks("Weeding closed")
    actions.move(session, village.angus, closed, Move.CLOSE, Doing(village.grace, NOW, "close"))
    asks("Weeding of one who is suspended", by=village.linus)
    session.execute(update(Membership).where(Membership.code == village.linus.code).values(standing=Standing.SUSPENDED))
    answered = find_listing(session, village.angus.id, asks("Weeding answered"))
    offer = replace(terms(village.ada, village.grace), listing_id=answered.id)
    exchanges.propose(session, village.angus, offer, Doing(village.ada, NOW, "answer"))
    assert could_help(village.ada) == []
    asks("Weeding")
    assert could_help(village.ada) == ["Weeding"]


def test_an_offer_that_is_paused_fits_nothing(could_help, list_it, asks, village, session):
    code = list_it("Weeding", by=village.ada)
    asks()
    actions.move(session, village.angus, code, Move.PAUSE, Doing(village.ada, NOW, "pause"))
    assert could_help(village.ada) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_member_reads_of_a_request_when_a_broker_may_ask_them(
    could_help, list_it, says, asks, village, session, areas, seed
):
    chance = Random(seed)  # noqa: S311 (the same each time, and no secret)
    code = asks(
        "Weeding and roses",
        area_id=chance.choice([None, 1]),
        in_person=chance.choice([True, True, False]),
        suits=chance.choice([0, part(0, MORNING)]),
        wanted_on=chance.choice([None, TODAY, TODAY + timedelta(days=2), TODAY - timedelta(days=8)]),
        every_week=True,
    )
    says(village.grace, languages=frozenset(chance.choice([{"en"}, {"pl"}])))
    helpers = (village.ada, village.linus, village.rosa, village.mary)
    for actor in helpers:
        list_it("Weeding and roses", by=actor)
        live_in(session, village, actor, chance.choice([1, 2, 3, None]))
        away = chance.choice([None, None, TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=6)])
        if chance.random() < 0.8:
            says(
                actor,
                free_parts=chance.choice([0, part(0, MORNING), part(5, MORNING)]),
                away_from=away,
                away_until=away,
                farthest_minutes=chance.choice([None, 0, 30]),
                most_invitations=chance.choice([0, 1, 2]),
                languages=frozenset(chance.choice([{"en"}, {"pl"}, {"en", "pl"}])),
            )
    line = find_line(session, village.angus.id, code, TODAY)
    candidates = list_candidates(session, line, village.angus.id, now=NOW, today=TODAY)
    reads = {actor.code for actor in helpers if could_help(actor)}
    assert reads == {candidate.code for candidate in candidates}


def test_what_several_neighbours_offer_can_be_asked_for(could_ask, list_it, village):
    list_it("Baking", "home/cooking", by=village.ada)
    assert could_ask(village.grace) == []
    list_it("Cakes", "home/cooking", by=village.ada)
    assert could_ask(village.grace) == []
    list_it("Soup", "home/cooking", by=village.linus)
    assert could_ask(village.grace) == ["home/cooking"]
    assert could_ask(village.ada) == []


def test_most_neighbours_come_first(could_ask, list_it, village):
    for actor in (village.ada, village.linus, village.rosa):
        list_it("Guitar", "arts/music", by=actor)
    for actor in (village.ada, village.linus):
        list_it("Baking", "home/cooking", by=actor)
    assert could_ask(village.grace) == ["arts/music", "home/cooking"]


@pytest.mark.parametrize(
    ("lives_in", "in_person", "is_near"),
    [(1, True, True), (2, True, True), (3, True, False), (3, False, True), (None, True, False)],
)
def test_neighbours_near_them_count(could_ask, list_it, village, session, areas, lives_in, in_person, is_near):
    for actor in (village.ada, village.linus):
        list_it("Baking", "home/cooking", by=actor, in_person=in_person)
        live_in(session, village, actor, lives_in)
    assert could_ask(village.grace) == ["home/cooking"]  # nobody knows where she lives
    live_in(session, village, village.grace, 1)
    assert could_ask(village.grace) == (["home/cooking"] if is_near else [])


def test_who_asked_or_was_helped_lately_is_told_nothing_to_ask_for(could_ask, list_it, asks, village, session):
    for actor in (village.ada, village.linus):
        list_it("Baking", "home/cooking", by=actor)
    asks("Weeding", now=LONG_AGO, by=village.rosa)
    assert could_ask(village.rosa) == []  # it still stands
    assert could_ask(village.rosa, now=NOW + timedelta(days=300)) == []  # it ran out, and so did the offers
    make_recorded(session, village, village.ada, village.grace)
    assert could_ask(village.grace) == []
    assert could_ask(village.mary) == ["home/cooking"]


def test_a_kind_that_was_asked_for_before_is_not_new(could_ask, list_it, asks, village, session):
    for actor in (village.ada, village.linus):
        list_it("Baking", "home/cooking", by=actor)
        list_it("Guitar", "arts/music", by=actor)
    code = asks("A cake", "home/cooking", now=LONG_AGO)
    actions.move(session, village.angus, code, Move.CLOSE, Doing(village.grace, LONG_AGO, "close"))
    assert could_ask(village.grace) == ["arts/music"]


def _helped(session, village, giver, receiver, times, first=0):
    for number in range(first, first + times):
        make_confirmed(session, village, giver, receiver, what=f"Help {number}", day=TODAY - timedelta(days=number))


def _nudges(rows):
    return [(row.nudge.way, row.nudge.times) for row in rows if row.nudge]


def test_who_only_gives_and_who_only_receives_are_nudged_until_they_do_the_other(suggested, village, session):
    _helped(session, village, village.ada, village.grace, 2)
    assert _nudges(suggested(village.ada)) == _nudges(suggested(village.grace)) == []
    _helped(session, village, village.ada, village.grace, 3, first=2)
    assert _nudges(suggested(village.ada)) == [(OneWay.ONLY_GIVES, 5)]
    assert _nudges(suggested(village.grace)) == [(OneWay.ONLY_RECEIVES, 5)]
    assert _nudges(suggested(village.ada, now=NOW + timedelta(days=400), today=TODAY + timedelta(days=400))) == []
    _helped(session, village, village.grace, village.ada, 1)
    assert _nudges(suggested(village.ada)) == _nudges(suggested(village.grace)) == []


@pytest.mark.parametrize(
    ("helping", "is_nudged"),
    [
        ({}, True),
        ({"most_invitations": 0}, False),
        ({"away_from": TODAY, "away_until": TODAY}, False),
        ({"away_from": TODAY + timedelta(days=1), "away_until": TODAY + timedelta(days=9)}, True),
    ],
)
def test_who_cannot_help_just_now_is_not_asked_to(suggested, says, village, session, helping, is_nudged):
    _helped(session, village, village.ada, village.grace, 3)
    says(village.grace, **helping)
    assert bool(_nudges(suggested(village.grace))) is is_nudged


def test_who_only_gives_but_asks_already_is_left_in_peace(suggested, asks, village, session):
    _helped(session, village, village.ada, village.grace, 3)
    asks(by=village.ada)
    assert _nudges(suggested(village.ada)) == []


def test_dismissed_ones_come_back_after_half_a_year(suggested, says_no, list_it, asks, village, session):
    list_it("Weeding", by=village.ada, now=NOW)
    code = asks()
    for actor in (village.linus, village.rosa):
        list_it("Baking", "home/cooking", by=actor)
    _helped(session, village, village.ada, village.grace, 3)
    kinds = [(str(row.kind), row.about) for row in suggested(village.ada)]
    assert kinds == [("nudge", "only-gives"), ("ask", "home/cooking"), ("help", code)]
    for kind, about in kinds:
        says_no(village.ada, kind, about)
        says_no(village.ada, kind, about)
    assert suggested(village.ada) == []
    assert [row.about for row in suggested(village.ada, now=NOW + DISMISSED_FOR)] == [about for _kind, about in kinds]
    says_no(village.ada, "nudge", "only-gives", now=NOW + DISMISSED_FOR)
    assert _nudges(suggested(village.ada, now=NOW + DISMISSED_FOR)) == []
    assert session.query(DismissedSuggestion).count() == len(kinds)


def test_a_dismissal_is_on_record_and_changes_nothing_for_others(suggested, says_no, list_it, asks, village, session):
    for actor in (village.ada, village.linus):
        list_it("Weeding", by=actor)
    code = asks()
    says_no(village.ada, "help", f"{code[:4]}-{code[4:]}".lower())
    assert [row.about for row in suggested(village.ada)] == []
    assert [row.about for row in suggested(village.linus)] == [code]
    row = session.scalars(select(TrailRow).where(TrailRow.deed == "suggestion.dismissed")).one()
    assert (row.subject, row.done_by) == (f"listing:{code}", village.ada.membership_id)


def test_a_brokers_hand_dismisses_for_the_member(suggested, list_it, asks, village, session):
    list_it("Weeding", by=village.ada)
    code = asks()
    acting = acting_for(village.rosa, village.ada, How.PHONE)
    assert isinstance(acting.hand, Hand)
    assert [row.about for row in suggested(acting)] == [code]
    dismiss(session, village.angus, SuggestionKind.HELP, code, Doing(acting, NOW, "hand"))
    assert suggested(village.ada) == []
    row = session.scalars(select(TrailRow).where(TrailRow.deed == "suggestion.dismissed")).one()
    assert (row.done_by, row.on_behalf_of) == (village.rosa.membership_id, village.ada.membership_id)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("help", "AAAA2222"),
        ("help", ""),
        ("ask", "no/such"),
        ("ask", "x" * 500),
        ("ask", "home/cooking\x00"),
        ("nudge", "only-sleeps"),
    ],
)
def test_what_is_never_suggested_cannot_be_dismissed(says_no, list_it, village, kind, about):
    list_it("Weeding")
    with pytest.raises(NotVisibleError):
        says_no(village.ada, kind, about)


def test_an_offer_or_ones_own_request_cannot_be_dismissed(says_no, list_it, asks, village):
    for code in (list_it("Weeding", by=village.grace), asks(by=village.ada)):
        with pytest.raises(NotVisibleError):
            says_no(village.ada, "help", code)


def test_another_banks_request_is_not_visible(says_no, asks, village, session):
    code = asks()
    with pytest.raises(NotVisibleError):
        dismiss(session, village.perth, SuggestionKind.HELP, code, Doing(village.perdita, NOW, "perth"))


def test_who_only_looks_after_the_bank_or_is_suspended_has_no_suggestions(suggested, says_no, asks, village):
    code = asks()
    assert suggested(village.tom) == []
    with pytest.raises(NotAllowedError):
        says_no(village.tom, "help", code)
    assert Role.MEMBER not in village.tom.roles
