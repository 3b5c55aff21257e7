"""Years without and with the board, of the same seeds: which have to be played, and what is compared. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from timebank.simulation.figures import NAMES, Figures, Summary, summarize, summarize_values
from timebank.simulation.parameters import USUAL, VARIED, Parameters

HALVED, DOUBLED = 0.5, 2.0


class YearToPlay(NamedTuple):
    """A year to be played."""

    parameters: Parameters
    seed: int
    days: int
    with_board: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Years without the board and, of the same seeds in the same order, with it; `name` says what is assumed."""

    name: str
    without: Sequence[Figures]
    with_board: Sequence[Figures]

    def summaries(self) -> tuple[Mapping[str, Summary], Mapping[str, Summary], Mapping[str, Summary]]:
        """Return the summaries of each figure without the board, with it, and of the difference by seed."""
        differences = {
            name: summarize_values(
                [
                    _difference(getattr(a, name), getattr(b, name))
                    for a, b in zip(self.without, self.with_board, strict=True)
                ]
            )
            for name in NAMES
        }
        return summarize(self.without), summarize(self.with_board), differences


def _difference(without: float | None, with_board: float | None) -> float | None:
    return None if without is None or with_board is None else with_board - without


class _Compared(NamedTuple):
    """The years of a comparison."""

    name: str
    without: Sequence[YearToPlay]
    with_board: Sequence[YearToPlay]


Player = Callable[[Sequence[YearToPlay]], Iterable[Figures]]


def compare_usual(parameters: Parameters, seeds: Sequence[int], days: int, play: Player) -> Comparison:
    """Return the comparison for one set of parameters."""
    return _compare([_compared("", parameters, parameters, seeds, days)], play)[0]


def compare_varied(seeds: Sequence[int], days: int, play: Player) -> Sequence[Comparison]:
    """Return the comparisons with each main assumption halved and doubled, after the usual one of the same seeds."""
    compared = [_compared("as assumed", USUAL, USUAL, seeds, days)]
    for variation in VARIED:
        for word, factor in (("halved", HALVED), ("doubled", DOUBLED)):
            changed = variation.of(USUAL, factor)
            without = USUAL if variation.is_of_the_board else changed
            compared.append(_compared(f"{variation.name}, {word}", without, changed, seeds, days))
    return _compare(compared, play)


def _compared(name: str, without: Parameters, with_board: Parameters, seeds: Sequence[int], days: int) -> _Compared:
    return _Compared(
        name,
        [YearToPlay(without, seed, days, with_board=False) for seed in seeds],
        [YearToPlay(with_board, seed, days, with_board=True) for seed in seeds],
    )


def _compare(compared: Sequence[_Compared], play: Player) -> Sequence[Comparison]:
    """Play each year once, though several comparisons have it."""
    years = list(dict.fromkeys(year for each in compared for year in (*each.without, *each.with_board)))
    figures = dict(zip(years, play(years), strict=True))
    return [
        Comparison(each.name, [figures[year] for year in each.without], [figures[year] for year in each.with_board])
        for each in compared
    ]
