"""An entry's whole story: sides, lines with what they left, steps, reversal and trail."""

import pytest

from tests.people import NOW, TODAY, balance_of, join, make_confirmed
from timebank.actors import Doing
from timebank.audit.stories import find_story
from timebank.exchanges import reversals


def story(session, village, word, code):
    entry_story = find_story(session, village.angus.id, word, code)
    assert entry_story is not None
    return entry_story


def test_the_story_of_help_says_who_gave_who_received_and_what_it_left_on_both_accounts(session, village):
    make_confirmed(session, village, village.ada, village.grace, minutes=30, what="Before")
    code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
    entry_story = story(session, village, "exchange", code)
    [line] = entry_story.lines
    assert (line.from_account_id, line.to_account_id) == (village.grace.account_id, village.ada.account_id)
    assert (line.minutes, line.from_after, line.to_after) == (90, -120, 120)
    assert (line.from_after, line.to_after) == (balance_of(session, village.grace), balance_of(session, village.ada))
    assert entry_story.entry.occurred_on == TODAY
    assert entry_story.entry.recorded_by == village.grace.membership_id
    assert [(step.deed, step.done_by) for step in entry_story.steps] == [
        ("record", village.ada.membership_id),
        ("confirm", village.grace.membership_id),
    ]
    assert [(deed.deed, deed.done_by) for deed in entry_story.deeds] == [
        ("exchange.record", village.ada.membership_id),
        ("exchange.confirm", village.grace.membership_id),
    ]
    assert entry_story.people.members[village.ada.membership_id] == "Ada Lamont"
    assert entry_story.people.accounts[village.grace.account_id] == ("Grace Okafor", village.grace.code)
    assert (entry_story.exchange.code, entry_story.reversal, entry_story.related) == (code, None, [])


def test_a_reversal_and_what_it_takes_back_lead_to_each_other(session, village):
    code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    first, back = story(session, village, "exchange", code), story(session, village, "reversal", reversal)
    assert [row.key for row in first.related] == [f"reversal:{reversal}"]
    assert [row.key for row in back.related] == [f"exchange:{code}"]
    assert first.reversal.code == back.reversal.code == reversal
    assert (back.entry.recorded_by, back.entry.approved_by) == (village.mary.membership_id, village.tom.membership_id)
    assert (back.lines[0].from_after, back.lines[0].to_after) == (0, 0)
    assert [deed.deed for deed in back.deeds][2:] == ["reversal.proposed", "reversal.approved"]


def test_a_first_reversal_that_was_turned_down_is_not_told_for_the_second(session, village):
    code = make_confirmed(session, village, village.ada, village.grace)
    refused = reversals.propose(session, code, Doing(village.mary, NOW), reason="No")
    reversals.refuse(session, refused, Doing(village.tom, NOW))
    reversal = reversals.propose(session, code, Doing(village.mary, NOW), reason="Yes")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    assert story(session, village, "reversal", reversal).reversal.reason == "Yes"
    assert find_story(session, village.angus.id, "reversal", refused) is None


def test_welcome_hours_come_from_the_pot_and_have_the_admitting_on_their_trail(session, village):
    village.angus.welcome_minutes = 120
    new = join(session, village.angus, "Wilma Rae", by=village.mary)
    entry_story = story(session, village, "welcome", new.code)
    assert (entry_story.lines[0].from_kind, entry_story.lines[0].from_after, entry_story.lines[0].to_after) == (
        "pot",
        -120,
        120,
    )
    assert (entry_story.exchange, entry_story.steps, entry_story.reversal) == (None, [], None)
    assert [(deed.deed, deed.done_by) for deed in entry_story.deeds] == [
        ("member.admitted", village.mary.membership_id)
    ]


@pytest.mark.parametrize("word", ["welcome", "reversal", "exchange", "gift"])
def test_what_is_not_in_the_books_has_no_story_nor_has_another_banks(session, village, word):
    code = make_confirmed(session, village, village.ada, village.grace)
    assert find_story(session, village.angus.id, word, "AAAAAAAA") is None
    assert find_story(session, village.perth.id, word, code) is None
