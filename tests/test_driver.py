"""Statements that are told once: their values by name, their own constants, and errors as SQLAlchemy raises them."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Integer, String, bindparam, literal, select
from sqlalchemy.exc import DBAPIError

from timebank import driver

MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))


def test_values_go_in_by_name_beside_the_constants_of_the_statement(session):
    statement = driver.Statement(
        select(bindparam("one", type_=Integer) + literal(40), bindparam("other", type_=String))
    )
    for one in (1, 2):
        assert [tuple(row) for row in statement.rows(session, {"other": "x", "one": one})] == [(one + 40, "x")]


@pytest.mark.parametrize(
    ("postgresql", "told"), [(True, "2026-03-01T12:30:00+02:00"), (False, "2026-03-01 10:30:00.000000")]
)
def test_a_moment_is_told_as_each_database_keeps_it(postgresql, told):
    assert driver.moment(MOMENT, postgresql=postgresql) == told


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        driver.moment(datetime(2026, 3, 1), postgresql=True)  # noqa: DTZ001 (that it has none is the point)


def test_what_the_driver_raises_comes_as_sqlalchemy_raises_it(session):
    with pytest.raises(DBAPIError) as caught:
        driver.run(session, "SELECT nothing FROM nowhere", ())
    assert caught.value.orig is not None
    session.rollback()
