"""Soak test: a million generated operations on the database, compared with the pure ledger.

    python -m benchmarks.soak [COUNT] [--database sqlite|postgresql] [--minutes N] [--workers N] [--json]

Each operation is committed alone. Each batch of operations has its own bank, of which the pure ledger keeps a twin:
they must agree on the outcome of every operation, on every account after each hundred, and on every posting at the end
of the batch. Every batch is sealed, and at the end all checks of the books run. Exits with 1 if a floor was broken, an
operation was applied twice or a check fails.
"""

import argparse
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks import databases
from tests.bookkeeping.twins import Twins
from tests.people import NOW, join
from timebank.audit.checks import check_books
from timebank.banks.actions import open_bank
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.bookkeeping.sealing.actions import seal
from timebank.config import Settings
from timebank.db import make_engine, snapshot
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind

RESULTS = Path(__file__).parent / "results"
BATCH = 2_000
MEMBERS = 6
COMPARE_EACH = 100
#: An activity counts as help given and received, and needs no row of an exchange.
KINDS = (EntryKind.ACTIVITY, EntryKind.ACTIVITY, EntryKind.GIFT, EntryKind.WELCOME, EntryKind.GRANT)


@dataclass
class Figures:
    """Counts of a run; `outcomes` counts the operations by kind and outcome."""

    operations: int = 0
    seconds: float = 0
    floors_broken: int = 0
    doubles: int = 0
    checks_wrong: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.floors_broken or self.doubles or self.checks_wrong)


def main() -> None:
    """Run on the chosen databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("count", type=int, nargs="?", default=1_000_000)
    options.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two; without it, both")
    options.add_argument("--minutes", type=float, default=float("inf"), help="end after so long, whatever is left")
    options.add_argument("--workers", type=int, default=2, help="batches at the same time")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    figures = {}
    for name, opened in (("sqlite", databases.sqlite), ("postgresql", databases.postgresql)):
        if chosen.database in {None, name}:
            with opened() as settings:
                show = (lambda _line: None) if chosen.json else lambda line: print(line, flush=True)
                figures[name] = soak(settings, chosen.count, chosen.seed, chosen.workers, chosen.minutes, show)
            RESULTS.mkdir(exist_ok=True)
            report = {database: asdict(counts) for database, counts in figures.items()}
            (RESULTS / "soak.json").write_text(json.dumps(report, indent=2))
            if not chosen.json:
                print(_line(name, figures[name]), flush=True)
    if chosen.json:
        print(json.dumps(report))
    sys.exit(0 if all(counts.is_right for counts in figures.values()) else 1)


def soak(
    settings: Settings, count: int, seed: int, workers: int, minutes: float, show: Callable[[str], None]
) -> Figures:
    """Run `count` operations, or as many as the minutes allow, then all checks; return the counts."""
    counts, begun = Figures(), time.perf_counter()
    batches = _batches(count, seed, begun + minutes * 60)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        running: set[Future[Figures]] = set()
        while True:
            running |= {
                processes.submit(run_batch, settings, *batch)
                for batch in itertools.islice(batches, workers - len(running))
            }
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for batch in done:
                _add(counts, batch.result())
            counts.seconds = time.perf_counter() - begun
            show(f"  {counts.operations:>9,} operations, {counts.operations / counts.seconds:,.0f} a second")
    counts.checks_wrong = count_wrong_checks(settings, show)
    return counts


def run_batch(settings: Settings, seed: int, size: int) -> Figures:
    """Run `size` operations in a new bank and seal it; return the counts."""
    dice, engine = random.Random(seed), make_engine(settings.database_url)
    with Session(engine, info=settings.session_info, expire_on_commit=False) as session:
        twins = _open(session, seed)
        operations = [operation for operation, weight in OPERATIONS for _ in range(weight)]
        for number in range(1, size + 1):
            dice.choice(operations)(twins, dice)
            if number % COMPARE_EACH == 0:
                twins.compare_accounts()
        twins.release_all()
        twins.compare_everything()
        below = twins.count_below_floor()
        seal(session, twins.bank, now=NOW)
        session.commit()
    engine.dispose()
    return Figures(size, floors_broken=below, doubles=twins.doubles, outcomes=twins.outcomes)


def count_wrong_checks(settings: Settings, show: Callable[[str], None]) -> int:
    """Run the checks of the books; show those that fail and return their number."""
    engine = make_engine(settings.database_url)
    wrong = 0
    with Session(snapshot(engine), info=settings.session_info) as session:
        for check in check_books(session, CHECKS):  # generated operations have no trail
            if check.verdict is Verdict.WRONG:
                wrong += 1
                show(f"  WRONG {check.name}: {check.findings[:3]}")
    engine.dispose()
    return wrong


def _open(session: Session, seed: int) -> Twins:
    bank = open_bank(session, slug=f"soak-{seed}", name=f"Soak {seed}", now=NOW, welcome_minutes=0)
    members = [join(session, bank, f"Member{number} Soak{seed}") for number in range(MEMBERS)]
    pot = get_account_of_kind(session, bank.id, AccountKind.POT)
    session.commit()
    accounts = [*(member.account_id for member in members), pot]
    return Twins(session, bank.id, members[0].membership_id, accounts)


def _batches(count: int, seed: int, until: float) -> Iterator[tuple[int, int]]:
    """Yield (seed, size) of each batch, until the count or the time is reached."""
    for number, start in enumerate(range(0, count, BATCH)):
        if time.perf_counter() > until:
            return
        yield seed * 1_000_000 + number, min(BATCH, count - start)


def _post_one(twins: Twins, dice: random.Random) -> None:
    twins.post([_draw(twins, dice)], dice.choice(KINDS))


def _post_many(twins: Twins, dice: random.Random) -> None:
    twins.post([_draw(twins, dice) for _ in range(dice.randint(2, 12))], dice.choice(KINDS))


def _post_too_much(twins: Twins, dice: random.Random) -> None:
    there, here, _minutes = _draw(twins, dice)
    twins.post([(there, here, dice.randint(3_000, 100_000))], dice.choice(KINDS))


def _post_again(twins: Twins, dice: random.Random) -> None:
    twins.post_again(dice.randrange(10**6))


def _post_other_content(twins: Twins, dice: random.Random) -> None:
    twins.post_again(dice.randrange(10**6), dice.randint(1, 900))


def _take_back(twins: Twins, dice: random.Random) -> None:
    twins.take_back(dice.randrange(10**6), part=False)


def _take_part_back(twins: Twins, dice: random.Random) -> None:
    twins.take_back(dice.randrange(10**6), part=True)


def _take_back_twice(twins: Twins, dice: random.Random) -> None:
    pick = dice.randrange(10**6)
    twins.take_back(pick, part=dice.random() < 0.5)
    twins.take_back(pick, part=dice.random() < 0.5)


def _change_limit(twins: Twins, dice: random.Random) -> None:
    floor = None if dice.random() < 0.05 else -dice.randint(0, 3_000)
    twins.change_limit(dice.randrange(len(twins.accounts)), floor)


def _hold(twins: Twins, dice: random.Random) -> None:
    minutes = dice.randint(1, 900)
    twins.hold(dice.randrange(len(twins.accounts)), minutes, dice.choice((0, minutes // 2, minutes)))


def _release(twins: Twins, dice: random.Random) -> None:
    twins.release(dice.randrange(10**6))


def _resolve(twins: Twins, dice: random.Random) -> None:
    twins.resolve(dice.randrange(10**6), dice.randrange(len(twins.accounts)), dice.randint(1, 900))


#: (operation, weight). Operations draw all their choices from the seeded generator, so a seed is reproducible.
OPERATIONS = (
    (_post_one, 10),
    (_post_many, 3),
    (_post_too_much, 1),
    (_post_again, 3),
    (_post_other_content, 1),
    (_take_back, 2),
    (_take_part_back, 1),
    (_take_back_twice, 1),
    (_change_limit, 1),
    (_hold, 3),
    (_resolve, 2),
    (_release, 1),
)


def _draw(twins: Twins, dice: random.Random) -> tuple[int, int, int]:
    there, here = dice.sample(range(len(twins.accounts)), 2)
    return there, here, dice.randint(1, 900)


def _add(counts: Figures, batch: Figures) -> None:
    counts.operations += batch.operations
    counts.floors_broken += batch.floors_broken
    counts.doubles += batch.doubles
    counts.outcomes = dict(Counter(counts.outcomes) + Counter(batch.outcomes))


def _line(name: str, counts: Figures) -> str:
    books = "all checks right" if not counts.checks_wrong else f"{counts.checks_wrong} checks WRONG"
    outcomes = "".join(f"\n  {number:>9,} {what}" for what, number in Counter(counts.outcomes).most_common())
    return (
        f"{name}: {counts.operations:,} operations at {counts.operations / counts.seconds:,.0f} a second;"
        f" floors broken {counts.floors_broken}, doubles {counts.doubles}; {books}{outcomes}"
    )


if __name__ == "__main__":
    main()
