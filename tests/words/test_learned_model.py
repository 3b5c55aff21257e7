"""What is learned from listings: the words of a bank, its own kinds, and nothing from a few."""

import numpy as np
import pytest

from timebank.words.learned_model import LEAST_USES, train_on_listings
from timebank.words.likeness import (
    GROUP_ALIKE,
    GROUP_SHARED,
    SHARES_ALIKE,
    chosen_likeness,
    group_likeness,
    leaning,
    likeness,
    meanings_of,
    narrowed,
    packed,
    share_likeness,
)
from timebank.words.storing import pack_learned_model, unpack_learned_model

PARENTS = {"outdoors/gardening": "outdoors", "own/curling": "arts"}
TEXTS = [
    *(f"curling stones {word}" for word in ("monday", "evening", "team", "rink", "brush")),
    *(f"weeding {word}" for word in ("monday", "evening", "beds", "path", "roses")),
    "a rare thing",
]
LABELS = [*[frozenset({"own/curling"})] * 5, *[frozenset({"outdoors/gardening"})] * 5, frozenset({"own/rare"})]


@pytest.fixture(scope="module")
def learned(english):
    return train_on_listings(english, TEXTS, LABELS, PARENTS)


def test_a_kind_of_the_banks_own_is_learned(learned):
    shares = learned.shares(learned.vectors(["curling on a thursday", "weeding on a thursday"]))
    assert [learned.labels[column] for column in shares.argmax(axis=1)] == ["own/curling", "outdoors/gardening"]
    assert shares.sum(axis=1) == pytest.approx([1, 1])


def test_a_kind_of_few_listings_is_not_learned(learned):
    assert set(learned.labels) == {"own/curling", "outdoors/gardening"}
    assert LEAST_USES > 1


def test_the_same_listings_give_the_same_model(english, learned):
    again = train_on_listings(english, TEXTS, LABELS, PARENTS)
    assert pack_learned_model(again) == pack_learned_model(learned)


def test_a_model_out_of_its_bytes_is_as_good(english, learned):
    again = unpack_learned_model(pack_learned_model(learned), english)
    assert again.labels == learned.labels
    assert again.vectors(TEXTS) == pytest.approx(learned.vectors(TEXTS), abs=0.01)


def test_likeness_is_the_product_of_packed_rows_and_greatest_for_the_same_text(english, learned):
    meanings = meanings_of(TEXTS[:6], english, learned)
    scores = likeness(meanings, meanings)
    assert scores == pytest.approx(packed(meanings) @ packed(meanings).T)
    assert (scores.argmax(axis=1) == np.arange(6)).all()
    assert scores.max() <= 1.5 + 1e-6


def test_chosen_kinds_count_by_the_root_of_their_shares():
    shares = np.array([[0.64, 0.36]])
    scores = chosen_likeness(shares, [[0], [1], [0, 1], []])
    assert scores[0] == pytest.approx([0.8, 0.6, 1.4 / np.sqrt(2), 0])


def test_known_groups_narrow_the_shares_to_their_kinds():
    shares = np.array([[0.5, 0.5], [0.5, 0.5]])
    rows = narrowed(shares, ["outdoors", None], [frozenset({"outdoors"}), frozenset()])
    assert rows[0] == pytest.approx([1 / 1.02, 0.02 / 1.02])
    assert rows[1] == pytest.approx([0.5, 0.5])


def test_groups_in_common_count_most_where_they_are_the_same():
    scores = group_likeness([frozenset({1, 2})], [frozenset({1, 2}), frozenset({1}), frozenset({3}), frozenset()])
    assert scores[0] == pytest.approx([GROUP_SHARED + GROUP_ALIKE, GROUP_SHARED + GROUP_ALIKE / 2, 0, 0])


def test_shares_are_most_alike_where_they_are_the_same():
    shares = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert share_likeness(shares, shares) == pytest.approx(SHARES_ALIKE * np.eye(2))


def test_what_is_known_of_a_text_counts_as_much_as_its_words():
    rows = np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert leaning(rows, []) is rows
    assert leaning(rows, [1]) == pytest.approx(np.array([[1, 1, 0], [0, np.sqrt(2), 0]]) / np.sqrt(2))
