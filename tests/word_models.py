"""The model of the English vocabulary takes seconds to make, so one worker of a run makes it for all."""

from pathlib import Path

from tests.scratch import made_once
from timebank.words.storing import pack_vocabulary_model, unpack_vocabulary_model
from timebank.words.vocabulary import read_vocabulary
from timebank.words.vocabulary_model import VocabularyModel, train_on_vocabulary


def english_model(base: Path) -> VocabularyModel:
    """Return the model; `base` is what pytest gives this worker for temporary files."""
    folder = made_once(base, "english", _make)
    return unpack_vocabulary_model((folder / "model").read_bytes())


def _make(folder: Path) -> None:
    folder.mkdir()
    (folder / "model").write_bytes(pack_vocabulary_model(train_on_vocabulary(read_vocabulary())))
