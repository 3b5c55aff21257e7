"""Checks of account holders, and of entries between banks."""

from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import count_rows, name_row
from timebank.bookkeeping.encoding import CANNOT_ENCODE, is_mark, mark
from timebank.bookkeeping.holder_models import AccountHolder
from timebank.bookkeeping.models import Account, Entry, Posting
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.ledger.accounts import AccountKind, holder_kind
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.entries import EntryKind
from timebank.ledger.leaves import LeafKind

_BATCH = 5_000


def holders_as_written(session: Session) -> CheckResult:
    """Every account has holders since its opening, numbered from 1, of the right kind, and with a valid mark."""
    its = and_(Account.bank_id == AccountHolder.bank_id, Account.id == AccountHolder.account_id)
    source = SOURCES[LeafKind.HOLDER]
    rows = session.execute(
        select(*source.columns, AccountHolder.digest, Account.kind.label("account_kind"), Account.opened_at)
        .outerjoin(Account, its)
        .order_by(AccountHolder.bank_id, AccountHolder.account_id, AccountHolder.number)
        .execution_options(yield_per=_BATCH)
    )
    wrong, last, books_key = list[Finding](), (0, 0, 0), session.info["books_key"]
    for row in rows:
        key = (row.bank_id, row.account_id, row.number)
        follows = key == (*last[:2], last[2] + 1) or (key[:2] != last[:2] and row.number == 1)
        last = key if type(row.number) is int else (*key[:2], 0)
        if not follows or not _fits_account(row):
            wrong.append(Finding("account_holder", name_row(key), "it does not fit its account or the one before"))
        elif not _is_as_written(row, books_key):
            wrong.append(Finding("account_holder", name_row(key), "it was changed after it was written"))
    without = select(Account.bank_id, Account.id).outerjoin(AccountHolder, its).where(AccountHolder.number.is_(None))
    wrong += [Finding("account", name_row(row), "nobody holds it") for row in session.execute(without)]
    return check_result("holders_as_written", count_rows(session, AccountHolder), "holders", wrong)


def _fits_account(row: Row[*tuple[Any, ...]]) -> bool:
    if row.account_kind is None or (row.number == 1 and row.recorded_at != row.opened_at):
        return False
    try:
        return bool(row.kind == holder_kind(AccountKind(row.account_kind)))
    except ValueError:  # an unknown kind of account, written past the CHECK
        return False


def _is_as_written(row: Row[*tuple[Any, ...]], books_key: bytes) -> bool:
    try:
        expected = mark(books_key, SOURCES[LeafKind.HOLDER].encode(row, books_key))
    except CANNOT_ENCODE:
        return False
    return is_mark(row.digest, expected)


def clearing_nets_to_zero(session: Session) -> CheckResult:
    """Clearing accounts sum to zero over all banks, and so do the postings on them in each deed between two banks."""
    accounts = session.execute(
        select(func.count(), func.coalesce(func.sum(Account.balance), 0)).where(Account.kind == AccountKind.CLEARING)
    ).one()
    wrong = list[Finding]()
    if accounts[1]:
        wrong.append(
            Finding("account", "clearing", f"the banks' accounts with each other sum to {accounts[1]} minutes")
        )
    is_clearing = and_(
        Account.bank_id == Posting.bank_id, Account.id == Posting.account_id, Account.kind == AccountKind.CLEARING
    )
    of_entry = and_(Posting.bank_id == Entry.bank_id, Posting.entry_id == Entry.id)
    deeds = (
        select(Entry.key, func.sum(case((Account.id.is_not(None), Posting.minutes), else_=0)).label("minutes"))
        .join(Posting, of_entry)
        .outerjoin(Account, is_clearing)
        .where(Entry.kind == EntryKind.CLEARING)
        .group_by(Entry.key)
    )
    for row in session.execute(deeds.having(func.sum(case((Account.id.is_not(None), Posting.minutes), else_=0)) != 0)):
        wrong.append(Finding("entry", row.key, f"its banks differ by {row.minutes} minutes"))
    return check_result("clearing_nets_to_zero", accounts[0], "accounts", wrong)
