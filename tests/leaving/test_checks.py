"""What was changed past the guards about those who left is noticed, and by which check."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.people import NOW, make_confirmed
from timebank.actors import Doing, Standing
from timebank.leaving.checks import leavers_are_settled, leavings_on_record
from timebank.ledger.checks import Verdict
from timebank.members.standing import change_standing

#: What a thief writes, and the check that names a row for it.
TAMPERINGS = {
    "UPDATE membership SET standing = 'active' WHERE account_id = {ada}": "leavers_are_settled",
    "UPDATE account SET closed_at = '2026-11-21 10:00:00+00:00' WHERE id = {rosa}": "leavers_are_settled",
    "UPDATE closing SET kind = 'account_reopened' WHERE account_id = {ada}": "leavings_on_record",
    "DELETE FROM closing WHERE account_id = {ada}": "leavings_on_record",
    "UPDATE closing SET recorded_by = {mary} WHERE account_id = {ada}": "leavings_on_record",
    "UPDATE closing SET recorded_at = '2026-11-20 10:00:00+00:00' WHERE account_id = {ada}": "leavings_on_record",
    "UPDATE closing SET account_id = {linus} WHERE account_id = {ada}": "leavings_on_record",
    "DELETE FROM trail WHERE deed = 'member.left' AND done_by = {rosa_id}": "leavings_on_record",
    "UPDATE trail SET deed = 'member.left' WHERE deed = 'standing.left'": "leavings_on_record",
    "UPDATE trail SET done_by = {mary} WHERE deed = 'member.left'": "leavings_on_record",
    "UPDATE trail SET done_at = '2026-11-20 10:00:00+00:00' WHERE deed = 'member.left'": "leavings_on_record",
    "UPDATE entry SET deed = 'gift:1' WHERE kind = 'leaving'": "leavings_on_record",
    "UPDATE entry SET recorded_by = {mary} WHERE kind = 'leaving'": "leavings_on_record",
    "UPDATE entry SET recorded_at = '2026-11-20 10:00:00+00:00' WHERE kind = 'leaving'": "leavings_on_record",
    "UPDATE entry SET kind = 'leaving' WHERE kind = 'exchange'": "leavings_on_record",
}


@pytest.fixture
def robbed(backend, village, session, leavings):
    """Books that Ada and Grace have left, one above and one below zero, and an owner's connection without guards."""
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    leavings.leave(village.ada, to=village.linus)
    leavings.leave(village.grace, now=NOW + timedelta(hours=1))
    names = {"mary": village.mary.membership_id, "rosa_id": village.rosa.membership_id}
    names |= {who: getattr(village, who).account_id for who in ("ada", "linus", "rosa")}
    session.close()
    with backend.owner.connect() as connection:
        if backend.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
        yield connection, names
        connection.rollback()
        if backend.name == "sqlite":
            connection.invalidate()
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def wrong_checks(backend):
    with backend.session() as session:
        results = [check(session) for check in (leavers_are_settled, leavings_on_record)]
    assert all(result.findings[0].row for result in results if result.verdict is Verdict.WRONG)
    return {result.name for result in results if result.verdict is not Verdict.RIGHT}


@pytest.mark.usefixtures("robbed")
def test_untouched_leavings_pass_the_check(backend):
    assert wrong_checks(backend) == set()


@pytest.mark.parametrize("written", TAMPERINGS)
def test_forged_closings_fail_the_check(written, robbed, backend):
    connection, names = robbed
    connection.execute(text(written.format(**names)))
    connection.commit()
    assert TAMPERINGS[written] in wrong_checks(backend)


def test_figures_are_the_closed_accounts_and_the_leavings(session, village, leavings):
    leavings.leave(village.ada)
    leavings.back(village.ada)
    leavings.leave(village.ada)
    leavings.leave(village.linus)
    assert (leavers_are_settled(session).figure, leavings_on_record(session).figure) == (2, 3)


def test_who_left_before_accounts_were_closed_is_asked_for_nothing(session, village, leavings):
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    for member in (village.ada, village.grace):
        change_standing(session, member, Standing.LEFT, Doing(village.mary, NOW), reason="Long ago")
    session.commit()
    assert leavings.are_right()
