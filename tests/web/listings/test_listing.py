"""One offer or request, and the one thing to do about it. Who answers an offer receives; a request, gives."""

import pytest
from sqlalchemy import update

from tests.people import NOW
from timebank.actors import Doing, Standing
from timebank.listings import actions
from timebank.listings.rules import Move
from timebank.members.models import Membership


def move(books, code, what, *, by):
    with books.backend.session() as session:
        actions.move(session, books.village.angus, code.replace("-", ""), what, Doing(by, NOW))
        session.commit()


def test_a_listing_shows_everything_but_an_address(as_, village, books):
    code = books.listed(
        village.ada, title="Sitting in", words="With a cup of tea.", categories=("home/house-sitting",), suits=0b011
    )
    page = as_(village.grace).get(f"listings/{code}")
    for said in (
        "Sitting in",
        "With a cup of tea.",
        "Who Ada Lamont",
        "Kind of help Looking after a home",
        "How in person",
        "Days and times Monday morning and afternoon",
        "Listed 21 Nov",
        "Somebody comes to a home",
        "Keys are handed over",
        "A broker can tell you more about it.",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("suits", "said"),
    [(2**21 - 1, "Monday to Friday, Saturday and Sunday"), (2**15 - 1, "Monday to Friday"), (0b111_000, "Tuesday"),
     (0b100, "Monday evening"), (0b001001001001001, "Monday to Friday morning"),
     (0b111 << 15 | 0b111 << 18 | 1, "Saturday and Sunday, Monday morning")],
)  # fmt: skip
def test_days_are_said_in_few_words(suits, said, as_, village, books):
    code = books.listed(village.ada, suits=suits)
    assert f"Days and times {said} Listed" in as_(village.grace).get(f"listings/{code}")


def test_credit_moving_backwards_on_a_request_listing_is_a_failure_of_peers_not_ours(as_, village, books):
    """Grace asks for help; Ada answers, gives it, and her hours go up."""
    code = books.listed(village.grace, title="Walk Biscuit", kind="request")
    ada, grace = as_(village.ada), as_(village.grace)
    page = ada.done(ada.get(f"listings/{code}"), "I can help with this")
    assert page.form.fields["what"] == ["Walk Biscuit"]
    page = ada.done(ada.done(ada.done(page), choice="today"), choice="60", how_long="")
    assert "Who gives Ada Lamont (you)" in page
    assert "Who receives Grace Okafor" in page
    ada.done(page)
    exchange = books.only_exchange()
    assert (exchange.giver_account_id, exchange.receiver_account_id) == (
        village.ada.account_id,
        village.grace.account_id,
    )
    grace.done(grace.get(f"exchanges/{exchange.code}"), "Yes, that suits me")
    page = ada.done(ada.get(f"exchanges/{exchange.code}"), "It has happened: record it")
    ada.done(ada.done(page, choice="today"))
    grace.done(grace.get(f"exchanges/{exchange.code}/confirmation"))
    assert (books.balance(village.ada), books.balance(village.grace)) == (60, -60)
    assert books.are_right()


def test_who_turns_to_somebody_else_answers_the_listing_no_more(as_, village, books):
    code = books.listed(village.ada, title="Gardening")
    grace = as_(village.grace)
    page = grace.done(grace.get(f"listings/{code}"), "Ask Ada for this")
    page = grace.done(grace.done(grace.done(page), choice="today"), choice="60", how_long="")
    page = grace.done(
        grace.get(next(link for link in page.links.values() if link.endswith("/who"))), words="Linus Baxter"
    )
    page = grace.done(page, suggested="outdoors/gardening")
    grace.done(page)
    exchange = books.only_exchange()
    assert exchange.giver_account_id == village.linus.account_id
    assert exchange.listing_id is None


def test_who_answers_an_offer_receives(as_, village, books):
    code = books.listed(village.ada, title="Gardening")
    grace = as_(village.grace)
    page = grace.done(grace.get(f"listings/{code}"), "Ask Ada for this")
    page = grace.done(grace.done(grace.done(page), choice="today"), choice="60", how_long="")
    assert "Who gives Ada Lamont" in page
    assert "Who receives Grace Okafor (you)" in page
    grace.done(page)
    exchange = books.only_exchange()
    assert (exchange.giver_account_id, exchange.receiver_account_id) == (
        village.ada.account_id,
        village.grace.account_id,
    )


def test_ones_own_is_changed_and_not_answered(as_, village, books):
    code = books.listed(village.ada)
    page = as_(village.ada).get(f"listings/{code}")
    assert page.links["Change it"] == f"/angus/listings/{code}/changes"
    assert not page.has_button("Ask Ada for this")
    answer = as_(village.ada).post(f"listings/{code}/answer")
    assert answer.to == f"/angus/listings/{code}"
    assert books.count("draft") == 0


def test_what_was_imported_is_asked_of_a_broker_and_keeps_its_words(as_, village, books):
    code = books.imported("I offer rides")
    grace = as_(village.grace)
    page = grace.get(f"listings/{code}")
    assert "Who A broker knows" in page
    assert "A broker looks for somebody: I offer rides." in grace.done(page, "Ask a broker")
    assert books.notes("find_somebody") == ["I offer rides"]
    assert grace.post(f"listings/{code}/answer").to == f"/angus/listings/{code}"
    assert books.count("draft") == 0


@pytest.mark.parametrize("what", [Move.PAUSE, Move.CLOSE])
def test_what_is_paused_or_closed_is_read_by_its_owner_and_brokers_only(what, as_, village, books):
    code = books.listed(village.ada)
    move(books, code, what, by=village.ada)
    assert as_(village.grace).get(f"listings/{code}").status == 404
    assert as_(village.grace).post(f"listings/{code}/answer").status == 404
    assert as_(village.audrey).get(f"listings/{code}").status == 404
    for reader in (village.ada, village.rosa):
        assert "nobody finds it" in as_(reader).get(f"listings/{code}")
    assert as_(village.rosa).post(f"listings/{code}/answer").to == f"/angus/listings/{code}"
    assert books.count("draft") == 0


def test_who_is_suspended_is_not_asked(as_, village, books):
    code = books.listed(village.ada)
    with books.backend.session() as session:
        session.execute(
            update(Membership).where(Membership.id == village.ada.membership_id).values(standing=Standing.SUSPENDED)
        )
        session.commit()
    assert as_(village.grace).get(f"listings/{code}").status == 404
    assert not as_(village.rosa).get(f"listings/{code}").has_button("Ask Ada for this")


def test_another_banks_listing_is_not_there(as_, village, books):
    code = books.listed(village.ada)
    for page in ("", "/changes", "/owner"):
        assert as_(village.perdita).get(f"/perth/listings/{code}{page}").status in {403, 404}
    assert as_(village.mary).get("listings/AAAA-AAAA").status == 404


def test_a_broker_is_asked_with_what_was_typed_and_nothing_is_refused_kindly(as_, village, books):
    grace = as_(village.grace)
    page = grace.submit(grace.get("help-wanted"), words="  ")
    assert "Say in a few words what you look for." in page
    page = grace.submit(page, words="w" * 201)
    assert page.form.fields["words"] == ["w" * 201]
    first = grace.submit(page, words="A tuba teacher")
    assert grace.submit(page, words="A tuba teacher").to == first.to
    assert books.notes("find_somebody") == ["A tuba teacher"]
