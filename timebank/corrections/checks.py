"""What must always be true of corrections and of months that were signed off."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.bookkeeping.closings import SignedMonth, list_all_signed_off
from timebank.bookkeeping.queries import find_entry_id, get_entry
from timebank.corrections.figures import MonthFigures, differences, read
from timebank.corrections.models import Correction, CorrectionKind
from timebank.corrections.month_queries import reckon_months
from timebank.corrections.queries import lines_by_id
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.errors import LedgerError


def months_as_signed_off(session: Session) -> CheckResult:
    """Check that the figures of every signed-off month are still those that the books come to."""
    signed, wrong = list_all_signed_off(session), list[Finding]()
    signed_by_zone = defaultdict[tuple[int, str], list[tuple[SignedMonth, MonthFigures]]](list)
    for row in signed:
        try:
            figures = read(row.figures)
            ZoneInfo(figures.time_zone)
        except (ValueError, KeyError):
            wrong.append(_finding(row, "its figures cannot be read"))
        else:
            signed_by_zone[row.bank_id, figures.time_zone].append((row, figures))
    for (bank_id, time_zone), months in signed_by_zone.items():
        computed = reckon_months(session, bank_id, [row.month for row, _figures in months], time_zone)
        for row, figures in months:
            wrong += [
                _finding(row, f"{name} was signed as {before}, the books come to {now}")
                for name, before, now in differences(figures, computed[row.month])
            ]
    return check_result("months_as_signed_off", len(signed), "months", wrong)


def _finding(row: SignedMonth, problem: str) -> Finding:
    return Finding("closing", f"{row.bank_id}/{row.month:%Y-%m}", problem)


def corrections_have_entries(session: Session) -> CheckResult:
    """Check that every approved correction has its entry, with its lines, its proposer and its approver."""
    approved = session.scalars(select(Correction).where(Correction.approved_by.is_not(None))).all()
    wrong = [
        Finding("correction", f"{row.bank_id}/{row.code}", "its entry is missing, or is not as it was approved")
        for row in approved
        if not _is_posted(session, row)
    ]
    return check_result("corrections_have_entries", len(approved), "corrections", wrong)


def _is_posted(session: Session, row: Correction) -> bool:
    """Return whether a correction's entry is as it was approved; False too where either cannot be read."""
    word = "adjustment" if row.kind == CorrectionKind.ADJUSTMENT else "reversal"
    entry_id = find_entry_id(session, row.bank_id, f"{word}:{row.code}")
    if entry_id is None:
        return False
    try:
        lines = lines_by_id(session, row.bank_id, [row])[row.id]
        entry = get_entry(session, row.bank_id, entry_id)
    except (LedgerError, LookupError, TypeError, ValueError):  # somebody wrote other lines past the guards
        return False
    expected = (tuple(lines), row.proposed_by, row.approved_by, row.entry_id)
    return expected == (entry.entry.lines, entry.recorded_by, entry.approved_by, entry.entry.reverses)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (corrections_have_entries, months_as_signed_off)
