"""`timebank simulate`, short: its tables, its JSON, and that it needs no database and leaves none."""

import json


def test_a_short_year_is_printed_as_a_table(embedded):
    result = embedded.timebank("simulate", "--seeds", "1", "--days", "3", "--only", "base")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Seeds: 1, days: 3. Means over the seeds (lowest to highest)"
    assert lines[2] == "| figure | without the board | with the board | difference by seed |"
    assert "| requests filled, % | none | none | none |" in lines  # none of them is thirty days old
    assert any(line.startswith("| invitations sent | 0 (0 to 0) | ") for line in lines)
    assert "Sensitivity" not in result.output
    assert not (embedded.folder / "timebank.db").exists()


def test_the_same_figures_are_printed_as_json(embedded):
    result = embedded.timebank("simulate", "--seeds", "1", "--days", "2", "--only", "base", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output)
    assert (figures["seeds"], figures["days"], figures["sensitivity"]) == (1, 2, [])
    assert set(figures["usual"]) == {"without", "with", "difference"}
    assert figures["usual"]["with"]["fill_rate"] == {"mean": None, "lowest": None, "highest": None}
    sent = figures["usual"]["with"]["invitations"]
    assert sent["lowest"] == sent["mean"] == sent["highest"]
