"""The check of the books against the signer's memory, which lies outside the database."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from timebank.bookkeeping.sealing.memory import goes_on, list_remembered, recall
from timebank.db import snapshot
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.ledger.errors import SealsForkedError


def seals_go_on(session: Session) -> CheckResult:
    """The books of each bank go on from the newest seal that was signed for it, with every seal until then.

    Read in a transaction of its own: a seal of this moment is in the memory and not yet in an earlier snapshot.
    """
    bind = session.get_bind()
    banks = list_remembered(session)
    if not isinstance(bind, Engine):
        return check_result("seals_go_on", len(banks), "banks", _forks(session, banks))
    with Session(snapshot(bind), info=session.info) as now:
        return check_result("seals_go_on", len(banks), "banks", _forks(now, banks))


def _forks(session: Session, banks: list[int]) -> list[Finding]:
    wrong = list[Finding]()
    for bank_id in banks:
        try:
            remembered = recall(session, bank_id)
        except SealsForkedError:
            wrong.append(Finding("seal.signed", str(bank_id), "the file cannot be read"))
            continue
        if remembered is not None and not goes_on(session, bank_id, remembered):
            seal = remembered.note.checkpoint
            problem = f"fork: the books do not go on from this seal, of {seal.size} rows, signed at {seal.signed_at}"
            wrong.append(Finding("seal", f"{bank_id}/{remembered.number}", problem))
    return wrong
