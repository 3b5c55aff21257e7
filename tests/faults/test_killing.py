"""SIGKILL under load, a few times each; `make faults` does it fifty times."""

from tests.faults.killing import Figures, kill_under_load

KILLS = 3


def _is_right(counts: Figures, kills: int) -> None:
    assert counts.kills == kills
    assert counts.acknowledged > kills
    assert (counts.lost, counts.doubled, counts.half, counts.checks_wrong) == (0, 0, 0, 0)


def test_what_was_acknowledged_outlives_a_killed_server_on_the_embedded_database(embedded, site_for):
    _is_right(kill_under_load(embedded, site_for(embedded), KILLS), KILLS)


def test_what_was_acknowledged_outlives_a_killed_server_on_postgresql(postgresql_of_ours, site_for):
    made = postgresql_of_ours
    counts = kill_under_load(made.settings, site_for(made.settings), KILLS, settled=lambda: not made.backends())
    _is_right(counts, KILLS)


def test_what_was_acknowledged_outlives_a_killed_process_of_the_database(postgresql_of_ours, site_for):
    made = postgresql_of_ours
    counts = kill_under_load(made.settings, site_for(made.settings), 2, strike=made.kill_a_backend)
    _is_right(counts, 2)
