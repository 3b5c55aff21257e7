"""Months: figures by the day of posting, signed by one and confirmed by another, and marked where an entry is late."""

from datetime import UTC, date, datetime

import pytest

from tests.web.audit.sheets import cells
from tests.web.statement.lines import read_lines

DECEMBER_3 = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
SAID = "Looked at every late entry"


@pytest.fixture
def november(clock, as_, village, books):
    """Help in November, also some that was written down in December; it is the third of December."""
    books.confirmed(village.ada, village.grace, minutes=90)
    books.confirmed(village.ada, village.grace, minutes=45, now=DECEMBER_3, day=date(2026, 11, 28), what="Hedge")
    browsers = {name: as_(getattr(village, name)) for name in ("mary", "tom", "clara", "audrey", "ada", "rosa")}
    clock.move_to(DECEMBER_3)
    return browsers


def _sign(browser, words=SAID):
    return browser.done(browser.get("audit/months/2026-11/signature"), words=words)


def test_months_are_listed_with_their_figures(november):
    page = november["audrey"].get("audit/months")
    assert "November 2026 to be signed 1 entry Hours moved 1 h 30 min Sum 0 min" in page
    assert "December 2026 not over yet 1 entry, 1 of them late Hours moved 45 min Sum 0 min" in page
    assert page.words.index("December 2026") < page.words.index("November 2026")


def test_a_month_shows_every_figure(november):
    page = november["audrey"].get("audit/months/2026-11")
    for words in (
        "Entries 1",
        "Hours moved 1 h 30 min",
        "Help given by people and groups 1 h 30 min",
        "Help: hours 1 h 30 min",
        "All that were above zero 1 h 30 min",
        "All that were below zero \u22121 h 30 min",
        "The sum of all accounts 0 min",
        "Nobody yet. A coordinator signs it first.",
        "By the day it was written down, Europe/London",
    ):
        assert words in page, words
    assert not page.has_button("Sign this month")


def test_a_month_is_signed_by_one_and_confirmed_by_another(november, village, books):
    mary, tom = november["mary"], november["tom"]
    page = mary.get(mary.get("audit/months/2026-11").links["Sign this month"])
    assert "Hours moved 1 h 30 min" in page
    page = mary.done(page, words=SAID)
    assert "Who signed it waits Signed by Mary Duncan" in page
    assert f"In these words {SAID}" in page
    assert not page.has_button("Confirm these figures")
    desk = tom.get("desk")
    page = tom.get(desk.links["November 2026"])
    assert "Reckoned anew just now, the books come to the same figures." in page
    page = tom.done(page, "Confirm these figures")
    for words in ("signed off", "Signed by Mary Duncan", "Confirmed by Tom Ferrier", "On record since 3 Dec, 09:00"):
        assert words in page
    assert "November 2026" not in tom.get("desk").links
    rows = books.ask("SELECT recorded_by, approved_by FROM closing")
    assert [tuple(row) for row in rows] == [(village.mary.membership_id, village.tom.membership_id)]
    assert "Months signed off 1" in november["audrey"].get("audit")
    assert books.are_right()


def test_nobody_confirms_their_own(november, books):
    mary = november["mary"]
    page = _sign(mary)
    assert not page.has_button("Turn it down")
    assert "November 2026" not in mary.get("desk").links
    assert "You cannot do this." in mary.follow(mary.post("audit/months/2026-11/confirmation"))
    assert "You cannot do this." in mary.post("audit/months/2026-11/refusal", reason="No")
    assert books.count("closing") == 0


def test_signing_and_confirming_twice_is_done_once(november, books):
    mary, tom, clara = november["mary"], november["tom"], november["clara"]
    page = mary.get("audit/months/2026-11/signature")
    other = clara.get("audit/months/2026-11/signature")
    assert mary.submit(page, words=SAID).to == mary.submit(page, words=SAID).to
    assert "This month is signed already." in clara.submit(other, words="I too")
    page = tom.get("audit/months/2026-11")
    tom.done(page, "Confirm these figures")
    tom.done(page, "Confirm these figures")
    assert "Somebody answered this a moment ago." in clara.follow(clara.post("audit/months/2026-11/confirmation"))
    assert mary.get("audit/months/2026-11/signature").to == "/angus/audit/months/2026-11"
    assert (books.count("sign_off"), books.count("closing")) == (1, 1)


def test_a_signature_needs_words(november, books):
    mary = november["mary"]
    for words in ("", " "):
        page = mary.submit(mary.get("audit/months/2026-11/signature"), words=words)
        assert "Say in a few words what you looked at." in page
    page = mary.submit(page, words="w" * 2001)
    assert page.form.fields["words"] == ["w" * 2001]
    assert books.count("sign_off") == 0


def test_a_month_that_is_not_over_is_not_signed(november, books):
    mary = november["mary"]
    assert mary.get("audit/months/2026-12/signature").to == "/angus/audit/months/2026-12"
    assert "This month is not over yet." in mary.post("audit/months/2026-12/signature", words=SAID, form_key="k")
    assert books.count("sign_off") == 0


def test_figures_that_differ_are_named_and_cannot_be_confirmed(november, clock, village, books):
    mary, tom = november["mary"], november["tom"]
    _sign(mary)
    seen = tom.get("audit/months/2026-11")
    # A server whose clock was turned back writes into a month that is over.
    books.confirmed(village.grace, village.ada, minutes=15)
    late = tom.done(seen, "Confirm these figures")
    assert "The figures are not what was signed, so they cannot be confirmed." in late
    assert "entries: signed as 1, now 2" in late
    assert "Figures as they were signed" in late
    assert not late.has_button("Confirm these figures")
    page = tom.done(tom.get(late.links["Turn it down"]), reason="Something came in")
    assert "Tom Ferrier turned down what Mary Duncan had signed: “Something came in”" in page
    _sign(mary)
    tom.done(tom.get("audit/months/2026-11"), "Confirm these figures")
    assert books.count("closing") == 1


def test_turning_a_month_down_needs_a_reason(november, books):
    mary, tom = november["mary"], november["tom"]
    _sign(mary)
    page = tom.submit(tom.get("audit/months/2026-11/refusal"), reason=" ")
    assert "Say why. Who asked for it will read this." in page
    assert books.ask("SELECT closed_at FROM sign_off")[0].closed_at is None


def test_who_signed_takes_the_signature_back(november, books):
    mary = november["mary"]
    page = mary.done(_sign(mary), "Take my signature back")
    assert "Mary Duncan took a signature back." in page
    assert page.has_button("Sign this month")


def test_the_figures_save_as_a_spreadsheet_and_stay_those_that_were_signed(november, village, books):
    mary, tom = november["mary"], november["tom"]
    _sign(mary)
    tom.done(tom.get("audit/months/2026-11"), "Confirm these figures")
    rows = cells(november["audrey"].get("audit/months/2026-11/figures.csv"))
    assert rows[0] == ["Figure", "What it is", "Number or minutes", "Hours"]
    found = {row[0]: row[2] for row in rows[1:]}
    assert (found["month"], found["time_zone"]) == ("2026-11", "Europe/London")
    assert (found["entries"], found["minutes"], found["kinds.exchange.minutes"]) == ("1", "90", "90")
    assert (found["below"], found["total"]) == ("-90", "0")


@pytest.mark.parametrize("month", ["2026-10", "2027-01", "2026-13", "2026-1", "1999-01", "nonsense"])
def test_a_month_that_the_bank_has_not_seen_is_not_there(month, november):
    mary = november["mary"]
    for page in ("", "/figures.csv", "/signature", "/refusal"):
        assert mary.get(f"audit/months/{month}{page}").status == 404
    assert november["tom"].post(f"audit/months/{month}/confirmation").status == 404


def test_members_and_strangers_do_not_read_months(november, as_, village):
    for name in ("ada", "rosa"):
        assert november[name].get("audit/months").status == 403
        assert november[name].get("audit/months/2026-11").status == 403
    assert as_(None).get("audit/months").to.startswith("/angus/sign-in?next=")
    assert november["audrey"].post("audit/months/2026-11/confirmation").status == 403
    assert november["tom"].get("audit/months/2026-11/signature").status == 403


def test_a_late_entry_is_marked_wherever_it_stands(november, village):
    """On the member's own statement, in the audit's lists, on the entry's page and in spreadsheets."""
    page = november["ada"].get("hours")
    assert ["late for November" in line.words for line in read_lines(page)] == [True, False]
    assert [row[-1] for row in cells(november["ada"].get("hours.csv"))] == ["Late for", "", "2026-11"]
    audrey = november["audrey"]
    listed = audrey.get("audit/entries")
    assert listed.words.count("late for November") == 1
    assert "late for November" in audrey.get("audit/late-entries")
    sheet = cells(audrey.get("audit/entries.csv"))
    assert [(row[0], row[-1]) for row in sheet[1:]] == [("2026-11-28", "2026-11"), ("2026-11-21", "")]
    page = audrey.get("audit/late-entries")
    assert "late for November" in audrey.get(page.links["Help"])


def test_a_late_entry_of_another_year_says_which(clock, as_, village, books):
    january = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
    books.confirmed(village.ada, village.grace, now=january, day=date(2026, 12, 30))
    ada = as_(village.ada)
    clock.move_to(january)
    assert "late for December 2026" in ada.get("hours")
