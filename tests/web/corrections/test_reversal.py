"""Lines of any entry that is no exchange are taken back from the entry's page."""

import pytest

from tests.people import NOW, TODAY
from tests.web.statement.lines import read_lines
from timebank.actors import Unattended
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.queries import get_account_of_kind
from timebank.codes import spoken
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line
from timebank.references import DeedName, Ref, Subject
from timebank.trail import actions as trail


@pytest.fixture
def gift(backend, village, books):
    """The pot gave an hour to Ada and half an hour to Grace, in one entry."""
    with backend.session() as session:
        pot = get_account_of_kind(session, village.angus.id, AccountKind.POT)
        lines = (Line(pot, village.ada.account_id, 60), Line(pot, village.grace.account_id, 30))
        entry = bookkeeping.NewEntry(
            village.angus.id,
            "gift:K7M3Q2XZ",
            EntryKind.GIFT,
            lines,
            TODAY,
            NOW,
            village.clara.membership_id,
            "gift",
            words="For the fair",
        )
        administrator = Unattended(entry.bank_id, NOW, entry.recorded_by)
        trail.begin(session, administrator, DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
        bookkeeping.post(session, entry)
        session.commit()
    return "entries/gift/K7M3-Q2XZ"


def test_one_line_is_ticked_checked_and_taken_back_by_a_second_person(as_, village, books, gift):
    mary, tom = as_(village.mary), as_(village.tom)
    page = mary.get(mary.get(gift).links["Take this back"])
    assert "Community pot to Ada Lamont, 1 hour" in page
    assert page.form.choices["lines"] == ["1", "2"]
    assert "lines" not in page.form.fields
    page = mary.submit(page, lines=["2"], reason="She was not there")
    assert "Grace Okafor now: 30 minutes to use; then: No hours either way" in page
    assert "Ada Lamont" not in page
    page = mary.done(page, "Yes, ask for this")
    assert "30 minutes from Grace Okafor to Community pot" in page
    assert (books.balance(village.grace), books.count("entry")) == (30, 1)
    page = tom.done(tom.get(page.path), "Approve")
    assert (books.balance(village.ada), books.balance(village.grace)) == (60, 0)
    page = tom.get(page.links["In the books"])
    for words in ("Taken back: Gift", "She was not there", "Asked by Mary Duncan", "Approved by Tom Ferrier"):
        assert words in page
    assert books.are_right()


def test_the_member_sees_it_as_a_line_of_its_own(as_, village, books, gift):
    mary, tom = as_(village.mary), as_(village.tom)
    page = mary.submit(mary.get(f"{gift}/reversal"), lines=["2"], reason="She was not there")
    page = mary.done(page, "Yes, ask for this")
    tom.done(tom.get(page.path), "Approve")
    page = as_(village.grace).get("hours")
    assert [(line.words, line.minutes) for line in read_lines(page)] == [
        ("Taken back: She was not there", -30),
        ("For the fair taken back later", 30),
    ]


def test_lines_taken_back_already_cannot_be_ticked(as_, village, books, gift):
    mary, tom = as_(village.mary), as_(village.tom)
    page = mary.done(mary.submit(mary.get(f"{gift}/reversal"), lines=["2"], reason="No"), "Yes, ask for this")
    stands = mary.submit(mary.get(f"{gift}/reversal"), lines=["1", "2"], reason="Both")
    assert "One of these lines waits to be taken back already." in mary.submit(stands, "Yes, ask for this")
    tom.done(tom.get(page.path), "Approve")
    page = mary.get(f"{gift}/reversal")
    assert page.form.choices["lines"] == ["1"]
    assert page.form.fields["lines"] == ["1"]
    page = mary.done(mary.submit(page, reason="Nobody was there"), "Yes, ask for this")
    tom.done(tom.get(page.path), "Approve")
    assert mary.get(f"{gift}/reversal").to == f"/angus/{gift}"
    assert not mary.get(gift).has_button("Take this back")
    assert books.balance(village.ada) == 0


def test_without_a_line_or_a_reason_it_is_asked_again(as_, village, books, gift):
    mary = as_(village.mary)
    page = mary.submit(mary.get(f"{gift}/reversal"), reason="Why not")
    assert "Tick at least one line." in page
    assert page.form.fields["reason"] == ["Why not"]
    page = mary.submit(page, lines=["1"], reason="")
    assert "Say why. Everybody it is about will read it." in page
    assert page.form.fields["lines"] == ["1"]
    assert "Tick at least one line." in mary.submit(page, lines=["7"], reason="No such line")
    assert books.count("correction") == 0


def test_change_it_keeps_the_ticks(as_, village, gift):
    mary = as_(village.mary)
    page = mary.submit(mary.get(f"{gift}/reversal"), lines=["1", "2"], reason="Nobody came")
    page = mary.submit(page, "Change it")
    assert sorted(page.form.fields["lines"]) == ["1", "2"]
    assert page.form.fields["reason"] == ["Nobody came"]


def test_sent_twice_it_waits_once(as_, village, books, gift):
    mary = as_(village.mary)
    page = mary.submit(mary.get(f"{gift}/reversal"), lines=["1"], reason="Twice")
    assert mary.submit(page, "Yes, ask for this").to == mary.submit(page, "Yes, ask for this").to
    assert books.count("correction") == 1


def test_an_exchange_is_taken_back_on_its_own_page(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    mary = as_(village.mary)
    assert mary.get(f"entries/exchange/{code}/reversal").to == f"/angus/exchanges/{code}/reversal"
    page = mary.get(f"entries/exchange/{code}")
    assert mary.follow(mary.get(page.links["Take this back"])).path == f"/angus/exchanges/{code}/reversal"


def test_a_reversal_is_not_taken_back(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    reversal = books.reversal(code, by=village.mary)
    books.approved(reversal, by=village.tom)
    assert not as_(village.mary).get(f"entries/reversal/{reversal}").has_button("Take this back")
    assert not as_(village.mary).get(f"entries/exchange/{code}").has_button("Take this back")


def test_an_adjustment_is_taken_back_like_any_other(as_, village, books):
    code = books.adjusted(village.ada, village.grace)
    mary, tom = as_(village.mary), as_(village.tom)
    page = mary.get(mary.get(f"entries/adjustment/{code}").links["Take this back"])
    page = mary.done(mary.submit(page, reason="It was right before"), "Yes, ask for this")
    tom.done(tom.get(page.path), "Approve")
    assert (books.balance(village.ada), books.balance(village.grace)) == (0, 0)
    assert "Taken back later" in mary.get(f"entries/adjustment/{code}")
    assert books.are_right()


@pytest.mark.parametrize("key", ["7", "Slip 12, page 3", "K7M3-Q2XZ", "Blatt ä"])
def test_what_older_books_brought_in_has_a_page_and_is_taken_back_there(key, as_, village, books):
    books.brought_in(village, f'"{key}",2024-05-03,{village.grace.number},{village.ada.number},1,exchange,Hedge')
    mary, tom = as_(village.mary), as_(village.tom)
    page = mary.get(mary.get("audit/entries").links["Help"])
    assert page.status == 200
    assert f"Reference {key}" in page
    page = mary.get(page.links["Take this back"])
    page = mary.done(mary.submit(page, reason="Not theirs"), "Yes, ask for this")
    assert key in page
    tom.done(tom.get(page.path), "Approve")
    assert (books.balance(village.ada), books.balance(village.grace)) == (0, 0)
    assert books.are_right()


def test_nobody_else_takes_lines_back(as_, village, books, gift):
    for name in ("ada", "rosa", "tom", "audrey"):
        browser = as_(getattr(village, name))
        assert browser.get(f"{gift}/reversal").status == 403
        assert browser.post(f"{gift}/reversal", lines="1", reason="No", checked="yes").status == 403
    assert not as_(village.tom).get(gift).has_button("Take this back")
    assert as_(None).get(f"{gift}/reversal").to.startswith("/angus/sign-in?next=")
    assert as_(village.perdita).get(f"/angus/{gift}/reversal").status == 404
    assert as_(village.mary).get("entries/gift/AAAA-AAAA/reversal").status == 404
    assert books.count("correction") == 0


def test_hours_that_were_left_and_taken_back_are_marked_once(as_, village, books):
    books.confirmed(village.grace, village.linus, minutes=90)
    books.leaves(village.grace, to=village.ada)
    mary, tom = as_(village.mary), as_(village.tom)
    key = books.ask("SELECT key FROM entry WHERE kind = 'leaving'")[0].key
    code = spoken(key.split(":")[1])
    page = mary.submit(mary.get(f"entries/leaving/{code}/reversal"), lines=["1"], reason="She meant Clara")
    page = mary.done(page, "Yes, ask for this")
    tom.done(tom.get(page.path), "Approve")
    assert [line.words for line in read_lines(as_(village.ada).get("hours"))] == [
        "Taken back: She meant Clara",
        "Left by Grace Okafor, who left the time bank taken back later",
    ]
