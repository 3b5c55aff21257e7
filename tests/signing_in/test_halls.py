"""Where a broker is signed in: for whom, from which address, and for how long; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW
from timebank.members.models import Membership
from timebank.security.actions import Origin
from timebank.signing_in import actions
from timebank.signing_in.actions import Arrival
from timebank.signing_in.halls import HALL_LIFE, digest_address, has_broker
from timebank.signing_in.models import LoginSession

HALL, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def sign_in(session):
    def signing_in(actor, address=HALL):
        arrival = Arrival(actor.bank_id, actor.person_id, Origin(address, "phone"))
        return actions.open_session(session, arrival, now=NOW)

    return signing_in


@pytest.mark.parametrize(
    ("who", "bank", "expected"),
    [
        ("rosa", "angus", True),
        ("clara", "angus", True),
        ("rosa", "perth", False),
        ("ada", "angus", False),
        ("tom", "angus", False),
        ("audrey", "angus", False),
    ],
)
def test_a_broker_or_coordinator_of_the_bank_is_one(session, village, sign_in, who, bank, expected):
    sign_in(getattr(village, who))
    assert has_broker(session, getattr(village, bank).id, HALL, NOW) is expected


def test_it_holds_for_the_address_that_they_signed_in_from(session, village, sign_in):
    sign_in(village.rosa)
    assert has_broker(session, village.angus.id, HALL, NOW)
    assert not has_broker(session, village.angus.id, ELSEWHERE, NOW)


def test_no_address_is_no_hall(session, village, sign_in):
    sign_in(village.rosa, address="")
    assert not has_broker(session, village.angus.id, "", NOW)


def test_it_ends_with_the_session_with_the_day_and_with_the_standing(session, village, sign_in):
    token = sign_in(village.rosa)
    assert has_broker(session, village.angus.id, HALL, NOW + HALL_LIFE - timedelta(seconds=1))
    assert not has_broker(session, village.angus.id, HALL, NOW + HALL_LIFE)
    membership = session.get_one(Membership, (village.angus.id, village.rosa.membership_id))
    membership.standing = "suspended"
    session.flush()
    assert not has_broker(session, village.angus.id, HALL, NOW)
    membership.standing = "active"
    actions.end_session(session, token, now=NOW)
    assert not has_broker(session, village.angus.id, HALL, NOW)


def test_the_address_is_kept_as_a_digest_with_the_books_key_and_forgotten_with_what_is_stale(session, village, sign_in):
    sign_in(village.rosa)
    ended = sign_in(village.mary)
    digests = select(LoginSession.address_digest).where(LoginSession.address_digest.is_not(None))
    assert set(session.scalars(digests)) == {digest_address(session, HALL)}
    assert HALL.encode() not in digest_address(session, HALL)
    actions.end_session(session, ended, now=NOW)
    assert actions.clear_stale(session, now=NOW) == 1
    assert len(session.scalars(digests).all()) == 1
    assert actions.clear_stale(session, now=NOW + HALL_LIFE) == 1
    assert session.scalars(digests).all() == []
