"""A session that a broker's code opened: the broker is no party to what is done in it, on both databases."""

import pytest
from sqlalchemy import select

from tests.people import NOW, make_confirmed, make_recorded, terms
from timebank.actors import CodeMaker, Doing, How, Role, acting_for, signed_in_by_code
from timebank.exchanges import actions, reversals
from timebank.exchanges.errors import CodeMakerPartError, EvidenceMissingError, NotYoursError
from timebank.exchanges.thanks import thank
from timebank.trail.models import TrailRow


@pytest.fixture
def priya(village):
    """Grace, in a session that Rosa's code opened: it may be Rosa."""
    maker = CodeMaker(village.rosa.membership_id, village.rosa.account_id, village.rosa.name)
    return signed_in_by_code(village.grace, maker)


def refused(act):
    with pytest.raises(CodeMakerPartError) as caught:
        act()
    return caught.value.values["name"] == "Rosa Lindsay"


def test_a_broker_does_not_confirm_her_own_record_as_the_other_side(session, village, priya):
    code = make_recorded(session, village, village.rosa, village.grace)
    assert refused(lambda: actions.confirm(session, code, Doing(priya, NOW)))
    assert refused(lambda: actions.dispute(session, code, Doing(priya, NOW), words="Less", minutes=30))


def test_she_does_not_answer_what_she_proposed_nor_end_her_own_dispute(session, village, priya):
    proposed = actions.propose(
        session, village.angus, terms(village.rosa, village.grace), Doing(village.rosa, NOW, "p")
    )
    for answer in (actions.accept, actions.decline):
        assert refused(lambda answer=answer: answer(session, proposed, Doing(priya, NOW)))
    disputed = make_recorded(session, village, village.grace, village.rosa)
    actions.dispute(session, disputed, Doing(village.rosa, NOW), words="Less", minutes=30)
    assert refused(lambda: actions.agree(session, disputed, Doing(priya, NOW), minutes=30))


def test_she_records_and_proposes_nothing_with_herself(session, village, priya):
    for said in (terms(priya, village.rosa), terms(village.rosa, priya)):
        assert refused(lambda said=said: actions.record(session, village.angus, said, Doing(priya, NOW)))
        assert refused(lambda said=said: actions.propose(session, village.angus, said, Doing(priya, NOW)))


def test_she_thanks_herself_for_nothing_and_agrees_to_no_reversal_of_her_own(session, village, priya):
    code = make_confirmed(session, village, village.rosa, village.grace)
    assert refused(lambda: thank(session, code, Doing(priya, NOW), words="Lovely"))
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
    assert refused(lambda: reversals.agree(session, village.angus, reversal, Doing(priya, NOW)))


def test_a_coordinator_does_not_agree_to_her_own_reversal_as_a_side(session, village):
    maker = CodeMaker(village.mary.membership_id, village.mary.account_id, "Rosa Lindsay")
    code = make_confirmed(session, village, village.ada, village.grace)
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
    doing = Doing(signed_in_by_code(village.grace, maker), NOW)
    assert refused(lambda: reversals.agree(session, village.angus, reversal, doing))


def test_what_has_nothing_to_do_with_her_is_done_and_says_whose_code_it_was(session, village, priya):
    code = make_recorded(session, village, village.ada, village.grace)
    actions.confirm(session, code, Doing(priya, NOW, "confirm"))
    row = session.scalars(select(TrailRow).where(TrailRow.form_key == "confirm")).one()
    assert (row.done_by, row.code_made_by) == (village.grace.membership_id, village.rosa.membership_id)


@pytest.mark.parametrize("who", ["mary", "rosa", "tom", "audrey"])
def test_such_a_session_has_no_role_but_a_members(village, who):
    maker = CodeMaker(village.clara.membership_id, village.clara.account_id, "Clara")
    assert signed_in_by_code(getattr(village, who), maker).roles <= {Role.MEMBER}


def test_one_broker_gives_not_both_sides_word_through_codes(session, village, priya):
    """Neither by acting for the one and a code of the other, nor by codes of both."""
    acted = acting_for(village.rosa, village.linus, How.PHONE)
    maker = priya.code_maker
    by_code = signed_in_by_code(village.linus, maker)
    for number, giver in enumerate((acted, by_code)):
        said = terms(village.linus, village.grace, what=f"Hedge {number}")
        code = actions.record(session, village.angus, said, Doing(giver, NOW, f"record {number}"))
        assert refused(lambda code=code: actions.confirm(session, code, Doing(priya, NOW)))
        with pytest.raises(EvidenceMissingError):
            actions.confirm(session, code, Doing(acting_for(village.rosa, village.grace, How.PHONE), NOW))


def test_a_broker_whose_code_opened_a_side_decides_nothing_between_them(session, village, priya):
    code = make_recorded(session, village, village.ada, village.grace)
    actions.dispute(session, code, Doing(priya, NOW), words="Less", minutes=30)
    with pytest.raises(NotYoursError):
        actions.decide(session, code, Doing(village.rosa, NOW), minutes=45, reason="Both remember the tea")
