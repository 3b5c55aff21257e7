"""When a digest is due, what goes into it, and whether that is enough, as tables and properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from timebank.digests.rules import MOST_ASKED, MOST_OFFERED, Item, News, choose, is_due, is_enough
from timebank.notices.rules import Often

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("often", "last", "today", "due"),
    [
        (Often.DAILY, date(2026, 11, 21), date(2026, 11, 21), False),
        (Often.DAILY, date(2026, 11, 21), date(2026, 11, 22), True),
        (Often.WEEKLY, date(2026, 11, 21), date(2026, 11, 22), False),  # Sunday
        (Often.WEEKLY, date(2026, 11, 21), MONDAY, True),
        (Often.WEEKLY, MONDAY, date(2026, 11, 29), False),
        (Often.WEEKLY, MONDAY, date(2026, 12, 1), True),  # no worker ran on the Monday
        (Often.WEEKLY, date(2026, 12, 28), date(2027, 1, 3), False),  # the ISO week of both years
        (Often.WEEKLY, date(2026, 12, 28), date(2027, 1, 4), True),
        (Often.WEEKLY, date(2026, 1, 1), date(2027, 1, 1), True),
        (Often.MONTHLY, date(2026, 11, 1), date(2026, 11, 30), False),
        (Often.MONTHLY, date(2026, 11, 30), date(2026, 12, 1), True),
        (Often.MONTHLY, date(2026, 12, 31), date(2027, 1, 1), True),
        (Often.MONTHLY, date(2025, 12, 31), date(2026, 12, 31), True),
        (Often.AS_THINGS_COME, date(2026, 11, 21), date(2026, 11, 22), True),
    ],
)
def test_a_digest_is_due_as_often_as_was_chosen(often, last, today, due):
    assert is_due(often, last, today) is due


@pytest.mark.parametrize(
    ("often", "number", "days", "enough"),
    [
        (Often.AS_THINGS_COME, 2, 2, False),
        (Often.AS_THINGS_COME, 3, 1, False),
        (Often.AS_THINGS_COME, 3, 2, True),
        (Often.AS_THINGS_COME, 1, 6, False),
        (Often.AS_THINGS_COME, 1, 7, True),
        (Often.AS_THINGS_COME, 0, 30, False),
        (Often.WEEKLY, 0, 7, False),
        (Often.WEEKLY, 1, 7, True),
        (Often.DAILY, 1, 1, True),
    ],
)
def test_an_empty_one_is_not_sent_and_few_things_wait_for_a_week(often, number, days, enough):
    assert is_enough(often, number, MONDAY - timedelta(days=days), MONDAY) is enough


@pytest.mark.parametrize(("often", "sent"), [(Often.DAILY, 365), (Often.WEEKLY, 52), (Often.MONTHLY, 12)])
def test_over_a_year_with_something_new_each_day_each_frequency_is_delivered(often, sent):
    last, number = date(2025, 12, 31), 0
    for day in range(365):
        today = date(2026, 1, 1) + timedelta(days=day)
        if is_due(often, last, today):
            last, number = today, number + 1
    assert number in {sent, sent + 1}


def item(code, member_id=1, area_id=None, *, anywhere=False):
    return Item(code, member_id, area_id, anywhere)


def news(requests=(), offers=(), fitting=(), travel=None, shown=()):
    return News(list(requests), list(offers), dict(fitting), travel or {}, dict(shown))


def test_nobody_is_shown_their_own():
    chosen = choose(news([item("A"), item("B", 2)], [item("C"), item("D", 2)]), 1, None, ())
    assert (chosen.asked, chosen.offered) == (("B",), ("D",))


def test_nothing_is_shown_twice():
    chosen = choose(news([item("A", 2), item("B", 2)], [item("C", 2)], {1: ["A"]}), 1, None, {"A", "C"})
    assert chosen.codes == ("B",)


def test_what_suits_somebody_is_said_once_and_first():
    chosen = choose(news([item("A", 2), item("B", 2)], fitting={1: ["B"]}), 1, None, ())
    assert (chosen.could_help, chosen.asked) == (("B",), ("A",))


def test_what_the_fewest_were_shown_comes_first():
    chosen = choose(news([item("A", 2), item("B", 2), item("C", 2)], shown={"A": 2, "B": 1}), 1, None, ())
    assert chosen.asked == ("C", "B", "A")


@pytest.mark.parametrize(
    ("area", "anywhere", "shown"),
    [(None, False, True), (7, False, True), (8, False, True), (9, False, False), (9, True, True)],
)
def test_only_what_is_near_is_asked_for(area, anywhere, shown):
    travel = {7: {8: 30, 9: 31}}
    chosen = choose(news([item("A", 2, area, anywhere=anywhere)], travel=travel), 1, 7, ())
    assert bool(chosen.asked) is shown


def test_who_has_said_no_area_is_shown_all():
    assert choose(news([item("A", 2, 9)]), 1, None, ()).asked == ("A",)


@given(
    requests=st.lists(st.integers(0, 40), unique=True),
    offers=st.lists(st.integers(41, 80), unique=True),
    fitting=st.lists(st.integers(0, 45), unique=True),
    seen=st.sets(st.integers(0, 80)),
)
def test_a_digest_is_short_and_says_nothing_twice(requests, offers, fitting, seen):
    asked, offered = [item(str(n), 2) for n in requests], [item(str(n), 2) for n in offers]
    chosen = choose(news(asked, offered, {1: [str(n) for n in fitting]}), 1, None, {str(n) for n in seen})
    assert len(set(chosen.codes)) == len(chosen.codes)
    assert not set(chosen.codes) & {str(n) for n in seen}
    assert set(chosen.codes) <= {str(n) for n in (*requests, *offers)}
    assert len(chosen.asked) <= MOST_ASKED
    assert len(chosen.offered) <= MOST_OFFERED
