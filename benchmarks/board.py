"""Benchmark of matching: the ten best of very many offers for a request, a whole board, and the memory for it.

    python -m benchmarks.board [--offers N] [--requests N] [--members N] [--learned] [--only DATABASE] [--json]

Offers: the nearest to a request in meaning, of all that others can find and of those that break no hard filter
(`find_nearest`), and `list_candidates`, which makes the request's vector too; its CPU time is that of this process
alone. In a bank of N offers and in one of a tenth of them, five offers a member. Goals: 95 % of the lists within 50 ms,
and growth below linear.

Board: `read_board`, and `make_plan`, which is split where its progress says that all requests are compared; circles
apart. Two offers a member. Goal: reading and planning within 10 s together.

Memory: by how many MB a process grows with the libraries and with the models, and at the peak of each deed. Goal: 150
in all, without the plan and the circles, which a broker asks for now and then.

Each bank is measured in a process of its own, whose linear algebra has one thread, after a few lists that warm the
caches. With --learned the models have learned from the bank's listings, so that vectors are twice as long.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from benchmarks import databases
from benchmarks.memory import growth, in_new_process, of_imports
from benchmarks.neighbours import Size, fill
from timebank import clock
from timebank.app import warm_up
from timebank.config import Settings
from timebank.db import opened, reading
from timebank.listings.meanings import find_models, text_of
from timebank.listings.nearest import Target, find_nearest
from timebank.listings.queries import WholeListing, can_be_found, get_tree, list_categories_of, list_open_requests
from timebank.listings.rules import ListingKind
from timebank.matching.board import Board
from timebank.matching.board_data import BoardData, read_board
from timebank.matching.candidates import list_candidates
from timebank.matching.circles import find_circles
from timebank.matching.planning import make_plan
from timebank.matching.reach import describe, filters
from timebank.words.ridge import one_thread

Figures = dict[str, float]

OFFERS_EACH, OFFERS_EACH_ON_BOARD = 5, 2
LISTS, WARMING, NEAREST = 60, 5, 200
REQUESTS_A_PAGE = 20
LIBRARIES = ("numpy", "scipy.sparse", "scipy.linalg", "scipy.optimize", "threadpoolctl")
OPENED = {"postgresql": databases.postgresql, "sqlite": databases.sqlite}
GOALS = {"candidates_p95_ms": 50.0, "read_and_plan_s": 10.0, "growth_mb": 150.0}
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure on both databases, print and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--offers", type=int, default=100_000)
    options.add_argument("--requests", type=int, default=500)
    options.add_argument("--members", type=int, default=5_000)
    options.add_argument("--learned", action="store_true")
    options.add_argument("--only", choices=tuple(OPENED))
    options.add_argument("--json", action="store_true", help="print nothing but the figures as JSON")
    chosen = options.parse_args()
    few, many = (
        Size(offers // OFFERS_EACH, OFFERS_EACH, LISTS + WARMING, chosen.learned)
        for offers in (chosen.offers // 10, chosen.offers)
    )
    board = Size(chosen.members, OFFERS_EACH_ON_BOARD, chosen.requests, chosen.learned)
    report = {}
    with tempfile.TemporaryDirectory(prefix="timebank-models-") as folder:
        for name in [chosen.only] if chosen.only else OPENED:
            report[name] = {
                "a_tenth": in_bank(name, Path(folder), few, measure_lists),
                "offers": in_bank(name, Path(folder), many, measure_lists),
                "board": in_bank(name, Path(folder), board, measure_board),
            }
            report[name]["memory"] = _memory(**report[name])
            if not chosen.json:
                _print(name, report[name])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "board.json").write_text(json.dumps(report, indent=2))
    if chosen.json:
        print(json.dumps(report))


def _memory(a_tenth: Figures, offers: Figures, board: Figures) -> Figures:
    """Return by how much a process grows in all that has read models, named candidates and shown the board."""
    libraries, deeds = of_imports(*LIBRARIES), max(a_tenth["candidates_mb"], offers["candidates_mb"], board["page_mb"])
    return {"libraries_mb": round(libraries, 1), "growth_mb": round(libraries + offers["models_mb"] + deeds, 1)}


def _print(name: str, report: dict[str, Figures]) -> None:
    for part, figures in report.items():
        for what, figure in figures.items():
            goal = GOALS.get(what)
            against = "" if goal is None else f"   goal {goal:g}: {'kept' if figure <= goal else 'NOT KEPT'}"
            print(f"{name:<12}{part:<9}{what:<22}{figure:>10,.2f}{against}", flush=True)
    times = report["offers"]["candidates_p50_ms"] / report["a_tenth"]["candidates_p50_ms"]
    print(f"{name:<12}ten times the offers: {times:.2f} times the time; load {os.getloadavg()[0]:.1f}", flush=True)


def in_bank(database: str, models: Path, size: Size, measure: Callable[[Settings, int], Figures]) -> Figures:
    """Return the figures of a bank of a size on a new database, measured in a new process."""
    with OPENED[database]() as made:
        settings = replace(made, cache=models)
        begun = time.perf_counter()
        bank_id = fill(settings, size)
        print(f"{database}: {size} filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        return in_new_process(measure, settings, bank_id)


def measure_lists(settings: Settings, bank_id: int) -> Figures:
    """Return the times of finding whom to ask about a request, and the memory for it."""
    with opened(settings.database_url) as engine, Session(reading(engine), info=settings.session_info) as session:
        now = clock.now()
        with one_thread(), growth() as by_models:
            find_models(session, bank_id).meanings(["Walking a dog"])
        requests = list_open_requests(session, bank_id, today=now.date())
        warm_up(settings)  # as a server process does
        with one_thread(), growth() as by_lists:
            taken = [_lists(session, bank_id, request, now) for request in requests][WARMING:]
    figures = {"models_mb": round(by_models.peak_mb, 1), "candidates_mb": round(by_lists.peak_mb, 1)}
    for what in taken[0]:
        times = sorted(figure[what] for figure in taken)
        figures[f"{what}_p50_ms"] = round(statistics.median(times), 2)
        figures[f"{what}_p95_ms"] = round(statistics.quantiles(times, n=20)[-1], 2)
    return figures


def _lists(session: Session, bank_id: int, request: WholeListing, now: datetime) -> Figures:
    """Return the milliseconds of each way of finding, for one request."""
    models, tree, today = find_models(session, bank_id), get_tree(session, bank_id), now.date()
    category_ids = list_categories_of(session, bank_id, [request.id])[request.id]
    kinds, groups = tree.kinds_and_groups(category_ids)
    keys = [tree.by_id[id_].key for id_ in kinds | groups]
    begun = time.perf_counter()
    meanings = models.meanings_of_kinds([text_of(request.title, request.all_words)], [keys])
    vector = (time.perf_counter() - begun) * 1000
    target = Target(bank_id, ListingKind.OFFER, models, meanings)

    def find(conditions: Sequence[ColumnElement[bool]]) -> float:
        return _milliseconds(lambda: find_nearest(session, target, *conditions, most=NEAREST))

    allowed = filters(describe(session, bank_id, request, now, today, ()))
    used = time.process_time()
    candidates = _milliseconds(lambda: list_candidates(session, request, bank_id, now=now, today=today))
    used = (time.process_time() - used) * 1000
    return {
        "vector": vector,
        "nearest": find([can_be_found(today)]),
        "nearest_allowed": find([can_be_found(today), *allowed]),
        "candidates": candidates,
        "candidates_cpu": used,
    }


def _milliseconds(work: Callable[[], Sequence[object]]) -> float:
    begun = time.perf_counter()
    if not work():
        raise RuntimeError(work)
    return (time.perf_counter() - begun) * 1000


def measure_board(settings: Settings, bank_id: int) -> Figures:
    """Return the times of a whole board, its plan and its circles, and the memory for each."""
    with opened(settings.database_url) as engine, Session(reading(engine), info=settings.session_info) as session:
        now, today = clock.now(), clock.now().date()
        find_models(session, bank_id).meanings(["Walking a dog"])
        with one_thread(), growth() as by_page:
            page = Board(read_board(session, bank_id, now=now, today=today))
            page.compare(page.data.requests[:REQUESTS_A_PAGE])
        del page
        with one_thread(), growth() as by_plan:
            begun = time.perf_counter()
            data = read_board(session, bank_id, now=now, today=today)
            read = time.perf_counter() - begun
            planned = _plan(data)
        with one_thread(), growth() as by_circles:
            begun = time.perf_counter()
            found = find_circles(data)
            circles = time.perf_counter() - begun
    return {
        "read_s": round(read, 2),
        **planned,
        "read_and_plan_s": round(read + planned["compare_s"] + planned["solve_s"], 2),
        "circles_s": round(circles, 2),
        "circles": len(found.circles),
        "circles_gap": round(found.gap, 4),
        "page_mb": round(by_page.peak_mb, 1),
        "plan_mb": round(by_plan.peak_mb, 1),
        "circles_mb": round(by_circles.peak_mb, 1),
    }


def _plan(data: BoardData) -> Figures:
    """Return the seconds of comparing and of solving, and how much there was to plan."""
    moments = [time.perf_counter()]
    plan = make_plan(data, lambda _compared, _of: moments.append(time.perf_counter()))
    moments.append(time.perf_counter())
    return {
        "requests": len(data.requests),
        "members": len(data.members),
        "offers": len(data.offers),
        "places": len(plan.lines),
        "filled": plan.filled,
        "compare_s": round(moments[-2] - moments[0], 2),
        "solve_s": round(moments[-1] - moments[-2], 2),
    }


if __name__ == "__main__":
    main()
