"""Why a session ended is kept with it, and told by its token only, on both databases."""

from datetime import timedelta

import pytest

from tests.people import NOW, password_hash
from timebank.actors import Doing, Role, Standing
from timebank.members import roles
from timebank.members.actions import get_membership_by_code
from timebank.members.standing import change_standing
from timebank.signing_in import actions
from timebank.signing_in.actions import Arrival
from timebank.signing_in.queries import find_why_ended
from timebank.signing_in.rules import SESSION_LIFE, SessionEnd


def _sign_out(session, village, token):
    actions.end_session(session, token, now=NOW)


def _sign_out_others(session, village, _token):
    here = _open(session, village.ada)
    actions.end_other_sessions(session, village.ada.person_id, here, now=NOW)


def _change_password(session, village, _token):
    actions.set_password(session, password_hash(), Doing(village.ada, NOW), token=_open(session, village.ada))


def _give_role(session, village, _token):
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    roles.give(session, membership, Role.BROKER, Doing(village.mary, NOW), granted_by=village.mary.membership_id)


def _give_and_take_role(session, village, token):
    _give_role(session, village, token)
    membership = get_membership_by_code(session, village.angus.id, village.ada.code)
    roles.take(session, membership, Role.BROKER, Doing(village.mary, NOW))


def _suspend(session, village, _token):
    change_standing(session, village.ada, Standing.SUSPENDED, Doing(village.mary, NOW), reason="A dispute")


def _role_then_suspend(session, village, token):
    _give_role(session, village, token)
    _suspend(session, village, token)


def _open(session, person):
    return actions.open_session(session, Arrival(person.bank_id, person.person_id), now=NOW)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (_sign_out, SessionEnd.SIGNED_OUT),
        (_sign_out_others, SessionEnd.SIGNED_OUT_ELSEWHERE),
        (_change_password, SessionEnd.PASSWORD),
        (_give_role, SessionEnd.ROLES),
        (_give_and_take_role, SessionEnd.ROLES),
        (_suspend, SessionEnd.STANDING),
        (_role_then_suspend, SessionEnd.ROLES),
    ],
)
def test_the_first_reason_stays(session, village, end, why):
    token = _open(session, village.ada)
    end(session, village, token)
    session.expire_all()
    assert find_why_ended(session, token, NOW) is why


def test_a_session_that_is_open_or_expired_or_was_never_there_has_no_reason(session, village):
    token = _open(session, village.ada)
    assert find_why_ended(session, token, NOW) is None
    assert find_why_ended(session, token, NOW + SESSION_LIFE) is None
    assert find_why_ended(session, "made up", NOW) is None
    _suspend(session, village, token)
    assert find_why_ended(session, token, NOW + SESSION_LIFE) is None
    assert find_why_ended(session, token, NOW + SESSION_LIFE - timedelta(seconds=1)) is SessionEnd.STANDING


def test_sessions_of_others_stay_open(session, village):
    token = _open(session, village.grace)
    _suspend(session, village, token)
    assert find_why_ended(session, token, NOW) is None
