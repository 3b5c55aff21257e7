"""Posting on a connection of its own, without a Session, and replays of the same entry."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.bookkeeping.conftest import OpenBooks
from tests.conftest import Backend
from tests.people import NOW
from tests.unguarded import edit
from timebank import driver
from timebank.bookkeeping import actions
from timebank.bookkeeping.actions import NewEntry
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.models import Account, Entry, Memo, Posting
from timebank.db import make_alone_engine
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import (
    AlreadyReversedError,
    FloorReachedError,
    KeyTakenError,
    NoLinesError,
    NoSuchAccountError,
    NoSuchMemberError,
    SecondApproverError,
)


@pytest.fixture
def alone(backend):
    engine = make_alone_engine(backend.engine)
    with driver.Alone(engine, backend.settings.session_info) as connected:
        yield connected
    engine.dispose()


@pytest.fixture
def reader(backend, books):
    """Reads what other transactions see, and holds no lock between queries."""
    return Reader(backend, books)


@dataclass
class Reader:
    """Reads the books, each query in a transaction of its own."""

    backend: Backend
    books: OpenBooks

    def rows(self, query):
        with self.backend.session() as session:
            return [tuple(row) for row in session.execute(query)]

    def balances(self):
        balances = dict(self.rows(select(Account.id, Account.balance)))
        return balances[self.books.ada], balances[self.books.grace]

    def is_right(self):
        with self.backend.session() as session:
            return [check.__name__ for check in CHECKS if check(session).verdict is not Verdict.RIGHT] == []


@pytest.mark.parametrize("words", [None, "Walking Biscuit 🐕"])
def test_an_entry_posted_alone_is_committed_at_once(alone, reader, books, words):
    entry_id = actions.post(alone, books.entry("k", words=words))
    assert reader.balances() == (60, -60)
    assert reader.rows(select(Entry.id)) == [(entry_id,)]
    assert reader.rows(select(Memo.entry_id, Memo.words)) == ([] if words is None else [(entry_id, words)])
    assert reader.is_right()


def test_an_entry_of_many_lines_and_its_reversal_are_posted(alone, reader, books):
    meal = books.entry("meal", Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30), words="A meal")
    meal_id = actions.post(alone, meal)
    actions.post(alone, books.entry("back", Line(books.ada, books.grace, 60, mirrors=1), reverses=meal_id))
    assert reader.balances() == (30, 0)
    assert reader.is_right()


REFUSED = [
    (FloorReachedError, lambda books: books.entry("x", Line(books.grace, books.ada, 1201))),
    (NoSuchAccountError, lambda books: books.entry("x", Line(books.grace, 7, 60))),
    (NoSuchMemberError, lambda books: books.entry("x", recorded_by=7)),
    (SecondApproverError, lambda books: books.entry("x", kind=EntryKind.ADJUSTMENT)),
    (NoLinesError, lambda books: replace(books.entry("x"), lines=())),
    (KeyTakenError, lambda books: books.entry("first", Line(books.grace, books.ada, 61))),
]


@pytest.mark.parametrize("words", [None, "Words"])
@pytest.mark.parametrize(("refusal", "make"), REFUSED)
def test_a_refusal_writes_nothing_and_leaves_the_connection_usable(alone, reader, books, refusal, make, words):
    actions.post(alone, books.entry("first", words=words))
    with pytest.raises(refusal):
        actions.post(alone, replace(make(books), words=words))
    assert reader.balances() == (60, -60)
    actions.post(alone, books.entry("second", words=words))
    assert reader.balances() == (120, -120)
    assert len(reader.rows(select(Entry.id))) == 2
    assert len(reader.rows(select(Memo.entry_id))) == (0 if words is None else 2)
    assert reader.is_right()


def test_a_line_is_reversed_once(alone, reader, books):
    first = actions.post(alone, books.entry("first"))
    back = books.entry("back", Line(books.ada, books.grace, 60, mirrors=1), reverses=first)
    actions.post(alone, back)
    with pytest.raises(AlreadyReversedError):
        actions.post(alone, replace(back, key="again"))
    assert reader.is_right()


@pytest.mark.parametrize("words", [None, "Words"])
def test_the_connection_returns_to_the_pool_without_a_transaction(backend, reader, books, words):
    engine = make_alone_engine(backend.engine)
    for number in range(3):
        with driver.Alone(engine, backend.settings.session_info) as alone:
            actions.post(alone, books.entry(f"k{number}", words=words))
            with pytest.raises(FloorReachedError):
                actions.post(alone, books.entry(f"x{number}", Line(books.grace, books.ada, 9999), words=words))
            if backend.name == "sqlite":
                assert not alone.connection.in_transaction
            else:
                assert alone.connection.info.transaction_status.name == "IDLE"
    engine.dispose()
    assert reader.balances()[0] == 180


@pytest.fixture(params=["in a session", "alone"])
def unit(request, alone, session):
    return alone if request.param == "alone" else session


def _end(unit):
    """Commit a session."""
    if not isinstance(unit, driver.Alone):
        unit.commit()


def _give_up(unit):
    """Roll a session back after a refusal."""
    if not isinstance(unit, driver.Alone):
        unit.rollback()


@pytest.mark.parametrize("words", [None, "Walking Biscuit"])
def test_a_replay_returns_the_existing_entry(unit, reader, books, words):
    """A replay is at another moment, and would have another id and another salt."""
    entry = books.entry("k", words=words)
    first = actions.post(unit, entry)
    _end(unit)
    assert actions.post(unit, replace(entry, recorded_at=NOW + timedelta(hours=1))) == first
    _end(unit)
    assert reader.balances()[0] == 60
    assert reader.rows(select(Entry.recorded_at)) == [(NOW,)]
    assert len(reader.rows(select(Posting.number))) == 2
    assert reader.is_right()


def test_a_replay_is_recognized_after_its_words_were_erased(unit, reader, books):
    entry = books.entry("k", words="Walking Biscuit")
    first = actions.post(unit, entry)
    _end(unit)
    edit(reader.backend.owner, ["UPDATE memo SET words = NULL, salt = NULL"])
    assert actions.post(unit, entry) == first
    with pytest.raises(KeyTakenError):
        actions.post(unit, replace(entry, deed="test:other"))


_OTHER = {
    "kind": lambda _books: EntryKind.GIFT,
    "lines": lambda books: (Line(books.grace, books.ada, 61),),
    "occurred_on": lambda _books: date(2026, 11, 19),
    "recorded_by": lambda books: books.approver,
    "deed": lambda _books: "test:other",
    "on_behalf_of": lambda books: books.recorder,
    "approved_by": lambda books: books.approver,
    "reverses": lambda _books: 7,
    "resolves": lambda _books: 7,
    "words": lambda _books: "Other words",
    "recorder_bank_id": lambda books: books.other_bank,
}


@pytest.mark.parametrize("words", [None, "Walking Biscuit"])
@pytest.mark.parametrize("name", _OTHER)
def test_another_deed_under_a_key_is_refused(unit, reader, books, name, words):
    entry = books.entry("k", words=words)
    actions.post(unit, entry)
    _end(unit)
    with pytest.raises(KeyTakenError) as refused:
        actions.post(unit, replace(entry, **{name: _OTHER[name](books)}))
    _give_up(unit)
    assert refused.value.values == {"key": "k"}
    assert reader.balances()[0] == 60


def test_a_replay_compares_every_field_but_the_moment():
    assert set(_OTHER) == {field.name for field in fields(NewEntry)} - {"bank_id", "key", "recorded_at"}
