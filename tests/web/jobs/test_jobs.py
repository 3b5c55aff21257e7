"""Long work: how far it is, what came of it, who calls it off, and who fetches its file."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.people import NOW
from tests.web.test_queries import _queries
from timebank.actors import Role, Standing
from timebank.jobs import claims
from timebank.jobs.claims import JobProgress
from timebank.jobs.queries import find_job
from timebank.jobs.rules import CLAIM, KEPT, SILENT, WAITS_LONG, JobFailure, JobKind, JobStep
from timebank.listings.rules import ListingKind
from timebank.members.models import MembershipRole
from timebank.web.job_words import failure_words, format_words, job_state_words, job_words
from timebank.worker import exporting

CSV = {"format": "csv", "with_names": False}


@pytest.fixture
def begun(books, village):
    """`begun(kind)` is the code of a job that a worker has claimed, and `done` of its steps are done."""

    def begin(kind=JobKind.CHECK_BOOKS, *, done=0, total=None, step=JobStep.ENTRIES, now=NOW, **wants):
        code = books.job(kind, **wants)
        with books.backend.session() as session:
            job = claims.claim(session, now)
            if total is not None:
                claims.go_on(session, job, JobProgress(step, done, total), now, {})
            session.commit()
        return code

    return begin


@pytest.fixture
def failed(books, begun, village):
    def fail(failure):
        code = begun()
        with books.backend.session() as session:
            job = find_job(session, village.angus.id, code.replace("-", ""))
            claims.fail(session, job, failure, NOW)
            session.commit()
        return code

    return fail


def test_a_job_says_what_it_is_who_asked_and_that_it_is_about_to_begin(as_, village, books):
    code = books.job(by=village.audrey)
    page = as_(village.mary).get(f"jobs/{code}")
    assert page.title.startswith("Checking the books")
    assert "Waits It is about to begin." in page
    assert "Audrey Keir, 21 Nov, 10:00" in page
    assert f"Number {code}" in page
    assert page.links["Look again"] == f"/angus/jobs/{code}"


def test_where_no_worker_runs_the_page_says_so(as_, village, books, clock):
    code = books.job()
    browser = as_(village.mary)
    clock.move_to(NOW + WAITS_LONG)
    assert "It is about to begin." in browser.get(f"jobs/{code}")
    clock.move_to(NOW + WAITS_LONG + timedelta(seconds=1))
    page = browser.get(f"jobs/{code}")
    assert "Nobody has started this yet; it waits for the worker." in page
    assert "tell whoever looks after the server" in page


def test_a_plain_reload_shows_how_far_it_is_in_words_and_as_a_bar(as_, village, begun):
    code = begun(done=412, total=1000)
    page = as_(village.mary).get(f"jobs/{code}")
    assert "Being done 412 of 1,000 entries" in page
    assert '<progress max="1000" value="412" aria-labelledby="how-far">' in page.html
    assert "Begun 21 Nov, 10:00" in page


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (JobStep.CHECKS, "3 of 40 checks"),
        (JobStep.ENTRIES, "3 of 40 entries"),
        (JobStep.REQUESTS, "3 of 40 requests"),
        (JobStep.STORING, "All checks are done. What was found is being stored."),
    ],
)
def test_each_step_has_words(step, words, as_, village, begun):
    assert words in as_(village.mary).get(f"jobs/{begun(step=step, done=3, total=40)}")


def test_a_page_reloads_by_itself_only_where_its_reader_asked_for_it_and_only_while_it_runs(
    as_, village, begun, works, clock
):
    code, browser = begun(done=1, total=2), as_(village.mary)
    page = browser.get(f"jobs/{code}")
    assert "Refresh" not in page.answer.headers
    page = browser.get(page.links["Let the page look by itself"])
    assert page.answer.headers["Refresh"] == "10"
    assert "Refresh" not in browser.get(page.links["Stop that"]).answer.headers
    clock.move_to(NOW + CLAIM)
    works()
    assert "Refresh" not in browser.get(f"jobs/{code}?looks=again").answer.headers


def test_a_worker_of_which_there_is_no_sign_is_said_and_when_it_goes_on(as_, village, begun, clock):
    code, browser = begun(done=1, total=2), as_(village.mary)
    clock.move_to(NOW + SILENT)
    assert "no sign" not in browser.get(f"jobs/{code}")
    clock.move_to(NOW + SILENT + timedelta(seconds=1))
    page = browser.get(f"jobs/{code}")
    assert "There was no sign of it since 21 Nov, 10:00." in page
    assert "within 15 minutes after that" in page


def test_a_job_that_was_taken_up_again_says_so(as_, village, books, begun):
    code = begun(now=NOW - CLAIM)
    with books.backend.session() as session:
        assert claims.claim(session, NOW).tries == 2
        session.commit()
    assert "It was interrupted once, and was taken up again." in as_(village.mary).get(f"jobs/{code}")


@pytest.mark.parametrize("failure", list(JobFailure))
def test_a_failure_is_said_kindly_with_what_to_do_and_a_number(failure, as_, village, app, failed):
    code = failed(failure)
    page = as_(village.mary).get(f"jobs/{code}")
    with app.test_request_context("/"):
        assert failure_words(failure) in page
    assert "Did not work" in page
    assert f"Number {code}" in page
    assert "Look again" not in page.links


def test_every_kind_state_and_format_has_words_of_its_own(app):
    from timebank.interchange.formats import FileFormat
    from timebank.jobs.rules import JobState

    with app.test_request_context("/"):
        for words, values in ((job_words, JobKind), (job_state_words, JobState), (format_words, FileFormat)):
            assert len({words(value) for value in values}) == len(values)


def test_a_check_that_is_done_leads_to_what_it_found(as_, village, books, works):
    browser = as_(village.audrey)
    page = browser.done(browser.get("audit"), "Check now")
    works()
    page = browser.get(page.path)
    assert "The books were checked, and everything is right." in page
    assert "Asked by Audrey Keir" in browser.get(page.links["See what was found"])


def test_asking_for_a_second_check_shows_the_one_that_waits(as_, village, books):
    code = books.job(by=village.audrey)
    browser = as_(village.mary)
    page = browser.follow(browser.post("audit/checks"))
    assert page.path == f"/angus/jobs/{code}"
    assert "This is being done already, so nothing new was begun." in page
    assert books.count("job") == 1


def test_the_audit_shows_the_check_that_is_under_way_instead_of_the_button(as_, village, begun):
    code = begun(step=JobStep.CHECKS, done=7, total=40)
    page = as_(village.tom).get("audit")
    assert "Being checked now 7 of 40 checks" in page
    assert page.links["See how far it is"] == f"/angus/jobs/{code}"
    assert "Check now" not in page


def test_it_is_called_off_once_and_says_so(as_, village, books):
    browser, code = as_(village.mary), books.job()
    page = browser.get(f"jobs/{code}")
    done = browser.done(page, "Call it off")
    assert "It is called off. What was done until then stays done." in done
    assert "Called off" in done
    assert "It is called off." in browser.done(page, "Call it off")  # the same form again
    assert "This has ended already." in browser.follow(browser.post(f"jobs/{code}/cancellation"))


def test_only_who_asked_or_a_coordinator_has_the_button_to_call_it_off(as_, village, books):
    code = books.job(by=village.audrey)
    buttons = {
        name: "Call it off" in as_(getattr(village, name)).get(f"jobs/{code}") for name in ("audrey", "mary", "tom")
    }
    assert buttons == {"audrey": True, "mary": True, "tom": False}
    refused = as_(village.tom)
    assert "You cannot do this." in refused.follow(refused.post(f"jobs/{code}/cancellation"))
    assert books.ask("SELECT state FROM job") == [("queued",)]


def saved(browser, page):
    """What the browser saves: its headers and its content."""
    form = page.form_with("Save the file")
    with browser.client.post(form.action, data=form.filled({})) as answer:
        return answer.headers, answer.get_data()


def exported(browser, **typed):
    return browser.done(browser.get("audit/file"), **typed)


def test_the_books_are_asked_for_written_and_saved_and_who_saved_them_is_on_record(as_, village, books, works):
    books.confirmed(village.ada, village.grace, minutes=90)
    audrey = as_(village.audrey)
    page = exported(audrey, file_format="csv")
    assert page.title.startswith("Writing the books into a file")
    assert "A spreadsheet (CSV), without names" in page
    works()
    page = audrey.get(page.path)
    assert "1 entry is in the file. It is kept here until 28 Nov, 10:00, and then deleted." in page
    headers, content = saved(audrey, page)
    assert headers["Content-Disposition"] == "attachment; filename=books-angus-2026-11-21.csv"
    assert headers["Cache-Control"] == "no-store"
    assert len(content.splitlines()) == 2
    tom = as_(village.tom)
    assert saved(tom, tom.get(page.path))[1] == content
    fetched = "SELECT done_by FROM trail WHERE deed = 'job.file_fetched' ORDER BY id"
    assert [row.done_by for row in books.ask(fetched)] == [village.audrey.membership_id, village.tom.membership_id]


@pytest.mark.parametrize(
    ("file_format", "suffix"),
    [("csv", "csv"), ("xlsx", "xlsx"), ("json", "jsonl"), ("hledger", "journal"), ("beancount", "beancount")],
)
def test_each_format_is_saved_under_its_own_suffix(file_format, suffix, as_, village, works):
    browser = as_(village.mary)
    page = exported(browser, file_format=file_format, with_names="y")
    assert "with names" in page
    works()
    headers, content = saved(browser, browser.get(page.path))
    assert headers["Content-Disposition"] == f"attachment; filename=books-angus-2026-11-21.{suffix}"
    assert content


def test_a_format_that_is_none_is_refused_and_keeps_the_rest(as_, village, books):
    browser = as_(village.mary)
    page = browser.submit(browser.get("audit/file"), file_format="../../etc/passwd", with_names="y")
    assert page.status == 200
    assert "There is something to put right" in page
    assert re.search(r"<input[^>]*checked[^>]*with_names|with_names[^>]*checked", page.html)
    assert books.count("job") == 0


def test_a_file_that_was_deleted_is_kindly_said(as_, village, backend, works):
    browser = as_(village.mary)
    page = exported(browser)
    works()
    for path in backend.settings.job_files.iterdir():
        path.unlink()
    page = browser.done(browser.get(page.path), "Save the file")
    assert "The file is not there any more. Ask for it once more." in page


def test_before_it_is_done_there_is_no_file(as_, village, books):
    code, browser = books.job(JobKind.EXPORT_BOOKS, **CSV), as_(village.mary)
    assert "Save the file" not in browser.get(f"jobs/{code}")
    assert "The file is not there any more." in browser.follow(browser.post(f"jobs/{code}/file"))


def test_who_may_not_audit_any_more_fetches_nothing(as_, village, backend, books, works):
    browser = as_(village.audrey)
    page = exported(browser)
    works()
    page = browser.get(page.path)
    with backend.session() as session:
        session.execute(
            update(MembershipRole)
            .where(MembershipRole.membership_id == village.audrey.membership_id)
            .values(role=Role.MEMBER)
        )
        session.commit()
    assert browser.submit(page, "Save the file").status == 403
    assert books.ask("SELECT 1 FROM trail WHERE deed = 'job.file_fetched'") == []


def test_a_broker_reads_plans_and_nothing_of_the_books(as_, village, books):
    check, plan = books.job(), books.job(JobKind.SEND_PLAN, lines=[], minutes=60)
    rosa = as_(village.rosa)
    assert [rosa.get(f"jobs/{code}").status for code in (check, plan)] == [403, 200]
    listed = rosa.get("jobs")
    assert "Asking who could help, for many requests" in listed
    assert "Checking the books" not in listed
    assert [rosa.post(f"jobs/{check}/{deed}").status for deed in ("cancellation", "file")] == [403, 403]


def test_the_list_is_by_newest_first_with_its_state_and_goes_on(as_, village, books, begun):
    begun(step=JobStep.CHECKS, done=7, total=40)
    books.job(JobKind.EXPORT_BOOKS, by=village.audrey, **CSV)
    page = as_(village.mary).get("jobs")
    assert page.words.index("Waits Writing the books") < page.words.index("Being done Checking the books")
    assert "7 of 40 checks" in page
    assert "Asked for by Audrey Keir, 21 Nov, 10:00" in page
    assert f"{KEPT.days} days" in page
    with books.backend.session() as session:
        claims.cancel_open(session, NOW)
        session.commit()
    for number in range(25):
        books.job(JobKind.SEND_PLAN, lines=[], minutes=number + 1)
        with books.backend.session() as session:
            claims.cancel_open(session, NOW)
            session.commit()
    browser = as_(village.mary)
    first = browser.get("jobs")
    assert first.html.count("Asked for by") == 25
    assert browser.get(first.links["Older ones"]).html.count("Asked for by") == 2


def test_an_empty_list_says_so(as_, village):
    assert "Nothing at the moment." in as_(village.mary).get("jobs")


@pytest.mark.parametrize("path", ["jobs", "jobs/CODE"])
def test_members_and_strangers_never_see_them(path, as_, village, books):
    path = path.replace("CODE", books.job())
    assert as_(village.ada).get(path).status == 403
    assert as_(village.perdita).get(f"/angus/{path}").status == 404
    assert as_(None).get(path).to.startswith("/angus/sign-in")


def test_a_job_that_is_none_is_missing(as_, village):
    assert [as_(village.mary).get(f"jobs/{code}").status for code in ("K7M3-Q2XZ", "x", "%00")] == [404, 404, 404]


def test_a_deed_by_its_address_alone_does_nothing(as_, village, books):
    code = books.job()
    for deed in ("cancellation", "file"):
        assert as_(village.mary).get(f"jobs/{code}/{deed}").status == 405
        assert as_(village.mary).client.post(f"/angus/jobs/{code}/{deed}").status_code == 400
    assert books.ask("SELECT state FROM job") == [("queued",)]


@pytest.fixture
def many_requests(books, village):
    """Requests of Grace's for which Ada or Linus could be asked."""
    for name in ("ada", "linus", "clara", "tom"):
        if name != "tom":
            books.listed(getattr(village, name), title=f"Weeding by {name}")
    for number in range(7):
        books.listed(village.grace, title=f"Weeding {number}", kind=ListingKind.REQUEST)


def lines_of(page):
    return {name: values[0] for name, values in page.form.fields.items() if name.startswith("line-")}


def test_a_plan_of_more_than_a_handful_is_sent_by_the_worker_just_as_it_was_ticked(
    as_, village, books, works, many_requests
):
    rosa = as_(village.rosa)
    page = rosa.get("board/plan")
    choices = re.findall(r'name="(line-\d+)" value="(\w{8}:\w{8}:)"', page.html)
    chosen = dict(reversed(choices))  # the first choice of each line
    assert len(chosen) > 5
    job = rosa.done(page, "Send", **chosen)
    assert job.title.startswith("Asking who could help, for many requests")
    assert books.count("invitation") == 0
    works()
    done = rosa.get(job.path)
    query = (
        "SELECT l.code AS request, m.code AS member FROM invitation i JOIN listing l ON l.id = i.listing_id"
        " JOIN membership m ON m.id = i.member_id"
    )
    asked = {f"{row.request}:{row.member}:" for row in books.ask(query)}
    refused = len(done.html.split("<li>")) - 1
    assert asked <= set(chosen.values())
    assert f"{len(asked)} people are asked" in done
    assert asked
    assert books.ask("SELECT DISTINCT asked_by FROM invitation") == [(village.rosa.membership_id,)]
    assert done.links["Back to the open requests"] == "/angus/board"
    assert refused >= 0


def test_what_was_refused_of_a_plan_is_named_with_why(as_, village, books, works):
    code = books.listed(village.grace, title="Weeding", kind=ListingKind.REQUEST).replace("-", "")
    books.stands(village.linus, Standing.SUSPENDED)
    wants = {"lines": [[code, village.linus.membership_id, None], ["NONE2345", village.ada.membership_id, None]]}
    job = books.job(JobKind.SEND_PLAN, by=village.rosa, minutes=60, **wants)
    works()
    page = as_(village.rosa).get(f"jobs/{job}")
    assert "0 people are asked." in page
    assert "Some things had changed since you looked, so these were not sent:" in page
    assert "Linus Baxter" in page
    assert "Ada Lamont" in page


def test_a_plan_while_another_is_being_sent_is_not_begun(as_, village, books, many_requests):
    books.job(JobKind.SEND_PLAN, lines=[], minutes=60)
    rosa = as_(village.rosa)
    page = rosa.get("board/plan")
    chosen = dict(reversed(re.findall(r'name="(line-\d+)" value="(\w{8}:\w{8}:)"', page.html)))
    answer = rosa.submit(page, "Send", how_long="2 hours", **chosen)
    assert answer.status == 200
    assert "This is being done already, so nothing new was begun." in answer
    assert answer.form_with("Send").fields["how_long"] == ["2 hours"]
    assert books.count("job") == 1


def test_the_job_of_a_full_disk_says_what_to_do(as_, village, books, works, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_write_books", full)
    browser = as_(village.mary)
    page = exported(browser)
    works()
    assert "The server has no room left for the file." in browser.get(page.path)


def finished(books, kind=JobKind.SEND_PLAN, outcome=None, **wants):
    """A job that is done; gives its code as it is spoken."""
    code = books.job(kind, **wants)
    with books.backend.session() as session:
        claims.finish(session, claims.claim(session, NOW), NOW, outcome or {"asked": 0, "waiting": 0, "refused": []})
        session.commit()
    return code


def test_no_page_asks_more_for_more_jobs_and_more_refused_lines(app, as_, village, books):
    mary = as_(village.mary)
    members = [getattr(village, name).membership_id for name in ("ada", "grace", "linus", "clara", "tom")]
    refused = [["K7M3Q2XZ", member_id, "may_not_be_asked"] for member_id in members]
    one, five = (
        finished(books, outcome={"asked": 1, "waiting": 0, "refused": refused[:number]}, minutes=number)
        for number in (1, 5)
    )
    few = [len(_queries(app, mary, f"jobs/{one}")), len(_queries(app, mary, "jobs"))]
    for number in range(20):
        finished(books, minutes=100 + number)
    assert [len(_queries(app, mary, f"jobs/{five}")), len(_queries(app, mary, "jobs"))] == few
