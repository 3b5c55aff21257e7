"""How long the whole check of the books takes over a million transfers.

    python -m benchmarks.audit [--transfers N] [--sealed] [--only DATABASE] [--json]

All checks of the books' own room (bookkeeping.checks.CHECKS), one after the other in one process, and then the same
shared out among four. `seconds` is for one process. With --sealed every row is sealed before.
"""

import argparse
import json
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

if not __package__:  # run by its path rather than as a module
    sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import databases
from benchmarks.crowd import Crowd, settle
from timebank import clock
from timebank.bookkeeping.checks import CHECKS
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.sealing import seal
from timebank.config import Settings
from timebank.db import make_engine, opened, snapshot
from timebank.ledger.entries import EntryKind, Line

BATCH = 10_000
GOALS = {"seconds": 2.5, "seconds_on_4": 1.3}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--transfers", type=int, default=1_000_000)
    options.add_argument("--sealed", action="store_true")
    options.add_argument("--only", choices=("postgresql", "sqlite"))
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    found: dict[str, dict[str, float]] = {}
    for name, open_database in (("postgresql", databases.postgresql), ("sqlite", databases.sqlite)):
        if chosen.only in {None, name}:
            with open_database() as settings:
                crowd = settle(settings)
                filled = _fill(settings, crowd, chosen.transfers)
                print(f"{name}: filled at {filled:,.0f} entries a second", file=sys.stderr)
                if chosen.sealed:
                    _seal(settings, crowd)
                found[name] = measure(settings)
            for what, figure in found[name].items():
                if not chosen.json:
                    print(f"{name:<12}{what:<30}{figure:>10.2f} s{_judged(what, figure, chosen.transfers)}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "audit.json").write_text(json.dumps(found, indent=2))
    if chosen.json:
        print(json.dumps({name: {"seconds": row["seconds"]} for name, row in found.items()}))


def _judged(what: str, figure: float, transfers: int) -> str:
    if what not in GOALS or transfers != 1_000_000:
        return ""
    return f"   goal {GOALS[what]}: {'kept' if figure <= GOALS[what] else 'NOT KEPT'}"


def _fill(settings: Settings, crowd: Crowd, transfers: int) -> float:
    """So many entries of one line between random members, posted as the web posts them; gives how many a second."""
    begun = time.perf_counter()
    with (
        opened(settings.database_url) as engine,
        Session(engine, info=settings.session_info, expire_on_commit=False) as session,
    ):
        for start in range(0, transfers, BATCH):
            post_many(session, list(_entries(crowd, start, min(start + BATCH, transfers))))
            session.commit()
    taken = time.perf_counter() - begun
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return transfers / taken


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
    """{'seconds': all checks one after the other, 'seconds_on_4': on four processes, and each by its name}."""
    engine, taken = make_engine(settings.database_url), dict[str, float]()
    begun = time.perf_counter()
    for number in range(len(CHECKS)):
        name, taken[name] = _check((settings, number))
    figures = {"seconds": round(time.perf_counter() - begun, 2)}
    engine.dispose()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(_check, [(settings, -1)] * 4, chunksize=1)
        begun = time.perf_counter()
        longest_first = sorted(range(len(CHECKS)), key=lambda one: -taken[CHECKS[one].__name__])
        pool.map(_check, [(settings, one) for one in longest_first], chunksize=1)
        figures["seconds_on_4"] = round(time.perf_counter() - begun, 2)
    return {**figures, **{name: round(seconds, 2) for name, seconds in taken.items()}}


def _check(task: tuple[Settings, int]) -> tuple[str, float]:
    """(name, seconds) of one check. Raises RuntimeError where it finds anything; -1 only wakes the process up."""
    settings, number = task
    if number < 0:
        return "", 0.0
    with opened(settings.database_url) as engine:
        with Session(snapshot(engine), info=settings.session_info) as session:
            begun = time.perf_counter()
            told = CHECKS[number](session)
            taken = time.perf_counter() - begun
        if told.findings:
            raise RuntimeError(told)
        return CHECKS[number].__name__, taken


if __name__ == "__main__":
    main()
