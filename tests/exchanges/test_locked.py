"""An exchange is read under its lock with what is held for it, and no other exchange or hold is read."""

import pytest
from sqlalchemy.exc import NoResultFound

from tests.people import NOW, make_recorded
from timebank.actors import Doing
from timebank.bookkeeping.holds import holds
from timebank.exchanges import actions
from timebank.exchanges.locked import lock
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import Side, State


def test_a_locked_exchange_has_the_recorded_values_and_its_hold(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    found = lock(session, village.angus.id, code)
    row = find_exchange(session, village.angus.id, code)
    for name in ("id", "giver_account_id", "receiver_account_id", "what", "state", "minutes", "occurred_on"):
        assert getattr(found, name) == getattr(row, name), name
    assert (found.state, found.recorded_side, found.proposed_side) == (State.RECORDED, Side.GIVER, None)
    (hold,) = session.execute(holds()).all()
    assert found.hold_id == hold.id
    actions.confirm(session, code, Doing(village.grace, NOW))
    assert lock(session, village.angus.id, code).hold_id is None


def test_an_exchange_loaded_before_the_lock_is_refreshed(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    row = find_exchange(session, village.angus.id, code)
    assert row.state == State.RECORDED
    actions.confirm(session, code, Doing(village.grace, NOW))
    assert (row.state, row.changed_at) == (State.CONFIRMED, NOW)


def test_no_other_exchange_or_hold_is_read(sqlite):
    said = []
    with sqlite.session() as session:
        connection = session.connection().connection.driver_connection
        connection.set_trace_callback(said.append)
        with pytest.raises(NoResultFound):
            lock(session, 1, "AAAAAAAA")
        connection.set_trace_callback(None)
        (asked,) = [one for one in said if "exchange" in one]
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert plan
    assert [step for step in plan if not step.startswith("SEARCH")] == []
