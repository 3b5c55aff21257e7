"""The figures of a year, computed by hand on a tiny one."""

from datetime import date, timedelta

import pytest

from timebank.simulation.figures import (
    AskedRequest,
    DoneExchange,
    Figures,
    Summary,
    YearOnRecord,
    compute,
    summarize,
)

NEW_YEAR = date(2029, 1, 1)
NOBODY = YearOnRecord(NEW_YEAR, 365, (), (), (), 0, ())


def _request(day, took=None):
    asked_on = NEW_YEAR + timedelta(days=day)
    return AskedRequest(asked_on, None if took is None else asked_on + timedelta(days=took))


YEAR = YearOnRecord(
    first_day=NEW_YEAR,
    days=73,  # a fifth of a year
    requests=[_request(1, 4), _request(2, 14), _request(3, 15), _request(42), _request(43, 0), _request(60)],
    exchanges=[
        DoneExchange(1, 2, by_invitation=True),
        DoneExchange(2, 1, by_invitation=False),
        DoneExchange(1, 3, by_invitation=True),
        DoneExchange(1, 2, by_invitation=False),
    ],
    balances=[300, -60, 60, 120, 120],
    invitations=9,
    asked=[1, 1, 1, 2, 4, 4],
)


def test_a_tiny_year_by_hand():
    figures = compute(YEAR)
    assert figures.fill_rate == 3 / 4  # the last two are younger than thirty days
    assert figures.filled_soon == 2 / 4
    assert figures.days_to_fill == 14
    assert figures.exchanges_per_member == 4 / 5 * 5
    assert figures.both_sides == 2 / 5
    assert figures.balance_range == 2 - 1
    assert figures.balance_deviation == pytest.approx((18.8 / 5) ** 0.5)  # around 1.8: 3.2, 2.8, 0.8, 0.2, 0.2 squared
    assert (figures.invitations, figures.invitations_per_fill) == (9, 9 / 2)
    assert (figures.asks_median, figures.asks_highest, figures.members_asked) == (2, 3, 3)


def test_a_year_without_anything_has_no_shares():
    figures = compute(NOBODY)
    assert (figures.fill_rate, figures.days_to_fill, figures.both_sides) == (None, None, None)
    assert (figures.balance_range, figures.balance_deviation, figures.invitations_per_fill) == (None, None, None)
    assert (figures.asks_median, figures.asks_highest, figures.members_asked) == (0, 0, 0)


def test_a_summary_leaves_out_years_that_have_no_such_figure():
    years = [_figures(0.5), _figures(None), _figures(0.25)]
    assert summarize(years)["fill_rate"] == Summary(0.375, 0.25, 0.5)
    assert summarize([_figures(None)])["fill_rate"] == Summary(None, None, None)


def _figures(fill_rate):
    return Figures(fill_rate, *[0] * 11)
