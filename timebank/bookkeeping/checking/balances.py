"""Checks of balances: they sum to zero, equal their postings, and follow from one another."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import count_rows, name_row
from timebank.bookkeeping.checking.records import LATE
from timebank.bookkeeping.models import Account, Posting
from timebank.ledger.checks import CheckResult, Finding, check_result

#: Conditions on a posting: its entry is no help; it counts as help given. Both look it up in small sets of entries.
_NO_HELP = "(p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE kind <> 'exchange' AND kind <> 'activity')"
_IS_GIVEN = "(p.minutes > 0) <> ((p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE reverses IS NOT NULL))"
#: Postings whose totals do not follow from the account's previous posting, or that are of a much older entry than it.
#: IS NOT TRUE also catches NULL, which a tampered row can make of the comparison.
_NOT_FOLLOWING = text(
    "SELECT p.bank_id, p.account_id, p.number FROM posting AS p"  # noqa: S608 (all of it is ours)
    " LEFT JOIN posting AS b ON b.bank_id = p.bank_id AND b.account_id = p.account_id AND b.number = p.number - 1"
    " WHERE ((p.number = 1) = (b.number IS NULL) AND (b.entry_id IS NULL OR p.entry_id > b.entry_id - :late)"
    " AND p.balance_after - p.minutes = coalesce(b.balance_after, 0)"
    " AND p.given_after = coalesce(b.given_after, 0)"
    f" + CASE WHEN {_NO_HELP} THEN 0 WHEN {_IS_GIVEN} THEN p.minutes ELSE 0 END"
    " AND p.received_after = coalesce(b.received_after, 0)"
    f" - CASE WHEN {_NO_HELP} THEN 0 WHEN {_IS_GIVEN} THEN 0 ELSE p.minutes END) IS NOT TRUE"
)
#: Accounts whose totals differ from their postings. `_NOT_FOLLOWING` checks `given` and `received` from posting to
#: posting, so here only those of the newest posting are compared.
_NOT_POSTINGS = text(
    "SELECT a.bank_id, a.id, a.balance, coalesce(s.balance, 0) FROM account AS a"
    " LEFT JOIN (SELECT bank_id, account_id, sum(minutes) AS balance, count(*) AS number, max(number) AS newest"
    " FROM posting GROUP BY bank_id, account_id) AS s ON s.bank_id = a.bank_id AND s.account_id = a.id"
    " LEFT JOIN posting AS p ON p.bank_id = a.bank_id AND p.account_id = a.id AND p.number = s.newest"
    " WHERE (a.balance = coalesce(s.balance, 0) AND a.number = coalesce(s.number, 0)"
    " AND a.given = coalesce(p.given_after, 0) AND a.received = coalesce(p.received_after, 0)) IS NOT TRUE"
)


def sum_is_zero(session: Session) -> CheckResult:
    """The balances of all accounts of a bank sum to zero."""
    sums = session.execute(select(Account.bank_id, func.sum(Account.balance)).group_by(Account.bank_id)).all()
    wrong = [
        Finding("account", f"bank {bank}", f"the balances sum to {total} minutes") for bank, total in sums if total
    ]
    accounts = session.scalar(select(func.count()).select_from(Account)) or 0
    return check_result("sum_is_zero", accounts, "accounts", wrong)


def balances_equal_postings(session: Session) -> CheckResult:
    """An account's balance and number equal its postings', its given and received those of the newest posting."""
    wrong = [
        Finding("account", f"{bank_id}/{account_id}", f"says {balance} minutes, its postings come to {posted}")
        for bank_id, account_id, balance, posted in session.execute(_NOT_POSTINGS)
    ]
    return check_result("balances_equal_postings", count_rows(session, Account), "accounts", wrong)


def running_balances(session: Session) -> CheckResult:
    """Postings are numbered from 1 without a gap, and each balance, given and received follows from the previous one.

    Ids of entries rise with time, so no posting is of an entry a day older than that of the previous posting.
    """
    wrong = [
        Finding("posting", name_row(row), "it does not follow from the one before")
        for row in session.execute(_NOT_FOLLOWING, {"late": LATE})
    ]
    return check_result("running_balances", count_rows(session, Posting), "postings", wrong)
