from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.people import NOW
from tests.web.statement.lines import read_lines, read_totals
from timebank.codes import spoken

OCTOBER = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def _busy(books):
    """Two months of giving and receiving, with one line taken back."""
    village = books.village
    books.confirmed(village.ada, village.grace, now=OCTOBER, what="Gardening", minutes=90)
    books.confirmed(village.grace, village.ada, now=OCTOBER + timedelta(days=1), what="A letter read", minutes=45)
    taken_back = books.confirmed(village.ada, village.grace, now=NOW - timedelta(days=9), what="Dog walk", minutes=30)
    books.confirmed(village.linus, village.grace, now=NOW - timedelta(days=2), what="Lamp mended", minutes=60)
    books.approved(books.reversal(taken_back, by=village.mary, reason="It was another day"), by=village.tom)
    return taken_back


def test_given_less_received_and_the_rest_make_the_balance_on_the_page(as_, village, books):
    _busy(books)
    for actor in (village.ada, village.grace, village.linus):
        page = as_(actor).get("hours")
        totals, account = read_totals(page), books.account(actor)
        total = totals["Given"] - totals["Received"] + totals["Welcome hours and other"]
        assert total == account.balance
        assert (totals["Given"], totals["Received"]) == (account.given, account.received)
        assert read_lines(page)[0].balance == account.balance
    assert books.are_right()


def test_welcome_hours_stand_apart_and_the_sum_still_holds(as_, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).welcome_minutes = 120
        session.commit()
    mary = as_(village.mary)  # Rosa took the steps before
    mary.done(mary.get(f"applications/{books.application('Sam Reid', steps=4)}"), "Take in")
    sam = books.member_called("Sam Reid")
    books.confirmed(sam, village.grace, minutes=45)
    page = as_(sam).get("hours")
    assert read_totals(page) == {"Given": 45, "Received": 0, "Welcome hours and other": 120}
    assert "2 hours 45 minutes to use" in page
    assert [line.balance for line in read_lines(page)] == [165, 120]
    assert "Welcome hours from the community pot" in page
    assert books.balance(sam) == 165
    assert books.are_right()


def test_each_line_says_the_balance_after_it(as_, village, books):
    _busy(books)
    lines = read_lines(as_(village.grace).get("hours"))
    assert [line.minutes for line in lines] == [30, -60, -30, 45, -90]
    assert [line.balance for line in lines] == [-105, -135, -75, -45, -90]
    for newer, older in pairwise(lines):
        assert newer.balance - newer.minutes == older.balance


@pytest.mark.parametrize("shows", ["everything", "given", "received", "nonsense"])
@pytest.mark.parametrize("month", ["", "2026-10", "2026-11", "2025-01", "nonsense"])
def test_the_running_balance_is_the_same_under_every_filter(shows, month, as_, village, books):
    _busy(books)
    browser = as_(village.grace)
    whole = set(read_lines(browser.get("hours")))
    shown = read_lines(browser.get(f"hours?shows={shows}&month={month}"))
    assert set(shown) <= whole
    expected = {line for line in whole if (month not in {"2026-10", "2026-11"}) or (line.day[-3:] == _name(month))}
    if month == "2025-01":
        expected = set()
    if shows == "given":
        expected = {line for line in expected if "Help given" in line.words}
    if shows == "received":
        expected = {line for line in expected if "Help received" in line.words or "Taken back" in line.words}
    assert set(shown) == expected


def _name(month):
    return {"2026-10": "Oct", "2026-11": "Nov"}[month]


def test_every_page_of_a_long_statement_goes_on_from_the_one_before(as_, village, books):
    for number in range(60):
        books.confirmed(village.ada, village.grace, what=f"Walk {number}", minutes=15)
    browser = as_(village.ada)
    page = browser.get("hours")
    lines = read_lines(page)
    assert "Newer lines" not in page.links
    sizes = [len(lines)]
    while "Older lines" in page.links:
        page = browser.get(page.links["Older lines"])
        sizes.append(len(read_lines(page)))
        lines += read_lines(page)
    assert sizes == [25, 25, 10]
    assert [line.balance for line in lines] == list(range(900, 0, -15))
    assert read_lines(browser.get(page.links["Newer lines"])) == lines[25:50]


def test_what_waits_stands_apart_and_is_not_in_the_balance(as_, village, books):
    books.confirmed(village.ada, village.grace, minutes=60)
    books.recorded(village.ada, village.grace, what="Hedge cutting", minutes=120)
    books.disputed(village.linus, village.grace, what="Lamp mended", minutes=45)
    books.propose(village.ada, village.grace, what="Not agreed yet")
    page = as_(village.grace).get("hours")
    waiting, _lines, rest = page.words.partition("Every line")
    assert "Waiting, not in the balance yet" in waiting
    assert "Help received from Ada Lamont: Hedge cutting waiting \u2212 2 h" in waiting
    assert "Help received from Linus Baxter: Lamp mended being looked at \u2212 45 min" in waiting
    assert "Not agreed yet" not in page
    assert "Hedge cutting" not in rest
    assert read_lines(page)[0].balance == -60 == books.balance(village.grace)


def test_a_correction_is_a_new_line_that_leads_to_what_it_took_back(as_, village, books):
    code = _busy(books)
    page = as_(village.ada).get("hours")
    newest = read_lines(page)[0]
    assert newest.words.startswith("Taken back")
    assert newest.minutes == -30
    assert page.links["Taken back"] == f"/angus/exchanges/{code}"
    assert "Help given to Grace Okafor: Dog walk taken back later" in page
    assert books.count("entry") == 5


def test_a_statement_without_lines_says_why_and_offers_the_next_step(as_, village):
    page = as_(village.linus).get("hours")
    assert "No hours have moved yet. They show here once help is confirmed." in page
    assert page.links["I gave help"] == "/angus/help/record/giver"
    assert "Save as a spreadsheet" not in page.links


def test_a_filter_that_leaves_nothing_says_so_and_offers_everything(as_, village, books):
    books.confirmed(village.ada, village.grace)
    page = as_(village.ada).get("hours?shows=received")
    assert "Nothing fits this choice." in page
    assert page.links["Show everything"] == "/angus/hours"


def test_the_months_offered_are_those_in_which_something_was_written_down(as_, village, books):
    _busy(books)
    page = as_(village.grace).get("hours")
    form = next(form for form in page.forms if "month" in form.names)
    assert form.choices["month"] == ["", "2026-11", "2026-10"]
    assert form.choices["shows"] == ["everything", "given", "received"]


@pytest.mark.parametrize("name", ["rosa", "mary", "tom", "audrey"])
def test_who_looks_after_the_bank_reads_a_members_statement(name, as_, village, books):
    _busy(books)
    page = as_(getattr(village, name)).get(f"members/{spoken(village.grace.code)}/hours")
    assert "The hours of Grace Okafor" in page.title
    assert [line.balance for line in read_lines(page)] == [-105, -135, -75, -45, -90]
    assert "Your hours" not in page


def test_a_neighbour_does_not_read_anothers_statement(as_, village, books):
    _busy(books)
    for path in ("hours", "hours.csv"):
        answer = as_(village.ada).get(f"members/{spoken(village.grace.code)}/{path}")
        assert answer.status == 403
        assert "Lamp mended" not in answer.html


def test_a_stranger_to_the_bank_is_told_there_is_no_such_statement(as_, village):
    assert as_(village.perdita).get(f"/angus/members/{spoken(village.grace.code)}/hours").status == 404


def test_a_member_who_is_not_there_has_no_statement(as_, village):
    assert as_(village.rosa).get("members/AAAA-AAAA/hours").status == 404
    assert as_(village.rosa).get("members/AAAA-AAAA/hours.csv").status == 404


def test_what_was_brought_in_from_older_books_stands_with_its_day_and_no_page_of_its_own(as_, village, books):
    books.brought_in(
        village, "A/7?,2019-05-30,Grace Okafor,Ada Lamont,1.5,exchange,Hedge\n8,2019-01-01,,Ada Lamont,2,opening,"
    )
    page = as_(village.ada).get("hours")
    given = next(line for line in page.html.split("<tr") if "Hedge" in line)
    assert "Help given to <bdi>Grace Okafor</bdi>" in given
    assert "<a " not in given
    assert "Balance after it: 3 h 30 min" in page
    assert "Balance brought in" in page
    assert books.balance(village.ada) == 210
    assert read_totals(page)["Given"] == 90
    assert books.are_right()


def test_what_was_brought_in_opens_in_the_audit(as_, village, books):
    books.brought_in(village, "A/7?,2019-05-30,Grace Okafor,Ada Lamont,1.5,exchange,Hedge")
    mary = as_(village.mary)
    for place in ("audit/entries", "audit/balances", "hours"):
        assert mary.get(place).status == 200
