"""What kind of help it was: suggested from the words, or the request that it was for, with one tap."""

import pytest
from sqlalchemy import select

from tests.people import NOW
from timebank.actors import Doing
from timebank.codes import heard
from timebank.exchanges.models import Exchange
from timebank.listings import categories
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind


@pytest.fixture
def kinds(books):
    books.open_categories()


@pytest.fixture
def key_of(books, village):
    """The key of the kind that an exchange is filed under."""

    def find(code):
        with books.backend.session() as session:
            row = session.scalar(select(Exchange).where(Exchange.code == heard(code)))
            branch = get_tree(session, village.angus.id).by_id.get(row.category_id or 0)
            return branch.key if branch else None

    return find


def test_the_kind_is_asked_after_what_and_suggested(as_, village, draft, kept, kinds):
    code = draft()
    ada = as_(village.ada)
    page = ada.done(ada.get(f"drafts/{code}/what"), what="Weeding the roses")
    assert "What kind of help was it?" in page.title
    assert "Tap what fits" in page
    page = ada.follow(ada.submit(page, suggested="outdoors/gardening"))
    assert "When was it?" in page.title
    assert kept(code).category_id


def test_another_kind_is_chosen_from_the_list(as_, village, draft, kept, kinds):
    code = draft(what="Weeding the roses")
    ada = as_(village.ada)
    page = ada.follow(ada.submit(ada.get(f"drafts/{code}/kind"), kind="company/visits"))
    assert "When was it?" in page.title


@pytest.mark.parametrize(
    "answer", [{}, {"kind": ""}, {"kind": "nonsense"}, {"suggested": "x" * 61}, {"listing": "K7M3"}]
)
def test_without_an_answer_it_is_asked_again_kindly(as_, village, draft, kept, kinds, answer):
    code = draft(what="Weeding the roses")
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/kind")
    page.form.names.add("listing")  # where there are requests
    page = ada.submit(page, **answer)
    assert page.status == 200
    assert "Tap one of them, or choose another kind here." in page or "Choose one of them." in page
    assert kept(code).category_id is None


def test_the_request_that_it_was_for_is_one_tap(as_, village, draft, kept, books, key_of, kinds):
    request = books.listed(village.grace, kind=ListingKind.REQUEST)
    code = draft(what="Weeding the roses", day=NOW.date(), minutes=60)
    ada = as_(village.ada)
    page = ada.get(f"drafts/{code}/kind")
    assert "Was it for something Grace asked for?" in page
    page = ada.follow(ada.submit(page, listing=heard(request)))
    assert "Check before you send" in page.title
    assert "Kind of help" in page
    ada.done(page)
    with books.backend.session() as session:
        (exchange,) = session.scalars(select(Exchange))
    assert exchange.listing_id is not None
    assert key_of(exchange.code) == "outdoors/gardening"


def test_an_offer_or_a_strangers_request_is_not_what_it_was_for(as_, village, draft, kept, books, kinds):
    offer = books.listed(village.grace)
    strangers = books.listed(village.linus, kind=ListingKind.REQUEST)
    code = draft(what="Weeding the roses")
    ada = as_(village.ada)
    for listing in (offer, strangers):
        page = ada.get(f"drafts/{code}/kind")
        assert "asked for" not in page
        page.form.names.add("listing")
        assert ada.submit(page, listing=heard(listing)).status == 200
    assert kept(code).listing_id is None


def test_what_is_recorded_is_filed_under_the_kind(as_, village, draft, books, key_of, kinds):
    code = draft(what="Weeding the roses", day=NOW.date(), minutes=60)
    ada = as_(village.ada)
    page = ada.follow(ada.submit(ada.get(f"drafts/{code}/kind"), suggested="outdoors/gardening"))
    assert "Gardens and animals/Gardening" in page
    ada.done(page)
    with books.backend.session() as session:
        (sent,) = session.scalars(select(Exchange.code))
    assert key_of(sent) == "outdoors/gardening"
    assert books.are_right()


def test_a_kind_retired_meanwhile_is_left_for_a_broker(as_, village, draft, books, key_of, kinds):
    code = draft(what="Weeding the roses", day=NOW.date(), minutes=60)
    ada = as_(village.ada)
    page = ada.follow(ada.submit(ada.get(f"drafts/{code}/kind"), suggested="outdoors/gardening"))
    with books.backend.session() as session:
        categories.retire(session, village.angus, "outdoors/gardening", Doing(village.mary, NOW, "retire"))
        session.commit()
    ada.done(page)
    with books.backend.session() as session:
        (sent,) = session.scalars(select(Exchange.code))
    assert key_of(sent) is None


def test_a_bank_without_kinds_does_not_ask(as_, village, draft):
    code = draft()
    ada = as_(village.ada)
    assert "When was it?" in ada.done(ada.get(f"drafts/{code}/what"), what="Weeding").title


def test_the_same_help_again_is_of_the_same_kind(as_, village, draft, books, key_of, kinds):
    code = draft(what="Weeding the roses", day=NOW.date(), minutes=60)
    ada = as_(village.ada)
    ada.done(ada.follow(ada.submit(ada.get(f"drafts/{code}/kind"), suggested="outdoors/gardening")))
    with books.backend.session() as session:
        (sent,) = session.scalars(select(Exchange.code))
    page = ada.follow(ada.post(f"exchanges/{sent}/again"))
    assert "When was it?" in page.title


def test_what_was_for_something_else_after_all_is_for_no_request(as_, village, draft, kept, books, kinds):
    request = books.listed(village.grace, kind=ListingKind.REQUEST)
    code = draft(what="Weeding the roses", day=NOW.date(), minutes=60)
    ada = as_(village.ada)
    ada.done(ada.get(f"drafts/{code}/kind"), listing=heard(request))
    assert kept(code).listing_id
    ada.done(ada.get(f"drafts/{code}/kind"), kind="company/visits")
    assert kept(code).listing_id is None


def test_where_every_kind_is_retired_it_is_not_asked(as_, village, draft, books, kinds):
    with books.backend.session() as session:
        for main, _under in get_tree(session, village.angus.id).in_use():
            categories.retire(session, village.angus, main.key, Doing(village.mary, NOW, main.key))
        session.commit()
    code = draft()
    ada = as_(village.ada)
    assert "When was it?" in ada.done(ada.get(f"drafts/{code}/what"), what="Weeding").title
