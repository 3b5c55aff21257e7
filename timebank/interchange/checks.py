"""The check of imported history."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import with_progress
from timebank.bookkeeping.export_queries import stream_history
from timebank.interchange.history import KINDS
from timebank.interchange.history_store import DEED
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.trail.queries import list_doings


def history_as_brought_in(session: Session) -> CheckResult:
    """Check that imported entries have one line, their deed as key, an importable kind, and an import on the trail."""
    imports = {(row.bank_id, row.done_by, row.done_at) for row in list_doings(session, DEED)}
    wrong, seen = list[Finding](), 0
    for row in with_progress(session, stream_history(session)):
        seen += 1
        if row.key != row.deed or row.kind not in KINDS or len(row.lines) != 1:
            wrong.append(Finding("entry", row.key, "it is not as history is brought in"))
        elif (row.bank_id, row.recorded_by, row.recorded_at) not in imports:
            wrong.append(Finding("entry", row.key, "nobody brought it in"))
    return check_result("history_as_brought_in", seen, "entries", wrong)


CHECKS: Sequence[Callable[[Session], CheckResult]] = (history_as_brought_in,)
