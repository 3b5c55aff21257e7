"""Vectors of texts by the vocabulary: the nearest kinds of what neighbours write, in its words and in others."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from timebank.words.likeness import from_bytes, likeness, meanings_of, to_bytes
from timebank.words.storing import pack_vocabulary_model, unpack_vocabulary_model
from timebank.words.vocabulary import Vocabulary, read_vocabulary
from timebank.words.vocabulary_model import train_on_vocabulary, version_of

SMALL = Vocabulary(
    "en",
    {
        "outdoors/gardening": ("gardening", "weeding the beds", "mow the lawn"),
        "outdoors/dog-walking": ("dog walking", "walk my dog"),
        "arts/crafts": ("knitting", "learn to knit"),
    },
)


def nearest(model, text):
    """Return the three kinds, below the main ones, that a text is nearest to."""
    row = model.vectors([text])[0]
    leaves = [kind for kind in model.kinds if "/" in kind]
    return sorted(leaves, key=lambda kind: -row[model.column_of[kind]])[:3]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("knitter", "arts/crafts"),
        ("Somebody to walk the dog, please", "outdoors/dog-walking"),
        ("dog walker", "outdoors/dog-walking"),
        ("🐕", "outdoors/dog-walking"),
        ("d.i.y.", "repairs/small-jobs"),
        ("D.I.Y. jobs", "repairs/small-jobs"),
        ("gardner", "outdoors/gardening"),
        ("Pruning the roses", "outdoors/gardening"),
        ("I need a lift to the hospital on Friday", "getting-about/clinic"),
        ("ride to the airport", "getting-about/station"),
        ("my tap drips", "repairs/water"),
        ("leaky faucet", "repairs/water"),
        ("My laptop is slow", "paperwork/computers"),
        ("Bookkeeping", "paperwork/money"),
        ("babysitter for a saturday evening", "family/minding-children"),
        ("learn Spanish", "learning/languages"),
        ("guitar lessons", "arts/music"),
        ("haircut", "family/hair-and-nails"),
        ("Polish lessons", "learning/languages"),
        ("reiki", "well-being/massage"),
        ("a logo for our group", "paperwork/websites"),
        ("pick up my prescription", "errands/prescriptions"),
        ("feed my cat while I am away", "outdoors/feeding-pets"),
        ("borrow a ladder", "something-else/lending"),
    ],
)
def test_what_neighbours_write_is_near_its_kind(english, text, kind):
    assert kind in nearest(english, text)


def test_vectors_have_length_one_or_are_zero(english):
    lengths = np.linalg.norm(english.vectors(["knitting", "", "!!!", "日本語"]), axis=1)
    assert lengths == pytest.approx([1, 0, 0, 0], abs=1e-5)


@given(st.lists(st.text(max_size=200), min_size=1, max_size=3))
def test_any_texts_have_vectors(english, texts):
    vectors = english.vectors(texts)
    assert vectors.shape == (len(texts), len(english.kinds))
    assert np.isfinite(vectors).all()


def test_the_same_vocabulary_gives_the_same_model_and_version():
    one, other = train_on_vocabulary(SMALL), train_on_vocabulary(SMALL)
    assert pack_vocabulary_model(one) == pack_vocabulary_model(other)
    assert version_of(SMALL) == version_of(SMALL)
    assert version_of(SMALL) != version_of(read_vocabulary())


def test_a_model_out_of_its_bytes_gives_the_same_vectors():
    model = train_on_vocabulary(SMALL)
    again = unpack_vocabulary_model(pack_vocabulary_model(model))
    assert (again.kinds, again.version) == (model.kinds, model.version)
    assert (again.middles == model.middles).all()
    texts = ["dog walks", "mowing", "nothing of it", ""]
    assert again.vectors(texts) == pytest.approx(model.vectors(texts), abs=1e-5)


def test_bytes_that_are_no_model_are_refused():
    with pytest.raises((ValueError, KeyError)):
        unpack_vocabulary_model(b"no model")


def test_rows_of_a_byte_a_value_keep_the_likeness(english):
    texts = ["dog walking", "mow the lawn", "read to me", "guitar lessons"]
    meanings = meanings_of(texts, english)
    again = from_bytes(to_bytes(meanings.own))
    assert again @ again.T == pytest.approx(likeness(meanings, meanings), abs=0.05)
