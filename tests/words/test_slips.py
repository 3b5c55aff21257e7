"""One slip is forgiven, and words that are known stay."""

import pytest
from hypothesis import given, strategies as st

from timebank.words.slips import find_meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gardner", "gardener"),
        ("gardeing", "gardening"),
        ("somebody for gradening", "somebody for gardening"),
        ("kniting", "knitting"),
        ("a lfit to the hopsital", "a lift to the hospital"),
        ("compuuter", "computer"),
        ("gardening", None),
        ("gardens", None),
        ("xyzzyxyzzy", None),
        ("cta", None),
        ("", None),
        ("日本語", None),
    ],
)
def test_a_slip_is_forgiven(typed, meant):
    assert find_meant(typed) == meant


@given(st.text(max_size=60))
def test_anything_can_be_typed(typed):
    meant = find_meant(typed)
    assert meant is None or meant.split()
