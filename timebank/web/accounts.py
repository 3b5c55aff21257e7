"""Names of the accounts that some lines move, and what the lines would do to their balances. Used by several pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import g

from timebank.bookkeeping.queries import list_accounts
from timebank.corrections.rules import Change, accounts_of, changes
from timebank.holders.queries import list_names
from timebank.ledger.accounts import Account
from timebank.ledger.entries import Line
from timebank.web.book_words import account_words
from timebank.web.extensions import db


@dataclass(frozen=True, slots=True)
class MovedAccounts:
    """The accounts in some corrections, by id: what each is called in front of people, and its balances and limits."""

    names: dict[int, str]
    standing: dict[int, Account]

    def changes(self, lines: Sequence[Line]) -> list[tuple[str, int, int]]:
        """Return (name, minutes before, minutes after) of each account that the lines would move."""
        return [(self.names[change.account_id], change.before, change.after) for change in self._changes(lines)]

    def too_low(self, lines: Sequence[Line]) -> list[str]:
        """Return the names of those who would fall below their floor."""
        return [self.names[change.account_id] for change in self._changes(lines) if change.is_too_low]

    def _changes(self, lines: Sequence[Line]) -> list[Change]:
        return changes(lines, self.standing)


def find_moved_accounts(lines: Collection[Line]) -> MovedAccounts:
    """Return the accounts that these lines move, in two queries however many they are."""
    ids = sorted(accounts_of(list(lines)))
    standing = list_accounts(db.session(), g.bank.id, ids)
    names = list_names(db.session(), g.bank.id, ids)
    called = {id_: names[id_][0] if id_ in names else account_words(standing[id_].kind) for id_ in ids}
    return MovedAccounts(called, standing)
