"""Attacks the site with requests that no browser sends, on each database, and says what did not hold.

    python -m benchmarks.attack [--requests N] [--seed N] [--database sqlite|postgresql]

Makes the demo's two banks in a database of its own, serves them on this machine alone, and signs in as everybody from
stranger to auditor of both. They crawl all pages, fill in all forms, and send what is of the wrong type, length,
script, bank or moment. No answer may be a 5xx, take more than 10 seconds, hold typed markup or a row that its reader
may not see; the books must balance afterwards, and nothing may be approved by who proposed it, depends on who did, or
keeps another bank. Exits with 1 on a finding, with the request that reproduces it.
"""

import argparse
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask import Flask

from tests.attack.rounds import Copy, Rounds, attack_in_rounds
from tests.attack.town import copy_of_town, make_town
from tests.scratch import make_database, postgresql_server
from timebank.app import create_app
from timebank.config import Settings, database

REQUESTS = 30_000
NAME = "timebank_attack"


def main() -> None:
    """Attack and print; exit with 1 on a finding."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--requests", type=int, default=REQUESTS, help="requests on each database")
    options.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="repeats the choices of a run")
    options.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two; without it, both")
    chosen = options.parse_args()
    for sign in (signal.SIGINT, signal.SIGTERM):  # either ends it early, with a summary of what was done
        signal.signal(sign, signal.default_int_handler)
    are_right = True
    for name, town in (("sqlite", sqlite_town), ("postgresql", postgresql_town)):
        if chosen.database in {None, name}:
            print(f"{name}, seed {chosen.seed}", flush=True)
            with town() as (settings, copy):
                rounds = attack_in_rounds(copy, chosen.seed, chosen.requests, tell=partial(print, flush=True))
                print_summary(rounds, create_app(settings))
            are_right = are_right and not rounds.report.findings
    sys.exit(0 if are_right else 1)


@contextmanager
def sqlite_town() -> Iterator[tuple[Settings, Copy]]:
    """Yield the settings of the town, and how to copy it, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="timebank-attack-town-") as folder:
        instance = Path(folder) / "instance"
        url = database(f"sqlite:///{instance / 'timebank.db'}")
        settings = Settings(instance=instance, database_url=url, owner_url=url)
        make_town(settings)
        yield settings, partial(copy_of_town, settings)


@contextmanager
def postgresql_town() -> Iterator[tuple[Settings, Copy]]:
    """Yield the settings of the town, and how to copy it, on TEST_DATABASE_URL or a server started for it."""
    with (
        tempfile.TemporaryDirectory(prefix="timebank-attack-town-") as folder,
        postgresql_server(Path(folder)) as server,
    ):
        web, owner = make_database(server, NAME)
        settings = Settings(instance=Path(folder) / "instance", database_url=web, owner_url=owner)
        make_town(settings)
        yield settings, partial(copy_of_town, settings, server=server, name=f"{NAME}_copy")


def print_summary(rounds: Rounds, app: Flask) -> None:
    """Print counts, routes that were never answered well, and every finding."""
    report = rounds.report
    print(f"{report.requests} requests in {rounds.rounds} rounds, {report.requests / report.seconds:.1f} a second")
    print("by status:", ", ".join(f"{status} {count}" for status, count in sorted(report.statuses.items())))
    print("by role:", ", ".join(f"{role} {count}" for role, count in report.roles.items()))
    if report.signed_out:
        print("turns spent signed out:", ", ".join(f"{role} {count}" for role, count in report.signed_out.items()))
    routes = sorted(
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.endpoint != "static"
    )
    missing = [route for route in routes if not rounds.reached[route]]
    print(f"{len(routes) - len(missing)} of {len(routes)} routes answered well; not: {', '.join(missing) or 'none'}")
    print(f"{len(report.findings)} findings")
    for key, finding in report.findings.items():
        print(f"\n{report.times[key]} times: {finding}")


if __name__ == "__main__":
    main()
