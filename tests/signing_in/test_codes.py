"""Sign-in codes: whole ones of a broker, halves of two people, and the sessions that they open."""

import pytest

from tests.people import NOW, password_hash
from timebank.actors import Actor, Doing, Role, Unattended
from timebank.errors import NotAllowedError
from timebank.members import rights, roles
from timebank.members.actions import get_membership_by_code
from timebank.members.models import Person
from timebank.members.queries import find_actor_by_code
from timebank.signing_in import actions, code_actions as codes
from timebank.signing_in.actions import Arrival
from timebank.signing_in.errors import CodeDoesNotFitError
from timebank.signing_in.queries import (
    find_signed_in,
    find_waiting_half,
    is_password_needed,
    list_used_codes,
    list_waiting_halves,
)
from timebank.signing_in.rules import CODE_CARRIED, CODE_LIFE, CodeWay, way_to_make_code
from timebank.trail.actions import OtherContentError


def test_a_code_lets_one_person_in_once(session, village):
    code = codes.make_code(session, village.ada, Doing(village.rosa, NOW))
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    assert codes.use_code(session, village.angus.id, typed, now=NOW).person_id == village.ada.person_id
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.angus.id, code, now=NOW)


def test_a_code_ends_after_two_weeks_and_when_another_is_made(session, village):
    code = codes.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.angus.id, code, now=NOW + CODE_LIFE)
    codes.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.angus.id, code, now=NOW)


def test_a_code_of_another_bank_does_not_fit(session, village):
    code = codes.make_code(session, village.ada, Doing(village.rosa, NOW))
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.perth.id, code, now=NOW)


KEEPERS = ("rosa", "mary", "clara", "tom", "audrey")
CAST = ("ada", *KEEPERS, "perdita")
#: The way for each (by, whose) where no half waits, and where the first half of Mary's waits. Others may not.
_WHOLE = {(by, "ada"): CodeWay.WHOLE for by in ("rosa", "mary", "clara")}
WAYS = {
    None: _WHOLE | {(by, whose): CodeWay.FIRST_HALF for by in ("mary", "clara") for whose in KEEPERS},
    "mary": _WHOLE
    | {("mary", whose): CodeWay.FIRST_HALF for whose in KEEPERS}
    | {(by, whose): CodeWay.SECOND_HALF for by in ("clara", "tom") for whose in KEEPERS},
}


@pytest.mark.parametrize("by", CAST)
@pytest.mark.parametrize("whose", CAST)
@pytest.mark.parametrize("first", WAYS)
def test_how_a_code_is_made(by, whose, first):
    """Nobody alone has the code of somebody who looks after the bank; the one who made a half makes a new first one."""
    number = {name: index for index, name in enumerate(CAST)}
    roles = {
        "rosa": {Role.MEMBER, Role.BROKER},
        "mary": {Role.MEMBER, Role.BROKER, Role.COORDINATOR},
        "clara": {Role.MEMBER, Role.COORDINATOR},
        "tom": {Role.TRUSTEE},
        "audrey": {Role.AUDITOR},
    }

    def actor(name):
        bank = 2 if name == "perdita" else 1
        held = frozenset(roles.get(name, {Role.MEMBER}))
        return Actor(bank, number[name], number[name], number[name], name, name, number[name], held)

    way = way_to_make_code(
        actor(by),
        actor(whose),
        actor(whose).roles,
        first_half_by=None if first is None else number[first],
        depends_on=(),
    )
    assert way is (None if by == whose else WAYS[first].get((by, whose)))


def test_roles_in_another_bank_need_two_people_here(village):
    assert (
        way_to_make_code(village.rosa, village.ada, frozenset({Role.BROKER}), first_half_by=None, depends_on=()) is None
    )


def test_no_keeper_is_let_in_by_a_code_that_one_person_has_seen(session, village):
    with pytest.raises(NotAllowedError):
        codes.make_code(session, village.rosa, Doing(village.mary, NOW))


def test_two_halves_make_a_code_that_neither_maker_has(session, village):
    first = codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    assert [row.name for row in list_waiting_halves(session, village.angus.id, NOW)] == ["Rosa Lindsay"]
    second = codes.make_half(session, village.rosa, Doing(village.tom, NOW))
    for typed in (first, second, second + first, first + first):
        with pytest.raises(CodeDoesNotFitError):
            codes.use_code(session, village.angus.id, typed, now=NOW)
    used = codes.use_code(session, village.angus.id, first + second, now=NOW)
    token = actions.open_session(session, Arrival(village.angus.id, used.person_id, code_id=used.id), now=NOW)
    assert find_signed_in(session, token, NOW) == (village.rosa.person_id, village.angus.id, None)


def test_one_half_alone_opens_nothing(session, village):
    first = codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.angus.id, first, now=NOW)


def test_one_person_makes_one_half_only(session, village):
    """The same coordinator again begins anew: the half before is void, and no second one comes of it."""
    codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    assert len(list_waiting_halves(session, village.angus.id, NOW)) == 1
    codes.make_half(session, village.rosa, Doing(village.tom, NOW))
    with pytest.raises(NotAllowedError):
        codes.make_half(session, village.rosa, Doing(village.tom, NOW))


def test_a_half_that_waits_names_who_made_it_and_how_long_it_waits(session, village):
    codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    codes.make_half(session, village.tom, Doing(village.clara, NOW))
    later = NOW + CODE_LIFE
    rows = list_waiting_halves(session, village.angus.id, NOW)
    assert [(row.name, row.maker, row.made_at, row.expires_at) for row in rows] == [
        ("Rosa Lindsay", "Mary Duncan", NOW, later),
        ("Tom Ferrier", "Clara Muir", NOW, later),
    ]
    assert find_waiting_half(session, village.angus.id, village.tom.person_id, NOW) == rows[1]
    assert find_waiting_half(session, village.angus.id, village.mary.person_id, NOW) is None
    assert find_waiting_half(session, village.perth.id, village.tom.person_id, NOW) is None
    assert find_waiting_half(session, village.angus.id, village.tom.person_id, later) is None
    assert list_waiting_halves(session, village.angus.id, later) == []


def come_in(session, village, actor, *, by):
    code = codes.make_code(session, actor, by)
    used = codes.use_code(session, village.angus.id, code, now=NOW)
    return actions.open_session(session, Arrival(village.angus.id, used.person_id, code_id=used.id), now=NOW)


def test_a_session_carries_the_maker_of_its_code_and_so_does_the_password_chosen_in_it(session, village):
    """The maker could have used the code first, and chosen the password."""
    token = come_in(session, village, village.ada, by=Doing(village.rosa, NOW))
    signed_in = find_signed_in(session, token, NOW)
    assert (signed_in.maker.membership_id, signed_in.maker.name) == (village.rosa.membership_id, "Rosa Lindsay")
    assert signed_in.code_bank_id == village.angus.id
    assert not is_password_needed(session, village.ada.person_id, token)
    actions.set_password(session, password_hash(), Doing(village.ada, NOW), token=token)
    session.expire_all()
    again = actions.open_session(session, Arrival(village.angus.id, village.ada.person_id), now=NOW)
    for here in (token, again):
        assert find_signed_in(session, here, NOW).maker.name == "Rosa Lindsay"
        assert is_password_needed(session, village.ada.person_id, here)
        assert find_signed_in(session, here, NOW + CODE_CARRIED) == (village.ada.person_id, None, None)


def test_a_password_of_a_code_is_void_for_who_gets_a_role(session, village):
    """Rosa chose it, and Ada becomes a trustee: it would open what the role opens."""
    token = come_in(session, village, village.ada, by=Doing(village.rosa, NOW))
    actions.set_password(session, password_hash(), Doing(village.ada, NOW), token=token)
    give_role(session, village, village.ada)
    assert session.get_one(Person, village.ada.person_id).password_hash is None
    before = session.get_one(Person, village.grace.person_id).password_hash
    give_role(session, village, village.grace)
    assert session.get_one(Person, village.grace.person_id).password_hash == before is not None


def give_role(session, village, actor):
    membership = get_membership_by_code(session, village.angus.id, actor.code)
    roles.give(session, membership, Role.BROKER, Doing(village.mary, NOW), granted_by=village.mary.membership_id)


def test_a_second_half_is_made_by_nobody_who_depends_on_the_first(session, village):
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    roles.give(session, membership, Role.TRUSTEE, Doing(village.mary, NOW), granted_by=village.mary.membership_id)
    codes.make_half(session, village.rosa, Doing(village.mary, NOW))
    puppet = find_actor_by_code(session, village.angus.id, village.ada.code)
    with pytest.raises(NotAllowedError):
        codes.make_half(session, village.rosa, Doing(puppet, NOW))


def test_a_second_half_pressed_twice_destroys_nothing(session, village):
    first = codes.make_half(session, village.rosa, Doing(village.mary, NOW, "first"))
    second = codes.make_half(session, village.rosa, Doing(village.clara, NOW, "second"))
    with pytest.raises(OtherContentError):
        codes.make_half(session, village.rosa, Doing(village.clara, NOW, "second"))
    assert codes.use_code(session, village.angus.id, first + second, now=NOW)


def test_a_code_of_the_command_line_has_no_maker(session, village):
    token = come_in(session, village, village.ada, by=Unattended(village.angus.id, NOW))
    assert find_signed_in(session, token, NOW).maker is None


def test_whose_code_it_was_sees_who_made_it_and_when_it_was_used(session, village):
    come_in(session, village, village.ada, by=Doing(village.rosa, NOW))
    assert [(row.maker, row.used_at) for row in list_used_codes(session, village.ada.person_id, NOW)] == [
        ("Rosa Lindsay", NOW)
    ]


def test_signing_in_listens_to_changes_of_rights():
    assert rights.list_listeners() == [actions.end_all]


def test_sessions_and_codes_from_before_a_role_end_with_it(session, village):
    """A code made for a plain member would open what the role opens."""
    code = codes.make_code(session, village.ada, Doing(village.rosa, NOW))
    here = actions.open_session(session, Arrival(village.angus.id, village.ada.person_id), now=NOW)
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    roles.give(session, membership, Role.BROKER, Doing(village.mary, NOW), granted_by=village.mary.membership_id)
    session.expire_all()
    assert find_signed_in(session, here, NOW) is None
    with pytest.raises(CodeDoesNotFitError):
        codes.use_code(session, village.angus.id, code, now=NOW)
