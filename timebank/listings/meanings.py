"""What listings mean: the models that a bank's listings are understood by, and the vectors of its listings.

The vocabulary's model is the same for all banks. It takes seconds to make, so each process reads it from a file in the
instance folder, which the first one writes. What was learned from listings is a row of the database.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock, get_ident
from typing import Any
from zipfile import BadZipFile

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from timebank.listings.models import LearnedKinds, Listing, ListingMeaning
from timebank.words.cells import cells_of
from timebank.words.features import has_word_of
from timebank.words.learned_model import LearnedModel
from timebank.words.likeness import Meanings, leaning, meanings_of, packed, to_bytes
from timebank.words.storing import pack_vocabulary_model, unpack_learned_model, unpack_vocabulary_model
from timebank.words.vocabulary import read_vocabulary
from timebank.words.vocabulary_model import VocabularyModel, train_on_vocabulary, version_of

#: How many letters of a listing's words count beside its title.
_FIRST_WORDS = 300
_BATCH = 500
_made: dict[str, VocabularyModel] = {}
#: Learned models that this process has read, each of some ten megabytes.
_MOST_READ = 8
_read_before: dict[str, LearnedModel[str]] = {}
_making, _reading = Lock(), Lock()


@dataclass(frozen=True)
class Models:
    """The models of a bank. `version` identifies both: vectors of other versions are not compared with theirs."""

    vocabulary: VocabularyModel
    learned: LearnedModel[str] | None
    version: str

    def knows(self, text: str) -> bool:
        """Return whether a word of the text is known, from the vocabulary or from listings."""
        learned = self.learned is not None and has_word_of(text, self.learned.blocks)
        return learned or has_word_of(text, self.vocabulary.blocks)

    def meanings(self, texts: Sequence[str]) -> Meanings:
        """Return the vectors of texts."""
        return meanings_of(texts, self.vocabulary, self.learned)

    def meanings_of_kinds(self, texts: Sequence[str], keys: Sequence[Iterable[str]]) -> Meanings:
        """Return the vectors of texts, of each of which it is known that it is of the categories with these keys."""
        meanings = self.meanings(texts)
        own = _leaning(meanings.own, keys, self.vocabulary.column_of)
        if meanings.learned is None or self.learned is None:
            return Meanings(own)
        return Meanings(own, _leaning(meanings.learned, keys, self.learned.column_of))


def _leaning(rows: np.ndarray, keys: Sequence[Iterable[str]], column_of: Mapping[str, int]) -> np.ndarray:
    columns = [[column_of[key] for key in set(of_row) & column_of.keys()] for of_row in keys]
    return np.vstack([leaning(rows[[at]], of_row) for at, of_row in enumerate(columns)])


def find_models(session: Session, bank_id: int) -> Models:
    """Return the models of a bank: the vocabulary's, and what was learned last on top of this vocabulary."""
    vocabulary = vocabulary_model(session.info.get("word_models"))
    version = session.scalar(
        select(LearnedKinds.version)
        .where(LearnedKinds.bank_id == bank_id, LearnedKinds.vocabulary_version == vocabulary.version)
        .order_by(LearnedKinds.learned_at.desc())
        .limit(1)
    )
    if version is None:
        return Models(vocabulary, None, vocabulary.version)
    learned = _learned(session, bank_id, version, vocabulary)
    return Models(vocabulary, learned, f"{vocabulary.version}+{version}")


def vocabulary_model(folder: object = None) -> VocabularyModel:
    """Return the model of the vocabulary; from its file in this folder, or made, and kept there where that can be."""
    version = _version()
    with _making:
        if version not in _made:
            path = Path(str(folder)) / f"words-{version}.model" if folder else None
            model = _read(path) if path else None
            if model is None:
                model = train_on_vocabulary(read_vocabulary())
                if path is not None:
                    _write(path, pack_vocabulary_model(model))
            _made[version] = model
        return _made[version]


@cache
def _version() -> str:
    return version_of(read_vocabulary())


def _read(path: Path) -> VocabularyModel | None:
    try:
        return unpack_vocabulary_model(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # missing, cut short, or of another make
        return None


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; without it, the next process makes the model again."""
    unfinished = path.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)


def _learned(session: Session, bank_id: int, version: str, vocabulary: VocabularyModel) -> LearnedModel[str]:
    """Return a learned model, from those that this process has read or from the database."""
    with _reading:
        if version in _read_before:
            return _read_before[version]
    content = session.execute(
        select(LearnedKinds.model).where(LearnedKinds.bank_id == bank_id, LearnedKinds.version == version)
    ).scalar_one()
    model = unpack_learned_model(content, vocabulary)
    with _reading:
        _read_before[version] = model
        if len(_read_before) > _MOST_READ:
            del _read_before[next(iter(_read_before))]
    return model


def text_of(title: str, words: str) -> str:
    """Return what of a listing is understood; its title counts more, which it does by standing there twice."""
    return f"{title} {title} {words[:_FIRST_WORDS]}"


def write_meanings(session: Session, models: Models, bank_id: int, listings: Iterable[Mapping[str, Any]]) -> None:
    """Store the vectors of new listings: mappings with id, kind, title and words."""
    rows = list(listings)
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        meanings = models.meanings([text_of(row["title"], row["words"]) for row in part])
        cells = cells_of(meanings.own, models.vocabulary.middles)
        keys = {"bank_id": bank_id, "version": models.version}
        session.execute(
            insert(ListingMeaning),
            [
                {**keys, "listing_id": row["id"], "kind": row["kind"], "cell": int(cell), "vector": vector}
                for row, cell, vector in zip(part, cells, to_bytes(packed(meanings)), strict=True)
            ],
        )


def write_meanings_again(session: Session, bank_id: int) -> int:
    """Make the vectors again that are not of the bank's present models; return their number."""
    models = find_models(session, bank_id)
    current = select(ListingMeaning.listing_id).where(
        ListingMeaning.bank_id == bank_id, ListingMeaning.version == models.version
    )
    stale = select(Listing.id).where(Listing.bank_id == bank_id, Listing.id.not_in(current))
    ids = session.scalars(stale.order_by(Listing.id)).all()
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        texts = (
            select(Listing.id, Listing.kind, Listing.title, Listing.words)
            .where(Listing.bank_id == bank_id, Listing.id.in_(part))
            .order_by(Listing.id)
            .with_for_update()  # whoever changes one waits, or was first and is read here
        )
        rows = [dict(row) for row in session.execute(texts).mappings()]
        session.execute(
            delete(ListingMeaning).where(ListingMeaning.bank_id == bank_id, ListingMeaning.listing_id.in_(part))
        )
        write_meanings(session, models, bank_id, rows)
    return len(ids)
