"""Suspended, left and back again; and the holder, who is nobody: on both databases."""

import pytest
from sqlalchemy import select, update

from tests.people import NOW, account_of, make_confirmed, make_recorded
from timebank.actors import Doing, Standing
from timebank.errors import NotAllowedError
from timebank.exchanges import actions as exchanges
from timebank.exchanges.errors import UnfinishedError
from timebank.leaving.actions import refuse_unfinished
from timebank.members.errors import StandingMovedError, WordsMissingError
from timebank.members.keepers import list_standing_changes
from timebank.members.models import Membership
from timebank.members.queries import find_actor, find_actor_by_account, find_actor_by_code, list_members, search_members
from timebank.members.standing import change_standing
from timebank.signing_in.queries import find_candidate


def _change(session, member, to, *, by, reason="Asked for a rest", key=None):
    change_standing(session, member, to, Doing(by, NOW, key or f"{member.code}-{to}"), reason=reason)


def _now(session, member):
    found = find_actor_by_code(session, member.bank_id, member.code)
    return found.standing


def test_a_member_is_suspended_taken_back_in_leaves_and_comes_back(session, village):
    walk = (Standing.SUSPENDED, Standing.ACTIVE, Standing.LEFT, Standing.ACTIVE)
    for number, to in enumerate(walk):
        _change(session, village.grace, to, by=village.rosa, reason=f"Reason {number}", key=f"k{number}")
        assert _now(session, village.grace) is to
    rows = list_standing_changes(session, village.angus.id, village.grace.membership_id)
    assert [(row.standing, row.reason) for row in rows] == [
        ("active", "Reason 3"),
        ("left", "Reason 2"),
        ("active", "Reason 1"),
        ("suspended", "Reason 0"),
    ]
    assert {row.done_by for row in rows} == {village.rosa.membership_id}


def test_a_form_sent_twice_changes_the_standing_once(session, village):
    for _ in range(2):
        _change(session, village.grace, Standing.SUSPENDED, by=village.rosa)
    assert len(list_standing_changes(session, village.angus.id, village.grace.membership_id)) == 1


@pytest.mark.parametrize(("before", "to"), [(None, "active"), ("suspended", "suspended"), ("left", "suspended")])
def test_a_transition_that_is_not_in_the_table_is_refused(session, village, before, to):
    if before:
        _change(session, village.grace, Standing(before), by=village.rosa, key="before")
    with pytest.raises(StandingMovedError):
        _change(session, village.grace, Standing(to), by=village.rosa, key="after")


@pytest.mark.parametrize(
    ("by", "whose"), [("ada", "grace"), ("tom", "grace"), ("audrey", "grace"), ("mary", "mary"), ("rosa", "audrey")]
)
def test_members_without_the_permission_change_no_standing(session, village, by, whose):
    member = getattr(village, whose)
    with pytest.raises(NotAllowedError):
        _change(session, member, Standing.SUSPENDED, by=getattr(village, by))
    assert _now(session, member) is Standing.ACTIVE


def test_a_reason_is_needed(session, village):
    with pytest.raises(WordsMissingError):
        _change(session, village.grace, Standing.SUSPENDED, by=village.rosa, reason="  ")


def test_hours_stay_where_they_are_when_somebody_leaves(session, village):
    make_confirmed(session, village, village.grace, village.ada, minutes=90)
    _change(session, village.grace, Standing.LEFT, by=village.rosa)
    assert account_of(session, village.grace).balance == 90


def test_a_member_with_an_open_exchange_cannot_leave(session, village):
    code = make_recorded(session, village, village.ada, village.grace)
    for side in (village.ada, village.grace):
        with pytest.raises(UnfinishedError):
            refuse_unfinished(session, side)
    exchanges.cancel(session, code, Doing(village.ada, NOW))
    refuse_unfinished(session, village.grace)


def test_a_suspended_member_comes_in_and_one_who_left_does_not(session, village):
    def candidate():
        return find_candidate(session, village.angus.id, "grace@example.org", phone_country="GB")

    _change(session, village.grace, Standing.SUSPENDED, by=village.rosa)
    assert candidate().id == village.grace.person_id
    _change(session, village.grace, Standing.LEFT, by=village.rosa)
    assert candidate() is None


def test_a_list_shows_everybody_but_those_who_left_unless_they_are_asked_for(session, village):
    _change(session, village.grace, Standing.LEFT, by=village.rosa)
    _change(session, village.linus, Standing.SUSPENDED, by=village.rosa)
    found = {
        standing: {row.name for row in list_members(session, village.angus.id, "", 1, standing=standing).rows}
        for standing in (None, *Standing)
    }
    assert "Grace Okafor" not in found[None]
    assert "Linus Baxter" in found[None]
    assert found[Standing.LEFT] == {"Grace Okafor"}
    assert found[Standing.SUSPENDED] == {"Linus Baxter"}
    assert found[Standing.ACTIVE] == found[None] - {"Linus Baxter"}


def test_the_holder_of_imported_listings_is_never_found_as_somebody(session, village):
    session.execute(update(Membership).where(Membership.id == village.linus.membership_id).values(is_holder=True))
    bank_id = village.angus.id
    assert "Linus Baxter" not in {row.name for row in list_members(session, bank_id, "", 1).rows}
    assert search_members(session, bank_id, "Linus") == []
    assert find_actor(session, bank_id, village.linus.person_id) is None
    assert find_actor_by_code(session, bank_id, village.linus.code) is None
    assert find_actor_by_account(session, bank_id, village.linus.account_id) is None
    assert find_candidate(session, bank_id, "linus@example.org", phone_country="GB") is None
    assert session.scalar(select(Membership.standing).where(Membership.is_holder)) == "active"
