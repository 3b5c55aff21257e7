"""A coordinator's audit: from 'Do the books balance?' down to the deed, and every oddity in its list."""

from datetime import timedelta

from tests.journeys.steps import ask_by_phone, press
from tests.people import TODAY
from tests.web.audit.sheets import cells
from timebank.codes import spoken


def test_from_a_figure_to_its_rows_to_an_entry_to_its_exchange(as_, village, books, works):
    books.confirmed(village.ada, village.grace, what="Roses", minutes=90)
    mary = as_(village.mary)
    page = press(mary, mary.get(), "Audit")
    assert page.title.startswith("Do the books balance?")
    job = mary.done(page, "Check now")
    works()
    work = press(mary, press(mary, mary.get(), "Desk"), "What the server does meanwhile")
    assert "everything is right" in press(mary, work, "Checking the books")
    page = press(mary, mary.get(job.path), "Audit")
    assert "Yes. The sum over all accounts is 0 min. There is 1 entry, with 1 line." in page
    rows = press(mary, page, "1 h 30 min")
    assert "1 exchange You chose" in rows
    assert "Hours moved 1 h 30 min" in rows
    entry = press(mary, mary.get("audit/entries"), "Help")
    assert "Who gave Ada Lamont Who received Grace Okafor How long 1 hour 30 minutes" in entry
    exchange = press(mary, entry, "Roses")
    assert "Ada Lamont recorded it" in exchange
    assert press(mary, exchange, "How it stands in the books").path == entry.path
    assert books.are_right()


def _by_one_broker(rosa, village, books):
    """Rosa writes down for both sides what both told her."""
    for member, told in ((village.ada, "Ada rang at 9"), (village.linus, "Linus rang at 10")):
        home = ask_by_phone(rosa, rosa.get(f"members/{spoken(member.code)}"))
        if member is village.linus:
            rosa.done(press(rosa, home, "Check and confirm"), evidence=told)
            continue
        page = rosa.done(press(rosa, home, "I gave help"), words="Linus")
        for typed in ({"what": "A lift"}, {"choice": "today"}, {"choice": "60"}, {"evidence": told}):
            page = rosa.done(page, **typed)


def test_whatever_is_out_of_the_ordinary_is_found_in_its_list(as_, village, books, works):
    rosa, mary, tom = as_(village.rosa), as_(village.mary), as_(village.tom)
    books.confirmed(village.ada, village.grace, what="Roses", minutes=45, day=TODAY - timedelta(days=50))
    _by_one_broker(rosa, village, books)
    page = rosa.get(f"members/{spoken(village.grace.code)}/limit")
    rosa.done(page, "Change the limit", below="25 hours", reason="Back from hospital", until="31 March 2027")
    page = press(mary, press(mary, mary.get(), "Exchanges"), "Roses")
    mary.done(press(mary, page, "Take this back"), reason="It is the same bed twice")
    tom.done(press(tom, press(tom, tom.get("desk"), "Desk"), "Roses"), "Approve")

    mary.done(press(mary, mary.get(), "Audit"), "Check now")
    works()
    page = press(mary, mary.get(), "Audit")
    assert "Yes." in page
    assert "Reversals done 1" in page
    assert "Lower limits for a time 1" in page
    assert "One broker for both sides 1" in page
    assert "Written in a later month 1" in page
    told = {
        "late-entries": ("Roses",),
        "reversals?shows=answered": ("Roses", "It is the same bed twice", "Approved by Tom Ferrier"),
        "overrides": ("Grace Okafor", "Back from hospital", "Rosa Lindsay"),
        "one-broker": ("A lift", "Ada rang at 9", "Linus rang at 10"),
    }
    for path, said in told.items():
        found = mary.get(f"audit/{path}")
        assert [one for one in said if one not in found] == [], path
    assert (books.balance(village.ada), books.balance(village.grace), books.balance(village.linus)) == (60, 0, -60)
    assert books.are_right()


def test_the_spreadsheet_of_exchanges_comes_to_what_the_page_says(as_, village, books):
    for minutes in (15, 30, 45):
        books.confirmed(village.ada, village.grace, what="Roses", minutes=minutes)
    books.recorded(village.linus, village.grace, what="A lift", minutes=60)
    books.approved(books.reversal(books.confirmed(village.ada, village.linus), by=village.mary), by=village.tom)
    mary = as_(village.mary)
    page = mary.get("audit/exchanges")
    assert "5 exchanges Hours moved 1 h 30 min Hours that wait 1 h Hours taken back 1 h" in page
    heads, *rows = cells(mary.get(page.links["Save as a spreadsheet"]))
    state, minutes = heads.index("State"), heads.index("Minutes")
    sums = {}
    for row in rows:
        sums[row[state]] = sums.get(row[state], 0) + int(row[minutes])
    assert sorted(sums.values()) == [60, 60, 90]
    assert len(rows) == 5
    for row in rows:
        assert row[heads.index("Reference")] in page
    assert books.are_right()
