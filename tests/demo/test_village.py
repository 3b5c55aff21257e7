"""The village is a time bank like any other: made with its verbs, right in its books, with something of everything."""

import ast
import inspect
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.people import NOW
from timebank.audit.checks import check_books
from timebank.banks.errors import SlugTakenError
from timebank.banks.models import Bank
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.demo import village
from timebank.demo.village import CAST, PASSWORD, build
from timebank.exchanges.models import Exchange, ExchangeStep, Reversal
from timebank.exchanges.rules import State
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.members.joining_queries import list_applications
from timebank.members.models import Membership, Person
from timebank.members.queries import find_actor
from timebank.members.rules import Role
from timebank.signing_in.passwords import fits
from timebank.trail.models import TrailRow

#: Ordinary, before dawn in summer time, the nights on which the clocks change, a leap day, and New Year.
MOMENTS = (
    NOW,
    datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
)


@pytest.fixture
def glen_isla(session):
    bank = build(session, now=NOW)
    session.commit()
    return bank


def _people(session):
    """Everybody by first name, ready to act."""
    rows = session.execute(select(Membership.bank_id, Person.id).join(Person, Person.id == Membership.person_id))
    actors = [find_actor(session, bank_id, person_id) for bank_id, person_id in rows]
    return {actor.name.split()[0].lower(): actor for actor in actors}


def test_the_villages_books_are_right(session, glen_isla):
    results = list(check_books(session))
    assert {result.name: result.findings for result in results if result.verdict is not Verdict.RIGHT} == {}
    figures = {result.name: result.figure for result in results}
    assert figures["exchanges_have_entries"] == 8
    assert figures["reversals_mirror"] == 1
    assert figures["words_as_written"] > 0


def test_something_of_everything_is_there(session, glen_isla):
    states = dict(map(tuple, session.execute(select(Exchange.state, func.count()).group_by(Exchange.state))))
    assert states == {
        State.CONFIRMED: 7,
        State.REVERSED: 1,
        State.DISPUTED: 1,
        State.RECORDED: 2,
        State.PROPOSED: 1,
        State.ACCEPTED: 1,
    }


def test_something_waits_for_either_side(session, glen_isla):
    """One exchange was recorded by who gave, one by who received."""
    sides = session.scalars(select(Exchange.recorded_side).where(Exchange.state == State.RECORDED)).all()
    assert sorted(sides) == ["giver", "receiver"]


def test_the_reversal_was_seen_by_a_second_pair_of_eyes(session, glen_isla):
    reversal = session.scalars(select(Reversal)).one()
    people = _people(session)
    assert reversal.proposed_by == people["mary"].membership_id
    assert reversal.approved_by == people["tom"].membership_id
    assert reversal.closed_at is not None


def test_every_exchange_came_to_be_through_its_verbs(session, glen_isla):
    steps = {
        exchange_id: [deed for _id, deed in rows]
        for exchange_id, rows in _grouped(
            session.execute(
                select(ExchangeStep.exchange_id, ExchangeStep.deed).order_by(
                    ExchangeStep.exchange_id, ExchangeStep.number
                )
            ).all()
        ).items()
    }
    lived = {
        State.CONFIRMED: ["record", "confirm"],
        State.REVERSED: ["record", "confirm", "reverse"],
        State.DISPUTED: ["record", "dispute"],
        State.RECORDED: ["record"],
        State.PROPOSED: ["propose"],
        State.ACCEPTED: ["propose", "accept"],
    }
    for exchange in session.scalars(select(Exchange)):
        assert steps[exchange.id] == lived[State(exchange.state)], exchange.what


def _grouped(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return groups


def test_every_deed_of_the_village_stands_on_the_trail(session, glen_isla):
    deeds = dict(map(tuple, session.execute(select(TrailRow.deed, func.count()).group_by(TrailRow.deed))))
    assert deeds["member.admitted"] == len(CAST)
    assert deeds["exchange.record"] == 11
    assert deeds["exchange.confirm"] == 8
    assert deeds["exchange.propose"] == 2
    assert sum(one for deed, one in deeds.items() if deed.startswith("exchange.dispute")) == 1


def test_two_neighbours_want_to_join_one_of_them_half_way(session, glen_isla):
    rows = list_applications(session, glen_isla.id).rows
    assert [(row.name, row.stage) for row in rows] == [("Peter Geddes", "interviewed"), ("Effie Gow", "applied")]


def test_the_village_touches_no_table_but_for_its_passwords():
    """All else goes through the actions, or the demo would show what the site does not do."""
    tree = ast.parse(inspect.getsource(village))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {name for name in called if name.endswith((".add", ".add_all", ".merge", ".delete", "insert", "text"))}
    assert {name for name in called if name == "update" or name.endswith(".values")} == {
        "update",
        "update(Person).where(Person.id == found.person_id).values",
    }


def test_nothing_in_the_village_was_minted(session, glen_isla):
    accounts = [get_account(session, actor.bank_id, actor.account_id) for actor in _people(session).values()]
    pot = get_account(session, glen_isla.id, get_account_of_kind(session, glen_isla.id, AccountKind.POT))
    assert sum(account.balance for account in accounts) == -pot.balance > 0
    assert sum(account.given for account in accounts) == sum(account.received for account in accounts) > 0


def test_everybody_but_the_first_got_welcome_hours_from_somebody(session, glen_isla):
    people = _people(session)
    welcomed = {key for key, actor in people.items() if get_account(session, actor.bank_id, actor.account_id).other}
    assert welcomed == set(people) - {"mary"}


def test_everybody_of_the_cast_is_there_with_their_part(session, glen_isla):
    people = _people(session)
    assert {key: actor.roles for key, actor in people.items()} == {person.key: person.roles for person in CAST}
    assert {role for actor in people.values() for role in actor.roles} == set(Role)


def test_everybody_of_the_cast_can_sign_in(session, glen_isla):
    hashes = set(session.scalars(select(Person.password_hash)))
    assert len(hashes) == 1
    assert fits(hashes.pop(), PASSWORD)
    assert set(session.scalars(select(Person.email))) == {person.email for person in CAST}


def test_the_people_of_the_village_are_made_up():
    """Addresses that can belong to nobody (RFC 2606)."""
    assert all(person.email.endswith("@example.org") for person in CAST)
    assert len({person.key for person in CAST}) == len({person.email for person in CAST}) == len(CAST)


def test_the_village_is_built_once(session, glen_isla):
    with pytest.raises(SlugTakenError):
        build(session, now=NOW)


def test_the_village_lies_beside_other_banks(session, village):
    """It is a bank of its own, and the cast of another one does not see it."""
    build(session, now=NOW)
    session.commit()
    assert sorted(session.scalars(select(Bank.slug))) == ["angus", "glen-isla", "perth"]
    assert all(result.verdict is Verdict.RIGHT for result in check_books(session))


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%d-%b-%H:%M}")
def test_the_village_can_be_built_at_any_moment(session, now):
    build(session, now=now)
    session.commit()
    assert all(result.verdict is Verdict.RIGHT for result in check_books(session))
    assert session.scalar(select(func.max(ExchangeStep.done_at))) <= now
    assert session.scalar(select(func.max(TrailRow.done_at))) <= now
    assert session.scalar(select(func.min(TrailRow.done_at))) >= now - timedelta(days=24)
    assert session.scalar(select(func.max(Exchange.occurred_on))) <= now.date()


def test_a_changed_row_of_the_village_would_be_found(sqlite):
    """The checks above say nothing if they find nothing anywhere."""
    with sqlite.session() as opened:
        build(opened, now=NOW)
        opened.execute(update(Exchange).where(Exchange.state == State.CONFIRMED).values(minutes=1))
        assert [result.name for result in check_books(opened) if result.verdict is Verdict.WRONG] == [
            "exchanges_have_entries"
        ]
