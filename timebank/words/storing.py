"""Models as bytes, to be kept in a file or a column: arrays in NumPy's own format, without pickled objects."""

import hashlib
import io
from collections.abc import Mapping, Sequence

import numpy as np

from timebank.words.features import BLOCKS, Block
from timebank.words.learned_model import LearnedModel
from timebank.words.vocabulary_model import VocabularyModel

VERSION_LENGTH = 16


def version_of_bytes(packed: bytes) -> str:
    """Return what identifies a packed model."""
    return hashlib.sha256(packed).hexdigest()[:VERSION_LENGTH]


def pack_vocabulary_model(model: VocabularyModel) -> bytes:
    """Return the model as bytes."""
    names = {"kinds": _joined(model.kinds), "version": _joined([model.version])}
    return _pack({"weights": model.weights, "middles": model.middles, **names, **_of_blocks(model.blocks)})


def unpack_vocabulary_model(packed: bytes) -> VocabularyModel:
    """Return the model. Raises ValueError or KeyError for bytes that are none."""
    arrays = _unpack(packed)
    kinds, (version,) = tuple(_split(arrays["kinds"])), _split(arrays["version"])
    return VocabularyModel(_blocks(arrays), arrays["weights"], kinds, arrays["middles"], version)


def pack_learned_model(model: LearnedModel[str]) -> bytes:
    """Return the model as bytes, its weights at half their precision, without the vocabulary's model below it."""
    arrays = {"weights": model.weights.astype(np.float16), "own_weights": model.own_weights.astype(np.float16)}
    return _pack({**arrays, "labels": _joined(model.labels), **_of_blocks(model.blocks)})


def unpack_learned_model(packed: bytes, vocabulary_model: VocabularyModel) -> LearnedModel[str]:
    """Return the model on top of the vocabulary's. Raises ValueError or KeyError for bytes that are none."""
    arrays = _unpack(packed)
    weights, own_weights = arrays["weights"].astype(np.float32), arrays["own_weights"].astype(np.float32)
    return LearnedModel(vocabulary_model, _blocks(arrays), weights, own_weights, tuple(_split(arrays["labels"])))


def _of_blocks(blocks: Sequence[Block]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for name, block in zip(BLOCKS, blocks, strict=True):
        arrays |= {f"{name}_names": _joined(list(block.columns)), f"{name}_weights": block.weights.astype(np.float32)}
    return arrays


def _blocks(arrays: Mapping[str, np.ndarray]) -> tuple[Block, ...]:
    return tuple(
        Block(
            split,
            {feature: column for column, feature in enumerate(_split(arrays[f"{name}_names"]))},
            arrays[f"{name}_weights"].astype(np.float64),
        )
        for name, split in BLOCKS.items()
    )


def _joined(names: Sequence[str]) -> np.ndarray:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _split(array: np.ndarray) -> list[str]:
    return array.tobytes().decode().split("\n") if array.size else []


def _pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _unpack(packed: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return dict(arrays)
