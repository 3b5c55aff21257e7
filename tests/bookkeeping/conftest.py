"""Books with three members' accounts and a pot, and entries to go at them with."""

from dataclasses import dataclass
from datetime import date

import pytest

from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.actions import NewEntry
from timebank.ledger.entries import EntryKind, Line


@dataclass
class OpenBooks:
    """Ids to write entries with: Ada, Grace and Linus hold accounts with a floor of -20 hours."""

    bank: int
    other_bank: int
    ada: int
    grace: int
    linus: int
    perdita: int
    recorder: int

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


@pytest.fixture
def books(village):
    return OpenBooks(
        bank=village.angus.id,
        other_bank=village.perth.id,
        ada=village.ada.account_id,
        grace=village.grace.account_id,
        linus=village.linus.account_id,
        perdita=village.perdita.account_id,
        recorder=village.ada.membership_id,
    )


@pytest.fixture
def post(session):
    """Post one entry and commit it; gives its id."""

    def posting(entry):
        try:
            entry_id = actions.post(session, entry)
            session.commit()
        finally:
            session.rollback()
        return entry_id

    return posting
