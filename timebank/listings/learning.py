"""Learning from the listings of a bank, or of all banks together, which kinds of help their words tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from timebank.actors import Unattended
from timebank.banks.models import Bank
from timebank.listings.meanings import text_of, vocabulary_model
from timebank.listings.models import Category, LearnedKinds, Listing, ListingCategory
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail
from timebank.words.learned_model import MOST_LEARNED, train_on_listings
from timebank.words.storing import pack_learned_model, version_of_bytes
from timebank.words.vocabulary_model import VocabularyModel

#: With fewer listings the vocabulary alone is as good.
LEAST_LISTINGS = 300


@dataclass(frozen=True, slots=True)
class Lesson:
    """A listing to learn from: its text, the keys of the categories that people chose, and {key: key of its parent}."""

    text: str
    keys: frozenset[str]
    parents: dict[str, str]


def list_lessons(session: Session, bank_ids: Sequence[int]) -> list[Lesson]:
    """Return the newest listings of these banks that stand in categories below main ones, at most MOST_LEARNED."""
    parent = aliased(Category)
    newest = (
        select(Listing.bank_id, Listing.id, Listing.title, Listing.words)
        .where(Listing.bank_id.in_(bank_ids))
        .order_by(Listing.id.desc())
        .limit(MOST_LEARNED)
        .subquery()
    )
    query = (
        select(newest.c.id, newest.c.title, newest.c.words, Category.key, parent.key.label("parent"))
        .join(
            ListingCategory,
            (ListingCategory.bank_id == newest.c.bank_id) & (ListingCategory.listing_id == newest.c.id),
        )
        .join(Category, (Category.bank_id == ListingCategory.bank_id) & (Category.id == ListingCategory.category_id))
        .join(parent, (parent.bank_id == Category.bank_id) & (parent.id == Category.parent_id))
        .order_by(newest.c.id, Category.key)
    )
    texts: dict[int, str] = {}
    parents: dict[int, dict[str, str]] = {}
    for row in session.execute(query):
        texts[row.id] = text_of(row.title, row.words)
        parents.setdefault(row.id, {})[row.key] = row.parent
    return [Lesson(texts[id_], frozenset(above), above) for id_, above in parents.items()]


def learn_from(lessons: Sequence[Lesson], vocabulary: VocabularyModel) -> bytes | None:
    """Return what is learned from these listings, to be kept; None if they are too few.

    It takes up to a minute and needs no database: nobody has to wait for it.
    """
    if len(lessons) < LEAST_LISTINGS:
        return None
    parents = {key: above for lesson in lessons for key, above in lesson.parents.items()}
    texts, keys = [lesson.text for lesson in lessons], [lesson.keys for lesson in lessons]
    return pack_learned_model(train_on_listings(vocabulary, texts, keys, parents))


def keep_learned(session: Session, bank: Bank, packed: bytes, listings: int, by: Unattended) -> None:
    """Keep what was learned from so many listings for a bank, in place of what was learned before.

    From then on vectors of its listings are of an older version, until `write_meanings_again`.
    """
    version, vocabulary = version_of_bytes(packed), vocabulary_model(session.info.get("word_models"))
    trail.begin(session, by, DeedName.KINDS_LEARNED, Ref(Subject.BANK, bank.slug), {"version": version})
    session.execute(delete(LearnedKinds).where(LearnedKinds.bank_id == bank.id))
    session.add(
        LearnedKinds(
            bank_id=bank.id,
            version=version,
            vocabulary_version=vocabulary.version,
            learned_at=by.now,
            listings=listings,
            model=packed,
        )
    )
    session.flush()
