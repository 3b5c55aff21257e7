"""Who lives in the village: everybody with words of their own, and nobody with an address that leads anywhere."""

import re

import pytest
from sqlalchemy import select

from timebank.actors import How, Role
from timebank.demo.village import PASSWORD, PLANS, SLUG, TO_TRY
from timebank.members.models import Membership, Person
from timebank.members.queries import search_members
from timebank.signing_in.passwords import fits

GLEN_ISLA, STRATHMORE = PLANS
EVERYBODY = [villager for plan in PLANS for villager in plan.cast]


def test_about_forty_people_live_in_two_banks():
    assert len({villager.key for villager in EVERYBODY}) in range(38, 50)
    assert len(GLEN_ISLA.cast) > 2 * len(STRATHMORE.cast) > 15


def test_everybody_tells_a_little_of_themselves():
    assert [villager.key for villager in EVERYBODY if len(villager.about) < 20] == []
    assert len({villager.about for villager in EVERYBODY}) == len(EVERYBODY)


def test_nobody_can_be_reached_by_accident():
    """Addresses that can belong to nobody (RFC 2606), and numbers that Ofcom keeps for plays and films."""
    for villager in EVERYBODY:
        assert villager.email is None or villager.email.endswith("@example.org"), villager.key
        assert villager.phone is None or re.fullmatch(r"\+44(1632960|7700900)\d{3}", villager.phone), villager.key
        assert villager.email or villager.phone, villager.key


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_a_key_is_somebody_of_the_bank(plan):
    keys = [villager.key for villager in plan.cast]
    assert len(set(keys)) == len(keys)
    active = {event.giver for event in plan.once} | {event.receiver for event in plan.once}
    active |= {event.giver for event in plan.habits} | {event.receiver for event in plan.habits}
    assert active <= set(keys)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.slug)
def test_every_member_has_a_part_in_somebodys_life(plan):
    active = {event.giver for event in plan.once} | {event.receiver for event in plan.once}
    active |= {event.giver for event in plan.habits} | {event.receiver for event in plan.habits}
    members = {villager.key for villager in plan.cast if Role.MEMBER in villager.roles}
    assert members == active


def test_there_are_enough_people_to_look_twice():
    """A second approver, and a second broker."""
    roles = [role for villager in GLEN_ISLA.cast for role in villager.roles]
    assert {role: roles.count(role) for role in set(Role) - {Role.MEMBER}} == {
        Role.BROKER: 4,
        Role.COORDINATOR: 2,
        Role.TRUSTEE: 1,
        Role.AUDITOR: 1,
    }
    assert any(Role.COORDINATOR in one.roles for one in STRATHMORE.cast)
    assert any(Role.TRUSTEE in one.roles for one in STRATHMORE.cast)


def test_who_never_signs_in_tells_a_broker_by_phone_on_paper_or_in_person():
    instructions = {one.key: one.instruction for one in EVERYBODY if one.instruction}
    assert {one.how for one in instructions.values()} == {How.PHONE, How.PAPER, How.IN_PERSON}
    brokers = {one.key for one in EVERYBODY if Role.BROKER in one.roles}
    assert {one.broker for one in instructions.values()} <= brokers
    assert all(one.evidence for one in instructions.values())


def test_the_oldest_has_no_email_and_no_password(life):
    archie = life.scalars(select(Person).where(Person.name == "Archie Cargill")).one()
    assert (archie.email, archie.password_hash) == (None, None)
    assert archie.phone


def test_a_couple_shares_one_email(life):
    names = life.scalars(select(Person.name).where(Person.email == "milnes@example.org").order_by(Person.name)).all()
    assert names == ["Bill Milne", "Jean Milne"]


def test_one_person_is_in_both_banks(life):
    callum = life.scalars(select(Person).where(Person.name == "Callum Wishart")).one()
    memberships = life.scalars(select(Membership).where(Membership.person_id == callum.id)).all()
    assert len({one.bank_id for one in memberships}) == len(memberships) == 2
    assert len({one.about for one in memberships}) == 2


def test_everybody_who_signs_in_has_the_printed_password(life):
    hashes = dict(map(tuple, life.execute(select(Person.name, Person.password_hash))))
    signing_in = {one.name for one in EVERYBODY if not one.instruction}
    assert {name for name, kept in hashes.items() if kept} == signing_in
    assert len({kept for kept in hashes.values() if kept}) == 1
    assert fits(hashes["Ada Lamont"], PASSWORD)


def test_those_to_try_are_a_dozen_with_an_email_and_a_part():
    assert len(TO_TRY) == 12
    assert all(one.email and one.part for one in TO_TRY)
    assert {role for one in TO_TRY for role in one.roles} == set(Role)


@pytest.mark.parametrize("name", ["Ada", "Grace", "Linus", "Sam"])
def test_those_of_the_readme_are_found_by_their_first_name(life, name):
    """Nobody else's name has it within, so that a first try of the site finds one person."""
    bank_id = life.scalars(
        select(Membership.bank_id).join(Person, Person.id == Membership.person_id).where(Person.name == "Rosa Lindsay")
    ).one()
    assert len(search_members(life, bank_id, name)) == 1


def test_glen_isla_keeps_its_address():
    assert SLUG == GLEN_ISLA.slug == "glen-isla"
