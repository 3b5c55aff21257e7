"""All checks of the books run in parallel processes, for large books on a machine with idle cores.

On PostgreSQL all processes read one exported snapshot. On SQLite each check reads a snapshot of its own.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from timebank import clock
from timebank.audit.checks import ALL_CHECKS, Check, check_books
from timebank.bookkeeping.checking.checks import SPLIT
from timebank.bookkeeping.checking.marks import IdRange, split_ids
from timebank.db import opened, snapshot
from timebank.ledger.checks import MOST_FINDINGS, CheckResult

#: Started first, in this order, so that no long check is left running alone at the end.
_LONGEST = ("entries_as_written", "postings_equal_lines", "running_balances", "balances_equal_postings", "seals_match")
#: A check that can be split is split into this many parts per process.
_PARTS_A_PROCESS = 2

#: A check and the range of entry ids that it reads; None: all entries.
_Task = tuple[Check, IdRange | None]
#: A check's result and the milliseconds it took.
_Timed = tuple[CheckResult, int]


def check_in_processes(
    url: URL,
    info: Mapping[str, Any],
    processes: int,
    checks: Sequence[Check] = ALL_CHECKS,
    *,
    tell: Callable[[str, int], None] = lambda _name, _milliseconds: None,
) -> list[_Timed]:
    """Return each check's result and the milliseconds it took, in the order of the checks.

    `info` becomes `Session.info`; it is pickled, so it may hold no functions. `tell` is called with the name and
    milliseconds of each part as it ends.
    """
    timed: dict[str, list[_Timed]] = {}
    with opened(url) as engine, Session(snapshot(engine), info=dict(info)) as session:
        moment = None
        if engine.dialect.name == "postgresql":
            moment = session.scalar(text("SELECT pg_export_snapshot()"))
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            tasks = list(_tasks(checks, split_ids(session, processes * _PARTS_A_PROCESS)))
            parts = Counter(check.__name__ for check, _ids in tasks)
            for result, milliseconds in pool.imap_unordered(partial(_run, url, dict(info), moment), tasks):
                name, ended = result.name, timed.setdefault(result.name, [])
                ended.append((result, milliseconds))
                tell(name if parts[name] == 1 else f"{name} ({len(ended)} of {parts[name]})", milliseconds)
    return [_joined(timed[check.__name__]) for check in checks]


def _tasks(checks: Sequence[Check], ranges: Sequence[IdRange]) -> Iterator[_Task]:
    def rank(check: Check) -> int:
        return _LONGEST.index(check.__name__) if check.__name__ in _LONGEST else len(_LONGEST)

    for check in sorted(checks, key=rank):
        yield from ((check, ids) for ids in (ranges if check in SPLIT else (None,)))


def _run(url: URL, info: dict[str, Any], moment: str | None, task: _Task) -> _Timed:
    with opened(url) as engine, Session(snapshot(engine), info=info) as session:
        if moment is not None:
            session.execute(text(f"SET TRANSACTION SNAPSHOT '{moment}'"))
        began = clock.ticks()
        (result,) = check_books(session, [_part_of(*task)])
        return result, int((clock.ticks() - began) * 1_000)


def _part_of(check: Check, ids: IdRange | None) -> Check:
    if ids is None:
        return check

    def one_part(session: Session) -> CheckResult:
        return SPLIT[check](session, ids)

    one_part.__name__ = check.__name__
    return one_part


def _joined(parts: Sequence[_Timed]) -> _Timed:
    first = parts[0][0]
    findings = tuple(finding for result, _milliseconds in parts for finding in result.findings)
    joined = replace(
        first,
        figure=sum(result.figure for result, _milliseconds in parts),
        findings=findings[:MOST_FINDINGS],
        finding_count=sum(result.finding_count for result, _milliseconds in parts),
    )
    return joined, sum(milliseconds for _result, milliseconds in parts)
