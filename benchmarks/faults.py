"""Kill -9 of the site under load, fifty times on each database, and what stands afterwards.

    python -m benchmarks.faults [--kills N] [--database sqlite|postgresql] [--json]

Eight neighbours record and confirm help over real connections. Printed is how many of their forms were acknowledged,
how many of these are lost (0), how many were done twice when they were sent again (0), how many are half there (0),
and how many checks of the books found something wrong (0). On PostgreSQL a process of the database is killed too.
Exit 1 where something was not kept.
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
    """Kill, look, print and write the figures."""
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
    told = {name: asdict(found) for name, found in figures.items()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "faults.json").write_text(json.dumps(told, indent=2))
    if chosen.json:
        print(json.dumps(told))
    else:
        for name, found in figures.items():
            print(_line(name, found))
    sys.exit(0 if all(found.is_right for found in figures.values()) else 1)


def on_sqlite(kills: int) -> Figures:
    """The server killed, on the embedded database."""
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name:
        settings = own_sqlite(Path(name))
        site = Site(settings, Path(name))
        try:
            return kill_under_load(settings, site, kills)
        finally:
            site.kill()


def on_postgresql(kills: int, *, of_the_database: bool = False) -> Figures:
    """The server killed, or a process of the database, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="timebank-faults-") as name, own_postgresql(Path(name)) as made:
        site = Site(made.settings, Path(name))
        try:
            if of_the_database:
                return kill_under_load(made.settings, site, kills, strike=made.kill_a_backend)
            return kill_under_load(made.settings, site, kills, settled=lambda: not made.backends())
        finally:
            site.kill()


def _line(name: str, found: Figures) -> str:
    return (
        f"{name}: {found.kills} kills; {found.acknowledged:,} acknowledged, lost {found.lost}, doubled {found.doubled},"
        f" half {found.half}; {found.unanswered} not answered, of which {found.unanswered_but_done} were done already;"
        f" checks wrong {found.checks_wrong}"
    )


if __name__ == "__main__":
    main()
