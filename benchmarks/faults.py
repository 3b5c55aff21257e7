"""Kills the site under load and the worker at its steps, fifty times on each database, and counts what was lost.

    python -m benchmarks.faults [--kills N] [--database sqlite|postgresql] [--json]

Eight neighbours record and confirm help over HTTP while the server gets SIGKILL. Prints how many of their forms were
acknowledged; how many of these are lost (goal 0), were done twice after a retry (0), or are incomplete (0); and how
many checks of the books fail (0). On PostgreSQL a backend process is killed too.

A worker that sends e-mails gets SIGKILL at each step between gathering and marking one as sent (`Step`). Prints how
many e-mails did not arrive (goal 0), and how many came twice (at most one for each kill) or more often (0).

A worker that does a job gets SIGKILL at each moment of it (`Moment`), a tenth of `--kills` times. Prints how many jobs
were shown as done that were not, were not done by the next worker, were done twice, or were taken up while their claim
held (goal 0 each). Exits with 1 unless all goals are met; `--only site`, `--only worker` or `--only jobs` leaves the
others out.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.faults.killed_job import JobFigures, kill_in_jobs
from tests.faults.killed_worker import WorkerFigures, kill_workers
from tests.faults.killing import Figures, kill_under_load
from tests.faults.own_postgresql import own_postgresql, own_sqlite
from tests.faults.site import Site
from tests.worker.server import MailServer

RESULTS = Path(__file__).parent / "results"
KILLS_OF_A_BACKEND = 5


def main() -> None:
    """Run, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two; without it, both")
    options.add_argument("--only", choices=("site", "worker", "jobs"), help="one of these; without it, all")
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    figures: dict[str, Figures | WorkerFigures | JobFigures] = {}
    if chosen.database != "postgresql" and chosen.only in {None, "site"}:
        figures["sqlite"] = on_sqlite(chosen.kills)
    if chosen.database != "sqlite" and chosen.only in {None, "site"}:
        figures["postgresql"] = on_postgresql(chosen.kills)
        figures["postgresql, a process of it"] = on_postgresql(KILLS_OF_A_BACKEND, of_the_database=True)
    if chosen.only in {None, "worker"}:
        figures |= of_worker(chosen.kills, chosen.database)
    if chosen.only in {None, "jobs"}:
        figures |= of_jobs(max(chosen.kills // 10, 1), chosen.database)
    report = {name: asdict(counts) for name, counts in figures.items()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "faults.json").write_text(json.dumps(report, indent=2))
    if chosen.json:
        print(json.dumps(report))
    else:
        for name, counts in figures.items():
            print(_line(name, counts))
    sys.exit(0 if all(counts.is_right for counts in figures.values()) else 1)


def of_worker(kills: int, database: str | None) -> dict[str, Figures | WorkerFigures | JobFigures]:
    """Kill the worker so many times at each step, on one database or both."""
    figures: dict[str, Figures | WorkerFigures | JobFigures] = {}
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name, MailServer() as server:
        if database != "postgresql":
            settings = replace(own_sqlite(Path(name)), mail=server.url)
            figures["sqlite, the worker"] = kill_workers(settings, server, kills)
        if database != "sqlite":
            with own_postgresql(Path(name)) as made:
                settings = replace(made.settings, mail=server.url)
                figures["postgresql, the worker"] = kill_workers(settings, server, kills)
    return figures


def of_jobs(kills: int, database: str | None) -> dict[str, Figures | WorkerFigures | JobFigures]:
    """Kill the worker so many times at each moment of a job, on one database or both."""
    figures: dict[str, Figures | WorkerFigures | JobFigures] = {}
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name:
        if database != "postgresql":
            figures["sqlite, jobs"] = kill_in_jobs(own_sqlite(Path(name)), kills)
        if database != "sqlite":
            with own_postgresql(Path(name)) as made:
                figures["postgresql, jobs"] = kill_in_jobs(made.settings, kills)
    return figures


def on_sqlite(kills: int) -> Figures:
    """Kill the server, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name:
        settings = own_sqlite(Path(name))
        site = Site(settings, Path(name))
        try:
            return kill_under_load(settings, site, kills)
        finally:
            site.kill()


def on_postgresql(kills: int, *, of_the_database: bool = False) -> Figures:
    """Kill the server, or a backend of the database, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name, own_postgresql(Path(name)) as made:
        site = Site(made.settings, Path(name))
        try:
            if of_the_database:
                return kill_under_load(made.settings, site, kills, strike=made.kill_a_backend)
            return kill_under_load(made.settings, site, kills, settled=lambda: not made.backends())
        finally:
            site.kill()


def _line(name: str, counts: Figures | WorkerFigures | JobFigures) -> str:
    if isinstance(counts, WorkerFigures):
        return (
            f"{name}: {counts.kills} kills; {counts.told:,} e-mails, lost {counts.lost}, repeated {counts.repeated},"
            f" more than once {counts.too_often}"
        )
    if isinstance(counts, JobFigures):
        return (
            f"{name}: {counts.kills} kills; shown as done too early {counts.early}, not done {counts.unfinished},"
            f" done twice {counts.twice}, taken up while the claim held {counts.alive}"
        )
    return (
        f"{name}: {counts.kills} kills; {counts.acknowledged:,} acknowledged, lost {counts.lost},"
        f" doubled {counts.doubled}, half {counts.half}; {counts.unanswered} not answered, of which"
        f" {counts.unanswered_but_done} were done already; checks wrong {counts.checks_wrong}"
    )


if __name__ == "__main__":
    main()
