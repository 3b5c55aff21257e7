"""What members change about themselves, and the proof of a contact, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.people import NOW, join
from timebank.actors import CodeMaker, Doing, How, acting_for
from timebank.errors import NotAllowedError
from timebank.members.actions import NewMember, admit
from timebank.members.errors import ContactMovedError, NoWayToReachError, OwnToChangeError, WordsMissingError
from timebank.members.models import Person
from timebank.members.profiles import Profile, change_profile, prove_contact
from timebank.members.queries import search_members
from timebank.members.rules import ContactKind
from timebank.security.queries import list_events

PHONE = "+441632960001"


def person_of(session, actor):
    return session.scalars(select(Person).where(Person.id == actor.person_id)).one()


def test_a_profile_needs_a_way_to_reach_its_person(session, village):
    with pytest.raises(NoWayToReachError):
        change_profile(session, Profile("Ada", None, None, ""), Doing(village.ada, NOW))
    change_profile(session, Profile("Ada Löw", None, PHONE, "Dogs"), Doing(village.ada, NOW))
    assert search_members(session, village.angus.id, "low")[0].code == village.ada.code


def test_a_changed_contact_is_not_proved_and_the_other_one_stays(session, village):
    person = person_of(session, village.ada)
    assert person.email_is_proved
    change_profile(session, Profile("Ada", "ada@example.org", PHONE, ""), Doing(village.ada, NOW))
    assert (person.email_is_proved, person.phone_is_proved) == (True, False)
    change_profile(session, Profile("Ada", "ada@new.example", PHONE, ""), Doing(village.ada, NOW))
    assert not person.email_is_proved


def test_what_stood_before_is_on_record(session, village):
    change_profile(session, Profile("Wilma", "ada@example.org", PHONE, ""), Doing(village.ada, NOW))
    rows = list_events(session, village.angus.id).rows
    rows = [row for row in rows if row.kind.endswith("_changed")]
    assert {(row.kind, row.before, row.after, row.done_by) for row in rows} == {
        ("name_changed", "Ada Lamont", "Wilma", village.ada.membership_id),
        ("contact_changed", "", PHONE, village.ada.membership_id),
    }


def test_nor_does_a_session_by_a_code_of_one_bank(session, village, both):
    """Where the broker who made it may be the one who uses it."""
    member = replace(both, hand=None, code_maker=CodeMaker(village.rosa.membership_id, village.rosa.account_id, "Rosa"))
    with pytest.raises(OwnToChangeError):
        change_profile(session, Profile("Callum", "perdita@example.org", None, ""), Doing(member, NOW))


@pytest.fixture
def both(session, village):
    """Perdita in Angus as well, through Rosa who acts for her."""
    newcomer = NewMember("Perdita Shaw", email="perdita@example.org", person_id=village.perdita.person_id)
    membership = admit(session, village.angus, newcomer, Doing(village.mary, NOW))
    member = replace(village.ada, membership_id=membership.id, person_id=membership.person_id, code=membership.code)
    return acting_for(village.rosa, member, How.PHONE)


def test_a_broker_of_one_bank_renames_nobody_in_another(session, village, both):
    """Name, phone and e-mail are the person's in every bank."""
    for profile in (
        Profile("Callum", "perdita@example.org", None, ""),
        Profile("Perdita Shaw", "rosa@example.org", None, ""),
    ):
        with pytest.raises(OwnToChangeError):
            change_profile(session, profile, Doing(both, NOW))
    change_profile(session, Profile("Perdita Shaw", "perdita@example.org", None, "Rows"), Doing(both, NOW))


def prove(session, village, who="grace", *, by="rosa", contact=PHONE, evidence="Rang on Monday, she answered", key="k"):
    doing = Doing(getattr(village, by), NOW, key)
    prove_contact(session, getattr(village, who), ContactKind.PHONE, contact, doing, evidence=evidence)


@pytest.fixture
def grace(session, village):
    """Grace with a phone of which nobody knows whether it is hers."""
    change_profile(session, Profile("Grace Okafor", None, PHONE, ""), Doing(village.grace, NOW))
    return person_of(session, village.grace)


def test_a_broker_proves_a_contact_with_evidence(session, village, grace):
    prove(session, village)
    prove(session, village)
    assert grace.phone_is_proved
    (row,) = [row for row in list_events(session, village.angus.id).rows if row.kind == "contact_proved"]
    assert (row.after, row.evidence, row.done_by) == (
        PHONE,
        "Rang on Monday, she answered",
        village.rosa.membership_id,
    )


def test_without_evidence_or_for_another_number_nothing_is_proved(session, village, grace):
    with pytest.raises(WordsMissingError):
        prove(session, village, evidence=" ")
    with pytest.raises(ContactMovedError):
        prove(session, village, contact="+441632960002", key="other")
    assert not grace.phone_is_proved


@pytest.mark.parametrize(("by", "who"), [("ada", "grace"), ("rosa", "rosa"), ("rosa", "mary"), ("tom", "grace")])
def test_nobody_else_proves_a_contact(session, village, by, who):
    with pytest.raises(NotAllowedError):
        prove(session, village, who, by=by)


def test_whom_a_broker_takes_in_signs_in_with_what_the_broker_has_seen_to(session, village):
    newcomers = {
        kinds: NewMember("Zoë", email="zoe@example.org", phone=PHONE, proved=kinds)
        for kinds in (frozenset(), frozenset({ContactKind.PHONE}))
    }
    for kinds, newcomer in newcomers.items():
        membership = admit(session, village.angus, newcomer, Doing(village.rosa, NOW))
        person = session.get_one(Person, membership.person_id)
        assert (person.email_is_proved, person.phone_is_proved) == (False, bool(kinds))
    assert person_of(session, join(session, village.angus, "Nan Reid")).email_is_proved  # by the command line
