"""Kinds that are suggested for a few words: at most three, of the bank's own list, and none for nothing."""

import pytest

from tests.people import NOW
from timebank.actors import Doing
from timebank.listings import categories
from timebank.listings.queries import get_tree
from timebank.listings.suggesting import MOST_SUGGESTED, suggest_kinds


@pytest.fixture
def suggest(session, village, tree):
    def _suggest(text):
        now = get_tree(session, village.angus.id)
        return [branch.key for branch in suggest_kinds(session, village.angus.id, now, text)]

    return _suggest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Weeding and the hedge", "outdoors/gardening"),
        ("Took me to the hospital", "getting-about/clinic"),
        ("Fixed the dripping tap", "repairs/water"),
        ("Set up her new mobile phone", "paperwork/computers"),
        ("Sat with her husband so that she got a break", "family/carers-break"),
        ("A chat on the phone", "company/phone-calls"),
    ],
)
def test_the_kind_is_among_three(suggest, text, key):
    assert key in suggest(text)
    assert len(suggest(text)) <= MOST_SUGGESTED


@pytest.mark.parametrize("text", ["", "!!!", "xyzzyxyzzy", "the", "日本語", "a" * 500])
def test_nothing_is_suggested_for_nothing(suggest, text):
    assert suggest(text) == []


def test_a_clear_text_has_one_kind(suggest):
    assert suggest("knitting") == ["arts/crafts"]


def test_a_retired_kind_is_not_suggested(suggest, session, village):
    assert "arts/crafts" in suggest("knitting")
    categories.retire(session, village.angus, "arts/crafts", Doing(village.mary, NOW, "retire"))
    assert "arts/crafts" not in suggest("knitting")


def test_a_kind_of_the_banks_own_is_suggested_by_its_name(suggest, session, village):
    doing = Doing(village.mary, NOW, "own kind")
    key = categories.add(session, village.angus, "Knitting for the hospice", [], doing, under="arts")
    assert key in suggest("knitting squares")


def test_a_bank_without_kinds_suggests_none(session, village):
    assert suggest_kinds(session, village.angus.id, get_tree(session, village.angus.id), "knitting") == []
