"""Who may see an entry of the books: a table of the cast, on both databases."""

import pytest

from tests.people import make_confirmed
from tests.visible import HIDDEN, NOT_PERMITTED, VISIBLE, answer_of
from timebank.audit.access import get_visible_entry

TABLE = {
    "ada": VISIBLE,
    "grace": VISIBLE,
    "linus": HIDDEN,
    "rosa": NOT_PERMITTED,
    "mary": VISIBLE,
    "tom": VISIBLE,
    "audrey": VISIBLE,
    "perdita": HIDDEN,
}


@pytest.mark.parametrize("who", TABLE)
def test_an_entry_is_seen_by_its_sides_and_by_those_who_audit_the_books(session, village, who):
    code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
    assert answer_of(get_visible_entry, session, getattr(village, who), "exchange", code) == TABLE[who]


def test_what_is_not_there_is_hidden_from_everybody(session, village):
    assert answer_of(get_visible_entry, session, village.mary, "exchange", "K7M3Q2XZ") == HIDDEN
