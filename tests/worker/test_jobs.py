"""What the worker does with jobs, on both databases: progress that others see, one end, and nothing done twice."""

import errno
import os
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.people import make_confirmed
from tests.worker.conftest import MORNING
from timebank.actors import Doing, Standing, Unattended
from timebank.audit.checks import ALL_CHECKS
from timebank.audit.queries import find_check
from timebank.cli.sweeping import sweep_all
from timebank.jobs import actions
from timebank.jobs.queries import find_job
from timebank.jobs.rules import CLAIM, KEPT, JobFailure, JobKind, JobState, JobStep
from timebank.listings import actions as listings
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.matching.inviting import Line, wants_of
from timebank.matching.models import Invitation
from timebank.members.models import MembershipRole
from timebank.members.standing import change_standing
from timebank.turns import LongReading, take
from timebank.worker import checking, doing_jobs, exporting, inviting
from timebank.worker.doing_jobs import do_jobs, give_back_job
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due

CSV = {"format": "csv", "with_names": False}


@pytest.fixture
def asks(backend, village):
    """`asks(kind, wants, by=village.mary)` asks for a job, and gives its code."""

    def ask(kind, wants=None, *, by=None, key="k"):
        with backend.session() as session:
            code = actions.ask(session, kind, wants or {}, Doing(by or village.mary, MORNING, f"{kind} {key}"))
            session.commit()
            return code

    return ask


@pytest.fixture
def job(backend, village):
    """`job(code)` is the job as others see it now."""

    def find(code):
        with backend.session() as session:
            return find_job(session, village.angus.id, code)

    return find


@pytest.fixture
def calls_off(backend, village):
    def cancel(code):
        with backend.session() as session:
            actions.cancel(session, code, Doing(village.mary, MORNING, "off"))
            session.commit()

    return cancel


@pytest.fixture
def files(office):
    """The files of jobs, of which there are none yet."""
    folder = office.settings.job_files
    for path in folder.iterdir() if folder.is_dir() else ():
        path.unlink()
    return lambda: sorted(folder.iterdir()) if folder.is_dir() else []


def loses_roles(backend, actor):
    with backend.session() as session:
        for role in session.scalars(select(MembershipRole).where(MembershipRole.membership_id == actor.membership_id)):
            session.delete(role)
        session.commit()


def count(backend, table):
    with backend.session() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_a_check_shows_how_far_it_is_and_stores_what_it_found(office, backend, village, asks, job, monkeypatch):
    code, seen = asks(JobKind.CHECK_BOOKS, by=village.audrey), []
    real = checking.check_books

    def watched(session, *, before):
        def seeing(name):
            before(name)
            seen.append(job(code))

        return real(session, before=seeing)

    monkeypatch.setattr(checking, "check_books", watched)
    assert do_jobs(office)["done"] == 1
    assert [row.done_steps for row in seen] == list(range(len(ALL_CHECKS)))
    assert {row.total_steps for row in seen} == {len(ALL_CHECKS)}
    assert [row.facts["check"] for row in seen] == [check.__name__ for check in ALL_CHECKS]
    done = job(code)
    assert (done.state, done.step, done.facts) == (JobState.DONE, JobStep.STORING, {"wrong": 0, "ordinal": 1})
    with backend.session() as session:
        stored = find_check(session, village.angus.id, 1)
    assert (stored.is_right, stored.asked_from, stored.asked_by) == (True, "page", village.audrey.membership_id)


def test_a_check_that_is_called_off_stops_and_stores_nothing(office, backend, asks, job, calls_off, monkeypatch):
    code, asked = asks(JobKind.CHECK_BOOKS), []
    real = checking.check_books

    def called_off_at_the_third(session, *, before):
        def counted(name):
            asked.append(name)
            if len(asked) == 3:
                calls_off(code)
            before(name)

        return real(session, before=counted)

    monkeypatch.setattr(checking, "check_books", called_off_at_the_third)
    assert do_jobs(office)["lost"] == 1
    assert len(asked) == 3
    assert job(code).is_cancelled
    assert count(backend, "books_check") == 0


@pytest.mark.parametrize("kind", [JobKind.CHECK_BOOKS, JobKind.EXPORT_BOOKS])
def test_nothing_is_done_for_who_may_not_any_more(office, backend, village, asks, job, files, kind):
    code = asks(kind, CSV, by=village.audrey)
    loses_roles(backend, village.audrey)
    assert do_jobs(office)["failed"] == 1
    assert (job(code).failure, count(backend, "books_check"), files()) == (JobFailure.NOT_ALLOWED, 0, [])


@pytest.mark.parametrize(
    ("kind", "reading"), [(JobKind.CHECK_BOOKS, LongReading.CHECK), (JobKind.EXPORT_BOOKS, LongReading.EXPORT)]
)
def test_while_somebody_else_reads_the_books_it_waits_and_others_are_done(
    office, village, asks, job, files, kind, reading
):
    bank_id = 0 if reading is LongReading.CHECK else village.angus.id
    waiting, other = asks(kind, CSV), asks(JobKind.SEND_PLAN, wants_of([], 60))
    with closing(take(office.engine, reading, bank_id, now=MORNING)):
        assert do_jobs(office) == {"died": 0, "put_off": 1, "done": 1}
    assert (job(waiting).state, job(waiting).tries, job(other).state) == (JobState.QUEUED, 0, JobState.DONE)
    assert do_jobs(office)["done"] == 1


def test_an_export_is_a_file_of_its_own_that_only_its_owner_reads(office, backend, village, asks, job, files):
    with backend.session() as session:
        make_confirmed(session, village, village.ada, village.grace, minutes=90)
        session.commit()
    code = asks(JobKind.EXPORT_BOOKS, CSV)
    assert do_jobs(office)["done"] == 1
    (path,) = files()
    done = job(code)
    assert done.file_token == path.name
    assert done.facts == {"entries": 1, "bytes": path.stat().st_size}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_text(encoding="utf-8-sig")
    assert len(content.splitlines()) == 2
    assert "Ada Lamont" not in content


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json", "hledger", "beancount"])
def test_each_format_can_be_asked_for(office, backend, village, asks, job, files, file_format):
    code = asks(JobKind.EXPORT_BOOKS, {"format": file_format, "with_names": True})
    assert do_jobs(office)["done"] == 1
    assert files()[0].stat().st_size == job(code).facts["bytes"] > 0


def test_an_export_says_how_many_entries_it_has_read(office, backend, village, asks, job, files, monkeypatch):
    monkeypatch.setattr("timebank.interchange.books._TOLD_EVERY", 1)
    with backend.session() as session:
        for minutes in (10, 20, 30):
            make_confirmed(session, village, village.ada, village.grace, minutes=minutes)
        session.commit()
    code, seen = asks(JobKind.EXPORT_BOOKS, CSV), []
    real = exporting.open_books

    def watched(session, bank, *, with_names, tell):
        def telling(entries):
            tell(entries)
            seen.append((job(code).done_steps, job(code).total_steps, job(code).step))

        return real(session, bank, with_names=with_names, tell=telling)

    monkeypatch.setattr(exporting, "open_books", watched)
    assert do_jobs(office)["done"] == 1
    assert seen == [(number, 3, JobStep.ENTRIES) for number in (1, 2, 3)]


def test_an_export_that_is_called_off_leaves_no_file(office, asks, job, files, calls_off, monkeypatch):
    code = asks(JobKind.EXPORT_BOOKS, CSV)
    real = exporting._write_books

    def called_off(*arguments):
        real(*arguments)
        calls_off(code)

    monkeypatch.setattr(exporting, "_write_books", called_off)
    assert do_jobs(office)["lost"] == 1
    assert (job(code).state, job(code).file_token, files()) == (JobState.CANCELLED, None, [])


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), JobFailure.NO_SPACE),
        (OSError(errno.EACCES, "Permission denied"), JobFailure.PROGRAM),
        (ValueError("Ada Lamont"), JobFailure.PROGRAM),
    ],
)
def test_what_goes_wrong_is_said_by_kind_and_never_with_peoples_data(
    office, asks, job, files, monkeypatch, caplog, error, failure
):
    def broken(*_arguments):
        raise error

    monkeypatch.setattr(exporting, "_write_books", broken)
    code, other = asks(JobKind.EXPORT_BOOKS, CSV), asks(JobKind.SEND_PLAN, wants_of([], 60))
    assert do_jobs(office) == {"died": 0, "failed": 1, "done": 1}
    assert (job(code).failure, job(other).state, files()) == (failure, JobState.DONE, [])
    assert code in caplog.text
    assert "Ada Lamont" not in caplog.text


@pytest.fixture
def requests(backend, village):
    """`requests(3)` lists so many requests of Grace's, and gives lines of a plan that asks Ada, Linus and so on."""

    def listed(number):
        with backend.session() as session:
            listings.open_categories(session, village.angus, Unattended(village.angus.id, MORNING))
            kind = get_tree(session, village.angus.id).by_key["outdoors/gardening"].id
            lines = []
            for index in range(number):
                asking = ListingText(f"Weeding {index}", "", (kind,))
                doing = Doing(village.grace, MORNING, f"list {index}")
                code = listings.add(session, village.angus, ListingKind.REQUEST, asking, doing)
                whom = (village.ada, village.linus, village.mary, village.clara)[index % 4]
                lines.append(Line(code, whom.membership_id, None))
            session.commit()
            return lines

    return listed


def asked_people(backend):
    with backend.session() as session:
        return session.execute(select(Invitation.title, Invitation.member_id).order_by(Invitation.id)).all()


def test_a_plan_asks_just_whom_the_broker_chose_and_counts(office, backend, village, asks, job, requests):
    lines = requests(4)
    code = asks(JobKind.SEND_PLAN, wants_of(lines[:3], 45), by=village.rosa)
    assert do_jobs(office)["done"] == 1
    assert [tuple(row) for row in asked_people(backend)] == [
        (f"Weeding {index}", line.member_id) for index, line in enumerate(lines[:3])
    ]
    done = job(code)
    assert (done.facts, done.done_steps, done.total_steps) == ({"asked": 3, "waiting": 0, "refused": []}, 3, 3)
    with backend.session() as session:
        assert set(session.scalars(select(Invitation.asked_by))) == {village.rosa.membership_id}
        assert set(session.scalars(select(Invitation.minutes))) == {45}


def test_a_line_that_may_not_be_asked_any_more_is_named_and_stops_no_other(
    office, backend, village, asks, job, requests
):
    lines = requests(3)
    code = asks(JobKind.SEND_PLAN, wants_of([*lines, lines[0]._replace(listing_code="NONE2345")], 60), by=village.rosa)
    with backend.session() as session:
        change_standing(session, village.linus, Standing.SUSPENDED, Doing(village.mary, MORNING), reason="Asked for it")
        session.commit()
    assert do_jobs(office)["done"] == 1
    assert job(code).facts == {
        "asked": 2,
        "waiting": 0,
        "refused": [
            [lines[1].listing_code, village.linus.membership_id, "may_not_be_asked"],
            ["NONE2345", village.ada.membership_id, "request_moved_on"],
        ],
    }


def test_a_plan_that_was_interrupted_goes_on_after_its_last_line(
    office, backend, watch, village, asks, job, requests, monkeypatch
):
    code = asks(JobKind.SEND_PLAN, wants_of(requests(4), 60), by=village.rosa)
    real, calls = inviting.invite_line, []

    class KilledError(BaseException):
        """The process is gone."""

    def deadly(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KilledError
        return real(*arguments)

    monkeypatch.setattr(inviting, "invite_line", deadly)
    with pytest.raises(KilledError):
        do_jobs(office)
    assert (job(code).state, job(code).done_steps, len(asked_people(backend))) == (JobState.RUNNING, 2, 2)
    assert do_jobs(office) == {"died": 0}
    watch.pass_by(seconds=CLAIM.total_seconds() + 1)
    assert do_jobs(office)["done"] == 1
    assert len(asked_people(backend)) == 4
    assert (job(code).facts["asked"], job(code).tries) == (4, 2)


def test_a_plan_that_is_called_off_asks_nobody_more(office, backend, asks, job, requests, calls_off, monkeypatch):
    code = asks(JobKind.SEND_PLAN, wants_of(requests(4), 60))
    once, calls = inviting._send_once, []

    def send_once(work, line, minutes, number):
        calls.append(number)
        if number == 3:
            calls_off(code)
        once(work, line, minutes, number)

    monkeypatch.setattr(inviting, "_send_once", send_once)
    assert do_jobs(office)["lost"] == 1
    assert calls == [1, 2, 3]
    assert len(asked_people(backend)) == 2
    assert (job(code).is_cancelled, job(code).done_steps, job(code).facts["asked"]) == (True, 2, 2)


def test_a_broker_who_lost_the_role_sends_nothing_more(office, backend, village, asks, job, requests, monkeypatch):
    code = asks(JobKind.SEND_PLAN, wants_of(requests(4), 60), by=village.rosa)
    once = inviting._send_once

    def send_once(work, line, minutes, number):
        if number == 3:
            loses_roles(backend, village.rosa)
        once(work, line, minutes, number)

    monkeypatch.setattr(inviting, "_send_once", send_once)
    assert do_jobs(office)["failed"] == 1
    assert (job(code).failure, len(asked_people(backend))) == (JobFailure.NOT_ALLOWED, 2)


def test_one_thread_does_jobs_and_e_mails_go_out_meanwhile(office, asks, mail, monkeypatch):
    asks(JobKind.CHECK_BOOKS)
    meanwhile = []

    def check(_work):
        meanwhile.extend([do_jobs(office), send_what_is_due(office)])

    monkeypatch.setattr(doing_jobs, "DOERS", {JobKind.CHECK_BOOKS: check})
    do_jobs(office)
    assert meanwhile[0] == {}
    assert not office.at_jobs.locked()


def test_a_worker_that_ends_in_order_gives_its_job_back_at_once(office, asks, job, monkeypatch):
    code, ended, real = asks(JobKind.CHECK_BOOKS), [], checking._check

    def check(work):
        if not ended:
            ended.append(give_back_job(office))
            assert (job(code).state, job(code).tries) == (JobState.QUEUED, 0)
        return real(work)

    monkeypatch.setattr(checking, "_check", check)
    assert do_jobs(office) == {"died": 0, "lost": 1}
    assert do_jobs(office) == {}, "it begins nothing more"
    assert do_jobs(Office(office.settings, office.engine, office.app, None, office.watch))["done"] == 1
    assert (job(code).state, job(code).tries) == (JobState.DONE, 1)


def test_the_sweep_deletes_old_jobs_with_their_files_and_what_a_killed_worker_left(
    office, asks, job, files, monkeypatch
):
    old = asks(JobKind.EXPORT_BOOKS, CSV)
    do_jobs(office)
    folder, now = office.settings.job_files, MORNING + KEPT + timedelta(minutes=1)
    names = {"left": f"{'c' * 64}.half", "being written": f"{'d' * 64}.half", "not ours": "a note"}
    for name in names.values():
        (folder / name).touch()
    for path in files():
        is_new = path.name == names["being written"]
        os.utime(path, ns=(int((now if is_new else MORNING).timestamp() * 1e9),) * 2)
    monkeypatch.setattr("timebank.cli.sweeping.clock.now", lambda: now)
    sweep_all(office.settings)
    assert job(old) is None
    assert {path.name for path in files()} == {names["being written"], names["not ours"]}


def test_the_sweep_keeps_the_file_of_a_job_that_is_kept(office, asks, job, files, monkeypatch):
    code, later = asks(JobKind.EXPORT_BOOKS, CSV), MORNING + KEPT - timedelta(minutes=1)
    do_jobs(office)
    os.utime(files()[0], ns=(int(MORNING.timestamp() * 1e9),) * 2)
    monkeypatch.setattr("timebank.cli.sweeping.clock.now", lambda: later)
    sweep_all(office.settings)
    assert [path.name for path in files()] == [job(code).file_token]
