"""Who may ask for, see and call off which job, as a table."""

from datetime import timedelta

import pytest

from tests.people import NOW
from timebank.actors import Actor, How, Role, Standing, acting_for
from timebank.jobs.rules import CLAIM, JobKind, may_ask, may_cancel, seen_at

MEMBER = Role.MEMBER


def actor(*roles, member_id=1, standing=Standing.ACTIVE):
    return Actor(1, member_id, member_id, member_id, "Ada", "K7M3Q2XZ", 1, frozenset(roles), standing)


@pytest.mark.parametrize(
    ("roles", "checks", "exports", "plans"),
    [
        ((MEMBER,), False, False, False),
        ((MEMBER, Role.BROKER), False, False, True),
        ((MEMBER, Role.COORDINATOR), True, True, True),
        ((Role.TRUSTEE,), True, True, False),
        ((Role.AUDITOR,), True, True, False),
    ],
)
def test_who_may_ask_for_a_job(roles, checks, exports, plans):
    may = {kind: may_ask(actor(*roles), kind) for kind in JobKind}
    assert may == {
        JobKind.CHECK_BOOKS: checks,
        JobKind.EXPORT_BOOKS: exports,
        JobKind.SEND_PLAN: plans,
        JobKind.IMPORT_LISTINGS: Role.COORDINATOR in roles,
    }


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.LEFT])
def test_whoever_is_not_active_asks_for_nothing(standing):
    former = actor(Role.COORDINATOR, Role.BROKER, Role.AUDITOR, standing=standing)
    assert not any(may_ask(former, kind) for kind in JobKind)


def test_nobody_asks_in_a_members_name():
    broker, member = actor(MEMBER, Role.COORDINATOR), actor(MEMBER, Role.COORDINATOR, member_id=2)
    assert not any(may_ask(acting_for(broker, member, How.PHONE), kind) for kind in JobKind)


@pytest.mark.parametrize(
    ("roles", "kind", "is_own", "may"),
    [
        ((Role.AUDITOR,), JobKind.CHECK_BOOKS, True, True),
        ((Role.AUDITOR,), JobKind.CHECK_BOOKS, False, False),
        ((Role.TRUSTEE,), JobKind.EXPORT_BOOKS, False, False),
        ((Role.COORDINATOR,), JobKind.CHECK_BOOKS, False, True),
        ((Role.COORDINATOR,), JobKind.SEND_PLAN, False, True),
        ((Role.COORDINATOR,), JobKind.IMPORT_LISTINGS, False, True),
        ((MEMBER, Role.BROKER, Role.AUDITOR), JobKind.IMPORT_LISTINGS, True, False),
        ((MEMBER, Role.BROKER), JobKind.SEND_PLAN, True, True),
        ((MEMBER, Role.BROKER), JobKind.SEND_PLAN, False, False),
        ((MEMBER,), JobKind.SEND_PLAN, True, False),
    ],
)
def test_who_asked_or_a_coordinator_calls_it_off(roles, kind, is_own, may):
    assert may_cancel(actor(*roles), kind, asked_by=1 if is_own else 2) is may


def test_the_last_sign_is_when_the_claim_was_renewed():
    assert seen_at(NOW + CLAIM) == NOW
    assert timedelta(minutes=1) < CLAIM
