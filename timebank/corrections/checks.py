"""What must always be true of corrections and of months that were signed off."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.bookkeeping.closings import SignedMonth, list_all_signed_off
from timebank.bookkeeping.queries import find_entry_id, get_entry
from timebank.corrections.figures import Figures, differences, read
from timebank.corrections.models import Correction, CorrectionKind
from timebank.corrections.month_queries import reckon_months
from timebank.corrections.queries import lines_by_id
from timebank.ledger.checks import CheckResult, Finding, check_result


def months_as_signed_off(session: Session) -> CheckResult:
    """Every month that was signed off still has its figures when they are reckoned anew from the books."""
    signed, wrong = list_all_signed_off(session), list[Finding]()
    together = defaultdict[tuple[int, str], list[tuple[SignedMonth, Figures]]](list)
    for row in signed:
        try:
            figures = read(row.figures)
            ZoneInfo(figures.time_zone)
        except (ValueError, KeyError):
            wrong.append(_finding(row, "its figures cannot be read"))
        else:
            together[row.bank_id, figures.time_zone].append((row, figures))
    for (bank_id, time_zone), told in together.items():
        anew = reckon_months(session, bank_id, [row.month for row, _figures in told], time_zone)
        for row, figures in told:
            wrong += [
                _finding(row, f"{name} was signed as {before}, the books come to {now}")
                for name, before, now in differences(figures, anew[row.month])
            ]
    return check_result("months_as_signed_off", len(signed), "months", wrong)


def _finding(row: SignedMonth, problem: str) -> Finding:
    return Finding("closing", f"{row.bank_id}/{row.month:%Y-%m}", problem)


def corrections_have_entries(session: Session) -> CheckResult:
    """Every correction that was approved has its entry, with its lines, by who proposed it and who approved it."""
    approved = session.scalars(select(Correction).where(Correction.approved_by.is_not(None))).all()
    by_bank = defaultdict[int, list[Correction]](list)
    for one in approved:
        by_bank[one.bank_id].append(one)
    wrong = [
        Finding("correction", f"{bank_id}/{one.code}", "its entry is missing, or is not as it was approved")
        for bank_id, some in by_bank.items()
        for one in _without_entry(session, bank_id, some)
    ]
    return check_result("corrections_have_entries", len(approved), "corrections", wrong)


def _without_entry(session: Session, bank_id: int, approved: Sequence[Correction]) -> list[Correction]:
    lines, found = lines_by_id(session, bank_id, approved), list[Correction]()
    for one in approved:
        word = "adjustment" if one.kind == CorrectionKind.ADJUSTMENT else "reversal"
        entry_id = find_entry_id(session, bank_id, f"{word}:{one.code}")
        entry = get_entry(session, bank_id, entry_id) if entry_id is not None else None
        told = (tuple(lines[one.id]), one.proposed_by, one.approved_by, one.entry_id)
        if entry is None or told != (entry.entry.lines, entry.recorded_by, entry.approved_by, entry.entry.reverses):
            found.append(one)
    return found


CHECKS: Sequence[Callable[[Session], CheckResult]] = (corrections_have_entries, months_as_signed_off)
