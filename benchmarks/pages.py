"""Benchmark of each page in a bank of 5,000 members and 100,000 exchanges, as the coordinator.

    python -m benchmarks.pages [--members N] [--exchanges N] [--json]

Medians of a few rounds through the WSGI app; all checks of the books are timed once.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import databases
from tests.factories.large_bank import fill
from tests.people import settle
from tests.web.visitor import Visitor
from timebank.app import create_app
from timebank.config import Settings
from timebank.db import make_engine
from timebank.worker.doing_jobs import do_jobs
from timebank.worker.office import Office

ROUNDS = 5
RESULTS = Path(__file__).parent / "results"
PATHS = (
    "",
    "hours",
    "exchanges",
    "listings",
    "listings?words=garden",
    "listings?words=weeding+hedges",
    "members",
    "members?words=agnes",
    "desk",
    "tasks",
    "applications",
    "audit",
    "audit/exchanges",
    "audit/exchanges?person=Agnes+Crowd10",
    "audit/exchanges?state=disputed",
    "audit/entries",
    "audit/late-entries",
    "audit/one-broker",
    "audit/beyond-limits",
)


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", type=int, default=5_000)
    options.add_argument("--exchanges", type=int, default=100_000)
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    figures = {}
    for name, opened in (("sqlite", databases.sqlite), ("postgresql", databases.postgresql)):
        with opened() as settings:
            figures[name] = measure(settings, chosen.members, chosen.exchanges)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "pages.json").write_text(json.dumps(figures, indent=2))
        for path, milliseconds in figures[name].items():
            if not chosen.json:
                print(f"{name:<12}{'/' + path:<45}{milliseconds:>10,.0f} ms", flush=True)
    if chosen.json:
        print(json.dumps(figures))


def measure(settings: Settings, members: int, exchanges: int) -> dict[str, float]:
    """Return {path: median milliseconds}; 'check now' is one press of the audit's button, without the worker."""
    engine = make_engine(settings.owner_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        village = settle(session)
        session.commit()
        fill(session, village.angus, village.mary, members=members, exchanges=exchanges)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    app = create_app(settings)
    browser = Visitor(app)
    with Session(engine, info=settings.session_info) as session:
        browser.sign_in_as(session, village.mary)
    taken = {path: statistics.median(_time(browser, path) for _ in range(ROUNDS)) for path in PATHS}
    begun = time.perf_counter()
    browser.done(browser.get("audit"), "Check now")
    pressed = time.perf_counter()
    do_jobs(Office(settings, engine, app, None))
    done = time.perf_counter()
    return {**taken, "check now": (pressed - begun) * 1000, "check by the worker": (done - pressed) * 1000}


def _time(browser: Visitor, path: str) -> float:
    begun = time.perf_counter()
    page = browser.get(path)
    taken = (time.perf_counter() - begun) * 1000
    if page.status != 200:
        raise RuntimeError(page)
    return taken


if __name__ == "__main__":
    main()
