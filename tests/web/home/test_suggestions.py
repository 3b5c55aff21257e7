"""Ideas for you: what a member could help with or ask for, and how they say that it is not for them."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY

IDEAS, NOT_FOR_ME = "Ideas for you", "Not for me"
GONE = "All right. It does not come back for half a year."


@pytest.fixture
def weeding(village, books):
    """Ada offers gardening, and Grace asks for it; the code of what she asks for."""
    books.listed(village.ada, title="Gardening, hedges and weeding")
    return books.listed(village.grace, kind="request", title="Weeding my roses", wanted_on=TODAY + timedelta(days=6))


@pytest.fixture
def baking(village, books):
    """Ada and Linus offer to bake."""
    for actor in (village.ada, village.linus):
        books.listed(actor, title="Cakes", categories=("home/cooking",))


def test_what_fits_my_offer_leads_to_the_request_and_can_be_dismissed(as_, village, books, weeding):
    ada = as_(village.ada)
    page = ada.get()
    assert f"{IDEAS} You could help Grace Okafor: Weeding my roses Friday 27 November" in page
    assert ada.get(page.links["Weeding my roses"]).has_button("I can help with this")
    page = ada.follow(ada.submit(page, NOT_FOR_ME))
    assert GONE in page
    assert IDEAS not in page
    assert books.count("dismissed_suggestion") == 1


def test_a_form_sent_again_dismisses_once(as_, village, books, weeding):
    ada = as_(village.ada)
    page = ada.get()
    for _again in range(2):
        assert GONE in ada.follow(ada.submit(page, NOT_FOR_ME))
    assert books.ask("SELECT count(*) FROM trail WHERE deed = 'suggestion.dismissed'")[0][0] == 1


def test_a_request_that_was_filled_in_between_is_dismissed_without_a_refusal(as_, village, books, weeding):
    ada = as_(village.ada)
    page = ada.get()
    books.answered(weeding, village.linus, day=TODAY + timedelta(days=6))
    assert GONE in ada.follow(ada.submit(page, NOT_FOR_ME))


def test_what_neighbours_offer_leads_to_asking_with_the_kind_filled_in(as_, village, baking):
    grace = as_(village.grace)
    page = grace.get()
    assert f"{IDEAS} You could ask for: Cooking and baking 2 neighbours offer it." in page
    form = grace.get(page.links["Cooking and baking"])
    assert form.status == 200
    assert "home/cooking" in str(form.form.filled({}))
    assert IDEAS not in grace.follow(grace.submit(page, NOT_FOR_ME))


def test_a_kind_that_has_a_ready_made_beginning_brings_its_title(as_, village, books):
    books.open_categories()
    form = as_(village.grace).get("my-listings/new/request?begin=errands/shopping").form.filled({})
    assert form["title"] == ["Shopping"]
    for nonsense in ("no/such", "errands/%00", "%20"):
        page = as_(village.grace).get(f"my-listings/new/request?begin={nonsense}")
        assert page.form.filled({})["title"] == [""]


def _help(books, giver, receiver, times=3):
    for number in range(times):
        books.confirmed(giver, receiver, what=f"Help {number}", now=NOW - timedelta(days=number))


def test_who_only_gives_is_asked_what_a_neighbour_could_do_for_them(as_, village, books):
    _help(books, village.ada, village.grace)
    ada = as_(village.ada)
    page = ada.get()
    assert "You gave help 3 times in the last year: thank you. What could a neighbour do for you?" in page
    assert page.links["Ask for help"] == "/angus/my-listings/new/request"
    assert IDEAS not in ada.follow(ada.submit(page, NOT_FOR_ME))


def test_who_only_receives_is_asked_kindly_and_no_balance_is_said(as_, village, books):
    _help(books, village.ada, village.grace)
    page = as_(village.grace).get()
    ideas = page.words.partition(IDEAS)[2]
    assert "Neighbours were glad to help you. What could you do for one of them? Small things count." in ideas
    assert "below zero" not in ideas
    assert page.links["Offer something"] == "/angus/my-listings/new/offer"
    books.listed(village.grace, title="Jam")
    page = as_(village.grace).get()
    assert page.links["See what they ask for"] == "/angus/listings?kind=request"


def test_there_are_never_more_than_three(as_, village, books, baking):
    _help(books, village.ada, village.grace)
    books.listed(village.ada, title="Gardening")
    for number in range(5):
        books.listed(village.grace, kind="request", title=f"Gardening {number}")
    page = as_(village.ada).get()
    assert page.words.count(NOT_FOR_ME) == 3


def test_where_there_is_nothing_to_suggest_nothing_stands_there(as_, village):
    assert IDEAS not in as_(village.linus).get()


def test_a_broker_who_acts_for_the_member_reads_and_dismisses_the_same(as_, village, books, weeding):
    rosa = as_(village.rosa)
    acting = f"?acting={village.ada.code}&how=phone"
    page = rosa.get(acting)
    assert "You could help Grace Okafor: Weeding my roses" in page
    assert IDEAS not in rosa.follow(rosa.submit(page, NOT_FOR_ME))
    assert IDEAS not in as_(village.ada).get()
    row = books.ask("SELECT done_by, on_behalf_of FROM trail WHERE deed = 'suggestion.dismissed'")[0]
    assert tuple(row) == (village.rosa.membership_id, village.ada.membership_id)


@pytest.mark.parametrize(
    "path",
    [
        "help/AAAA-2222",
        "help/x",
        "ask/no/such",
        f"ask/{'x' * 300}",
        "ask/home%00cooking",
        "nudge/only-sleeps",
        "pet/only-gives",
        "help/",
    ],
)
def test_what_is_not_suggested_is_not_there(path, as_, village):
    assert as_(village.ada).post(f"dismissed-suggestions/{path}").status == 404


def test_a_request_of_another_bank_is_not_there(as_, village, weeding):
    perdita = as_(village.perdita)
    assert perdita.post(f"dismissed-suggestions/help/{weeding}").status == 404


def test_it_is_dismissed_by_a_form_only(as_, village, weeding):
    assert as_(village.ada).get(f"dismissed-suggestions/help/{weeding}").status == 405
