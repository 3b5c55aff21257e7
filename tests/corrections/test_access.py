"""Who may see a correction and a month: a table of the cast, on both databases."""

from datetime import date

import pytest

from tests.people import NOW, TODAY
from tests.visible import HIDDEN, VISIBLE, answer_of
from timebank.corrections import access

TABLE = {
    "ada": HIDDEN,
    "grace": HIDDEN,
    "rosa": HIDDEN,
    "mary": VISIBLE,
    "clara": VISIBLE,
    "tom": VISIBLE,
    "audrey": VISIBLE,
    "perdita": HIDDEN,
}
THIS_MONTH = TODAY.replace(day=1)


@pytest.mark.parametrize("who", TABLE)
def test_a_correction_is_seen_by_those_who_audit_the_books(session, village, desk, who):
    code = desk.adjust()
    assert answer_of(access.get_visible, session, getattr(village, who), code) == TABLE[who]


@pytest.mark.parametrize("who", TABLE)
def test_a_month_is_seen_by_those_who_audit_the_books(session, village, who):
    actor = getattr(village, who)
    assert answer_of(access.get_visible_month, session, actor, village.angus, THIS_MONTH, NOW) == TABLE[who]


def test_what_is_not_there_is_hidden_from_everybody(session, village):
    before_the_bank = date(1999, 1, 1)
    assert answer_of(access.get_visible, session, village.mary, "K7M3Q2XZ") == HIDDEN
    assert answer_of(access.get_visible_month, session, village.mary, village.angus, before_the_bank, NOW) == HIDDEN
