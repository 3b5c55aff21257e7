"""Rounds of an attack: each on a fresh copy of the town, in a server process of its own, with its books checked after.

A round is short enough that those who attack are not all suspended, renamed or locked out by each other for long.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.attack.approvals import find_wrong_approvals
from tests.attack.attacking import Attack, Report
from tests.attack.findings import Finding, Kind
from tests.attack.town import attackers_at
from tests.faults.killing import Reading
from tests.faults.site import Site
from timebank.audit.checks import check_books
from timebank.config import Settings
from timebank.ledger.checks import Verdict

REQUESTS_A_ROUND = 10_000
#: `copy(folder)` yields the settings of a fresh copy of the town.
Copy = Callable[[Path], AbstractContextManager[Settings]]


@dataclass
class Rounds:
    """All rounds of an attack: their counts together, and how often each endpoint answered well."""

    report: Report = field(default_factory=Report)
    reached: Counter[str] = field(default_factory=Counter)
    rounds: int = 0


def attack_in_rounds(copy: Copy, seed: int, requests: int, *, tell: Callable[[str], object] = str) -> Rounds:
    """Attack until so many requests were sent; `tell` gets each new finding, and a line after each round."""
    total = Rounds()
    while total.report.requests < requests and not total.report.is_cut_short:
        count = min(REQUESTS_A_ROUND, requests - total.report.requests)
        with tempfile.TemporaryDirectory(prefix="timebank-attack-") as name, copy(Path(name)) as settings:
            report = attack_once(settings, Path(name), f"{seed}/{total.rounds}", count, tell=tell)
            total.reached += endpoints_reached(Path(name) / "site.log")
        total.report.take(report)
        total.rounds += 1
        tell(f"round {total.rounds}: {total.report.requests} requests, {len(total.report.findings)} findings")
    return total


def attack_once(
    settings: Settings, folder: Path, seed: str, requests: int, *, tell: Callable[[str], object] = str
) -> Report:
    """Attack a site on these settings in a process of its own, and check the books afterwards."""
    site = Site(replace(settings, log_format="json"), folder)
    site.start()
    try:
        report = Attack(attackers_at(settings, site.port), seed, Report(tell=tell)).run(requests)
    finally:
        site.kill()
    for finding in check_after(settings, seed):
        report.add(finding)
    return report


def check_after(settings: Settings, seed: str) -> list[Finding]:
    """Return a finding for each check of the books that fails, and each approval that should not have gone through."""
    with Reading(settings) as session:
        wrong = [result for result in check_books(session) if result.verdict is Verdict.WRONG]
        approved = find_wrong_approvals(session)
    return [
        *(Finding(Kind.BOOKS, f"{result.name}: {result.findings[:3]}", "nobody", at=seed) for result in wrong),
        *(Finding(Kind.APPROVED, details, "a keeper", at=seed) for details in approved),
    ]


def endpoints_reached(log: Path) -> Counter[str]:
    """Return how often each endpoint answered with a page or led to one, from the site's log of requests."""
    reached: Counter[str] = Counter()
    for line in log.read_text().splitlines():
        if '"endpoint"' not in line:
            continue
        row = json.loads(line)
        if row.get("endpoint") and row["status"] in {200, 302, 303}:
            reached[f"{row['method']} {row['endpoint']}"] += 1
    return reached
