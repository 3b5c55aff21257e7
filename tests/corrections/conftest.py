"""Corrections as the cast would propose and answer them, in units of work of their own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Backend
from tests.people import NOW, TODAY, Village, balance_of
from timebank.actors import Actor, Doing
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.corrections import actions
from timebank.corrections.actions import Adjustment
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line


@dataclass
class Desk:
    """Where corrections are made: each deed is committed, or rolled back where it is refused."""

    backend: Backend
    village: Village

    def _do(self, verb: Any, *args: Any, **options: Any) -> Any:
        with self.backend.session() as session:
            result = verb(session, *args, **options)
            session.commit()
            return result

    def adjust(self, giver: Actor | None = None, receiver: Actor | None = None, **said: Any) -> str:
        """Mary proposes that an hour goes from Grace to Ada; gives the code."""
        v = self.village
        line = {"from_account": (giver or v.grace).account_id, "to_account": (receiver or v.ada).account_id}
        told = {**line, "minutes": 60, "day": TODAY, "reason": "Counted twice", **said}
        by, now, form_key = told.pop("by", v.mary), told.pop("now", NOW), told.pop("form_key", None)
        return self._do(actions.propose_adjustment, v.angus, Adjustment(**told), Doing(by, now, form_key))

    def take_back(self, entry_id: int, numbers: tuple[int, ...] = (1,), **said: Any) -> str:
        """Mary proposes to take lines of an entry back; gives the code."""
        by, now, form_key = said.pop("by", self.village.mary), said.pop("now", NOW), said.pop("form_key", None)
        doing, options = Doing(by, now, form_key), {"reason": "Not hers", **said}
        return self._do(actions.propose_reversal, self.village.angus, entry_id, numbers, doing, **options)

    def approve(self, code: str, *, by: Actor | None = None, now: datetime = NOW, form_key: str | None = None) -> None:
        """Tom approves."""
        self._do(actions.approve, self.village.angus, code, Doing(by or self.village.tom, now, form_key))

    def refuse(
        self, code: str, *, by: Actor | None = None, reason: str = "Ring her first", form_key: str | None = None
    ) -> None:
        """Tom refuses."""
        self._do(actions.refuse, code, Doing(by or self.village.tom, NOW, form_key), reason=reason)

    def withdraw(self, code: str, *, by: Actor | None = None) -> None:
        """Mary takes it back."""
        self._do(actions.withdraw, code, Doing(by or self.village.mary, NOW))

    def post(
        self,
        *lines: Line,
        kind: EntryKind = EntryKind.GIFT,
        key: str = "gift:K7M3Q2XZ",
        deed: str = "gift",
        day: date = TODAY,
        now: datetime = NOW,
    ) -> int:
        """An entry that is in the books already; gives its id."""
        entry = bookkeeping.NewEntry(
            self.village.angus.id, key, kind, lines, day, now, self.village.mary.membership_id, deed
        )
        with self.backend.session() as session:
            entry_id = bookkeeping.post(session, entry)
            session.commit()
            return entry_id

    @property
    def pot(self) -> int:
        """The account of the pot."""
        with self.backend.session() as session:
            return get_account_of_kind(session, self.village.angus.id, AccountKind.POT)

    def balance(self, actor: Actor) -> int:
        """Minutes of somebody's account."""
        with self.backend.session() as session:
            return balance_of(session, actor)

    def ask(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Rows of a plain query."""
        with self.backend.session() as session:
            return [tuple(row) for row in session.execute(text(query), values)]


@pytest.fixture
def desk(backend, village):
    return Desk(backend, village)
