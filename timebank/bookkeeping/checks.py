"""What must always be true of the books, each as a question with a name.

Every check counts what it looked at and names the rows that are not as they must be. They read the tables as they
are, with SQL and with the ledger's own arithmetic, and trust no trigger to have done its work. Checks of single
entries stand in `entry_checks`, of accounts in `account_checks`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select, text
from sqlalchemy.orm import Session

from timebank.bookkeeping.account_checks import closings_on_record, floors_on_record, holds_match
from timebank.bookkeeping.entry_checks import (
    entries_as_written,
    postings_equal_transfers,
    reversals_mirror,
    transfers_equal_lines,
    words_as_written,
)
from timebank.bookkeeping.findings import count_rows, name_row, result
from timebank.bookkeeping.models import Account, Entry, Posting
from timebank.bookkeeping.quick_checks import do_steps_stand, do_sums_stand
from timebank.bookkeeping.record_checks import accounts_on_record, closings_are_whole, sealed_in_order
from timebank.bookkeeping.seal_checks import not_sealed_yet, seals_match
from timebank.ledger.checks import CheckResult, Finding
from timebank.ledger.entries import KINDS_OF_HELP

_HELP = [kind.value for kind in KINDS_OF_HELP]


def sum_is_zero(session: Session) -> CheckResult:
    """Nothing is minted: over all accounts of a bank, the balances come to nothing."""
    sums = session.execute(select(Account.bank_id, func.sum(Account.balance)).group_by(Account.bank_id)).all()
    wrong = [
        Finding("account", f"bank {bank}", f"the balances sum to {total} minutes") for bank, total in sums if total
    ]
    accounts = session.scalar(select(func.count()).select_from(Account)) or 0
    return result("sum_is_zero", accounts, "accounts", wrong)


def balances_equal_postings(session: Session) -> CheckResult:
    """An account's balance, given, received and number are what all its postings come to."""
    wrong = [] if do_sums_stand(session, count_rows(session, Posting)) else _look_at_each_sum(session)
    return result("balances_equal_postings", count_rows(session, Account), "accounts", wrong)


def _look_at_each_sum(session: Session) -> list[Finding]:
    helps, mirror = Entry.kind.in_(_HELP), Entry.reverses.is_not(None)
    comes_in = (Posting.minutes > 0) != mirror
    sums = (
        select(
            Posting.bank_id,
            Posting.account_id,
            func.sum(Posting.minutes).label("balance"),
            func.count().label("number"),
            func.sum(case((and_(helps, comes_in), Posting.minutes), else_=0)).label("given"),
            func.sum(case((and_(helps, ~comes_in), -Posting.minutes), else_=0)).label("received"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .group_by(Posting.bank_id, Posting.account_id)
        .subquery()
    )
    off = or_(
        Account.balance != func.coalesce(sums.c.balance, 0),
        Account.number != func.coalesce(sums.c.number, 0),
        Account.given != func.coalesce(sums.c.given, 0),
        Account.received != func.coalesce(sums.c.received, 0),
    )
    query = (
        select(Account.bank_id, Account.id, Account.balance, sums.c.balance.label("posted"))
        .outerjoin(sums, and_(sums.c.bank_id == Account.bank_id, sums.c.account_id == Account.id))
        .where(off)
    )
    return [
        Finding(
            "account", f"{row.bank_id}/{row.id}", f"says {row.balance} minutes, its postings come to {row.posted or 0}"
        )
        for row in session.execute(query)
    ]


def running_balances(session: Session) -> CheckResult:
    """Numbers run from 1 without a gap, and each balance, given and received follows from the one before."""
    postings = count_rows(session, Posting)
    wrong = [] if do_steps_stand(session, postings) else _look_at_each_step(session)
    return result("running_balances", postings, "postings", wrong)


def _look_at_each_step(session: Session) -> list[Finding]:
    window: dict[str, Any] = {"partition_by": (Posting.bank_id, Posting.account_id), "order_by": Posting.number}
    helps, mirror = Entry.kind.in_(_HELP), Entry.reverses.is_not(None)
    comes_in = (Posting.minutes > 0) != mirror
    steps = (
        select(
            Posting.bank_id,
            Posting.account_id,
            Posting.number,
            (Posting.number - func.coalesce(func.lag(Posting.number).over(**window), 0)).label("step"),
            (Posting.balance_after - func.coalesce(func.lag(Posting.balance_after).over(**window), 0)).label("moved"),
            (Posting.given_after - func.coalesce(func.lag(Posting.given_after).over(**window), 0)).label("gave"),
            (Posting.received_after - func.coalesce(func.lag(Posting.received_after).over(**window), 0)).label("got"),
            Posting.minutes,
            case((and_(helps, comes_in), Posting.minutes), else_=0).label("gives"),
            case((and_(helps, ~comes_in), -Posting.minutes), else_=0).label("gets"),
        )
        .join(Entry, and_(Entry.bank_id == Posting.bank_id, Entry.id == Posting.entry_id))
        .subquery()
    )
    off = or_(
        steps.c.step != 1, steps.c.moved != steps.c.minutes, steps.c.gave != steps.c.gives, steps.c.got != steps.c.gets
    )
    query = select(steps.c.bank_id, steps.c.account_id, steps.c.number).where(off)
    return [
        Finding("posting", name_row(row), "it does not follow from the one before") for row in session.execute(query)
    ]


def web_role_owns_nothing(session: Session) -> CheckResult:
    """On PostgreSQL the role that the web uses owns no table, so that it can write nothing but through an entry."""
    if session.get_bind().dialect.name != "postgresql":
        return result("web_role_owns_nothing", 0, "tables owned", [])
    owned = session.scalars(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (pg_has_role(current_user, tableowner, 'USAGE') OR tablename IN"
            " ('account', 'entry', 'memo', 'transfer', 'posting', 'limit_change', 'hold', 'closing', 'leaf', 'seal',"
            " 'seal_log', 'trail')"
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


CHECKS: Sequence[Callable[[Session], CheckResult]] = (
    sum_is_zero,
    balances_equal_postings,
    transfers_equal_lines,
    postings_equal_transfers,
    running_balances,
    reversals_mirror,
    floors_on_record,
    holds_match,
    accounts_on_record,
    closings_on_record,
    closings_are_whole,
    entries_as_written,
    words_as_written,
    seals_match,
    sealed_in_order,
    not_sealed_yet,
    web_role_owns_nothing,
)
