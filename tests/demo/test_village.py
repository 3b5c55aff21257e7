"""The village is two time banks like any other: made with their verbs, right in their books, and full of life."""

import ast
import inspect
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from tests.people import NOW, TODAY
from timebank.actors import How
from timebank.audit.checks import check_books
from timebank.banks.errors import SlugTakenError
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import StatementFilter, get_account, get_account_of_kind, list_whole_statement
from timebank.demo import correcting, desk, helping, joining, listed, neighbourhoods, stories, village
from timebank.demo.deeds import Ending
from timebank.demo.village import PLANS, SLUG, build
from timebank.exchanges.models import Exchange, ExchangeStep, Reversal, ThankYou
from timebank.exchanges.queries import list_waiting_reversals
from timebank.exchanges.rules import Deed, Side, State
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor
from timebank.trail.models import TrailRow

GLEN_ISLA, STRATHMORE = PLANS
#: Before dawn in summer time, the nights on which the clocks change, a leap day, New Year, each on a Sunday or not.
MOMENTS = (
    datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 26, 0, 5, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
)


def _bank(session, slug=SLUG):
    return session.scalars(select(Bank).where(Bank.slug == slug)).one()


def _people(session, slug=SLUG):
    """Everybody of a bank by name, ready to act."""
    bank = _bank(session, slug)
    person_ids = session.scalars(select(Membership.person_id).where(Membership.bank_id == bank.id))
    actors = [find_actor(session, bank.id, person_id) for person_id in person_ids]
    return {actor.name: actor for actor in actors}


def _account(session, name):
    actor = _people(session)[name]
    return get_account(session, actor.bank_id, actor.account_id)


def _balances(session):
    """What everybody has, by bank and name."""
    return {
        (plan.slug, name): get_account(session, actor.bank_id, actor.account_id).balance
        for plan in PLANS
        for name, actor in _people(session, plan.slug).items()
    }


def _steps(session):
    """{exchange's id: its deeds in order}."""
    rows = session.execute(
        select(ExchangeStep.exchange_id, ExchangeStep.deed).order_by(ExchangeStep.exchange_id, ExchangeStep.number)
    )
    steps = {}
    for exchange_id, deed in rows:
        steps.setdefault(exchange_id, []).append(deed)
    return steps


def _wrong(session):
    return {result.name: result.findings for result in check_books(session) if result.verdict is Verdict.WRONG}


def test_the_villages_books_are_right(life):
    assert _wrong(life) == {}
    figures = {result.name: result.figure for result in check_books(life)}
    assert figures["exchanges_have_entries"] > 150
    assert figures["reversals_mirror"] == 1


def test_the_village_lies_beside_other_banks_on_either_database(session, village):
    """They are banks of their own, and the cast of another one does not see them."""
    build(session, now=NOW)
    session.commit()
    assert sorted(session.scalars(select(Bank.slug))) == ["angus", "glen-isla", "perth", "strathmore"]
    assert _wrong(session) == {}


def test_the_same_moment_makes_the_same_village(life, sqlite):
    with sqlite.session() as again:
        build(again, now=NOW)
        assert _balances(again) == _balances(life)


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%d-%b-%Y-%H:%M}")
def test_the_village_can_be_built_at_any_moment(sqlite, now):
    with sqlite.session() as session:
        build(session, now=now)
        assert _wrong(session) == {}
        moments = session.scalars(select(TrailRow.done_at).order_by(TrailRow.id)).all()
        assert moments == sorted(moments)
        assert now - timedelta(days=96) <= moments[0] < moments[-1] <= now
        assert session.scalar(select(func.max(Exchange.occurred_on))) <= now.date()
        assert set(session.scalars(select(Exchange.state))) == set(State)


def test_the_village_is_built_once(life):
    with pytest.raises(SlugTakenError):
        build(life, now=NOW)


def test_a_changed_row_of_the_village_would_be_found(life):
    """The checks above say nothing if they find nothing anywhere."""
    life.execute(update(Exchange).where(Exchange.what == "Swept the chimney").values(minutes=1))
    assert list(_wrong(life)) == ["exchanges_have_entries"]


def test_the_clock_never_goes_back(life):
    """Row by row, as they were written."""
    moments = life.scalars(select(TrailRow.done_at).order_by(TrailRow.id)).all()
    assert moments == sorted(moments)
    assert len(set(moments)) > 200


def test_a_broker_acts_for_others_while_the_office_is_open(life):
    by_hand = (ExchangeStep.on_behalf_of.is_not(None), ExchangeStep.how != How.TIME)
    hours = life.scalars(select(ExchangeStep.done_at).where(*by_hand)).all()
    assert {at.hour for at in hours} <= {9, 10}
    assert {at.isoweekday() for at in hours} <= {1, 2, 3, 4, 5}


def test_three_months_of_life_are_there(life):
    states = Counter(life.scalars(select(Exchange.state)))
    assert set(states) == set(State)
    assert 150 <= states.total() <= 210
    assert states[State.CONFIRMED] > 0.8 * states.total()
    first = life.scalar(select(func.min(Exchange.occurred_on)))
    assert timedelta(days=80) < TODAY - first < timedelta(days=95)


def test_the_plans_have_every_ending():
    assert {one.ending for plan in PLANS for one in plan.once} == set(Ending)


def test_help_comes_again_on_its_day_of_the_week(life):
    walks = life.scalars(
        select(Exchange.occurred_on).where(Exchange.what == "A walk with Biscuit", Exchange.state == State.CONFIRMED)
    ).all()
    assert len(walks) > 8
    assert {day.isoweekday() for day in walks} == {6}
    assert len(set(walks)) == len(walks)


def test_every_exchange_came_to_be_through_its_verbs(life):
    expected = {
        State.PROPOSED: [["propose"]],
        State.ACCEPTED: [["propose", "accept"]],
        State.DECLINED: [["propose", "decline"]],
        State.CANCELLED: [["propose", "accept", "cancel"], ["record", "cancel"]],
        State.RECORDED: [["record"]],
        State.CONFIRMED: [
            ["record", "confirm"],
            ["propose", "accept", "record", "confirm"],
            ["record", "dispute", "agree"],
        ],
        State.DISPUTED: [["record", "dispute"]],
        State.DECIDED: [["record", "dispute", "decide"]],
        State.REVERSED: [["record", "confirm", "reverse"]],
    }
    steps = _steps(life)
    actual = {}
    for exchange in life.scalars(select(Exchange)):
        actual.setdefault(State(exchange.state), set()).add(tuple(steps[exchange.id]))
    assert actual == {state: {tuple(deeds) for deeds in ways} for state, ways in expected.items()}


def test_something_waits_for_either_side(life):
    sides = life.scalars(select(Exchange.recorded_side).where(Exchange.state == State.RECORDED)).all()
    assert set(sides) == set(Side)


def test_one_reversal_is_done_and_one_waits(life):
    people = _people(life)
    done = life.scalars(select(Reversal).where(Reversal.closed_at.is_not(None))).one()
    assert done.proposed_by == people["Mary Duncan"].membership_id
    assert done.approved_by == people["Tom Ferrier"].membership_id
    waiting = list_waiting_reversals(life, _bank(life).id)
    assert [one.what for one in waiting] == ["Soup and a talk"]


def test_brokers_act_by_phone_on_paper_in_person_and_with_a_slip(life):
    hands = life.execute(
        select(ExchangeStep.how, func.count(), func.count(ExchangeStep.evidence))
        .where(ExchangeStep.on_behalf_of.is_not(None), ExchangeStep.how != How.TIME)
        .group_by(ExchangeStep.how)
    ).all()
    assert {how for how, _count, _shown in hands} == set(How) - {How.TIME, How.TEXT}
    assert all(count == shown for _how, count, shown in hands)
    assert sum(count for _how, count, _shown in hands) > 20


def test_time_and_a_text_have_each_answered_once(life):
    alone = select(ExchangeStep.how, ExchangeStep.deed).where(ExchangeStep.how.in_([How.TIME, How.TEXT]))
    assert sorted(tuple(row) for row in life.execute(alone)) == [(How.TEXT, Deed.CONFIRM), (How.TIME, Deed.CONFIRM)]


def test_one_slip_is_signed_by_both(life):
    slips = life.scalars(select(ExchangeStep).where(ExchangeStep.how == How.SLIP)).all()
    assert [step.deed for step in slips] == [Deed.RECORD, Deed.CONFIRM]
    assert len({step.exchange_id for step in slips}) == 1
    assert len({step.on_behalf_of for step in slips}) == 2


def test_one_broker_speaks_for_both_sides_with_something_to_show(life):
    other = aliased(ExchangeStep)
    both = life.execute(
        select(ExchangeStep.exchange_id)
        .join(other, (other.exchange_id == ExchangeStep.exchange_id) & (other.done_by == ExchangeStep.done_by))
        .where(ExchangeStep.on_behalf_of < other.on_behalf_of, ExchangeStep.how == How.PHONE)
        .where(ExchangeStep.evidence.is_not(None), other.evidence.is_not(None))
        .distinct()
    ).all()
    assert len(both) >= 2


def test_one_was_written_down_fifty_days_later(life):
    rows = life.execute(
        select(Exchange.what, Exchange.occurred_on, ExchangeStep.done_at)
        .join(ExchangeStep, ExchangeStep.exchange_id == Exchange.id)
        .where(ExchangeStep.deed == Deed.RECORD)
    ).all()
    late = [what for what, day, at in rows if (at.date() - day).days > 7]
    assert late == ["Mended the mantel clock"]
    assert max((at.date() - day).days for _what, day, at in rows) == 50


def test_the_way_counts_where_it_was_agreed(life):
    row = life.execute(
        select(Exchange.minutes, Exchange.travel_minutes, Exchange.agreed_minutes).where(
            Exchange.what == "To the hospital in Dundee, and waited"
        )
    ).all()
    assert set(row) == {(180, 30, 180)}
    assert len(life.execute(select(Exchange.id).where(Exchange.travel_minutes > 0)).all()) > 10


def test_people_thank_one_another(life):
    words = life.scalars(select(ThankYou.words)).all()
    assert len(words) > 10
    assert len(set(words)) == len(words)


def test_one_is_at_the_limit_and_can_receive_no_more(life):
    agnes = _account(life, "Agnes Farquhar")
    assert agnes.balance == agnes.floor == _bank(life).member_floor


def test_one_may_go_further_for_a_time(life):
    kirsty = _account(life, "Kirsty Rennie")
    assert kirsty.floor < kirsty.balance < _bank(life).member_floor


def test_some_are_beyond_the_soft_limits(life):
    bank = _bank(life)
    balances = {name: balance for (slug, name), balance in _balances(life).items() if slug == SLUG}
    assert {name for name, balance in balances.items() if balance > bank.soft_high} == {"Wilma Ogilvie"}
    assert {name for name, balance in balances.items() if balance < bank.soft_low} == {
        "Agnes Farquhar",
        "Kirsty Rennie",
        "Nell Crombie",
        "Rania Haddad",
    }


def test_one_gives_much_and_takes_nothing(life):
    wilma = _account(life, "Wilma Ogilvie")
    assert wilma.given > 30 * 60
    assert wilma.received == 0


def test_some_are_quiet(life):
    quiet = {name for name in _people(life) if not _account(life, name).given + _account(life, name).received}
    assert {"Douglas Imrie", "Moira Sim"} <= quiet


def test_nothing_in_the_village_was_minted(life):
    for plan in PLANS:
        bank, people = _bank(life, plan.slug), _people(life, plan.slug)
        accounts = [get_account(life, bank.id, actor.account_id) for actor in people.values()]
        pot = get_account(life, bank.id, get_account_of_kind(life, bank.id, AccountKind.POT))
        assert sum(account.balance for account in accounts) == -pot.balance > 0
        assert sum(account.given for account in accounts) == sum(account.received for account in accounts) > 0


def test_everybody_but_the_coordinators_got_welcome_hours_from_somebody(life):
    for plan, first in ((GLEN_ISLA, "Mary Duncan"), (STRATHMORE, "Elspeth Nicoll")):
        people = _people(life, plan.slug)
        welcomed = {
            name
            for name, actor in people.items()
            for row in list_whole_statement(life, actor.bank_id, actor.account_id, StatementFilter())
            if row.kind == EntryKind.WELCOME
        }
        assert welcomed == set(people) - {first}


def test_everybody_of_the_casts_is_there_with_their_roles(life):
    for plan in PLANS:
        people = _people(life, plan.slug)
        assert {name: actor.roles for name, actor in people.items()} == {one.name: one.roles for one in plan.cast}


def test_everybody_joined_on_their_day(life):
    joined = dict(
        map(
            tuple,
            life.execute(
                select(Person.name, Membership.joined_on)
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.bank_id == _bank(life).id)
            ),
        )
    )
    assert joined == {one.name: TODAY - timedelta(days=one.joined) for one in GLEN_ISLA.cast}


@pytest.mark.parametrize(
    "module",
    [village, stories, desk, correcting, helping, joining, listed, neighbourhoods],
    ids=lambda one: one.__name__,
)
def test_the_village_touches_no_table_but_for_its_passwords(module):
    """All else goes through the actions, or the demo would show what the site does not do."""
    tree = ast.parse(inspect.getsource(module))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {name for name in called if name.endswith((".add", ".add_all", ".merge", ".delete", "insert", "text"))}
    touched = {name for name in called if name == "update" or name.endswith(".values")}
    assert touched == set()
