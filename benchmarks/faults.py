"""Kills the site under load, fifty times on each database, and counts what was lost or done twice.

    python -m benchmarks.faults [--kills N] [--database sqlite|postgresql] [--json]

Eight neighbours record and confirm help over HTTP while the server gets SIGKILL. Prints how many of their forms were
acknowledged; how many of these are lost (goal 0), were done twice after a retry (0), or are incomplete (0); and how
many checks of the books fail (0). On PostgreSQL a backend process is killed too. Exits with 1 unless all are 0.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.faults.killing import Figures, kill_under_load
from tests.faults.own_postgresql import own_postgresql, own_sqlite
from tests.faults.site import Site

RESULTS = Path(__file__).parent / "results"
KILLS_OF_A_BACKEND = 5


def main() -> None:
    """Run, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two; without it, both")
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    figures: dict[str, Figures] = {}
    if chosen.database != "postgresql":
        figures["sqlite"] = on_sqlite(chosen.kills)
    if chosen.database != "sqlite":
        figures["postgresql"] = on_postgresql(chosen.kills)
        figures["postgresql, a process of it"] = on_postgresql(KILLS_OF_A_BACKEND, of_the_database=True)
    report = {name: asdict(counts) for name, counts in figures.items()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "faults.json").write_text(json.dumps(report, indent=2))
    if chosen.json:
        print(json.dumps(report))
    else:
        for name, counts in figures.items():
            print(_line(name, counts))
    sys.exit(0 if all(counts.is_right for counts in figures.values()) else 1)


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


def _line(name: str, counts: Figures) -> str:
    return (
        f"{name}: {counts.kills} kills; {counts.acknowledged:,} acknowledged, lost {counts.lost},"
        f" doubled {counts.doubled}, half {counts.half}; {counts.unanswered} not answered, of which"
        f" {counts.unanswered_but_done} were done already; checks wrong {counts.checks_wrong}"
    )


if __name__ == "__main__":
    main()
