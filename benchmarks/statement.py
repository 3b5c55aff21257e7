"""Benchmark of home page and statement: an account with a million postings against one with a thousand.

    python -m benchmarks.statement [--large N] [--small N] [--rounds N] [--json]

Whole pages through the WSGI app, including totals: home, and the first, middle and last page of the statement. The goal
is that the large account takes at most 1.2 times as long as the small one.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks import databases
from timebank import clock
from timebank.actors import Actor, Unattended
from timebank.app import create_app
from timebank.banks.actions import open_bank
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.config import Settings
from timebank.db import make_engine
from timebank.exchanges.models import Exchange
from timebank.members.actions import NewMember, admit
from timebank.members.queries import find_actor_by_code
from timebank.signing_in.actions import Arrival, open_session

BATCH = 10_000
NEIGHBOURS = 20
GOAL = 1.2
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", type=int, default=1_000_000)
    options.add_argument("--small", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    figures = {}
    for name, opened in (("sqlite", databases.sqlite), ("postgresql", databases.postgresql)):
        with opened() as settings:
            figures[name] = measure(settings, chosen.small, chosen.large, chosen.rounds)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "statement.json").write_text(json.dumps(figures, indent=2))
        if not chosen.json:
            _print(name, figures[name])
    if chosen.json:
        print(json.dumps(figures))


def _print(name: str, pages: dict[str, dict[str, float]]) -> None:
    for page, figure in pages.items():
        kept = "kept" if figure["ratio"] <= GOAL else "NOT KEPT"
        print(
            f"{name:<12}{page:<10}{figure['small_ms']:>8.2f} ms {figure['large_ms']:>8.2f} ms"
            f"   ratio {figure['ratio']:.2f}  (goal {GOAL}: {kept})",
            flush=True,
        )


def measure(settings: Settings, small: int, large: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return {page: {small_ms, large_ms, ratio}}, medians over the rounds, measured alternately."""
    engine = make_engine(settings.database_url)
    with Session(engine, info=settings.session_info) as session:
        bank = open_bank(session, slug="bench", name="Bench", now=clock.now(), welcome_minutes=0)
        neighbours = [_join(session, bank, f"Neighbour {n}") for n in range(NEIGHBOURS)]
        people = {"small": _join(session, bank, "Small Account"), "large": _join(session, bank, "Large Account")}
        for actor in (*neighbours, *people.values()):
            bookkeeping.change_limit(session, bank.id, actor.account_id, None, reason="bench", by=None, now=clock.now())
        session.commit()
        for key, size in (("small", small), ("large", large)):
            _fill(session, bank, people[key], neighbours, size)
        tokens = {
            key: open_session(session, Arrival(actor.bank_id, actor.person_id), now=clock.now())
            for key, actor in people.items()
        }
        session.commit()
    with make_engine(settings.owner_url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    app = create_app(settings)
    sizes = {"small": small, "large": large}
    paths = {
        "home": dict.fromkeys(sizes, "/bench/"),
        "first": dict.fromkeys(sizes, "/bench/hours"),
        "middle": {key: f"/bench/hours?below={size // 2}" for key, size in sizes.items()},
        "last": dict.fromkeys(sizes, "/bench/hours?below=26"),
    }
    return {page: _compare(app, tokens, its_paths, rounds) for page, its_paths in paths.items()}


def _join(session: Session, bank: Bank, name: str) -> Actor:
    membership = admit(session, bank, NewMember(name, phone="+441632960000"), Unattended(bank.id, clock.now()))
    actor = find_actor_by_code(session, bank.id, membership.code)
    if actor is None:
        raise LookupError(name)
    return actor


def _fill(session: Session, bank: Bank, member: Actor, neighbours: Sequence[Actor], size: int) -> None:
    """Insert confirmed exchanges, alternately given and received, in batches."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    for start in range(0, size, BATCH):
        rows, exchanges = [], []
        for number in range(start, min(start + BATCH, size)):
            # Random references of 8 characters would collide among a million; a counter does not.
            other, code = neighbours[number % NEIGHBOURS], f"{member.number % 10}{number:07}"
            gives = number % 2 == 0
            giver, receiver = (member, other) if gives else (other, member)
            rows.append(
                {
                    "id": clock.next_id(),
                    "key": f"exchange:{code}",
                    "lines": [[receiver.account_id, giver.account_id, 15 * (1 + number % 8)]],
                }
            )
            exchanges.append(_exchange(bank, code, giver, receiver, 15 * (1 + number % 8)))
        _post_batch(session, bank, member, rows, postgresql=postgresql)
        session.execute(insert(Exchange.__table__), exchanges)
        session.commit()
        print(f"  {member.name}: {start + len(rows):,} postings", end="\r", file=sys.stderr)


def _exchange(bank: Bank, code: str, giver: Actor, receiver: Actor, minutes: int) -> dict[str, object]:
    return {
        "bank_id": bank.id,
        "id": clock.next_id(),
        "code": code,
        "giver_account_id": giver.account_id,
        "receiver_account_id": receiver.account_id,
        "state": "confirmed",
        "what": "Gardening",
        "recorded_side": "giver",
        "occurred_on": date(2026, 11, 1),
        "minutes": minutes,
        "changed_at": clock.now(),
    }


def _post_batch(
    session: Session, bank: Bank, member: Actor, rows: list[dict[str, object]], *, postgresql: bool
) -> None:
    """One INSERT of many entries; the triggers post them."""
    if postgresql:
        source = (
            "SELECT (r ->> 'id')::bigint AS id, r ->> 'key' AS key, ARRAY[ARRAY[(r #>> '{lines,0,0}')::bigint,"
            " (r #>> '{lines,0,1}')::bigint, (r #>> '{lines,0,2}')::bigint]] AS lines"
            " FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS r"
        )
    else:
        source = "SELECT value ->> 'id' AS id, value ->> 'key' AS key, value -> 'lines' AS lines FROM json_each(:rows)"
    statement = (
        "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, deed, lines, digest)"
        " SELECT :bank, id, key, 'exchange', :day, :moment, :recorder, key, lines, :digest"
        f" FROM ({source}) AS source"
    )
    moment = clock.now()
    values = {
        "rows": json.dumps(rows),
        "bank": bank.id,
        "recorder": member.membership_id,
        "day": date(2026, 11, 1) if postgresql else "2026-11-01",
        "moment": moment if postgresql else moment.replace(tzinfo=None).isoformat(" "),
        "digest": bytes(32),
    }
    session.execute(text(statement), values)


def _compare(app: Flask, tokens: dict[str, str], paths: dict[str, str], rounds: int) -> dict[str, float]:
    clients = {}
    for key, token in tokens.items():
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        clients[key] = client
    taken: dict[str, list[float]] = {key: [] for key in tokens}
    for number in range(rounds + 5):
        for key, client in clients.items():
            begun = time.perf_counter()
            answer = client.get(paths[key])
            ended = time.perf_counter()
            if answer.status_code != 200:
                message = f"{paths[key]} answered {answer.status_code}"
                raise RuntimeError(message)
            if number >= 5:  # the first few warm caches
                taken[key].append((ended - begun) * 1000)
    medians = {key: statistics.median(values) for key, values in taken.items()}
    return {
        "small_ms": round(medians["small"], 3),
        "large_ms": round(medians["large"], 3),
        "ratio": round(medians["large"] / medians["small"], 3),
    }


if __name__ == "__main__":
    main()
