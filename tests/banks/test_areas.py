"""Areas and the ways between them, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.banks import areas
from timebank.banks.errors import AreaNameError, AreaTakenError, TravelMinutesError
from timebank.banks.queries import find_area, list_areas, list_travel, travel_minutes
from timebank.errors import NotAllowedError
from timebank.trail.queries import list_deeds


@pytest.fixture
def mary(village):
    """`mary('form')`: Mary does what the form under this key asks for."""
    return lambda form_key=None: Doing(village.mary, NOW, form_key)


@pytest.fixture
def add(session, village, mary):
    """Add an area to Angus, and read it."""

    def adding(name, *, form_key=None):
        areas.add_area(session, name, mary(form_key or f"add {name}"[:60]))
        return find_area(session, village.angus.id, " ".join(name.split()))

    return adding


def names(session, village, **more):
    return [row.name for row in list_areas(session, village.angus.id, **more)]


def test_areas_are_listed_by_name_in_their_own_bank(session, village, add):
    for name in ("Kirriemuir", "  Forfar ", "Brechin"):
        add(name)
    assert names(session, village) == ["Brechin", "Forfar", "Kirriemuir"]
    assert list_areas(session, village.perth.id) == []
    assert find_area(session, village.perth.id, "Forfar") is None


@pytest.mark.parametrize("name", ["", " ", "..", "-", "For/far", "x" * 61])
def test_an_invalid_area_name_is_refused(add, name):
    with pytest.raises(AreaNameError):
        add(name)


@pytest.mark.parametrize("name", ["Forfar", "FORFAR", " forfar ", "Förfar", "For\u00adfar"])
def test_a_name_is_taken_once_however_it_is_written(session, mary, add, name):
    add("Forfar")
    other = add("Brechin")
    with pytest.raises(AreaTakenError) as refused:
        add(name, form_key="other")
    assert refused.value.values == {"name": "Forfar"}
    with pytest.raises(AreaTakenError):
        areas.rename_area(session, other, name, mary("rename"))


def test_the_same_form_twice_adds_one(session, village, add):
    add("Forfar", form_key="form")
    add("Forfar", form_key="form")
    assert names(session, village) == ["Forfar"]


def test_an_area_is_renamed_and_may_change_only_its_capitals(session, village, mary, add):
    forfar = add("Forfar")
    areas.rename_area(session, forfar, "FORFAR", mary("one"))
    areas.rename_area(session, forfar, "Forfar and Letham", mary("two"))
    assert names(session, village) == ["Forfar and Letham"]
    deeds = [row.deed for row in list_deeds(session, village.angus.id, "area:Forfar and Letham")]
    assert deeds == ["area.renamed"]


def test_a_closed_area_is_shown_only_where_it_is_asked_for(session, village, mary, add):
    forfar = add("Forfar")
    for _time in range(2):
        areas.close_area(session, forfar, mary("close"))
    assert (names(session, village), names(session, village, also_closed=True)) == ([], ["Forfar"])
    for _time in range(2):
        areas.reopen_area(session, forfar, mary("reopen"))
    assert names(session, village) == ["Forfar"]
    deeds = [row.deed for row in list_deeds(session, village.angus.id, "area:Forfar")]
    assert deeds == ["area.added", "area.closed", "area.opened"]


def test_a_way_is_the_same_there_and_back(session, village, mary, add):
    forfar, brechin, montrose = add("Forfar"), add("Brechin"), add("Montrose")
    areas.set_travel(session, brechin, {forfar.id: 25, montrose.id: 0}, mary("one"))
    ask = [(forfar, brechin), (brechin, forfar), (brechin, montrose), (forfar, montrose), (forfar, forfar)]
    answers = [travel_minutes(session, village.angus.id, one.id, other.id) for one, other in ask]
    assert answers == [25, 25, 0, None, 0]
    assert travel_minutes(session, village.perth.id, forfar.id, brechin.id) is None


def test_a_way_is_changed_and_forgotten(session, village, mary, add):
    forfar, brechin, montrose = add("Forfar"), add("Brechin"), add("Montrose")
    areas.set_travel(session, forfar, {brechin.id: 25, montrose.id: 40}, mary("one"))
    areas.set_travel(session, brechin, {forfar.id: 30}, mary("two"))
    areas.set_travel(session, montrose, {forfar.id: None}, mary("three"))
    assert list_travel(session, village.angus.id, forfar.id) == {brechin.id: 30}


@pytest.mark.parametrize("minutes", [-1, 601])
def test_a_way_takes_no_less_than_nothing_and_no_more_than_ten_hours(session, mary, add, minutes):
    forfar, brechin = add("Forfar"), add("Brechin")
    with pytest.raises(TravelMinutesError):
        areas.set_travel(session, forfar, {brechin.id: minutes}, mary("one"))


def test_a_closed_area_keeps_the_moment_in_which_it_was_closed(session, village, mary, add):
    forfar = add("Forfar")
    areas.close_area(session, forfar, mary("close"))
    areas.close_area(session, forfar, replace(mary("again"), now=NOW + timedelta(hours=1)))
    assert forfar.closed_at == NOW


@pytest.mark.parametrize("action", [areas.close_area, areas.reopen_area])
def test_only_a_coordinator_closes_and_reopens_whatever_the_area_is(session, village, add, action):
    with pytest.raises(NotAllowedError):
        action(session, add("Forfar"), Doing(village.rosa, NOW, "k"))
