"""Where a member has piled up enough: a kind sentence, and what was typed stays."""

from datetime import timedelta

import pytest

from tests.people import TODAY
from timebank.exchanges import drafts
from timebank.exchanges.drafts import Purpose
from timebank.exchanges.rules import MOST_ASKED_OF_ONE, Side
from timebank.listings.rules import MOST_LISTINGS
from timebank.tasks.rules import MOST_NOTES

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def draft(backend, village):
    """Ada's draft of a proposal to Grace, ready to be sent; gives its address."""
    with backend.session() as session:
        made = drafts.start(session, village.ada, Purpose.PROPOSE, Side.GIVER, now=village.angus.opened_at)
        made.other_account_id, made.what = village.grace.account_id, "Gardening"
        made.day, made.minutes = TOMORROW, 60
        session.commit()
        return f"drafts/{made.code}/check"


def test_one_question_too_many_is_refused_kindly_and_its_draft_stays(as_, village, books, draft):
    codes = [books.propose(village.ada, village.grace, day=TOMORROW) for _number in range(MOST_ASKED_OF_ONE)]
    ada = as_(village.ada)
    page = ada.submit(ada.get(draft))
    assert page.status == 200
    assert "Grace Okafor has 10 questions of yours to answer already." in page
    assert "Gardening" in page
    ada.done(ada.get(f"exchanges/{codes[0]}"), "Call it off")
    assert "Asked" in ada.done(page).title


def test_one_listing_too_many_is_refused_kindly_and_what_was_typed_stays(as_, village, books):
    for _number in range(MOST_LISTINGS):
        books.listed(village.ada)
    ada = as_(village.ada)
    page = ada.get("my-listings/new/offer")
    kind = next(value for value in page.form.choices["kind1"] if value)
    page = ada.submit(page, title="Scones", words="With jam", kind1=kind)
    assert page.status == 200
    assert f"There are {MOST_LISTINGS} offers and requests of yours already." in page
    assert page.form.fields["title"] == ["Scones"]
    assert page.form.fields["words"] == ["With jam"]


def test_one_wish_too_many_is_refused_kindly_and_stays(as_, village, books):
    ada = as_(village.ada)
    for number in range(MOST_NOTES):
        ada.done(ada.get("help-wanted"), words=f"Wish {number}")
    page = ada.submit(ada.get("help-wanted"), words="A ladder")
    assert page.status == 200
    assert "A broker has 20 wishes of yours to look at already, and will get in touch." in page
    assert page.form.fields["words"] == ["A ladder"]


def test_a_form_that_comes_again_leads_to_the_draft_that_it_began(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    listing = books.listed(village.grace)
    ada = as_(village.ada)
    pages = {
        f"exchanges/{code}": "Record the same again",
        f"exchanges/{books.accepted(village.ada, village.grace)}": "It has happened: record it",
        f"listings/{listing}": "Ask Grace for this",
    }
    for path, button in pages.items():
        page = ada.get(path)
        assert ada.submit(page, button).to == ada.submit(page, button).to
    page = ada.get(f"help/record/giver?with={village.grace.code}")
    assert ada.submit(page).to == ada.submit(page).to
    assert books.count("draft") == len(pages) + 1
