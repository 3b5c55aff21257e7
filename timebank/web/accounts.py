"""What the accounts are called that some lines move, and what the lines would do to them. Several pages tell it."""

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
class Told:
    """The accounts in some corrections: what each is called, and how it stands."""

    names: dict[int, str]
    standing: dict[int, Account]

    def changes(self, lines: Sequence[Line]) -> list[tuple[str, int, int]]:
        """(name, minutes before, minutes after) of each account that the lines would move."""
        return [(self.names[one.account_id], one.before, one.after) for one in self._changes(lines)]

    def too_low(self, lines: Sequence[Line]) -> list[str]:
        """Who would fall below the lowest balance that is agreed."""
        return [self.names[one.account_id] for one in self._changes(lines) if one.is_too_low]

    def _changes(self, lines: Sequence[Line]) -> list[Change]:
        return changes(lines, self.standing)


def tell(lines: Collection[Line]) -> Told:
    """The accounts that these lines move, in two questions however many they are."""
    ids = sorted(accounts_of(list(lines)))
    standing = list_accounts(db.session(), g.bank.id, ids)
    names = list_names(db.session(), g.bank.id, ids)
    called = {one: names[one][0] if one in names else account_words(standing[one].kind) for one in ids}
    return Told(called, standing)
