"""Does the trail tell of what stands in the books? Two places that are written apart, and have to agree.

Every action takes one moment for its row of the trail and for all that it writes in the books. So what stands in the
books has a row of the trail at the very same moment, by the same person; and a hold one about its own deed.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import except_, func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.on_record import answers, deeds
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.trail.queries import doings, was_done

#: Deeds on exchanges open no account and change no limit; leaving them aside leaves most of the trail aside.
_EXCHANGES = "exchange"


def trail_tells(session: Session) -> CheckResult:
    """Every account, limit change, closing, hold, and entry that is no exchange has its row of the trail."""
    wrong = [*_deeds_untold(session), *_holds_untold(session)]
    rows, held = deeds().subquery(), answers().subquery()
    count = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (rows, held))
    return check_result("trail_tells", count, "rows told of", wrong)


def _deeds_untold(session: Session) -> Iterator[Finding]:
    """Rows of the books at whose moment the trail knows of nothing by the same person."""
    rows = deeds().subquery()
    missing = session.execute(except_(select(rows.c.by_bank_id, rows.c.moment, rows.c.by), doings(_EXCHANGES)))
    untold = {tuple(row) for row in missing}
    if not untold:
        return
    for row in session.execute(select(*rows.c).execution_options(yield_per=5_000)):
        if (row.by_bank_id, row.moment, row.by) in untold:
            place = f"{row.bank_id}/{row.id}" + (f"/{row.number}" if row.number is not None else "")
            yield Finding(row.what, place, "the trail does not tell of it")


def _holds_untold(session: Session) -> Iterator[Finding]:
    """Holds at whose placing or resolving the trail knows of nothing about their deed."""
    held = answers().subquery()
    query = select(held.c.bank_id, held.c.id).where(~was_done(held.c.bank_id, held.c.deed, held.c.moment))
    for row in session.execute(query):
        yield Finding("hold", f"{row.bank_id}/{row.id}", "the trail does not tell of it")


CHECKS: Sequence[Callable[[Session], CheckResult]] = (trail_tells,)
