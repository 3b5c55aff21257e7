"""Jobs on both databases: asked for once, claimed by one worker, taken up again once, called off and forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.people import NOW
from tests.races import one_inside_the_other
from timebank.actors import Doing
from timebank.errors import NotAllowedError, NotVisibleError
from timebank.jobs import claims
from timebank.jobs.actions import HAS_ASKED, ask, cancel, fetch_file
from timebank.jobs.claims import JobProgress
from timebank.jobs.errors import FileGoneError, JobEndedError, JobStandsError, LostClaimError
from timebank.jobs.models import Job
from timebank.jobs.queries import find_job, find_open, list_file_tokens, list_jobs
from timebank.jobs.rules import CLAIM, KEPT, MOST_TRIES, JobFailure, JobKind, JobState, JobStep
from timebank.trail.queries import list_deeds

CHECK = JobKind.CHECK_BOOKS
TWO_OF_TEN = JobProgress(JobStep.CHECKS, 2, 10)
LATER = NOW + CLAIM + timedelta(seconds=1)


def asked(session, village, *, by=None, kind=CHECK, key="k"):
    return ask(session, kind, {}, Doing(by or village.mary, NOW, key))


def row(session, village, code):
    session.expire_all()
    return find_job(session, village.angus.id, code)


def test_a_job_waits_until_a_worker_claims_it_and_ends_it(session, village):
    code = asked(session, village)
    assert session.info[HAS_ASKED]
    assert row(session, village, code).is_queued
    job = claims.claim(session, NOW)
    assert (job.code, job.is_running, job.tries, job.started_at, job.seen_at) == (code, True, 1, NOW, NOW)
    claims.go_on(session, job, TWO_OF_TEN, NOW, {"check": "sum_is_zero"})
    going = row(session, village, code)
    assert (going.step, going.done_steps, going.total_steps) == (JobStep.CHECKS, 2, 10)
    claims.finish(session, job, NOW, {"wrong": 0})
    done = row(session, village, code)
    assert (done.is_done, done.ended_at, done.facts, done.claimed_until) == (True, NOW, {"wrong": 0}, None)
    assert claims.claim(session, NOW) is None


def test_asking_again_names_the_open_one_and_leaves_no_trace(session, village):
    code = asked(session, village)
    session.commit()
    with pytest.raises(JobStandsError) as refusal:
        asked(session, village, by=village.audrey, key="another")
    session.rollback()
    assert refusal.value.values == {"code": code}
    assert [job.code for job in list_jobs(session, village.angus.id, list(JobKind)).rows] == [code]
    assert asked(session, village, kind=JobKind.EXPORT_BOOKS, key="third") != code


def test_one_form_is_one_job_also_after_it_ended(session, village):
    code = asked(session, village)
    claims.finish(session, claims.claim(session, NOW), NOW, {})
    assert asked(session, village) == code
    assert find_open(session, village.angus.id, CHECK) is None


def test_another_bank_asks_for_its_own(session, village):
    code = asked(session, village)
    assert find_job(session, village.perth.id, code) is None
    assert find_open(session, village.perth.id, CHECK) is None


@pytest.mark.parametrize(("name", "kind"), [("ada", CHECK), ("rosa", CHECK), ("tom", JobKind.SEND_PLAN)])
def test_whoever_may_not_asks_for_nothing(session, village, name, kind):
    with pytest.raises(NotAllowedError):
        asked(session, village, by=getattr(village, name), kind=kind)


def test_two_who_ask_at_once_get_one_job(backend, village):
    def first(session, village):
        asked(session, village, by=village.mary, key="first")

    def second(session, village):
        asked(session, village, by=village.audrey, key="second")

    assert one_inside_the_other(backend, village, first, second) is JobStandsError
    with backend.session() as session:
        assert len(session.scalars(select(Job.code)).all()) == 1


def test_two_workers_at_once_claim_it_once(backend, village):
    with backend.session() as session:
        asked(session, village)
        session.commit()
    claimed = []

    def work(session, _village):
        claimed.append(claims.claim(session, NOW))

    one_inside_the_other(backend, village, work, work)
    assert [job is None for job in claimed] in ([False, True], [True, False])


def test_a_claim_that_ran_out_is_taken_up_once_more_and_then_has_failed(session, village):
    code = asked(session, village)
    first = claims.claim(session, NOW)
    assert claims.claim(session, NOW + CLAIM - timedelta(seconds=1)) is None
    second = claims.claim(session, LATER)
    assert (second.id, second.tries, second.started_at) == (first.id, MOST_TRIES, NOW)
    for lost in (
        lambda: claims.go_on(session, first, TWO_OF_TEN, LATER, {}),
        lambda: claims.finish(session, first, LATER, {}),
        lambda: claims.fail(session, first, JobFailure.PROGRAM, LATER),
        lambda: claims.give_back(session, first),
    ):
        with pytest.raises(LostClaimError):
            lost()
    assert claims.give_up_dead(session, LATER) == 0
    much_later = LATER + CLAIM + timedelta(seconds=1)
    assert claims.claim(session, much_later) is None
    assert claims.give_up_dead(session, much_later) == 1
    job = row(session, village, code)
    assert (job.has_failed, job.failure, job.ended_at) == (True, JobFailure.WORKER_DIED, much_later)
    with pytest.raises(LostClaimError):
        claims.finish(session, second, much_later, {})


def test_progress_renews_the_claim(session, village):
    asked(session, village)
    job = claims.claim(session, NOW)
    claims.go_on(session, job, TWO_OF_TEN, NOW + CLAIM / 2, {})
    assert claims.claim(session, LATER) is None
    assert claims.claim(session, NOW + 2 * CLAIM).tries == 2


def test_what_was_given_back_waits_without_a_try_and_is_left_out_where_that_is_asked(session, village):
    code = asked(session, village)
    job = claims.claim(session, NOW)
    claims.give_back(session, job)
    assert (row(session, village, code).is_queued, row(session, village, code).tries) == (True, 0)
    assert claims.claim(session, NOW, but=[job.id]) is None
    assert claims.claim(session, NOW).tries == 1


def test_the_oldest_job_is_first(session, village):
    first = asked(session, village)
    second = asked(session, village, kind=JobKind.EXPORT_BOOKS, key="second")
    assert [claims.claim(session, NOW).code for _each in range(2)] == [first, second]


@pytest.mark.parametrize("is_running", [False, True])
def test_who_asked_calls_it_off_and_the_worker_writes_nothing_more(session, village, is_running):
    code = asked(session, village, by=village.audrey)
    job = claims.claim(session, NOW) if is_running else None
    cancel(session, code, Doing(village.audrey, NOW, "off"))
    cancel(session, code, Doing(village.audrey, NOW, "off"))
    assert row(session, village, code).is_cancelled
    assert claims.claim(session, LATER) is None
    if job is not None:
        with pytest.raises(LostClaimError):
            claims.finish(session, job, NOW, {})
    with pytest.raises(JobEndedError):
        cancel(session, code, Doing(village.audrey, NOW, "once more"))
    deeds = [deed.deed for deed in list_deeds(session, village.angus.id, f"job:{code}")]
    assert deeds.count("job.asked_for") == 1
    assert "job.cancelled" in deeds


def test_somebody_else_who_audits_does_not_call_it_off_but_a_coordinator_does(session, village):
    code = asked(session, village, by=village.audrey)
    session.commit()
    with pytest.raises(NotAllowedError):
        cancel(session, code, Doing(village.tom, NOW, "off"))
    session.rollback()
    cancel(session, code, Doing(village.mary, NOW, "off"))
    assert row(session, village, code).is_cancelled


def test_a_job_of_another_bank_is_not_there(session, village):
    code = asked(session, village)
    for deed in (cancel, fetch_file):
        with pytest.raises(NotVisibleError):
            deed(session, code, Doing(village.perdita, NOW))


def test_only_a_file_that_is_done_is_fetched_and_it_is_on_record(session, village):
    code = asked(session, village, kind=JobKind.EXPORT_BOOKS)
    job = claims.claim(session, NOW)
    session.commit()
    with pytest.raises(FileGoneError):
        fetch_file(session, code, Doing(village.tom, NOW))
    session.rollback()
    claims.finish(session, job, NOW, {}, file_token="a" * 64)
    assert fetch_file(session, code, Doing(village.tom, NOW)) == "a" * 64
    with pytest.raises(NotAllowedError):
        fetch_file(session, code, Doing(village.rosa, NOW))
    deeds = [(deed.deed, deed.done_by) for deed in list_deeds(session, village.angus.id, f"job:{code}")]
    assert ("job.file_fetched", village.tom.membership_id) in deeds


def test_what_ended_is_forgotten_after_a_week_and_what_is_open_never(session, village):
    ended = asked(session, village)
    claims.finish(session, claims.claim(session, NOW), NOW, {}, file_token="b" * 64)
    waiting = asked(session, village, key="second")
    assert claims.remove_old(session, NOW + KEPT) == 0
    assert list_file_tokens(session) == {"b" * 64}
    assert claims.remove_old(session, NOW + KEPT + timedelta(seconds=1)) == 1
    assert row(session, village, ended) is None
    assert row(session, village, waiting).is_queued
    assert list_file_tokens(session) == set()


def test_after_a_backup_was_put_back_nothing_goes_on(session, village):
    running, waiting = asked(session, village), asked(session, village, kind=JobKind.EXPORT_BOOKS, key="second")
    claims.claim(session, NOW)
    claims.cancel_open(session, NOW)
    assert [row(session, village, code).state for code in (running, waiting)] == [JobState.CANCELLED] * 2


def test_a_claim_that_was_given_back_and_taken_again_is_not_that_of_who_gave_it_back(session, village):
    """The thread of a worker that is ended may still run: it writes nothing more, also once another has the job."""
    code = asked(session, village)
    first = claims.claim(session, NOW)
    claims.give_back(session, first)
    second = claims.claim(session, NOW)
    assert second.tries == first.tries
    with pytest.raises(LostClaimError):
        claims.go_on(session, first, TWO_OF_TEN, NOW, {})
    with pytest.raises(LostClaimError):
        claims.finish(session, first, NOW, {})
    claims.finish(session, second, NOW, {})
    assert row(session, village, code).is_done
