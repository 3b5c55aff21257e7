"""Fixtures: books with members' accounts and a pot, posting, and sessions without triggers."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import text

from tests.bookkeeping.sql import MOMENT, snapshot
from tests.bookkeeping.waiting import find_open_hold
from tests.conftest import Backend
from tests.people import NOW, Village, settle
from timebank.bookkeeping import actions, holds
from timebank.bookkeeping.actions import NewEntry
from timebank.ledger.entries import EntryKind, Line


@dataclass
class OpenBooks:
    """Ids for entries. Ada, Grace and Linus have accounts with a floor of -20 hours.

    `recorder` and `approver` are memberships of the bank, `other_member` is one of the other bank.
    """

    bank: int
    other_bank: int
    ada: int
    grace: int
    linus: int
    rosa: int
    mary: int
    perdita: int
    recorder: int
    approver: int
    other_member: int

    def entry(self, key, *lines, kind=EntryKind.EXCHANGE, **changed):
        lines = lines or (Line(self.grace, self.ada, 60),)
        row = {
            "bank_id": self.bank,
            "key": key,
            "kind": kind,
            "lines": tuple(lines),
            "occurred_on": date(2026, 11, 20),
            "recorded_at": NOW,
            "recorded_by": self.recorder,
            "deed": f"test:{key}",
        }
        return NewEntry(**{**row, **changed})


def open_books(village: Village) -> OpenBooks:
    return OpenBooks(
        bank=village.angus.id,
        other_bank=village.perth.id,
        ada=village.ada.account_id,
        grace=village.grace.account_id,
        linus=village.linus.account_id,
        rosa=village.rosa.account_id,
        mary=village.mary.account_id,
        perdita=village.perdita.account_id,
        recorder=village.ada.membership_id,
        approver=village.tom.membership_id,
        other_member=village.perdita.membership_id,
    )


@pytest.fixture
def books(village):
    return open_books(village)


class Written:
    """Books for hundreds of attacks in sequence, written again only after one that changed them."""

    def __init__(self, write: Callable[[Backend, OpenBooks], dict[str, object]]) -> None:
        self._write = write
        self._names: dict[str, dict[str, object]] = {}
        self._as_written: dict[str, object] = {}

    def names(self, backend: Backend) -> dict[str, object]:
        """Return the names that attacks are formatted with: ids of accounts and entries, and `books`."""
        if backend.name not in self._names or snapshot(backend.owner) != self._as_written[backend.name]:
            backend.empty()
            with backend.session() as session:
                books = open_books(settle(session))
                session.commit()
            self._names[backend.name] = {**vars(books), "now": MOMENT, "books": books, **self._write(backend, books)}
            self._as_written[backend.name] = snapshot(backend.owner)
        return self._names[backend.name]


def write_a_meal(backend: Backend, books: OpenBooks) -> dict[str, object]:
    """Post an entry of two lines with words, and one of one line that is reversed.

    Linus has an open hold of 40 minutes and a released one of 10. Returns ids by name.
    """
    with backend.session() as session:
        lines = (Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30))
        entry_id = actions.post(session, books.entry("k", *lines, words="A meal"))
        lift_id = actions.post(session, books.entry("lift", Line(books.rosa, books.mary, 45)))
        lift_back = Line(books.mary, books.rosa, 45, mirrors=1)
        back_id = actions.post(session, books.entry("lift back", lift_back, reverses=lift_id))
        for deed, minutes in (("exchange:open", 40), ("exchange:over", 10)):
            arguments = {"deed": deed, "minutes": minutes, "agreed_minutes": 15, "most_unagreed": 240, "now": NOW}
            holds.place(session, books.bank, books.linus, **arguments)
        held = {deed: find_open_hold(session, books.bank, f"exchange:{deed}") for deed in ("open", "over")}
        holds.release(session, books.bank, "exchange:over", now=NOW)
        session.commit()
    return {"entry": entry_id, "lift": lift_id, "back": back_id, **held}


@pytest.fixture
def post(session):
    """Return a function that posts an entry, commits and returns its id."""

    def posting(entry):
        try:
            entry_id = actions.post(session, entry)
            session.commit()
        finally:
            session.rollback()
        return entry_id

    return posting


@pytest.fixture
def unguarded(backend):
    """Return a context manager: a session of the owner without triggers, rolled back at its end."""

    @contextmanager
    def opened():
        with backend.owner_session() as owner:
            if backend.name == "postgresql":
                owner.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                owner.execute(text("PRAGMA defer_foreign_keys = ON"))
                for (name,) in owner.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    owner.execute(text(f"DROP TRIGGER {name}"))
                owner.execute(text("DROP INDEX uq_posting_side"))
            try:
                yield owner
            finally:
                owner.rollback()

    return opened
