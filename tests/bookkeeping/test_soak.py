"""Thousands of generated deeds; `make soak` runs a million."""

from benchmarks.soak import count_wrong_checks, run_batch

DEEDS = 2_000


#: What must have come up, or the dice show nothing.
OUTCOMES = {
    "post: taken",
    "post: FloorReachedError",
    "again: taken",
    "other content: KeyTakenError",
    "take back: taken",
    "take back: AlreadyReversedError",
    "take back: FloorReachedError",
    "hold: placed",
    "hold: nothing",
    "resolve: taken",
    "resolve: FloorReachedError",
    "resolve: HoldResolvedError",
    "release: taken",
    "release: HoldResolvedError",
    "limit: taken",
    "limit: FloorReachedError",
}


def test_generated_deeds_break_no_floor_and_happen_once(backend):
    found = run_batch(backend.settings, seed=7, size=DEEDS)
    assert (found.operations, found.floors_broken, found.doubles) == (DEEDS, 0, 0)
    assert set(found.outcomes) >= OUTCOMES
    assert count_wrong_checks(backend.settings, print) == 0
