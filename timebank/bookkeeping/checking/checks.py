"""All checks of the books: each counts the rows it read and names those that are wrong.

They read the tables as they stand, in SQL and with the ledger's own arithmetic, and do not rely on any trigger.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.accounts import closings_on_record, floors_on_record, holds_match
from timebank.bookkeeping.checking.balances import balances_equal_postings, running_balances, sum_is_zero
from timebank.bookkeeping.checking.entries import (
    entries_as_written,
    entries_between_as_written,
    postings_equal_lines,
    reversals_mirror,
    words_as_written,
)
from timebank.bookkeeping.checking.forks import seals_go_on
from timebank.bookkeeping.checking.grants import web_role_owns_nothing
from timebank.bookkeeping.checking.holders import clearing_nets_to_zero, holders_as_written
from timebank.bookkeeping.checking.marks import IdRange
from timebank.bookkeeping.checking.records import accounts_on_record, closings_are_whole, sealed_in_order
from timebank.bookkeeping.checking.seals import not_sealed_yet, seals_match
from timebank.ledger.checks import CheckResult

#: Checks that can be split by ranges of entry ids (`marks.split_ids`), and the function that checks one range.
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
    seals_go_on,
    sealed_in_order,
    not_sealed_yet,
    web_role_owns_nothing,
)
