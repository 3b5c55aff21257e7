"""The job that brings in offers and requests, on both databases: all of the file, once, whatever interrupts it."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.worker.conftest import MORNING
from timebank.actors import Doing, Role
from timebank.cli.sweeping import sweep_all
from timebank.interchange.listings import COLUMNS
from timebank.jobs import actions, files
from timebank.jobs.queries import find_job
from timebank.jobs.rules import CLAIM, JobFailure, JobKind, JobState, JobStep
from timebank.listings.models import Listing
from timebank.members.models import MembershipRole
from timebank.references import DeedName
from timebank.trail.models import TrailRow
from timebank.worker import importing
from timebank.worker.doing_jobs import do_jobs

ROWS = [f"angus,{number},{'offer' if number % 3 else 'request'},Jam {number},20" for number in range(7)]


class KilledError(BaseException):
    """The process is gone."""


@pytest.fixture(autouse=True)
def batches_of_three(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3)


@pytest.fixture
def asks(backend, village, office):
    """`asks(rows)` keeps a file of these rows and asks for a job that brings it in; gives its code and the file."""

    def ask(rows=ROWS, key="k"):
        with files.new_file(office.settings.job_files) as (token, path):
            path.write_text("\n".join([",".join(COLUMNS), *rows]))
        with backend.session() as session:
            doing = Doing(village.mary, MORNING, key)
            code = actions.ask(session, JobKind.IMPORT_LISTINGS, {"file": token}, doing)
            session.commit()
        return code, files.path_of(office.settings.job_files, token)

    return ask


@pytest.fixture
def job(backend, village):
    def find(code):
        with backend.session() as session:
            return find_job(session, village.angus.id, code)

    return find


@pytest.fixture
def keys(backend):
    """The keys of the listings that were brought in, in their order."""

    def listed():
        with backend.session() as session:
            query = select(Listing.source_key).where(Listing.source_key.is_not(None)).order_by(Listing.source_key)
            return list(session.scalars(query))

    return listed


def all_keys(rows=ROWS):
    return [f"angus/{number}" for number in range(len(rows))]


def test_all_rows_are_stored_by_whoever_asked_and_the_file_is_deleted(office, backend, village, asks, job, keys):
    code, path = asks()
    assert do_jobs(office)["done"] == 1
    done = job(code)
    assert done.facts == {"offers": 4, "requests": 3, "before": 0}
    assert (done.step, done.done_steps, done.total_steps) == (JobStep.LISTINGS, 7, 7)
    assert (keys(), path.exists()) == (all_keys(), False)
    with backend.session() as session:
        by = select(TrailRow.done_by, func.count()).where(TrailRow.deed == DeedName.LISTINGS_IMPORTED)
        assert session.execute(by.group_by(TrailRow.done_by)).all() == [(village.mary.membership_id, 3)]


def test_rows_that_were_stored_before_are_left_alone_and_counted(office, asks, job, keys):
    asks(ROWS[:4])
    assert do_jobs(office)["done"] == 1
    code, _path = asks(key="again")
    assert do_jobs(office)["done"] == 1
    assert job(code).facts == {"offers": 2, "requests": 1, "before": 4}
    assert keys() == all_keys()


def test_only_the_rows_of_the_bank_are_stored(office, asks, job, keys):
    code, _path = asks([*ROWS, "perth,1,offer,Piano,3"])
    assert do_jobs(office)["done"] == 1
    assert (job(code).total_steps, keys()) == (7, all_keys())


@pytest.mark.parametrize("moment", ["before a batch", "within it", "after it", "before the end"])
def test_a_worker_that_dies_leaves_a_job_that_goes_on_and_doubles_nothing(
    office, watch, asks, job, keys, monkeypatch, moment
):
    code, path = asks()
    place, name, call = {
        "before a batch": (importing, "_store_once", 2),
        "within it": (importing.sheets, "store", 2),
        "after it": (importing, "_store_once", 3),
        "before the end": (importing.AtWork, "finish", 1),
    }[moment]
    real, calls = getattr(place, name), []

    def deadly(*arguments, **more):
        calls.append(arguments)
        if len(calls) != call:
            return real(*arguments, **more)
        if moment == "within it":
            real(*arguments, **more)
        raise KilledError

    monkeypatch.setattr(place, name, deadly)
    with pytest.raises(KilledError):
        do_jobs(office)
    done_steps = {"before a batch": 3, "within it": 3, "after it": 6, "before the end": 7}[moment]
    assert (job(code).state, job(code).done_steps, len(keys())) == (JobState.RUNNING, done_steps, done_steps)
    assert path.exists()
    watch.pass_by(seconds=CLAIM.total_seconds() + 1)
    assert do_jobs(office)["done"] == 1
    assert job(code).facts == {"offers": 4, "requests": 3, "before": 0}
    assert (keys(), path.exists()) == (all_keys(), False)


def test_called_off_it_stores_nothing_more(office, backend, village, asks, job, keys, monkeypatch):
    code, _path = asks()
    real, calls = importing._store_once, []

    def store_once(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            with backend.session() as session:
                actions.cancel(session, code, Doing(village.mary, MORNING, "off"))
                session.commit()
        real(*arguments)

    monkeypatch.setattr(importing, "_store_once", store_once)
    assert do_jobs(office)["lost"] == 1
    assert (job(code).is_cancelled, job(code).facts["offers"], len(keys())) == (True, 2, 3)


def test_a_coordinator_who_lost_the_role_brings_in_nothing_more(office, backend, village, asks, job, keys):
    code, _path = asks()
    with backend.session() as session:
        of_mary = MembershipRole.membership_id == village.mary.membership_id
        for role in session.scalars(select(MembershipRole).where(of_mary, MembershipRole.role == Role.COORDINATOR)):
            session.delete(role)
        session.commit()
    assert do_jobs(office)["failed"] == 1
    assert (job(code).failure, keys()) == (JobFailure.NOT_ALLOWED, [])


def test_a_file_that_is_gone_is_said(office, asks, job, keys):
    code, path = asks()
    path.unlink()
    assert do_jobs(office)["failed"] == 1
    assert (job(code).failure, keys()) == (JobFailure.FILE_GONE, [])


def test_a_file_that_waits_for_its_job_is_kept_and_any_other_goes_after_a_day(office, asks, job):
    code, path = asks()
    with files.new_file(office.settings.job_files) as (token, _half):
        pass
    other, old = files.path_of(office.settings.job_files, token), (MORNING - timedelta(days=2)).timestamp()
    for each in (path, other):
        os.utime(each, (old, old))
    sweep_all(office.settings)
    assert (path.exists(), other.exists()) == (True, False)
    assert do_jobs(office)["done"] == 1
    assert (job(code).state, path.exists()) == (JobState.DONE, False)
