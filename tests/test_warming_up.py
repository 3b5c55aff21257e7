"""A server process keeps what stays as long as itself out of garbage collection."""

import gc

import pytest

from timebank.app import warm_up
from timebank.listings.meanings import vocabulary_model


@pytest.fixture(autouse=True)
def _thawed():
    yield
    gc.unfreeze()


def test_the_words_are_read_and_no_full_collection_goes_through_them(backend):
    settings = backend.settings
    warm_up(settings)
    model = vocabulary_model(settings.word_models)
    assert gc.get_freeze_count() > 0
    assert not any(tracked is model for tracked in gc.get_objects())
