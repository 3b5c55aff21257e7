"""What the pages of a leaving load: the member, their account, unfinished exchanges, and where hours go."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from timebank import codes
from timebank.actors import Actor, Standing
from timebank.bookkeeping.closings import is_closed
from timebank.bookkeeping.queries import find_account_of_kind, get_account
from timebank.exchanges.queries import ExchangeRow, list_open
from timebank.leaving import rules
from timebank.ledger.accounts import Account, AccountKind
from timebank.members.access import get_permitted
from timebank.members.queries import find_actor_by_code, search_members
from timebank.web.extensions import db

POT = "pot"


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody who leaves, or who left with something to settle."""

    member: Actor
    account: Account
    unfinished: Sequence[ExchangeRow]
    is_settled: bool

    @property
    def has_left(self) -> bool:
        """Whether only the hours are still to be settled."""
        return self.member.standing is Standing.LEFT

    @property
    def deed(self) -> str:
        """Return the action that the check page is for; a form checked for the other action is checked again."""
        return "settle" if self.has_left else "leave"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the hours go, or come from where the account is below zero; `to` is a member, None for what is the bank's.

    `word` is how the address names it.
    """

    word: str
    name: str
    before: int
    to: Actor | None = None


def get_case(code: str) -> Case:
    """Return the member's case, where the reader may write it down. Raises NotVisibleError or NotPermittedError."""
    session, bank_id = db.session(), g.bank.id
    member = get_permitted(session, g.actor, code, rules.may_write_down)
    settled = rules.is_settled(member.standing, is_closed=is_closed(session, bank_id, member.account_id))
    account = get_account(session, bank_id, member.account_id)
    return Case(member, account, list_open(session, bank_id, member.account_id), settled)


def find_destination(case: Case, word: str) -> Destination | None:
    """Return the destination that the URL names; None where there are hours and it names nobody who may have them."""
    session, bank_id = db.session(), g.bank.id
    if case.account.balance <= 0:
        return Destination("", _("Leavers' account"), _balance_of(AccountKind.LEAVERS))
    if word == POT:
        return Destination(POT, _("Community pot"), _balance_of(AccountKind.POT))
    to = find_actor_by_code(session, bank_id, codes.heard(word))
    if to is None or to.code not in {code for code, _name in list_takers(case, code=to.code)}:
        return None
    return Destination(codes.spoken(to.code), to.name, get_account(session, bank_id, to.account_id).balance, to)


def list_takers(case: Case, words: str = "", *, code: str | None = None) -> list[tuple[str, str]]:
    """Return (code, label) of the members who may receive the hours, by words or by code."""
    rows = search_members(db.session(), g.bank.id, words, code=code, but_not_account=case.member.account_id)
    named = _("%(name)s, number %(number)s")
    return [
        (row.code, named % {"name": row.name, "number": row.number})
        for row in rows
        if row.account_id != g.actor.account_id
    ]


def _balance_of(kind: AccountKind) -> int:
    """Return the balance of the bank's account of this kind, in minutes; 0 where it is not open yet."""
    account_id = find_account_of_kind(db.session(), g.bank.id, kind)
    return get_account(db.session(), g.bank.id, account_id).balance if account_id else 0
