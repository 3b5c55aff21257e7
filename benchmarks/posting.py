"""Benchmark of posting, relative to a minimal transfer (benchmarks/leanest.py).

    python -m benchmarks.posting [--rounds N] [--slice SECONDS] [--json]

Both are measured alternately in short slices of one run, so that other load on the machine affects both. Each client is
a process with one connection, and posts as the web's role.

one     an entry of one line by bookkeeping.actions.post on a driver.Alone: one statement in its own transaction, as the
        minimal transfer is
unit    the same in a Session, as the web has it, between BEGIN and COMMIT
deed    confirming an exchange as the web does: trail, exchange, step, entry with its words, check of soft limits
batch   bookkeeping.many.post_many of 1,000 entries, built beforehand, and COMMIT
sealing as `one`, while another process seals the bank every second (in operation: every minute)
"""

import argparse
import json
import multiprocessing
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

from timebank.actors import Doing

if not __package__:  # run by its path rather than as a module
    sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from benchmarks import databases, leanest
from benchmarks.crowd import Crowd, settle
from timebank import clock
from timebank.actors import Actor
from timebank.banks.models import Bank
from timebank.bookkeeping.actions import NewEntry, post
from timebank.bookkeeping.many import post_many
from timebank.bookkeeping.sealing.actions import seal
from timebank.config import Settings
from timebank.db import make_alone_engine, make_engine, opened
from timebank.driver import Alone
from timebank.exchanges import actions as exchanges
from timebank.exchanges.confirming import confirm_at_once
from timebank.exchanges.terms import Terms
from timebank.ledger.entries import EntryKind, Line
from timebank.retries import is_worth_retrying

RESULTS = Path(__file__).parent / "results"
BATCH = 1_000
GOALS = {
    ("postgresql", "1"): {"ratio": 0.65, "deed": 0.28, "batch": 14_000, "sealing": 0.95},
    ("postgresql", "8"): {"ratio": 0.45, "deed": 0.28},
    ("sqlite", "1"): {"ratio": 0.48, "batch": 8_000, "sealing": 0.95},
}


@dataclass(frozen=True, slots=True)
class Task:
    """The parameters of a client: database, members, rounds, seconds per slice, and kinds to measure."""

    settings: Settings
    crowd: Crowd
    rounds: int
    seconds: float
    kinds: Sequence[str]


@dataclass(slots=True)
class Client:
    """A client process: its connections, and the exchanges and batches that are prepared for it."""

    task: Task
    engine: Engine
    engine_alone: Engine
    baseline: Callable[[], None]
    info: dict[str, object]
    waiting: list[tuple[str, int]] = field(default_factory=list)
    batches: list[list[NewEntry]] = field(default_factory=list)

    def alone(self) -> Alone:
        """Return a connection in autocommit."""
        return Alone(self.engine_alone, self.info)

    def unit(self) -> Session:
        """Return a Session as the web uses it."""
        return Session(self.engine, info=self.info)

    def pair(self) -> tuple[int, int]:
        """Return the indexes of two different random members."""
        first, second = random.sample(range(len(self.task.crowd.members)), 2)
        return first, second

    def entry(self) -> NewEntry:
        """Return a new entry of an hour between two random members."""
        giver, receiver = (self.task.crowd.members[index] for index in self.pair())
        key = f"bench:{secrets.token_hex(8)}"
        now = clock.now()
        return NewEntry(
            bank_id=self.task.crowd.bank_id,
            key=key,
            kind=EntryKind.EXCHANGE,
            lines=(Line(receiver.account_id, giver.account_id, leanest.MINUTES),),
            occurred_on=now.date(),
            recorded_at=now,
            recorded_by=receiver.membership_id,
            deed=key,
        )


def _one(client: Client) -> None:
    with client.alone() as unit:
        post(unit, client.entry())


def _unit(client: Client) -> None:
    with client.unit() as session:
        post(session, client.entry())
        session.commit()


def _deed(client: Client) -> None:
    code, receiver = client.waiting.pop()
    by, form_key = client.task.crowd.members[receiver], secrets.token_hex(16)
    with client.alone() as unit:
        if confirm_at_once(unit, code, Doing(by, clock.now(), form_key)):
            return

    def confirm(session: Session) -> None:
        exchanges.confirm(session, code, Doing(by, clock.now(), form_key))

    _as_the_web_does(client, confirm)


def _as_the_web_does(client: Client, act: Callable[[Session], object]) -> None:
    """Run the action in its own transaction, and retry conflicts."""
    while True:
        with client.unit() as session:
            try:
                act(session)
                session.commit()
            except DBAPIError as error:
                if not is_worth_retrying(error):
                    raise
            else:
                return


def _batch(client: Client) -> None:
    entries = client.batches.pop()
    _as_the_web_does(client, lambda session: post_many(session, entries))


def _record(client: Client, count: int) -> None:
    """Record exchanges until `count` wait for confirmation; not measured."""
    now = clock.now()
    for _ in range(count - len(client.waiting)):
        giver, receiver = client.pair()
        by, other = client.task.crowd.members[giver], client.task.crowd.members[receiver]
        form_key = secrets.token_hex(16)

        def record(
            session: Session, by: Actor = by, other: Actor = other, receiver: int = receiver, form_key: str = form_key
        ) -> None:
            bank = session.get_one(Bank, client.task.crowd.bank_id)
            day = clock.local_day(now, bank.time_zone) - timedelta(days=1)
            terms = Terms(by.account_id, other.account_id, "Help in the garden", day, leanest.MINUTES)
            code = exchanges.record(session, bank, terms, Doing(by, now, form_key))
            session.commit()
            client.waiting.append((code, receiver))

        _as_the_web_does(client, record)


_DEEDS: dict[str, Callable[[Client], None]] = {
    "leanest": lambda client: client.baseline(),
    "one": _one,
    "unit": _unit,
    "deed": _deed,
    "batch": _batch,
}


def _run(task: Task, barrier: Barrier, results: Any) -> None:  # noqa: ANN401 (a queue)
    """Run a client process; if it fails, the barrier is broken for the others."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-", dir=task.settings.instance.parent) as folder:
        engine = make_engine(task.settings.database_url)
        is_sqlite = engine.dialect.name == "sqlite"
        alone = make_alone_engine(engine)
        owner = task.settings.owner_url
        baseline = leanest.sqlite(Path(folder) / "leanest.db") if is_sqlite else leanest.postgresql(owner)
        try:  # an exception is printed by the process itself
            _take_turns(Client(task, engine, alone, baseline, task.settings.session_info), barrier, results)
        except BaseException:
            barrier.abort()
            raise
        finally:
            results.put(None)
            engine.dispose()


def _take_turns(client: Client, barrier: Barrier, results: Any) -> None:  # noqa: ANN401 (a queue)
    """Measure each kind in turn in every round, in step with the other clients; the first round warms up."""
    for number in range(client.task.rounds + 1):
        for kind in client.task.kinds:
            if kind == "deed":
                _record(client, int((1_000 if barrier.parties == 1 else 300) * client.task.seconds))
            if kind == "batch":
                client.batches = [[client.entry() for _ in range(BATCH)] for _ in range(int(30 * client.task.seconds))]
            barrier.wait()
            done, seconds = _slice(client, kind)
            if number:
                results.put((number, kind, done, seconds))


def _slice(client: Client, kind: str) -> tuple[int, float]:
    """Return (repetitions, seconds) of one slice."""
    do, done, begun = _DEEDS[kind], 0, time.perf_counter()
    ready = {"deed": client.waiting, "batch": client.batches}.get(kind)
    while time.perf_counter() - begun < client.task.seconds and ready != []:
        do(client)
        done += 1
    return done, time.perf_counter() - begun


def measure(task: Task, clients: int) -> dict[str, list[float]]:
    """Return {kind: rate per second in each round, summed over the clients}."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(clients), context.Queue()
    processes = [context.Process(target=_run, args=(task, barrier, results)) for _ in range(clients)]
    for process in processes:
        process.start()
    rates: dict[str, dict[int, float]] = {kind: {} for kind in task.kinds}
    left = clients
    while left:
        result = results.get(timeout=600)
        if result is None:
            left -= 1
            continue
        number, kind, done, seconds = result
        rates[kind][number] = rates[kind].get(number, 0.0) + done / seconds
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        message = "a client failed"
        raise RuntimeError(message)
    return {kind: [rounds[number] for number in sorted(rounds)] for kind, rounds in rates.items()}


def figures(rates: dict[str, list[float]]) -> dict[str, float]:
    """Return medians over the rounds: ratios to the minimal transfer of the same round, and rates per second."""
    lean = rates["leanest"]

    def against(kind: str) -> float:
        return round(statistics.median(ours / base for ours, base in zip(rates[kind], lean, strict=True)), 3)

    return {
        "ratio": against("one"),
        "unit": against("unit"),
        "deed": against("deed"),
        "batch": round(statistics.median(rates["batch"]) * BATCH),
        "leanest_per_second": round(statistics.median(lean)),
        "one_per_second": round(statistics.median(rates["one"])),
        "deed_per_second": round(statistics.median(rates["deed"])),
    }


@contextmanager
def _sealer(settings: Settings, bank_id: int) -> Iterator[None]:
    """Run another process that seals every second."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=_seal, args=(settings, bank_id, stop))
    process.start()
    time.sleep(2)
    yield
    stop.set()
    process.join()


def _seal(settings: Settings, bank_id: int, stop: Event) -> None:
    with opened(settings.database_url) as engine:
        while not stop.wait(1):
            with Session(engine, info=settings.session_info) as session:
                seal(session, bank_id, now=clock.now())
                session.commit()


def sealing(task: Task) -> float:
    """Return the median rate of posting during sealing, divided by that without."""
    only = replace(task, kinds=("leanest", "one"), seconds=3.0, rounds=3)
    alone, sealed = list[float](), list[float]()
    for _ in range(2):
        rates = measure(only, 1)
        alone += [ours / lean for ours, lean in zip(rates["one"], rates["leanest"], strict=True)]
        with _sealer(task.settings, task.crowd.bank_id):
            rates = measure(only, 1)
        sealed += [ours / lean for ours, lean in zip(rates["one"], rates["leanest"], strict=True)]
    return round(statistics.median(sealed) / statistics.median(alone), 3)


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--slice", type=float, default=0.5)
    options.add_argument("--only", choices=("postgresql", "sqlite"))
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    report: dict[str, dict[str, dict[str, float]]] = {}
    for name, open_database in (("postgresql", databases.postgresql), ("sqlite", databases.sqlite)):
        if chosen.only in {None, name}:
            with open_database() as settings:
                report[name] = _measure_all(settings, chosen.rounds, chosen.slice, quiet=chosen.json)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "posting.json").write_text(json.dumps(report, indent=2))
    if chosen.json:
        names = ("ratio", "deed", "batch")
        print(
            json.dumps(
                {
                    database: {clients: {name: row[name] for name in names} for clients, row in rows.items()}
                    for database, rows in report.items()
                }
            )
        )


def _measure_all(settings: Settings, rounds: int, seconds: float, *, quiet: bool) -> dict[str, dict[str, float]]:
    engine = make_engine(settings.owner_url)
    name, rows = engine.dialect.name, dict[str, dict[str, float]]()
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version" if name == "postgresql" else "SELECT sqlite_version()"))
        print(f"{name} {version.scalar_one()}", file=sys.stderr)
    engine.dispose()
    if name == "postgresql":
        leanest.make_postgresql(settings.owner_url)
    crowd = settle(settings)
    _fill(settings, crowd)
    task = Task(settings, crowd, rounds, seconds, ("leanest", "one", "unit", "deed", "batch"))
    for clients in (1, 8) if name == "postgresql" else (1,):
        rows[str(clients)] = figures(measure(task, clients))
        if clients == 1 and not quiet:
            rows["1"]["sealing"] = sealing(task)
        if not quiet:
            _print(name, str(clients), rows[str(clients)])
    return rows


def _fill(settings: Settings, crowd: Crowd) -> None:
    """Post some history and analyze the tables, since query plans made over empty tables stay cached."""
    with opened(settings.database_url) as engine:
        client = Client(
            Task(settings, crowd, 1, 1.0, ()), engine, make_alone_engine(engine), lambda: None, settings.session_info
        )
        client.batches = [[client.entry() for _ in range(BATCH)] for _ in range(20)]
        while client.batches:
            _batch(client)
        _record(client, 1_000)
        while len(client.waiting) > BATCH // 2:
            _deed(client)
    with opened(settings.owner_url) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _print(name: str, clients: str, row: dict[str, float]) -> None:
    goals = GOALS[name, clients]
    for what, figure in row.items():
        goal = f"   goal {goals[what]:,g}: {'kept' if figure >= goals[what] else 'NOT KEPT'}" if what in goals else ""
        print(f"{name:<12}{clients:>2} clients   {what:<20}{figure:>12,.3f}{goal}", flush=True)


if __name__ == "__main__":
    main()
