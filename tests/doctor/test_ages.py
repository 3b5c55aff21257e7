"""Ages, as tables; and that they are read as they stand in each database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.people import NOW, make_confirmed, make_recorded
from timebank.audit.actions import AskedFrom, store
from timebank.backups_on_disk import name_of
from timebank.bookkeeping.sealing.actions import seal
from timebank.digests.models import DigestTurn
from timebank.doctor.ages import Ages, judge_ages, judge_backup, read_ages
from timebank.doctor.rules import Condition
from timebank.ledger.checks import CheckResult, Finding
from timebank.notices.models import Delivery, DeliveryState, Failure
from timebank.notices.queries import Backlog

WELL, WARNING, WRONG, NOT_CHECKED = Condition.WELL, Condition.WARNING, Condition.WRONG, Condition.NOT_CHECKED
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FINE = Ages(NOW - DAY, None, NOW - DAY + MINUTE, NOW - 12 * HOUR, is_right=True, digests_on=NOW.date() - 3 * DAY)


def judged(ages, *, sends=True):
    return {row.subject: row for row in judge_ages(ages, NOW, sends=sends)}


def test_an_installation_with_a_worker_is_well():
    conditions = {subject: row.condition for subject, row in judged(FINE).items()}
    assert {conditions.pop(name) for name in ("sweep", "backup")} == {NOT_CHECKED}
    assert set(conditions.values()) == {WELL}


@pytest.mark.parametrize(
    ("subject", "changes", "condition", "word"),
    [
        ("seals", {"recorded_at": None, "sealed_at": None}, WELL, "none was made yet"),
        ("seals", {"unsealed_since": NOW - 14 * MINUTE}, WELL, "nothing has waited"),
        ("seals", {"unsealed_since": NOW - 16 * MINUTE}, WRONG, "recorded 16 minutes ago is not sealed"),
        ("seals", {"unsealed_since": NOW - HOUR, "sealed_at": None}, WRONG, "timebank worker"),
        ("seals", {"sealed_at": NOW - 400 * DAY}, WELL, "400 days ago"),
        ("check of the books", {"checked_at": None}, WARNING, "never checked"),
        ("check of the books", {"checked_at": NOW - 35 * HOUR}, WELL, "balanced"),
        ("check of the books", {"checked_at": NOW - 37 * HOUR}, WARNING, "1 day ago"),
        ("check of the books", {"checked_at": NOW - 8 * DAY}, WRONG, "8 days ago"),
        ("check of the books", {"is_right": False}, WRONG, "do not balance"),
        ("worker", {"backlog": Backlog(3, NOW - 14 * MINUTE, 0)}, WELL, "nothing"),
        ("worker", {"backlog": Backlog(3, NOW - 2 * HOUR, 0)}, WARNING, "3 notices and e-mails are due"),
        ("worker", {"backlog": Backlog(3, NOW - 13 * HOUR, 0)}, WRONG, "since 13 hours"),
        ("e-mails that failed in 7 days", {"failures": {Failure.NO_SUCH_MAILBOX: 2}}, WELL, "2: the mailbox"),
        ("e-mails that failed in 7 days", {"failures": {Failure.CONTENT: 1}}, WARNING, "SPF, DKIM and DMARC"),
        ("digests", {"digests_on": None}, NOT_CHECKED, "none was due"),
        ("digests", {"digests_on": date(2026, 1, 2)}, WARNING, "02 January 2026"),
        ("clock of this machine", {"recorded_at": NOW + 30 * timedelta(seconds=1)}, WELL, "nothing"),
        ("clock of this machine", {"sealed_at": NOW + 2 * DAY}, WRONG, "2 days ahead"),
        ("clock of this machine", {"checked_at": NOW + 2 * HOUR}, WRONG, "2 hours ahead"),
        ("clock of this machine", {"recorded_at": None, "sealed_at": None, "checked_at": None}, WELL, "nothing"),
    ],
)
def test_each_age(subject, changes, condition, word):
    row = judged(replace(FINE, **changes))[subject]
    assert row.condition is condition, row.words
    assert word in row.words


def test_failures_stand_in_the_order_of_their_number():
    failures = {Failure.SIGN_IN: 1, Failure.RECIPIENT: 7}
    words = judged(replace(FINE, failures=failures))["e-mails that failed in 7 days"].words
    assert words.startswith("7: the server refused the recipient")


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_says_what_it_means(failure):
    assert judged(replace(FINE, failures={failure: 1}))["e-mails that failed in 7 days"].words.startswith("1: ")


@pytest.mark.parametrize(
    ("made_at", "condition", "word"),
    [(None, WARNING, "made none yet"), (NOW - 30 * HOUR, WELL, "1 day ago"), (NOW - 49 * HOUR, WRONG, "2 days ago")],
)
def test_the_workers_newest_backup(tmp_path, made_at, condition, word):
    if made_at is not None:
        (tmp_path / name_of(made_at)).touch()
        (tmp_path / name_of(made_at - 9 * DAY)).touch()
    row = judge_backup(tmp_path, NOW)
    assert (row.condition, word in row.words) == (condition, True)


def test_without_the_setting_nobody_knows_where_backups_are():
    assert judge_backup(None, NOW).condition is NOT_CHECKED


def test_without_mail_no_digest_is_missed():
    assert judged(replace(FINE, digests_on=None), sends=False)["digests"].condition is NOT_CHECKED


def test_an_empty_database_has_no_ages(session):
    assert read_ages(session, NOW) == Ages()


def _delivery(village, number, **values):
    columns = {
        "bank_id": village.angus.id,
        "id": number,
        "member_id": village.ada.membership_id,
        "stop_token": f"token-{number}",
        "topic": "about_you",
        "way": "email",
        "state": DeliveryState.FAILED,
        "made_at": NOW - 20 * DAY,
        "due_at": NOW - HOUR,
        "ended_at": NOW - DAY,
    }
    return Delivery(**columns | values)


def test_ages_are_read_from_all_banks(backend, village):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace)
        seal(session, village.perth.id, now=NOW - 2 * DAY)
        result = CheckResult("x", 1, "rows", (Finding("a", "b", "c"),), 1)
        store(session, [result], asked_from=AskedFrom.COMMAND, seconds=1, now=NOW - HOUR)
        session.add(DigestTurn(bank_id=village.angus.id, member_id=village.ada.membership_id, looked_on=NOW.date()))
        session.add_all(
            [
                _delivery(village, 1, failure="content"),
                _delivery(village, 2, failure="content"),
                _delivery(village, 3, failure="sender", ended_at=NOW - 8 * DAY),
                _delivery(village, 4, failure="sender", state=DeliveryState.SENT),
                _delivery(village, 5, failure="content", way="phone"),
                _delivery(
                    village, 6, failure="connection", state=DeliveryState.READY, ended_at=None, failing_since=NOW
                ),
                _delivery(village, 7, state=DeliveryState.READY, ended_at=None, due_at=NOW - 3 * HOUR),
            ]
        )
        session.flush()
        ages = read_ages(session, NOW)
        session.rollback()
    assert ages.recorded_at == NOW
    assert ages.unsealed_since == NOW  # Angus has no seal, whatever Perth has
    assert ages.sealed_at == NOW - 2 * DAY
    assert (ages.checked_at, ages.is_right) == (NOW - HOUR, False)
    assert ages.failures == {Failure.CONTENT: 2, Failure.CONNECTION: 1}
    assert ages.backlog.oldest_due_at == NOW - 3 * HOUR
    assert ages.digests_on == NOW.date()


def test_an_entry_that_was_sealed_waits_no_more(backend, village):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace)
        seal(session, village.angus.id, now=NOW)
        assert read_ages(session, NOW).unsealed_since is None
        session.rollback()


def test_the_newest_entry_counts_and_not_what_waits(backend, village):
    with backend.session() as session:
        make_recorded(session, village, village.ada, village.grace)
        assert read_ages(session, NOW).recorded_at is None
        session.rollback()
