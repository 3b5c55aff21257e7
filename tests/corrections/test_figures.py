"""A month's figures by hand, and by another way of reckoning them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from timebank.corrections.figures import (
    KindFigures,
    MonthClosing,
    MonthEntries,
    MonthFigures,
    MonthMoves,
    MonthOpening,
    MonthRows,
    differences,
    is_over,
    list_months,
    next_month,
    read,
    reckon,
    tell,
)

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
ADA, GRACE, POT = 1, 2, 9
OPENED = [
    MonthOpening(ADA, "member", SEPTEMBER),
    MonthOpening(GRACE, "member", OCTOBER),
    MonthOpening(POT, "pot", SEPTEMBER),
]


def rows(moved=(), counted=(), opened=OPENED, closed=()):
    return MonthRows(moved, counted, opened, closed)


def row_of(month, kind, account_id, minutes, came_in):
    return MonthMoves(month, kind, takes_back=False, account_id=account_id, minutes=minutes, came_in=came_in)


def help_of(minutes, month=OCTOBER, *, takes_back=False):
    """Grace received help from Ada; each side's row."""
    sign = -1 if takes_back else 1
    return [
        MonthMoves(month, "exchange", takes_back, ADA, sign * minutes, max(sign, 0) * minutes),
        MonthMoves(month, "exchange", takes_back, GRACE, -sign * minutes, max(-sign, 0) * minutes),
    ]


def test_figures_are_the_postings_of_a_month_and_the_balances_at_its_end():
    moved = [
        *help_of(90),
        *help_of(30, takes_back=True),
        row_of(OCTOBER, "welcome", POT, -120, 0),
        row_of(OCTOBER, "welcome", GRACE, 120, 120),
        *help_of(600, NOVEMBER),
    ]
    counted = [
        MonthEntries(OCTOBER, "exchange", takes_back=False, entries=2, late=1),
        MonthEntries(OCTOBER, "exchange", takes_back=True, entries=1, late=0),
        MonthEntries(OCTOBER, "welcome", takes_back=False, entries=1, late=0),
        MonthEntries(NOVEMBER, "exchange", takes_back=False, entries=1, late=1),
    ]
    assert reckon([OCTOBER], "Europe/London", rows(moved, counted))[OCTOBER] == MonthFigures(
        "2026-10",
        "Europe/London",
        entries=4,
        taken_back=1,
        late=1,
        minutes=240,
        given=60,
        received=60,
        kinds={"exchange": KindFigures(3, 120), "welcome": KindFigures(1, 120)},
        accounts=3,
        with_hours=2 + 1,
        above=60 + 60,
        below=-120,
        pot=-120,
        total=0,
    )


def test_earlier_postings_count_in_balances_only():
    figures = reckon([NOVEMBER], "UTC", rows(help_of(90)))[NOVEMBER]
    assert (figures.above, figures.below, figures.with_hours, figures.total) == (90, -90, 2, 0)
    assert (figures.entries, figures.minutes, figures.given, figures.received, figures.kinds) == (0, 0, 0, 0, {})


def test_accounts_are_counted_as_they_were_open_at_the_end():
    closed = [MonthClosing(OCTOBER, "account_closed"), MonthClosing(NOVEMBER, "account_reopened")]
    found = reckon([SEPTEMBER, OCTOBER, NOVEMBER], "UTC", rows(closed=closed))
    assert [found[month].accounts for month in (SEPTEMBER, OCTOBER, NOVEMBER)] == [2, 2, 3]


def test_what_the_pot_pays_for_taking_part_is_received_from_nobody():
    moved = [row_of(OCTOBER, "activity", POT, -60, 0), row_of(OCTOBER, "activity", ADA, 60, 60)]
    figures = reckon([OCTOBER], "UTC", rows(moved))[OCTOBER]
    assert (figures.given, figures.received) == (60, 0)


_MONTHS = [SEPTEMBER, OCTOBER, NOVEMBER]
_LINES = st.lists(
    st.tuples(
        st.sampled_from(_MONTHS),
        st.sampled_from([("exchange", False), ("exchange", True), ("gift", False)]),
        st.sampled_from([(ADA, GRACE), (GRACE, ADA), (POT, ADA), (GRACE, POT)]),
        st.integers(1, 600),
    ),
    max_size=12,
)


@given(_LINES)
def test_the_figures_are_those_of_every_line_counted_alone(lines):
    moved = [
        row
        for month, (kind, back), (source, target), minutes in lines
        for row in (
            MonthMoves(month, kind, back, source, -minutes, 0),
            MonthMoves(month, kind, back, target, minutes, minutes),
        )
    ]
    found = reckon(_MONTHS, "UTC", rows(moved))
    for month in _MONTHS:
        own = [one for one in lines if one[0] == month]
        until = [one for one in lines if one[0] <= month]
        balances = {
            account: sum(m for *_rest, (_s, t), m in until if t == account)
            - sum(m for *_rest, (s, _t), m in until if s == account)
            for account in (ADA, GRACE, POT)
        }
        figures = found[month]
        assert figures.minutes == sum(minutes for *_rest, minutes in own)
        assert figures.total == sum(balances.values()) == 0
        assert figures.above == sum(balance for balance in balances.values() if balance > 0) == -figures.below
        assert figures.pot == balances[POT]
        assert figures.with_hours == sum(1 for balance in balances.values() if balance)


@given(_LINES)
def test_what_came_before_may_stand_under_any_earlier_month(lines):
    moved = [
        MonthMoves(month, kind, back, account, minutes, max(minutes, 0))
        for month, (kind, back), (source, target), length in lines
        for account, minutes in ((source, -length), (target, length))
    ]
    pressed = [replace(row, month=date(1, 1, 1)) if row.month < NOVEMBER else row for row in moved]
    assert reckon([NOVEMBER], "UTC", rows(moved)) == reckon([NOVEMBER], "UTC", rows(pressed))


def test_encoded_figures_are_parsed_to_the_same_value():
    figures = MonthFigures("2026-10", "UTC", entries=2, kinds={"gift": KindFigures(2, 45)})
    assert read(tell(figures)) == figures
    assert tell(figures) == tell(read(tell(figures)))
    assert tell(figures).startswith('{"above":0,"accounts":0,"below":0,"entries":2,')


@pytest.mark.parametrize("told", ["", "7", "null", "[]", "{}", '{"kinds":{}}', '{"kinds":{"gift":3},"month":"x"}'])
def test_invalid_figures_are_refused(told):
    with pytest.raises(ValueError, match=r"."):
        read(told)


def test_the_figure_that_differs_is_named():
    signed = MonthFigures("2026-10", "UTC", entries=2, kinds={"gift": KindFigures(2, 45)})
    anew = replace(signed, entries=3, kinds={"gift": KindFigures(2, 60), "grant": KindFigures(1, 5)})
    assert differences(signed, anew) == [
        ("entries", 2, 3),
        ("kinds.gift.minutes", 45, 60),
        ("kinds.grant.entries", None, 1),
        ("kinds.grant.minutes", None, 5),
    ]
    assert differences(signed, signed) == []


@pytest.mark.parametrize(
    ("today", "over"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2027, 1, 1), True)]
)
def test_a_month_is_over_with_its_last_day(today, over):
    assert is_over(OCTOBER, today) is over


def test_months_are_listed_over_the_turn_of_the_year():
    found = list_months(date(2026, 11, 30), date(2027, 2, 1))
    assert found == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
