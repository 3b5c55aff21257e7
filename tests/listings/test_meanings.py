"""The file of the vocabulary's model: whatever lies there, a model comes of it."""

import pytest

from timebank.listings import meanings
from timebank.words.storing import pack_vocabulary_model, unpack_vocabulary_model
from timebank.words.vocabulary import Vocabulary
from timebank.words.vocabulary_model import train_on_vocabulary

SMALL = train_on_vocabulary(Vocabulary("en", {"arts/crafts": ("knitting", "learn to knit")}))


@pytest.mark.parametrize("content", [b"", b"no model", pack_vocabulary_model(SMALL)[:2000], None])
def test_a_file_that_is_cut_short_or_missing_is_as_none(tmp_path, content):
    path = tmp_path / "words.model"
    if content is not None:
        path.write_bytes(content)
    assert meanings._read(path) is None


def test_a_file_that_was_written_is_read(tmp_path):
    path = tmp_path / "words.model"
    meanings._write(path, pack_vocabulary_model(SMALL))
    model = meanings._read(path)
    assert model is not None
    assert model.version == unpack_vocabulary_model(path.read_bytes()).version == SMALL.version
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_the_model_is_used_all_the_same(tmp_path):
    meanings._write(tmp_path / "not there" / "words.model", b"content")
    assert list(tmp_path.iterdir()) == []
