"""Benchmark of all checks of the books over a million entries.

    python -m benchmarks.audit [--entries N] [--sealed] [--only DATABASE] [--json]

Runs bookkeeping.checks.CHECKS one after the other in one process, then in two processes, as `timebank check-books
--processes 2` does. With --sealed every row is sealed first.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

if not __package__:  # run by its path rather than as a module
    sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import databases
from benchmarks.crowd import Crowd, settle
from timebank import clock
from timebank.audit.processes import check_in_processes
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.sealing.actions import seal
from timebank.config import Settings
from timebank.db import opened, snapshot
from timebank.ledger.checks import CheckResult
from timebank.ledger.entries import EntryKind, Line

BATCH = 10_000
PROCESSES = 2
#: Seconds for a million entries in two processes, including their start.
GOALS = {"postgresql": 5.0, "sqlite": 9.0}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--sealed", action="store_true")
    options.add_argument("--only", choices=("postgresql", "sqlite"))
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    report: dict[str, dict[str, float]] = {}
    for name, open_database in (("postgresql", databases.postgresql), ("sqlite", databases.sqlite)):
        if chosen.only in {None, name}:
            with open_database() as settings:
                crowd = settle(settings)
                filled = _fill(settings, crowd, chosen.entries)
                print(f"{name}: filled at {filled:,.0f} entries a second", file=sys.stderr)
                if chosen.sealed:
                    _seal(settings, crowd)
                report[name] = measure(settings)
            for what, figure in report[name].items():
                if not chosen.json:
                    print(
                        f"{name:<12}{what:<30}{figure:>10.2f} s{_against_goal(name, what, figure, chosen.entries)}",
                        flush=True,
                    )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "audit.json").write_text(json.dumps(report, indent=2))
    if chosen.json:
        print(
            json.dumps(
                {name: {what: row[what] for what in ("seconds", "seconds_on_2")} for name, row in report.items()}
            )
        )


def _against_goal(name: str, what: str, figure: float, entries: int) -> str:
    if what != "seconds_on_2" or entries != 1_000_000:
        return ""
    return f"   goal {GOALS[name]}: {'kept' if figure <= GOALS[name] else 'NOT KEPT'}"


def _fill(settings: Settings, crowd: Crowd, entries: int) -> float:
    """Post entries of one line between random members, in batches; return the rate per second."""
    begun = time.perf_counter()
    with (
        opened(settings.database_url) as engine,
        Session(engine, info=settings.session_info, expire_on_commit=False) as session,
    ):
        for start in range(0, entries, BATCH):
            post_many(session, list(_entries(crowd, start, min(start + BATCH, entries))))
            session.commit()
    taken = time.perf_counter() - begun
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return entries / taken


def _entries(crowd: Crowd, start: int, end: int) -> Iterator[NewEntry]:
    now = clock.now()
    for number in range(start, end):
        giver, receiver = random.sample(crowd.members, 2)
        key = f"exchange:{number:08}"
        yield NewEntry(
            bank_id=crowd.bank_id,
            key=key,
            kind=EntryKind.EXCHANGE,
            lines=(Line(receiver.account_id, giver.account_id, 15 * (1 + number % 8)),),
            occurred_on=date(2026, 11, 1),
            recorded_at=now,
            recorded_by=receiver.membership_id,
            deed=key,
        )


def _seal(settings: Settings, crowd: Crowd) -> None:
    with opened(settings.database_url) as engine, Session(engine, info=settings.session_info) as session:
        begun = time.perf_counter()
        seal(session, crowd.bank_id, now=clock.now())
        session.commit()
        print(f"sealed in {time.perf_counter() - begun:.1f} s", file=sys.stderr)


def measure(settings: Settings) -> dict[str, float]:
    """Return seconds: of all checks one after the other, 'seconds_on_2' of all in two processes, and of each check."""
    taken = dict[str, float]()
    begun = time.perf_counter()
    for check in CHECKS:
        taken[check.__name__] = _check(settings, check)
    figures = {"seconds": round(time.perf_counter() - begun, 2)}
    begun = time.perf_counter()
    results = check_in_processes(settings.database_url, settings.session_info, PROCESSES, CHECKS)
    figures["seconds_on_2"] = round(time.perf_counter() - begun, 2)
    if any(result.findings for result, _seconds in results):
        raise RuntimeError(results)
    begun = time.perf_counter()
    check_in_processes(settings.database_url, settings.session_info, PROCESSES, CHECKS[:1])
    figures["of_that_to_begin"] = round(time.perf_counter() - begun, 2)
    return {**figures, **{name: round(seconds, 2) for name, seconds in taken.items()}}


def _check(settings: Settings, check: Callable[[Session], CheckResult]) -> float:
    """Return the seconds of one check. Raises RuntimeError if it has findings."""
    with opened(settings.database_url) as engine, Session(snapshot(engine), info=settings.session_info) as session:
        begun = time.perf_counter()
        result = check(session)
        taken = time.perf_counter() - begun
    if result.findings:
        raise RuntimeError(result)
    return taken


if __name__ == "__main__":
    main()
