"""Do the books balance? Yes or no, and every figure leads to its rows."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY
from timebank.audit.actions import AskedFrom, store
from timebank.audit.checks import ALL_CHECKS
from timebank.ledger.checks import CheckResult, Finding
from timebank.web.check_words import check_words

READERS = ("mary", "tom", "audrey")


def keep(books, *results, seconds=0, now=NOW):
    with books.backend.session() as session:
        store(session, results, asked_from=AskedFrom.COMMAND, seconds=seconds, now=now)
        session.commit()


@pytest.mark.parametrize("name", READERS)
def test_before_the_first_check_it_says_neither_yes_nor_no(name, as_, village):
    page = as_(getattr(village, name)).get("audit")
    assert page.title.startswith("Do the books balance?")
    assert "Nobody has checked yet." in page
    assert "The sum over all accounts is 0 min." in page
    assert "Yes." not in page
    assert "No." not in page


@pytest.mark.parametrize("name", READERS)
def test_checking_now_says_yes_and_by_what_and_how_many_rows(name, as_, village, books, works):
    books.confirmed(village.ada, village.grace, minutes=90)
    browser = as_(getattr(village, name))
    job = browser.done(browser.get("audit"), "Check now")
    assert "Being checked now" in browser.get("audit")
    assert works()["done"] == 1
    assert "The books were checked, and everything is right." in browser.get(job.path)
    page = browser.get("audit")
    assert "Yes. The sum over all accounts is 0 min. There is 1 entry, with 1 line." in page
    assert "Last checked: 21 Nov, 10:00, by the button on this page." in page
    assert "All accounts together come to nothing 11 accounts right" in page
    assert books.ask("SELECT deed FROM trail WHERE subject = 'books'") == [("books.checked",)]
    assert books.are_right()


def test_the_same_form_sent_twice_is_one_job_and_kept_once(as_, village, books, works):
    browser = as_(village.mary)
    page = browser.get("audit")
    jobs = [browser.submit(page, "Check now").to for _twice in range(2)]
    assert jobs[0] == jobs[1]
    works()
    assert browser.submit(page, "Check now").to == jobs[0]
    works()
    assert books.count("books_check") == 1


def test_what_is_wrong_is_named_with_its_number_and_without_its_rows(as_, village, books):
    finding = Finding("account", "bank 7", "the balances sum to 1 minutes")
    keep(books, CheckResult("sum_is_zero", 1234, "accounts", (finding,), 5), seconds=41)
    page = as_(village.mary).get("audit")
    assert "No. The sum over all accounts" in page
    assert "All accounts together come to nothing 1,234 accounts 5 rows are wrong" in page
    assert "bank 7" not in page.html
    assert "by the command check-books." in page
    assert "Last time it took 41 seconds." in page


def test_the_newest_check_answers_and_older_ones_are_history(as_, village, books):
    wrong = CheckResult("sum_is_zero", 1, "accounts", (Finding("a", "b", "c"),), 1)
    keep(books, wrong, now=NOW - timedelta(days=1))
    keep(books, CheckResult("sum_is_zero", 1, "accounts"))
    page = as_(village.mary).get("audit")
    assert "Yes." in page
    assert page.words.index("right 21 Nov, 10:00") < page.words.index("wrong 20 Nov, 10:00")


def test_every_figure_opens_rows_that_come_to_it(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=90)
    books.confirmed(village.ada, village.linus, minutes=45, day=TODAY - timedelta(days=60))
    books.recorded(village.grace, village.ada, minutes=30)
    books.disputed(village.grace, village.linus, minutes=15)
    browser = as_(village.audrey)
    page = browser.get("audit")
    # (what it says before its figure, the figure, what the page says that it opens)
    for label, figure, opened in (
        ("Given and received this month", "1 h 30 min", "1 exchange"),
        ("In the last 12 months", "2 h 15 min", "2 exchanges"),
        ("Exchanges: confirmed", "2", "2 exchanges"),
        ("Hours that wait for the other side", "45 min", "2 exchanges"),
        ("Seen differently", "1", "1 exchange"),
        ("Active members", "6", "6 accounts"),
        ("Those above zero", "2 h 15 min", "1 account, together 2 h 15 min"),
        ("Those below zero", "\u22122 h 15 min", "2 accounts, together \u22122 h 15 min"),
    ):
        assert f"{label} {figure}" in page, label
        href = page.html.partition(label)[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        assert opened in browser.get(href), label


def test_a_bank_counts_its_own_rows_only(as_, village, books):
    books.confirmed(village.ada, village.grace)
    assert as_(village.perdita).get("/angus/audit").status == 404
    assert as_(village.perdita).get("/perth/audit").status == 403


@pytest.mark.parametrize("name", ["ada", "rosa"])
def test_members_and_brokers_are_not_offered_the_audit(name, as_, village):
    browser = as_(getattr(village, name))
    assert "Audit" not in browser.get("exchanges").links
    assert browser.get("audit").status == 403


@pytest.mark.parametrize("name", READERS)
def test_those_who_audit_have_it_in_their_menu(name, as_, village):
    assert as_(getattr(village, name)).get("exchanges").links["Audit"] == "/angus/audit"


def test_every_check_is_called_by_words_and_not_by_its_name(app):
    with app.test_request_context():
        bare = [check.__name__ for check in ALL_CHECKS if check_words(check.__name__) == plain(check.__name__)]
    assert bare == []


def plain(name):
    return name.replace("_", " ")
