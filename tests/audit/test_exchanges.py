"""Filters of all exchanges: what fits is listed and counted, exactly that, and never another bank's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.people import NOW, TODAY, join, make_confirmed, make_recorded, terms
from timebank import clock
from timebank.actors import Doing
from timebank.audit.exchanges import ExchangeFilter, count_exchanges, list_batches, list_exchanges
from timebank.audit.rules import MOVED
from timebank.banks.models import Area
from timebank.exchanges import actions, reversals
from timebank.exchanges.models import Exchange
from timebank.exchanges.rules import State
from timebank.listings.models import Category
from timebank.members.models import Membership

YESTERDAY, LAST_MONTH = TODAY - timedelta(days=1), TODAY - timedelta(days=30)


def make_category(session, bank, name, parent=None):
    row = Category(bank_id=bank.id, id=clock.next_id(), parent_id=parent, name=name, position=1)
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def ids(session, village):
    """Five exchanges of Angus, each unlike the others, and one of Perth that is like all of them."""
    home = make_category(session, village.angus, "Home")
    cleaning = make_category(session, village.angus, "Cleaning", home)
    garden = make_category(session, village.angus, "Garden")
    area = Area(bank_id=village.angus.id, id=clock.next_id(), name="Forfar")
    session.add(area)
    session.flush()
    session.execute(update(Membership).where(Membership.id == village.grace.membership_id).values(area_id=area.id))
    zoe = join(session, village.angus, "Zoë Müller")
    made = {
        "roses": make_confirmed(session, village, village.ada, village.linus, what="Cut the roses", minutes=90),
        "floor": make_confirmed(
            session, village, village.grace, village.ada, what="Washed the floor", minutes=60, day=LAST_MONTH
        ),
        "lift": make_confirmed(session, village, village.linus, zoe, what="Lift, 100% on time", minutes=30),
        "letter": make_recorded(session, village, zoe, village.ada, what="Wrote a letter", minutes=45, day=YESTERDAY),
        "lamp": actions.propose(
            session,
            village.angus,
            terms(village.ada, village.linus, what="Mend the lamp", day=TODAY + timedelta(days=3)),
            Doing(village.ada, NOW, "lamp"),
        ),
    }
    for name, category in (("roses", garden), ("floor", cleaning), ("lamp", home)):
        session.execute(update(Exchange).where(Exchange.code == made[name]).values(category_id=category))
    reversal = reversals.propose(session, made["lift"], Doing(village.mary, NOW), reason="Twice")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    perth = replace(village, angus=village.perth)
    make_confirmed(session, perth, village.perdita, join(session, village.perth, "Ada Lamont"), what="Cut the roses")
    return {"home": home, "cleaning": cleaning, "garden": garden, "area": area.id, **made}


#: What is asked (names stand for ids): what fits, newest first, and its minutes (moved, waiting, taken back).
FILTERS = [
    ({}, ["lamp", "letter", "lift", "floor", "roses"], (150, 45, 30)),
    ({"words": "roses"}, ["roses"], (90, 0, 0)),
    ({"words": "THE"}, ["lamp", "floor", "roses"], (150, 0, 0)),
    ({"words": "the lamp"}, ["lamp"], (0, 0, 0)),
    ({"words": "100%"}, ["lift"], (0, 0, 30)),
    ({"words": "1_0\\%"}, ["lift"], (0, 0, 30)),
    ({"words": "LÄMP\u200b"}, ["lamp"], (0, 0, 0)),
    ({"words": "100_floor"}, [], (0, 0, 0)),
    ({"words": "%"}, [], (0, 0, 0)),
    ({"person": "muller"}, ["letter", "lift"], (0, 45, 30)),
    ({"person": "zoe müller"}, ["letter", "lift"], (0, 45, 30)),
    ({"person": "grace"}, ["floor"], (60, 0, 0)),
    ({"person": "nobody"}, [], (0, 0, 0)),
    ({"category_ids": ("garden",)}, ["roses"], (90, 0, 0)),
    ({"category_ids": ("home", "cleaning")}, ["lamp", "floor"], (60, 0, 0)),
    ({"area_id": "area"}, ["floor"], (60, 0, 0)),
    ({"states": MOVED}, ["floor", "roses"], (150, 0, 0)),
    ({"states": (State.REVERSED,)}, ["lift"], (0, 0, 30)),
    ({"first": TODAY}, ["lamp", "lift", "roses"], (90, 0, 30)),
    ({"first": TODAY, "last": TODAY}, ["lift", "roses"], (90, 0, 30)),
    ({"last": YESTERDAY}, ["letter", "floor"], (60, 45, 0)),
    ({"first": YESTERDAY, "last": LAST_MONTH}, [], (0, 0, 0)),
    ({"person": "ada", "states": MOVED, "first": TODAY, "words": "roses"}, ["roses"], (90, 0, 0)),
]


def _filter_of(conditions, ids):
    fields = dict(conditions)
    if "category_ids" in conditions:
        fields["category_ids"] = tuple(ids[name] for name in conditions["category_ids"])
    if "area_id" in conditions:
        fields["area_id"] = ids[conditions["area_id"]]
    return ExchangeFilter(**fields)


@pytest.mark.parametrize(("conditions", "fits", "minutes"), FILTERS, ids=lambda value: str(value)[:60])
def test_a_filter_lists_its_matches_and_totals_exactly_them(session, village, ids, conditions, fits, minutes):
    filters = _filter_of(conditions, ids)
    rows = list_exchanges(session, village.angus.id, filters).rows
    assert sorted(row.code for row in rows) == sorted(ids[name] for name in fits)
    assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
    totals = count_exchanges(session, village.angus.id, filters)
    assert totals.exchanges == len(fits)
    assert (totals.moved_minutes, totals.waiting_minutes, totals.reversed_minutes) == minutes


def test_a_person_is_found_by_number_and_no_number_is_too_long(session, village, ids):
    filters = ExchangeFilter(person=str(village.grace.number))
    assert [row.code for row in list_exchanges(session, village.angus.id, filters).rows] == [ids["floor"]]
    assert list_exchanges(session, village.angus.id, ExchangeFilter(person="9" * 40)).rows == []


def test_pages_and_batches_hold_each_exchange_once(session, village, ids):
    every = [row.id for row in list_exchanges(session, village.angus.id, ExchangeFilter()).rows]
    first = list_exchanges(session, village.angus.id, ExchangeFilter(), size=3)
    second = list_exchanges(session, village.angus.id, ExchangeFilter(), below=first.next, size=3)
    assert [row.id for page in (first, second) for row in page.rows] == every
    assert second.next is None
    batches = list(list_batches(session, village.angus.id, ExchangeFilter(), size=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [row.id for batch in batches for row in batch] == every


def test_another_banks_exchanges_are_its_own(session, village, ids):
    assert count_exchanges(session, village.perth.id, ExchangeFilter()).exchanges == 1
    for asked in ({"category_ids": (ids["garden"],)}, {"area_id": ids["area"]}, {"person": "zoe"}):
        assert count_exchanges(session, village.perth.id, ExchangeFilter(**asked)).exchanges == 0
    own = set(session.scalars(select(Exchange.code).where(Exchange.bank_id == village.perth.id)))
    assert {row.code for row in list_exchanges(session, village.perth.id, ExchangeFilter()).rows} == own
