"""The tables of `timebank simulate`, as lines of Markdown, which a terminal shows too."""

from collections.abc import Mapping, Sequence

from timebank.simulation.comparing import Comparison
from timebank.simulation.figures import Summary

#: Each figure with its words, what it is multiplied by, and its decimals.
_ROWS = {
    "fill_rate": ("requests filled, %", 100, 1),
    "filled_soon": ("filled in 14 days, %", 100, 1),
    "days_to_fill": ("days to fill, median", 1, 1),
    "exchanges_per_member": ("exchanges per member and year", 1, 2),
    "both_sides": ("both give and receive, % of members", 100, 1),
    "balance_range": ("interquartile range of balances, h", 1, 2),
    "balance_deviation": ("standard deviation of balances, h", 1, 2),
    "invitations": ("invitations sent", 1, 0),
    "invitations_per_fill": ("invitations per fill", 1, 1),
    "asks_median": ("asks per person asked, median", 1, 1),
    "asks_highest": ("asks per person, highest", 1, 1),
    "members_asked": ("members asked at least once", 1, 1),
}
#: Of what there is no figure.
_NOTHING = "none"
_COLUMNS = {
    "fill_rate": "filled, %",
    "days_to_fill": "days to fill",
    "both_sides": "both, %",
    "balance_deviation": "deviation of balances, h",
    "asks_median": "asks, median",
    "asks_highest": "asks, highest",
}


def usual_lines(comparison: Comparison, days: int) -> list[str]:
    """Return the table of all figures: the mean over the seeds, and in brackets the lowest and the highest."""
    without, with_board, difference = comparison.summaries()
    lines = [
        f"Seeds: {len(comparison.without)}, days: {days}. Means over the seeds (lowest to highest)",
        "",
        "| figure | without the board | with the board | difference by seed |",
        "| --- | --- | --- | --- |",
    ]
    for name, (words, _times, _decimals) in _ROWS.items():
        cells = [_cell(name, summary[name]) for summary in (without, with_board)]
        lines.append(f"| {words} | {' | '.join(cells)} | {_cell(name, difference[name], sign='+')} |")
    return lines


def sensitivity_lines(comparisons: Sequence[Comparison], seeds: int) -> list[str]:
    """Return the table with each assumption halved and doubled: means, without and with the board."""
    head = [*_COLUMNS.values(), "invitations per fill"]
    lines = [
        f"Sensitivity. Seeds: {seeds}. Means without / with the board",
        "",
        f"| assumed | {' | '.join(head)} |",
        f"|{' --- |' * (len(head) + 1)}",
    ]
    for comparison in comparisons:
        without, with_board, _difference = comparison.summaries()
        cells = [_both(name, without, with_board) for name in _COLUMNS]
        cells.append(_number("invitations_per_fill", with_board["invitations_per_fill"].mean))
        lines.append(f"| {comparison.name} | {' | '.join(cells)} |")
    return lines


def _both(name: str, without: Mapping[str, Summary], with_board: Mapping[str, Summary]) -> str:
    return f"{_number(name, without[name].mean)} / {_number(name, with_board[name].mean)}"


def _cell(name: str, summary: Summary, *, sign: str = "") -> str:
    if summary.mean is None:
        return _NOTHING
    low, high = (_number(name, value, sign=sign) for value in (summary.lowest, summary.highest))
    return f"{_number(name, summary.mean, sign=sign)} ({low} to {high})"


def _number(name: str, value: float | None, *, sign: str = "") -> str:
    _words, times, decimals = _ROWS[name]
    return _NOTHING if value is None else f"{value * times:{sign}.{decimals}f}"
