"""Confirming in one call writes what confirming step by step writes, or nothing at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from tests.exchanges.test_waiting import all_right, held, make_agreed
from tests.people import NOW, balance_of, make_recorded
from tests.races import one_inside_the_other
from timebank import db, driver
from timebank.actors import CodeMaker, Doing, Hand, How, Standing, signed_in_by_code
from timebank.banks.models import Bank
from timebank.bookkeeping.models import Entry, Memo
from timebank.exchanges import actions
from timebank.exchanges.confirming import _CALL, _arguments, confirm_at_once
from timebank.exchanges.deeds import entry_of
from timebank.exchanges.errors import NotNowError, SideNotActiveError
from timebank.exchanges.expiry import expire
from timebank.exchanges.locked import look
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.leaving.actions import leave
from timebank.leaving.errors import HoursMovedError
from timebank.leaving.rules import Departure
from timebank.ledger.entries import Line
from timebank.members.models import Membership
from timebank.members.standing import change_standing
from timebank.tasks.models import Task
from timebank.trail.actions import OtherContentError
from timebank.trail.models import TrailRow

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def alone(backend):
    engine = db.make_alone_engine(backend.engine)
    with driver.Alone(engine, backend.settings.session_info) as unit:
        yield unit
    engine.dispose()


@pytest.fixture
def on_postgresql(backend):
    if backend.name != "postgresql":
        pytest.skip("only PostgreSQL has the call")


def record(session, village, *, what="Gardening"):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90, what=what)
    session.commit()
    return code


def written(session, code):
    """What a confirmation leaves, but for ids, salts and digests."""
    session.rollback()
    exchange = session.execute(
        select(Exchange.id, Exchange.state, Exchange.changed_at, Exchange.minutes, Exchange.recorded_side).where(
            Exchange.code == code
        )
    ).one()
    steps = session.execute(
        select(*(column for column in ExchangeStep.__table__.c if column.name not in {"bank_id", "exchange_id"}))
        .where(ExchangeStep.exchange_id == exchange.id)
        .order_by(ExchangeStep.number)
    ).all()
    told = (TrailRow.done_at, TrailRow.done_by, TrailRow.on_behalf_of, TrailRow.deed, TrailRow.form_key)
    trail = session.execute(select(*told).where(TrailRow.subject == f"exchange:{code}").order_by(TrailRow.id)).all()
    names = ("kind", "occurred_on", "recorded_at", "recorded_by", "on_behalf_of", "approved_by", "reverses", "lines")
    entries = session.execute(
        select(*(getattr(Entry, name) for name in names), Memo.words)
        .join(Memo, Memo.entry_id == Entry.id)
        .where(Entry.deed == f"exchange:{code}")
    ).all()
    return tuple(exchange)[1:], steps, trail, entries


def test_the_single_call_writes_the_same_rows_as_the_action(on_postgresql, session, village, alone):
    first, second = record(session, village), record(session, village, what="A lift")
    assert confirm_at_once(alone, first, Doing(village.grace, LATER, "a form"))
    actions.confirm(session, second, Doing(village.grace, LATER, "another form"))
    session.commit()
    at_once, step_by_step = written(session, first), written(session, second)
    assert at_once[0] == step_by_step[0] == ("confirmed", LATER, 90, "giver")
    assert at_once[1] == step_by_step[1]
    assert [row[:4] for row in at_once[2]] == [row[:4] for row in step_by_step[2]]
    assert [row[:-1] for row in at_once[3]] == [row[:-1] for row in step_by_step[3]]
    assert [row.words for row in at_once[3]] == ["Gardening"]
    assert (balance_of(session, village.ada), held(session, village.grace)) == (180, 0)
    assert all_right(session)


def test_a_repeated_form_returns_the_first_result(on_postgresql, session, village, alone):
    code = record(session, village)
    assert confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    before = written(session, code)
    assert not confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    actions.confirm(session, code, Doing(village.grace, LATER, "a form"))
    session.commit()
    assert written(session, code) == before
    with pytest.raises(Exception, match="form_sent_before"):
        actions.dispute(session, code, Doing(village.grace, LATER, "a form"), words="No", minutes=5)
    session.rollback()


def _suspend(session, village, code):
    session.execute(update(Membership).where(Membership.id == village.ada.membership_id).values(standing="suspended"))


def _cross_low(session, village, code):
    session.execute(update(Bank).where(Bank.id == village.angus.id).values(soft_low=-60))


def _cross_high(session, village, code):
    session.execute(update(Bank).where(Bank.id == village.angus.id).values(soft_high=60))


def _cancel(session, village, code):
    actions.cancel(session, code, Doing(village.ada, NOW))


def _dispute(session, village, code):
    actions.dispute(session, code, Doing(village.grace, NOW), words="Less", minutes=30)


@pytest.mark.parametrize("change", [_suspend, _cross_low, _cross_high, _cancel, _dispute])
def test_the_single_call_leaves_special_cases_to_the_action(on_postgresql, session, village, alone, change):
    code = record(session, village)
    change(session, village, code)
    session.commit()
    before = written(session, code)
    assert not confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    assert written(session, code) == before
    assert session.scalar(select(func.count()).select_from(Task)) == 0


@pytest.mark.parametrize(
    ("limits", "at_once"),
    [
        ({"soft_low": -90}, True),  # the receiver comes to it, and not below
        ({"soft_low": -89}, False),
        ({"soft_low": 0}, False),  # and was on it before
        ({"soft_high": 90}, True),
        ({"soft_high": 89}, False),
        ({"soft_high": 0}, False),
    ],
)
def test_the_single_call_leaves_crossing_a_soft_limit_to_the_action(
    on_postgresql, session, village, alone, limits, at_once
):
    code = record(session, village)
    session.execute(update(Bank).where(Bank.id == village.angus.id).values(**limits))
    session.commit()
    assert confirm_at_once(alone, code, Doing(village.grace, LATER, "a form")) is at_once


def test_the_single_call_numbers_the_steps_of_its_own_exchange(on_postgresql, session, village, alone):
    other = record(session, village, what="Ironing")
    actions.dispute(session, other, Doing(village.grace, NOW), words="Less", minutes=30)
    actions.agree(session, other, Doing(village.ada, NOW), minutes=30)
    code = record(session, village)
    assert confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    numbers = select(ExchangeStep.number).join(Exchange, Exchange.id == ExchangeStep.exchange_id)
    assert session.scalars(numbers.where(Exchange.code == code).order_by(ExchangeStep.number)).all() == [1, 2]


@pytest.mark.parametrize("who", ["ada", "linus", "rosa", "perdita"])
def test_nobody_but_the_other_side_confirms(on_postgresql, session, village, alone, who):
    code = record(session, village)
    before = written(session, code)
    assert not confirm_at_once(alone, code, Doing(getattr(village, who), LATER, "a form"))
    assert written(session, code) == before


def test_the_single_call_leaves_a_session_by_a_brokers_code_to_the_action(on_postgresql, session, village, alone):
    code = record(session, village)
    maker = CodeMaker(village.rosa.membership_id, village.rosa.account_id, village.rosa.name)
    assert not confirm_at_once(alone, code, Doing(signed_in_by_code(village.grace, maker), LATER, "a form"))


def test_the_single_call_leaves_a_brokers_hand_to_the_action(on_postgresql, session, village, alone):
    code = record(session, village)
    hand = Hand(*(getattr(village.rosa, name) for name in ("membership_id", "account_id", "name", "code")), How.PHONE)
    by = replace(village.grace, hand=hand)
    assert not confirm_at_once(alone, code, Doing(by, LATER, "a form"))


def test_the_single_call_leaves_unknown_and_unrecorded_exchanges_to_the_action(on_postgresql, session, village, alone):
    code = make_agreed(session, village, 60)
    session.commit()
    for which in (code, "AAAAAAAA"):
        assert not confirm_at_once(alone, which, Doing(village.grace, LATER, "a form"))


def test_two_at_once_confirm_once(on_postgresql, backend, session, village, alone):
    """The second, at once, waits for the first, which goes step by step, and then writes nothing."""
    code = record(session, village)

    def step_by_step(session, village):
        actions.confirm(session, code, Doing(village.grace, LATER, "a form"))

    def at_once(_session, village):
        assert not confirm_at_once(alone, code, Doing(village.grace, LATER, "another form"))

    assert one_inside_the_other(backend, village, step_by_step, at_once) is None
    assert balance_of(session, village.ada) == 90
    assert all_right(session)


def confirming(alone, code):
    """Confirm as the page does: in one call, or step by step where that is left to it."""

    def confirm(session, village):
        doing = Doing(village.grace, LATER, "a form")
        if not confirm_at_once(alone, code, doing):
            actions.confirm(session, code, doing)

    return confirm


def leaving(session, village):
    leave(session, village.angus, village.ada, Departure(0, "Moves"), Doing(village.rosa, NOW, "leave"))


def suspending(session, village):
    doing = Doing(village.rosa, NOW, "suspend")
    change_standing(session, village.ada, Standing.SUSPENDED, doing, reason="A quarrel")


def sweeping(session, village):
    assert expire(session, village.angus, now=NOW + timedelta(days=91)) == 1


def test_help_that_was_swept_a_moment_before_is_not_confirmed(on_postgresql, backend, session, village, alone):
    code = record(session, village)
    assert one_inside_the_other(backend, village, sweeping, confirming(alone, code)) is NotNowError
    assert (balance_of(session, village.ada), held(session, village.grace)) == (0, 0)
    assert all_right(session)


def test_what_was_confirmed_a_moment_before_is_not_swept(on_postgresql, backend, session, village):
    code = record(session, village)
    swept = []

    def sweep(session, village):
        swept.append(expire(session, village.angus, now=NOW + timedelta(days=91)))

    def confirm(session, village):
        actions.confirm(session, code, Doing(village.grace, LATER))

    assert one_inside_the_other(backend, village, confirm, sweep) is None
    assert swept[-1] == 0
    assert balance_of(session, village.ada) == 90
    assert all_right(session)


def test_who_was_suspended_a_moment_before_gets_no_hours(on_postgresql, backend, session, village, alone):
    code = record(session, village)
    with backend.session() as other:
        suspending(other, village)
        other.commit()
    assert not confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    with pytest.raises(SideNotActiveError):
        actions.confirm(session, code, Doing(village.grace, LATER, "a form"))


def test_who_is_leaving_at_that_moment_waits_for_the_help_that_is_recorded(
    on_postgresql, backend, session, village, alone
):
    """Whichever comes first: help that waits keeps its side here, and help that is confirmed brings hours."""
    code = record(session, village)
    assert one_inside_the_other(backend, village, confirming(alone, code), leaving) is HoursMovedError
    assert balance_of(session, village.ada) == 90
    assert all_right(session)


@pytest.mark.parametrize("again", ["of another exchange", "with other content"])
def test_a_form_that_was_used_for_something_else_is_refused(on_postgresql, session, village, alone, again):
    first, second = record(session, village), record(session, village, what="A lift")
    if again == "of another exchange":
        assert confirm_at_once(alone, first, Doing(village.grace, LATER, "a form"))
    else:
        actions.dispute(session, first, Doing(village.grace, LATER, "a form"), words="Shorter", minutes=30)
        session.commit()
    doing = Doing(village.grace, LATER, "a form")
    assert not confirm_at_once(alone, second, doing)
    with pytest.raises(OtherContentError):
        actions.confirm(session, second, doing)


def test_on_sqlite_the_action_always_confirms(sqlite, session, village):
    code = record(session, village)
    engine = db.make_alone_engine(sqlite.engine)
    with driver.Alone(engine, sqlite.settings.session_info) as unit:
        assert not confirm_at_once(unit, code, Doing(village.grace, LATER, "a form"))
    engine.dispose()


def test_an_error_that_is_no_refusal_is_raised(on_postgresql, backend, session, village, alone):
    """Otherwise a right that somebody forgot to grant would make this way slow for ever, without a word."""
    code = record(session, village)
    with backend.owner.begin() as owner:
        owner.execute(text("REVOKE EXECUTE ON FUNCTION exchange_confirm FROM timebank_web"))
    try:
        with pytest.raises(ProgrammingError, match="permission denied"):
            confirm_at_once(alone, code, Doing(village.grace, LATER, "a form"))
    finally:
        with backend.owner.begin() as owner:
            owner.execute(text("GRANT EXECUTE ON FUNCTION exchange_confirm TO timebank_web"))


@pytest.mark.parametrize("who", ["rosa", "linus"])
def test_the_call_asks_that_one_of_the_two_confirms_one_line(on_postgresql, session, village, alone, monkeypatch, who):
    """Whoever calls it past the rules moves nobody's hours, and no more than the exchange's."""
    code = record(session, village)
    before = written(session, code)
    exchange = look(alone, village.angus.id, code)
    entry = entry_of(exchange, 90, exchange.occurred_on, Doing(village.grace, LATER))
    more = replace(entry, lines=(*entry.lines, Line(village.linus.account_id, village.ada.account_id, 500)))
    for by, what in ((getattr(village, who), entry), (village.grace, more)):
        with pytest.raises(DBAPIError, match="not as it was read"):
            driver.run(alone, _CALL, _arguments(alone, exchange, what, Doing(by, LATER, "a form")))
    assert written(session, code) == before
