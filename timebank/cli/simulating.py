"""`timebank simulate`: a simulated year without and with the brokers' board."""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from timebank.cli.installation import any_settings
from timebank.cli.simulated_books import simulate
from timebank.cli.simulated_tables import sensitivity_lines, usual_lines
from timebank.listings.meanings import vocabulary_model
from timebank.simulation.comparing import Comparison, YearToPlay, compare_usual, compare_varied
from timebank.simulation.figures import Figures, Summary
from timebank.simulation.parameters import USUAL
from timebank.words.ridge import one_thread

#: The sensitivity table takes two dozen comparisons, so that it is made of fewer seeds.
_FEWER_SEEDS = 3


@click.command()
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(1), help="How many years of each kind.")
@click.option("--fewer-seeds", default=_FEWER_SEEDS, show_default=True, type=click.IntRange(1),
              help="The same for the sensitivity table.")  # fmt: skip
@click.option("--days", default=365, show_default=True, type=click.IntRange(2), help="How long a year is.")
@click.option("--only", type=click.Choice(["base", "all"]), default="all", show_default=True,
              help="'base' leaves the sensitivity table out.")  # fmt: skip
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1), help="How many play at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print nothing but the figures, as JSON.")
def simulate_command(seeds: int, fewer_seeds: int, days: int, only: str, processes: int, *, as_json: bool) -> None:
    """Play a made-up year without and with the brokers' board, and print what came of the requests.

    Each year has a database in memory that is gone afterwards; no real bank is read. docs/simulation.md says what is
    assumed. The same seeds give the same figures.
    """
    played: dict[YearToPlay, Figures] = {}

    def play(years: Sequence[YearToPlay]) -> Iterable[Figures]:
        missing = [year for year in years if year not in played]  # the sensitivity table has some of the first years
        played.update(zip(missing, _play(missing, processes=processes), strict=True))
        return [played[year] for year in years]

    usual = compare_usual(USUAL, range(1, seeds + 1), days, play)
    varied = compare_varied(range(1, fewer_seeds + 1), days, play) if only == "all" else ()
    if as_json:
        click.echo(json.dumps({"seeds": seeds, "days": days, "usual": _as_json(usual), "sensitivity": _all(varied)}))
        return
    lines = usual_lines(usual, days)
    lines += ["", *sensitivity_lines(varied, fewer_seeds)] if varied else []
    click.echo("\n".join(lines))


def _play(years: Sequence[YearToPlay], *, processes: int) -> Iterable[Figures]:
    """Play years, so many at a time, each in a process that lives on for the next one; return their figures."""
    folder = any_settings().word_models
    vocabulary_model(folder)  # made once, where it is missing, before each process reads it
    if processes == 1:
        return [_play_one(folder, year) for year in years]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(_play_one, folder), years))


def _play_one(folder: Path, year: YearToPlay) -> Figures:
    with one_thread():
        return simulate(year, folder)


def _all(comparisons: Sequence[Comparison]) -> list[dict[str, object]]:
    return [{"assumed": comparison.name, **_as_json(comparison)} for comparison in comparisons]


def _as_json(comparison: Comparison) -> dict[str, object]:
    names = ("without", "with", "difference")
    return {name: _rounded(summary) for name, summary in zip(names, comparison.summaries(), strict=True)}


def _rounded(summaries: Mapping[str, Summary]) -> dict[str, dict[str, float | None]]:
    return {
        name: {key: None if value is None else round(value, 4) for key, value in summary._asdict().items()}
        for name, summary in summaries.items()
    }
