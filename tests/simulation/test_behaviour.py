"""What a seed decides, and how members behave."""

from collections import Counter
from dataclasses import fields, replace
from datetime import date, time

import pytest

from tests.house_rules.tree import ROOT
from timebank.listings.starting_categories import STARTING_CATEGORIES
from timebank.simulation.behaviour import Load, Reply, looks, offers_help, readiness, reply
from timebank.simulation.chance import Chance
from timebank.simulation.comparing import compare_usual, compare_varied
from timebank.simulation.figures import Figures
from timebank.simulation.kinds import KINDS
from timebank.simulation.parameters import USUAL, VARIED, Parameters, list_figures
from timebank.simulation.script import Liveliness, Neighbour, Wish, write_script
from timebank.week import ANY_TIME, WEEKEND

RESTED = Load()
WISH = Wish(7, 20, 0, 3, "A shelf to put up", 60, None, None)
REQUESTS = [WISH._replace(number=number) for number in range(4000)]
NEIGHBOUR = Neighbour(1, Liveliness.LIVELY, (3, 5, 8), ANY_TIME, says_when=True)


def _replies(neighbour, load=RESTED, *, is_free=True):
    counted = Counter(reply(USUAL, Chance(1), neighbour, wish, load, is_free=is_free) for wish in REQUESTS)
    return {answer: counted[answer] / len(REQUESTS) for answer in Reply}


def test_a_number_hangs_on_its_seed_and_names_alone():
    assert Chance(1).number("looks", 3) == Chance(1).number("looks", 3)
    assert len({Chance(seed).number(name, 3) for seed in (1, 2) for name in ("looks", "asks")}) == 4
    numbers = [Chance(1).number("any", number) for number in range(10_000)]
    assert 0 <= min(numbers) < max(numbers) < 1
    assert sum(numbers) / len(numbers) == pytest.approx(0.5, abs=0.02)


def test_choices_are_as_likely_as_they_are_said_to_be():
    chance = Chance(1)
    counted = Counter(chance.weighted([1, 0, 3], "choice", number) for number in range(4000))
    assert set(counted) == {0, 2}
    assert counted[2] / 4000 == pytest.approx(0.75, abs=0.03)
    assert {chance.whole(3, 5, number) for number in range(100)} == {3, 4, 5}


def test_a_script_has_the_numbers_of_its_parameters():
    script = write_script(USUAL, Chance(1), 365)
    assert (len(script.neighbours), len(script.offers), len(script.meetings)) == (126, 39, 113)
    assert Counter(wish.day > 0 for wish in script.wishes) == {True: 114, False: 38}
    assert Counter(neighbour.liveliness for neighbour in script.neighbours) == {"lively": 25, "quiet": 63, "asleep": 38}
    assert script == write_script(USUAL, Chance(1), 365) != write_script(USUAL, Chance(2), 365)


def test_people_offer_what_they_can_do_and_each_kind_once():
    script = write_script(replace(USUAL, offers=200), Chance(3), 365)
    kinds = [(offer.owner, offer.kind) for offer in script.offers]
    assert len(set(kinds)) == len(kinds) == 200
    assert all(offer.kind in script.neighbours[offer.owner].kinds for offer in script.offers)
    assert len(write_script(replace(USUAL, offers=9999), Chance(3), 365).offers) == 126 * USUAL.kinds_each


def test_who_is_asleep_asks_nothing_and_meets_nobody():
    script = write_script(USUAL, Chance(4), 365)
    asleep = {neighbour.number for neighbour in script.neighbours if neighbour.liveliness is Liveliness.ASLEEP}
    assert not asleep & {wish.asker for wish in script.wishes}
    assert not asleep & {number for meeting in script.meetings for number in (meeting.giver, meeting.receiver)}
    assert all(meeting.giver != meeting.receiver for meeting in script.meetings)


def test_requests_for_a_day_are_days_ahead_and_those_of_the_first_day_for_any():
    wishes = write_script(USUAL, Chance(5), 365).wishes
    assert {wish.days_ahead for wish in wishes if wish.day == 0} == {None}
    dated = [wish for wish in wishes if wish.days_ahead is not None]
    assert len(dated) / 114 == pytest.approx(USUAL.dated_share, abs=0.15)
    assert all(3 <= wish.days_ahead <= 17 and wish.at for wish in dated)


def test_people_look_once_a_week_or_once_in_thirty_days_or_never():
    days = {
        liveliness: sum(looks(replace(NEIGHBOUR, liveliness=liveliness), Chance(1), day) for day in range(210))
        for liveliness in Liveliness
    }
    assert days == {Liveliness.LIVELY: 30, Liveliness.QUIET: 7, Liveliness.ASLEEP: 0}


def test_who_is_tired_or_busy_is_less_ready():
    assert readiness(USUAL, Load()) == 1
    assert readiness(USUAL, Load(asks=2)) == pytest.approx(0.64)
    assert readiness(USUAL, Load(asks=1, agreed=1)) == pytest.approx(0.48)


def test_replies_come_as_often_as_they_are_assumed_to():
    fitting = _replies(NEIGHBOUR)
    assert fitting[Reply.YES] == pytest.approx(0.85 * 0.5, abs=0.03)
    assert fitting[Reply.NOTHING] == pytest.approx(0.15, abs=0.03)
    assert fitting[Reply.LESS] == pytest.approx(0.85 * 0.5 * 0.1, abs=0.02)
    assert _replies(replace(NEIGHBOUR, kinds=(1,)))[Reply.YES] == pytest.approx(0.085, abs=0.02)
    assert _replies(NEIGHBOUR, Load(asks=3))[Reply.YES] == pytest.approx(0.85 * 0.5 * 0.512, abs=0.03)
    assert _replies(NEIGHBOUR, is_free=False)[Reply.YES] == 0
    assert _replies(replace(NEIGHBOUR, liveliness=Liveliness.ASLEEP))[Reply.NOTHING] == 1


def test_help_is_offered_as_often_as_it_is_assumed_to_be():
    offered = sum(offers_help(USUAL, Chance(1), NEIGHBOUR, wish, Load()) for wish in REQUESTS)
    assert offered / len(REQUESTS) == pytest.approx(USUAL.own_fitting, abs=0.01)


def test_who_is_free_at_weekends_is_not_on_a_monday():
    neighbour = replace(NEIGHBOUR, free_parts=WEEKEND)
    assert not neighbour.is_free(date(2029, 1, 1), time(10))
    assert neighbour.is_free(date(2029, 1, 6), None)


def test_each_kind_is_one_that_every_bank_has():
    assert {kind.key for kind in KINDS} <= {category.key for category in STARTING_CATEGORIES}
    assert len({kind.key for kind in KINDS}) == 24
    assert {(len(kind.offers), len(kind.requests)) for kind in KINDS} == {(2, 3)}


def test_halving_and_doubling_changes_one_assumption_and_stays_in_range():
    names = {name for variation in VARIED for name in variation.fields}
    assert names <= {figure.name for figure in fields(Parameters)}
    by_name = {variation.name: variation for variation in VARIED}
    assert by_name["tiring of being asked"].of(USUAL, 2) == replace(USUAL, tires=0.4)
    answers = by_name["chance of an answer"].of(USUAL, 2)
    assert (answers.lively_answers, answers.quiet_answers) == (1, 1)
    assert by_name["days of the board in a week"].of(USUAL, 0.5) == replace(USUAL, board_days=1)
    assert by_name["kinds that each member can do"].of(USUAL, 0.5) == replace(USUAL, kinds_each=2)
    assert by_name["share of members asleep"].of(USUAL, 2).asleep_share == pytest.approx(0.6)


def test_each_year_is_played_once_and_stands_beside_its_seed():
    asked = []

    def play(years):
        asked.extend(years)
        return [Figures(year.seed, *[float(year.with_board)] * 11) for year in years]

    usual = compare_usual(USUAL, (1, 2), 365, play)
    assert [figures.fill_rate for figures in usual.with_board] == [1, 2]
    _without, _with, difference = usual.summaries()
    assert (difference["fill_rate"].mean, difference["both_sides"].mean) == (0, 1)
    asked.clear()
    comparisons = compare_varied((1, 2), 365, play)
    assert len(comparisons) == 1 + 2 * len(VARIED)
    assert len(asked) == len(set(asked)) == 2 * (2 * len(comparisons) - 4)  # two of the board's leave one year as it is


def test_the_page_lists_each_figure_as_it_is():
    page = (ROOT / "docs" / "simulation.md").read_text()
    for name, value, source, meaning in list_figures():
        assert f"| `{name}` | {value} | {source} | {meaning} |" in page
