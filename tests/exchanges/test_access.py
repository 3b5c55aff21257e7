"""Who may see an exchange, its reversal and a draft: a table of the cast, on both databases."""

import pytest

from tests.people import NOW, make_confirmed, make_recorded
from tests.visible import HIDDEN, NOT_PERMITTED, VISIBLE, answer_of
from timebank.actors import Doing, How, acting_for
from timebank.exchanges import access, actions, drafts, reversals
from timebank.exchanges.rules import Side

#: For an exchange between Ada and Grace: who sees it, and who may do with it what its two sides do.
TABLE = {
    "ada": (VISIBLE, VISIBLE),
    "grace": (VISIBLE, VISIBLE),
    "linus": (HIDDEN, HIDDEN),
    "rosa": (VISIBLE, NOT_PERMITTED),
    "mary": (VISIBLE, NOT_PERMITTED),
    "tom": (VISIBLE, NOT_PERMITTED),
    "audrey": (VISIBLE, NOT_PERMITTED),
    "perdita": (HIDDEN, HIDDEN),
}


@pytest.fixture
def code(session, village):
    return make_confirmed(session, village, village.ada, village.grace, minutes=90)


@pytest.mark.parametrize("who", TABLE)
def test_an_exchange_is_seen_by_its_sides_and_by_those_who_look_after_the_bank(session, village, code, who):
    actor = getattr(village, who)
    answers = answer_of(access.get_visible, session, actor, code), answer_of(access.get_own, session, actor, code)
    assert answers == TABLE[who]


@pytest.mark.parametrize("who", TABLE)
def test_a_draft_begins_from_an_exchange_for_its_two_sides(session, village, code, who):
    expected = VISIBLE if who in {"ada", "grace"} else HIDDEN
    assert answer_of(access.get_for_draft, session, getattr(village, who), code) == expected


@pytest.mark.parametrize("who", TABLE)
def test_a_reversal_is_seen_by_whoever_sees_its_exchange(session, village, code, who):
    reversal_code = reversals.propose(session, code, Doing(village.mary, NOW), reason="One hour, not two.")
    actor = getattr(village, who)
    assert answer_of(access.get_visible_reversal, session, actor, reversal_code) == TABLE[who][0]


def test_a_broker_who_took_part_does_not_decide(session, village):
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    rosa_for_grace = acting_for(village.rosa, village.grace, How.PHONE).with_evidence("rang at 10")
    actions.dispute(session, code, Doing(rosa_for_grace, NOW), words="Not mine", minutes=None)
    answers = {who: answer_of(access.get_to_decide, session, getattr(village, who), code) for who in TABLE}
    deciding = {"mary": VISIBLE, "tom": VISIBLE, "audrey": VISIBLE, "linus": HIDDEN, "perdita": HIDDEN}
    assert answers == {"ada": NOT_PERMITTED, "grace": NOT_PERMITTED, "rosa": NOT_PERMITTED} | deciding
    _exchange, hands = access.get_to_decide(session, village.mary, code)
    assert list(hands) == [village.rosa.membership_id]


@pytest.mark.parametrize("who", TABLE)
def test_a_draft_is_seen_by_who_began_it(session, village, who):
    draft = drafts.start(session, village.ada, drafts.Purpose.RECORD, Side.GIVER, now=NOW)
    session.flush()
    expected = VISIBLE if who == "ada" else HIDDEN
    assert answer_of(access.get_draft, session, getattr(village, who), draft.code) == expected


@pytest.mark.parametrize(
    "get", [access.get_visible, access.get_own, access.get_to_decide, access.get_visible_reversal, access.get_draft]
)
def test_what_is_not_there_is_hidden_from_everybody(session, village, get):
    assert answer_of(get, session, village.mary, "K7M3Q2XZ") == HIDDEN
