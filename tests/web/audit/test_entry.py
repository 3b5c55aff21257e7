"""The page of an entry: the whole story, and no more of it than its reader may know."""

import pytest

from tests.people import NOW, join
from timebank.actors import How
from timebank.codes import spoken
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import Deed


def test_the_page_tells_who_gave_how_long_when_and_what_it_left(as_, village, books):
    code = books.confirmed(village.ada, village.grace, minutes=90, what="Roses")
    page = as_(village.audrey).get(f"entries/exchange/{code}")
    assert page.status == 200
    assert "Who gave Ada Lamont Who received Grace Okafor How long 1 hour 30 minutes (90 minutes) What Roses" in page
    assert "When it happened Today, Saturday 21 November Written in the books 21 Nov, 10:00, Grace Okafor" in page
    assert "Grace Okafor \u2212 1 h 30 min Balance after it: \u22121 h 30 min" in page
    assert "Ada Lamont + 1 h 30 min Balance after it: 1 h 30 min" in page
    assert "Ada Lamont recorded it" in page
    assert "Grace Okafor confirmed it" in page
    assert page.links["Roses"] == f"/angus/exchanges/{code}"
    assert page.links["Ada Lamont"] == f"/angus/members/{spoken(village.ada.code)}/hours"


def test_help_and_what_took_it_back_lead_to_each_other(as_, village, books):
    code = books.confirmed(village.ada, village.grace, minutes=90)
    reversal = books.reversal(code, by=village.mary, reason="It was another day")
    books.approved(reversal, by=village.tom)
    audrey = as_(village.audrey)
    page = audrey.get(f"entries/exchange/{code}")
    assert page.links[reversal] == f"/angus/entries/reversal/{reversal}"
    back = audrey.get(page.links[reversal])
    assert back.title.startswith("Taken back: Help")
    assert "Why It was another day" in back
    assert "Asked by Mary Duncan, 21 Nov, 10:00 Approved by Tom Ferrier" in back
    assert back.links[code] == f"/angus/entries/exchange/{code}"
    assert back.links["The page of the reversal"] == f"/angus/reversals/{reversal}"


def test_who_acted_for_whom_is_shown_with_the_evidence(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    with books.backend.session() as session:
        exchange = session.get_one(Exchange, (village.angus.id, books.exchange(code).id))
        session.add(
            ExchangeStep(
                bank_id=village.angus.id,
                exchange_id=exchange.id,
                number=3,
                deed=Deed.CONFIRM,
                done_by=village.rosa.membership_id,
                done_at=NOW,
                on_behalf_of=village.grace.membership_id,
                how=How.PHONE,
                evidence="Rang at 9:40",
            )
        )
        session.commit()
    page = as_(village.audrey).get(f"entries/exchange/{code}")
    assert "Rosa Lindsay confirmed it for Grace Okafor, by phone" in page
    assert "To show for it: Rang at 9:40" in page


@pytest.mark.parametrize(("name", "reads"), [("mary", True), ("tom", True), ("audrey", False)])
def test_words_of_a_dispute_are_not_for_the_auditor(name, reads, as_, village, books):
    code = books.disputed(village.ada, village.grace, minutes=60, says=30)
    ada = as_(village.ada)
    ada.done(ada.get(f"exchanges/{code}/agreement"), "Yes, I agree")
    page = as_(getattr(village, name)).get(f"entries/exchange/{code}")
    assert ("It was shorter" in page) is reads
    assert "said that it is not right: 30 minutes" in page


def test_welcome_hours_lead_to_the_pot(as_, village, books):
    with books.backend.session() as session:
        bank = session.merge(village.angus)
        bank.welcome_minutes = 120
        wilma = join(session, bank, "Wilma Rae", by=village.rosa)
        session.commit()
    audrey = as_(village.audrey)
    page = audrey.get(f"entries/welcome/{spoken(wilma.code)}")
    assert "To Wilma Rae From Community pot How long 2 hours (120 minutes)" in page
    assert "Rosa Lindsay took the member in" in page
    pot = audrey.get(page.links["Community pot"])
    assert "2 hours below zero" in pot
    assert "Welcome hours with Wilma Rae" in pot
    assert pot.links["Welcome hours"] == f"/angus/entries/welcome/{spoken(wilma.code)}"


@pytest.mark.parametrize("path", ["exchange/AAAA-AAAA", "reversal/AAAA-AAAA", "nonsense/AAAA-AAAA", "exchange/AAAA"])
def test_what_is_not_in_the_books_has_no_page(path, as_, village):
    assert as_(village.mary).get(f"entries/{path}").status == 404


def test_another_banks_entry_is_not_there(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    assert as_(village.perdita).get(f"/perth/entries/exchange/{code}").status == 403
    assert as_(village.perdita).get(f"/angus/entries/exchange/{code}").status == 404


def test_lines_of_a_statement_and_the_exchange_lead_to_it_for_those_who_may(as_, village, books):
    code = books.confirmed(village.ada, village.grace, what="Roses")
    for name, leads in (("mary", True), ("audrey", True), ("rosa", False)):
        browser = as_(getattr(village, name))
        statement = browser.get(f"members/{spoken(village.grace.code)}/hours")
        exchange = browser.get(f"exchanges/{code}")
        found = (statement.links.get("In the books"), exchange.links.get("How it stands in the books"))
        assert found == ((f"/angus/entries/exchange/{code}",) * 2 if leads else (None, None)), name
    assert "In the books" not in as_(village.grace).get("hours").links
    waiting = books.recorded(village.ada, village.grace)
    assert "How it stands in the books" not in as_(village.mary).get(f"exchanges/{waiting}").links
