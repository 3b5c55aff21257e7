"""The model of the English vocabulary, made once by all workers."""

import pytest

from tests.word_models import english_model
from timebank.words.vocabulary_model import VocabularyModel


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> VocabularyModel:
    return english_model(tmp_path_factory.getbasetemp())
