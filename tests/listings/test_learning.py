"""Learning kinds from listings: what a bank's own words mean there, and nothing in another bank."""

import pytest
from sqlalchemy import select

from tests.people import NOW
from timebank.actors import Doing, Unattended
from timebank.listings import categories, learning
from timebank.listings.learning import LEAST_LISTINGS, Lesson, keep_learned, learn_from, list_lessons
from timebank.listings.meanings import find_models, vocabulary_model, write_meanings_again
from timebank.listings.models import LearnedKinds, ListingMeaning
from timebank.listings.queries import get_tree
from timebank.listings.suggesting import suggest_kinds
from timebank.trail.models import TrailRow

PLACES = ["rink", "hall", "green", "loft", "barn", "shed", "yard", "pier", "mill", "croft"]
MANY = [
    Lesson(f"smirring {place} {number}", frozenset({"own/x"}), {"own/x": "arts"})
    if number % 2
    else Lesson(f"weeding {place} {number}", frozenset({"outdoors/gardening"}), {"outdoors/gardening": "outdoors"})
    for number in range(32)
    for place in PLACES
]


@pytest.fixture
def own_kind(session, village, tree):
    """The key of a kind of Angus's own, whose name tells nothing."""
    doing = Doing(village.mary, NOW, "own kind")
    return categories.add(session, village.angus, "Wednesdays", [], doing, under="arts")


@pytest.fixture
def lessons(own_kind):
    return [
        Lesson(lesson.text, frozenset({own_kind}), {own_kind: "arts"}) if "own/x" in lesson.keys else lesson
        for lesson in MANY
    ]


def learn(session, bank, lessons):
    """Learn and read the bank's listings again; return how many."""
    packed = learn_from(lessons, vocabulary_model(session.info.get("word_models")))
    if packed is None:
        return None
    keep_learned(session, bank, packed, len(lessons), Unattended(bank.id, NOW))
    return write_meanings_again(session, bank.id)


def suggested(session, bank, text):
    return [branch.key for branch in suggest_kinds(session, bank.id, get_tree(session, bank.id), text)]


def test_a_word_of_the_banks_own_is_learned(session, village, own_kind, lessons, list_it):
    list_it("Weeding")
    assert own_kind not in suggested(session, village.angus, "smirring and weeding")
    assert learn(session, village.angus, lessons) == 1
    assert own_kind in suggested(session, village.angus, "smirring")
    assert suggested(session, village.angus, "weeding")[0] == "outdoors/gardening"


def test_every_vector_is_made_again_and_only_once(session, village, lessons, list_it):
    list_it("Weeding")
    list_it("Knitting", "arts/crafts")
    learn(session, village.angus, lessons)
    models = find_models(session, village.angus.id)
    assert set(session.scalars(select(ListingMeaning.version))) == {models.version}
    assert write_meanings_again(session, village.angus.id) == 0


def test_a_later_lesson_replaces_the_first(session, village, lessons):
    learn(session, village.angus, lessons)
    learn(session, village.angus, lessons[:-1])
    assert session.scalars(select(LearnedKinds.listings)).all() == [len(lessons) - 1]
    assert len(session.scalars(select(TrailRow.id).where(TrailRow.deed == "kinds.learned")).all()) == 2


def test_too_few_listings_change_nothing(session, village, lessons):
    assert learn(session, village.angus, lessons[: LEAST_LISTINGS - 1]) is None
    assert session.scalars(select(LearnedKinds.version)).all() == []


def test_what_one_bank_learned_is_nothing_to_another(session, village, lessons):
    learn(session, village.angus, lessons)
    assert find_models(session, village.perth.id).learned is None
    assert find_models(session, village.angus.id).learned is not None


def test_lessons_are_the_newest_listings_with_their_kinds(session, village, list_it, monkeypatch):
    list_it("Older")
    list_it("Weeding", "outdoors/gardening", "outdoors/growing", words="and roses")
    list_it("In general", "outdoors")
    monkeypatch.setattr(learning, "MOST_LEARNED", 2)
    (lesson,) = list_lessons(session, [village.angus.id])
    assert lesson.text == "Weeding Weeding and roses"
    assert lesson.keys == {"outdoors/gardening", "outdoors/growing"}
    assert set(lesson.parents.values()) == {"outdoors"}
    assert list_lessons(session, [village.perth.id]) == []
