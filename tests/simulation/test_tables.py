"""The tables as a terminal and the page show them."""

from timebank.cli.simulated_tables import sensitivity_lines, usual_lines
from timebank.simulation.comparing import Comparison
from timebank.simulation.figures import Figures

WITHOUT = [Figures(0.25, 0.125, 6, 1.25, 0.5, 3, 4.5, 0, None, 2, 8, 24)]
WITH = [Figures(0.5, 0.25, 4, 1.5, 0.5, 2, 4, 90, 9, 3, 12, 30)]


def test_each_figure_has_a_row_with_what_differs():
    lines = usual_lines(Comparison("", WITHOUT, WITH), 365)
    assert "| requests filled, % | 25.0 (25.0 to 25.0) | 50.0 (50.0 to 50.0) | +25.0 (+25.0 to +25.0) |" in lines
    assert "| days to fill, median | 6.0 (6.0 to 6.0) | 4.0 (4.0 to 4.0) | -2.0 (-2.0 to -2.0) |" in lines
    assert "| invitations per fill | none | 9.0 (9.0 to 9.0) | none |" in lines
    assert len(lines) == 4 + 12


def test_each_assumption_has_a_row_with_both_means():
    lines = sensitivity_lines([Comparison("as assumed", WITHOUT, WITH)], 1)
    assert lines[0] == "Sensitivity. Seeds: 1. Means without / with the board"
    assert lines[-1] == (
        "| as assumed | 25.0 / 50.0 | 6.0 / 4.0 | 50.0 / 50.0 | 4.50 / 4.00 | 2.0 / 3.0 | 8.0 / 12.0 | 9.0 |"
    )
