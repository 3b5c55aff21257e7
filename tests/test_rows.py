"""Read models and pages, as every list of rows is made."""

from dataclasses import dataclass
from typing import NamedTuple

import pytest
from sqlalchemy import select

from timebank.banks.models import Area
from timebank.listings.rules import ListingKind
from timebank.rows import Page, columns_of, cut, fetch, fetch_first, fetch_numbered, fetch_page, next_number
from timebank.states import InState, one_of


class AreaName(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AreaObject:
    id: int
    name: str


AREAS = ("Brechin", "Forfar", "Kirriemuir", "Letham", "Montrose")


@pytest.fixture
def areas(session, village):
    session.add_all(
        Area(bank_id=village.angus.id, id=number, name=name) for number, name in enumerate(AREAS, start=901)
    )
    session.flush()
    return select(*columns_of(Area, AreaName)).where(Area.id > 900).order_by(Area.id)


@pytest.mark.parametrize("model", [AreaName, AreaObject])
def test_rows_are_read_in_the_order_of_the_fields(session, areas, model):
    assert [row.name for row in fetch(session, areas, model)] == list(AREAS)
    assert fetch_first(session, areas, model) == model(901, "Brechin")
    assert fetch_first(session, areas.where(Area.id > 950), model) is None


def test_a_page_ends_with_the_id_after_which_the_next_begins(session, areas):
    first = fetch_page(session, areas, AreaName, 2)
    assert ([row.id for row in first.rows], first.next, first.has_next) == ([901, 902], 902, True)
    last = fetch_page(session, areas.where(Area.id > 903), AreaName, 2)
    assert ([row.id for row in last.rows], last.next, last.has_next) == ([904, 905], None, False)


def test_numbered_pages_go_on_until_the_rows_end(session, areas):
    pages = [fetch_numbered(session, areas, AreaName, 2, number) for number in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [2, 2, 1, 0]
    assert [(page.number, page.next) for page in pages] == [(1, 2), (2, 3), (3, None), (4, None)]


def test_a_page_is_cut_by_any_mark():
    assert cut([(3,), (2,), (1,)], 2, lambda row: row[0]) == Page([(3,), (2,)], 2)
    assert cut([(3,), (2,)], 2, lambda row: row[0]) == Page([(3,), (2,)], None)


class Lamp:
    is_lit = InState("colour", "red", "green")

    def __init__(self, colour):
        self.colour = colour


def test_an_attribute_says_whether_a_field_holds_one_of_some_values():
    assert [Lamp(colour).is_lit for colour in ("red", "green", "off")] == [True, True, False]
    assert isinstance(Lamp.is_lit, InState)


def test_a_numbered_history_begins_at_one_and_goes_on(session, village, areas):
    of_angus = (Area.bank_id == village.angus.id, Area.id > 900)
    assert next_number(session, Area.id, *of_angus) == 906
    assert next_number(session, Area.id, Area.bank_id == -1) == 1


def test_a_check_lists_the_words_of_an_enum():
    assert one_of("kind", ListingKind) == "kind IN ('offer', 'request')"
    assert one_of("VALUE", [ListingKind.OFFER]) == "VALUE IN ('offer')"
