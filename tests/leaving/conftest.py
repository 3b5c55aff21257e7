"""What is left, taken back in and asked of the books in these tests."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.people import NOW, Village, balance_of
from timebank.actors import Actor, Doing
from timebank.audit.checks import check_books
from timebank.bookkeeping.closings import is_closed
from timebank.bookkeeping.queries import find_account_of_kind, get_account
from timebank.leaving import actions
from timebank.leaving.rules import Departure
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.members.queries import find_actor_by_code


@dataclass
class Leavings:
    """Leaving as Rosa writes it down, each time with what the account stands at."""

    session: Session
    village: Village
    made: int = 0

    def _do(self, verb, member: Actor, *, to=None, balance=None, by=None, now: datetime = NOW, key: str = "") -> None:
        self.made += 1
        shown = balance_of(self.session, member) if balance is None else balance
        going = Departure(shown, "Moves to Fife", to)
        by, key = by or self.village.rosa, key or f"leave-{self.made}"
        verb(self.session, self.village.angus, member, going, Doing(by, now, key))
        self.session.commit()

    def leave(self, member: Actor, **said) -> None:
        self._do(actions.leave, member, **said)

    def settle(self, member: Actor, **said) -> None:
        self._do(actions.settle, member, **said)

    def back(self, member: Actor, *, now: datetime = NOW, key: str = "back") -> None:
        by = self.village.rosa
        actions.take_back_in(self.session, member, Doing(by, now, key), reason="Back from Fife")
        self.session.commit()

    def is_closed(self, member: Actor) -> bool:
        return is_closed(self.session, member.bank_id, member.account_id)

    def standing(self, member: Actor) -> str:
        found = find_actor_by_code(self.session, member.bank_id, member.code)
        return found.standing

    def of_kind(self, kind: AccountKind) -> int:
        """Minutes on the bank's only account of a kind."""
        bank_id = self.village.angus.id
        return get_account(self.session, bank_id, find_account_of_kind(self.session, bank_id, kind)).balance

    def ask(self, query: str, **values):
        return self.session.execute(text(query), values).all()

    def entries(self) -> int:
        return len(self.ask("SELECT id FROM entry WHERE kind = 'leaving'"))

    def are_right(self) -> bool:
        self.session.rollback()
        wrong = [result for result in check_books(self.session) if result.verdict is Verdict.WRONG]
        assert not wrong, wrong
        return True


@pytest.fixture
def leavings(session, village):
    return Leavings(session, village)
