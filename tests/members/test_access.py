"""Who may open what is about one member: a table of the cast, on both databases."""

import pytest

from tests.visible import HIDDEN, NOT_PERMITTED, VISIBLE, answer_of
from timebank.actors import may_act_for, may_change_standing
from timebank.members import access

#: What each may open that is about Ada: her page, her hours, her roles, her standing, and acting for her.
TABLE = {
    "ada": (VISIBLE, VISIBLE, NOT_PERMITTED, NOT_PERMITTED, NOT_PERMITTED),
    "grace": (VISIBLE, NOT_PERMITTED, NOT_PERMITTED, NOT_PERMITTED, NOT_PERMITTED),
    "rosa": (VISIBLE, VISIBLE, NOT_PERMITTED, VISIBLE, VISIBLE),
    "mary": (VISIBLE, VISIBLE, VISIBLE, VISIBLE, VISIBLE),
    "tom": (VISIBLE, VISIBLE, NOT_PERMITTED, NOT_PERMITTED, NOT_PERMITTED),
    "audrey": (VISIBLE, VISIBLE, NOT_PERMITTED, NOT_PERMITTED, NOT_PERMITTED),
    "perdita": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
}
RULES = (access.may_read_hours, access.may_set_roles, may_change_standing, may_act_for)


@pytest.mark.parametrize("who", TABLE)
def test_what_is_about_a_member_is_opened_by_whom_its_rule_lets(session, village, who):
    actor, code = getattr(village, who), village.ada.code
    permitted = [answer_of(access.get_permitted, session, actor, code, rule) for rule in RULES]
    assert (answer_of(access.get_visible, session, actor, code), *permitted) == TABLE[who]


def test_nobody_sets_their_own_roles(session, village):
    mary = village.mary
    assert answer_of(access.get_permitted, session, mary, mary.code, access.may_set_roles) == NOT_PERMITTED


def test_who_is_not_there_is_hidden_from_everybody(session, village):
    assert answer_of(access.get_visible, session, village.mary, "K7M3Q2XZ") == HIDDEN
