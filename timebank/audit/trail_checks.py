"""The check of the books against the trail, which are written by separate code and have to agree.

Every action uses one timestamp for its trail row and for all that it writes in the books. So each row of the books has
a trail row with the same timestamp and member; a hold has one about the same subject.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import except_, func, select
from sqlalchemy.orm import Session

from timebank.bookkeeping.on_record import answers, deeds
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.trail.queries import doings, was_done

#: Actions on exchanges open no account and change no limit; skipping them skips most of the trail.
_EXCHANGES = "exchange"


def trail_tells(session: Session) -> CheckResult:
    """Check that every account, limit change, closing, hold and non-exchange entry has its trail row."""
    wrong = [*_deeds_untold(session), *_holds_untold(session)]
    rows, held = deeds().subquery(), answers().subquery()
    count = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (rows, held))
    return check_result("trail_tells", count, "rows told of", wrong)


def _deeds_untold(session: Session) -> Iterator[Finding]:
    """Yield a finding for each row of the books without a trail row of the same timestamp and member."""
    rows = deeds().subquery()
    missing = session.execute(except_(select(rows.c.by_bank_id, rows.c.moment, rows.c.by), doings(_EXCHANGES)))
    untold = {tuple(row) for row in missing}
    if not untold:
        return
    for row in session.execute(select(*rows.c).execution_options(yield_per=5_000)):
        if (row.by_bank_id, row.moment, row.by) in untold:
            row_name = f"{row.bank_id}/{row.id}" + (f"/{row.number}" if row.number is not None else "")
            yield Finding(row.what, row_name, "the trail does not tell of it")


def _holds_untold(session: Session) -> Iterator[Finding]:
    """Yield a finding for each hold that was placed or resolved without a trail row about its subject."""
    held = answers().subquery()
    query = select(held.c.bank_id, held.c.id).where(~was_done(held.c.bank_id, held.c.deed, held.c.moment))
    for row in session.execute(query):
        yield Finding("hold", f"{row.bank_id}/{row.id}", "the trail does not tell of it")


CHECKS: Sequence[Callable[[Session], CheckResult]] = (trail_tells,)
