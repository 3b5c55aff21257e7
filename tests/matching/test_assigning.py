"""A plan is as good as the best of all plans, and keeps places, rooms and half-days."""

from itertools import combinations

from hypothesis import given, settings, strategies as st

from timebank.matching.assigning import Choice, assign

choices_of = st.lists(
    st.builds(
        Choice,
        r=st.integers(0, 3),
        m=st.integers(0, 3),
        score=st.integers(-300, 100).map(lambda score: score / 50),
        slot=st.sampled_from([None, "morning", "evening"]),
    ),
    max_size=9,
    unique_by=lambda choice: (choice.r, choice.m),
)
limits = st.dictionaries(st.integers(0, 3), st.integers(0, 3))


def keeps(chosen, needs, rooms):
    """Return whether these choices keep every limit."""
    for of, limit in (("r", needs), ("m", rooms)):
        counts = {}
        for choice in chosen:
            counts[getattr(choice, of)] = counts.get(getattr(choice, of), 0) + 1
        if any(number > limit.get(key, 0) for key, number in counts.items()):
            return False
    slots = [(choice.m, choice.slot) for choice in chosen if choice.slot is not None]
    return len(slots) == len(set(slots))


def value(chosen):
    """The most places, and among those the highest scores."""
    return len(chosen), round(sum(choice.score for choice in chosen), 6)


@settings(max_examples=150, deadline=None)
@given(choices_of, limits, limits)
def test_a_plan_equals_brute_force_on_small_boards(choices, needs, rooms):
    plan = [choices[index] for index in assign(choices, needs, rooms)]
    assert keeps(plan, needs, rooms)
    best = max(
        value(chosen)
        for size in range(len(choices) + 1)
        for chosen in combinations(choices, size)
        if keeps(chosen, needs, rooms)
    )
    assert value(plan) == best


def test_a_request_for_two_gets_two_people():
    choices = [Choice(0, 1, 0.9), Choice(0, 2, 0.1), Choice(0, 3, 0.2)]
    assert sorted(assign(choices, {0: 2}, {1: 2, 2: 1, 3: 1})) == [0, 2]


def test_scarce_helpers_go_where_nobody_else_can():
    choices = [Choice(0, 1, 0.9), Choice(0, 2, 0.8), Choice(1, 1, 0.5)]
    assert sorted(assign(choices, {0: 1, 1: 1}, {1: 1, 2: 1})) == [1, 2]


def test_nobody_is_asked_about_two_things_of_one_morning():
    choices = [Choice(0, 1, 0.9, "friday morning"), Choice(1, 1, 0.8, "friday morning"), Choice(2, 1, 0.1, "saturday")]
    assert sorted(assign(choices, {0: 1, 1: 1, 2: 1}, {1: 3})) == [0, 2]


def test_filling_a_place_counts_more_than_any_score():
    assert assign([Choice(0, 1, -11.0)], {0: 1}, {1: 1}) == [0]
    chain = [Choice(n, n, 0.5) for n in range(11)] + [Choice(n, n + 1, 1.8) for n in range(10)]
    plan = assign(chain, dict.fromkeys(range(11), 1), dict.fromkeys(range(11), 1))
    assert len(plan) == 11


def test_an_empty_board_has_an_empty_plan():
    assert assign([], {}, {}) == []
