"""What must always be true of the books, each as a question with a name.

Every check counts what it looked at and names the rows that are not as they must be. They read the tables as they
are, with SQL and with the ledger's own arithmetic, and trust no trigger to have done its work. Checks of single
entries stand in `entry_checks`, of accounts in `account_checks`.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from timebank.bookkeeping.account_checks import closings_on_record, floors_on_record, holds_match
from timebank.bookkeeping.entry_checks import (
    entries_as_written,
    entries_between_as_written,
    postings_equal_lines,
    reversals_mirror,
    words_as_written,
)
from timebank.bookkeeping.findings import count_rows, name_row, result
from timebank.bookkeeping.holder_checks import clearing_nets_to_zero, holders_as_written
from timebank.bookkeeping.models import Account, Posting
from timebank.bookkeeping.quick_marks import IdRange
from timebank.bookkeeping.record_checks import LATE, accounts_on_record, closings_are_whole, sealed_in_order
from timebank.bookkeeping.seal_checks import not_sealed_yet, seals_match
from timebank.ledger.checks import CheckResult, Finding

#: Postings of entries that are no help, and those that help comes in by; the sets that they are looked up in are small.
_NO_HELP = "(p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE kind <> 'exchange' AND kind <> 'activity')"
_BRINGS = "(p.minutes > 0) <> ((p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE reverses IS NOT NULL))"
#: Postings that do not follow from the one before.
_STUMBLING = text(
    "SELECT p.bank_id, p.account_id, p.number FROM posting AS p"  # noqa: S608 (all of it is ours)
    " LEFT JOIN posting AS b ON b.bank_id = p.bank_id AND b.account_id = p.account_id AND b.number = p.number - 1"
    " WHERE ((p.number = 1) = (b.number IS NULL) AND (b.entry_id IS NULL OR p.entry_id > b.entry_id - :late)"
    " AND p.balance_after - p.minutes = coalesce(b.balance_after, 0)"
    " AND p.given_after = coalesce(b.given_after, 0)"
    f" + CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN p.minutes ELSE 0 END"
    " AND p.received_after = coalesce(b.received_after, 0)"
    f" - CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN 0 ELSE p.minutes END) IS NOT TRUE"
)
#: Accounts that are not what their postings come to. Each step's given and received are `_STUMBLING`'s to check, so
#: the newest posting says all of it.
_UNEVEN = text(
    "SELECT a.bank_id, a.id, a.balance, coalesce(s.balance, 0) FROM account AS a"
    " LEFT JOIN (SELECT bank_id, account_id, sum(minutes) AS balance, count(*) AS number, max(number) AS newest"
    " FROM posting GROUP BY bank_id, account_id) AS s ON s.bank_id = a.bank_id AND s.account_id = a.id"
    " LEFT JOIN posting AS p ON p.bank_id = a.bank_id AND p.account_id = a.id AND p.number = s.newest"
    " WHERE (a.balance = coalesce(s.balance, 0) AND a.number = coalesce(s.number, 0)"
    " AND a.given = coalesce(p.given_after, 0) AND a.received = coalesce(p.received_after, 0)) IS NOT TRUE"
)


def sum_is_zero(session: Session) -> CheckResult:
    """Nothing is minted: over all accounts of a bank, the balances come to nothing."""
    sums = session.execute(select(Account.bank_id, func.sum(Account.balance)).group_by(Account.bank_id)).all()
    wrong = [
        Finding("account", f"bank {bank}", f"the balances sum to {total} minutes") for bank, total in sums if total
    ]
    accounts = session.scalar(select(func.count()).select_from(Account)) or 0
    return result("sum_is_zero", accounts, "accounts", wrong)


def balances_equal_postings(session: Session) -> CheckResult:
    """An account's balance and number are what its postings come to, given and received what the newest one says."""
    wrong = [
        Finding("account", f"{bank_id}/{account_id}", f"says {balance} minutes, its postings come to {posted}")
        for bank_id, account_id, balance, posted in session.execute(_UNEVEN)
    ]
    return result("balances_equal_postings", count_rows(session, Account), "accounts", wrong)


def running_balances(session: Session) -> CheckResult:
    """Numbers run from 1 without a gap, and each balance, given and received follows from the one before.

    Ids of entries rise with time, so no posting is of an entry a day older than that of the one before.
    """
    wrong = [
        Finding("posting", name_row(row), "it does not follow from the one before")
        for row in session.execute(_STUMBLING, {"late": LATE})
    ]
    return result("running_balances", count_rows(session, Posting), "postings", wrong)


def web_role_owns_nothing(session: Session) -> CheckResult:
    """On PostgreSQL the role that the web uses owns no table, so that it can write nothing but through an entry."""
    if session.get_bind().dialect.name != "postgresql":
        return result("web_role_owns_nothing", 0, "tables owned", [])
    owned = session.scalars(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (pg_has_role(current_user, tableowner, 'USAGE') OR tablename IN"
            " ('account', 'entry', 'memo', 'taken_back', 'posting', 'limit_change', 'account_holder', 'hold',"
            " 'closing', 'leaf', 'seal', 'seal_log', 'trail', 'membership')"
            " AND has_table_privilege(current_user, schemaname || '.' || tablename, 'DELETE, TRUNCATE'))"
            " ORDER BY tablename"
        )
    ).all()
    wrong = [
        Finding(
            "pg_tables",
            str(name),
            "the web's role may do anything with it: set TIMEBANK_OWNER_URL and run timebank init again",
        )
        for name in owned
    ]
    return result("web_role_owns_nothing", len(owned), "tables owned", wrong, warns_only=True)


#: Checks that can be shared out by ranges of entries' ids (`quick_marks.split_ids`), and what checks one range.
SPLIT: Mapping[Callable[[Session], CheckResult], Callable[[Session, IdRange], CheckResult]] = {
    entries_as_written: entries_between_as_written
}
CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    sum_is_zero,
    balances_equal_postings,
    postings_equal_lines,
    running_balances,
    reversals_mirror,
    floors_on_record,
    holds_match,
    accounts_on_record,
    holders_as_written,
    clearing_nets_to_zero,
    closings_on_record,
    closings_are_whole,
    entries_as_written,
    words_as_written,
    seals_match,
    sealed_in_order,
    not_sealed_yet,
    web_role_owns_nothing,
)
