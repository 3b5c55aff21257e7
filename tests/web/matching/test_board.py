"""The board of open requests, the plan for all of them, circles, and what a bank sets about asking."""

from datetime import timedelta

import pytest

from tests.people import TODAY
from timebank.listings.rules import ListingKind

FRIDAY = TODAY + timedelta(days=6)


@pytest.fixture
def rosa(as_, village):
    return as_(village.rosa)


@pytest.fixture
def requests(books, village):
    """Two requests, and somebody for each."""
    books.listed(village.ada, title="Weeding and roses")
    books.listed(village.linus, title="Lifts to the clinic", categories=("getting-about/lifts",))
    books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    books.listed(
        village.grace,
        title="A lift to the clinic",
        kind=ListingKind.REQUEST,
        categories=("getting-about/lifts",),
        wanted_on=FRIDAY,
    )


def whom(books):
    query = "SELECT m.code FROM invitation i JOIN membership m ON m.id = i.member_id ORDER BY i.id"
    return [row.code for row in books.ask(query)]


def test_from_the_board_to_an_invitation_in_three_clicks(rosa, village, books, requests):
    page = rosa.get("board")
    assert "2 requests wait for helpers." in page
    assert page.words.index("A lift to the clinic") < page.words.index("Weeding my roses")
    assert "Ada Lamont offers “Weeding and roses”" in page
    check = rosa.get(page.links["Ask Ada"])
    assert rosa.submit(check, "Send").status == 303
    assert whom(books) == [village.ada.code]
    assert "asked Ada Lamont" in rosa.get("board")


def test_an_empty_board_says_so(rosa):
    page = rosa.get("board")
    assert "0 requests wait for helpers." in page
    assert "There is nothing to match." in rosa.get("board/plan")
    assert "There is no circle just now" in rosa.get("board/circles")


def test_match_all_asks_those_whom_the_broker_keeps(rosa, village, books, requests):
    page = rosa.get("board/plan")
    assert "There are 2 places to fill. For 2 of them somebody could be asked." in page
    done = rosa.done(page, "Send", **{"line-2": ""})
    assert "One person is asked." in done
    assert whom(books) == [village.linus.code]


def test_a_line_that_somebody_else_sent_meanwhile_stops_no_other(as_, rosa, village, books, requests):
    page = rosa.get("board/plan")
    mary = as_(village.mary)
    mary.done(mary.get("board/plan"), "Send", **{"line-1": ""})
    done = rosa.done(page, "Send")
    assert "One person is asked." in done
    assert "Not sent, for request" in done
    assert "Ada Lamont was asked about this already." in done
    assert sorted(whom(books)) == sorted([village.ada.code, village.linus.code])


def test_the_plan_keeps_what_was_typed_wrongly(rosa, books, requests):
    again = rosa.submit(rosa.get("board/plan"), "Send", how_long="long")
    assert "Type how long it took" in again
    assert whom(books) == []


@pytest.mark.parametrize("line", ["", "x", "K7M3Q2XZ:", ":", "K7M3Q2XZ:K7M3Q2XZ:", "a:b:c", "\x00:\x00:\x00"])
def test_a_made_up_line_asks_nobody(rosa, books, requests, line):
    answer = rosa.post("board/plan", **{"line-1": line, "how_long": "1 hour", "form_key": "k"})
    assert answer.status == 200
    assert "Tick at least one person" in answer
    assert whom(books) == []


def test_a_circle_is_asked_as_a_whole(rosa, village, books, requests):
    books.listed(village.grace, title="Letters and forms", categories=("paperwork/forms",))
    books.confirmed(village.linus, village.ada, minutes=60)
    books.listed(village.ada, title="Letters to an office", kind=ListingKind.REQUEST, categories=("paperwork/forms",))
    page = rosa.get("board/circles")
    assert "Ada → Grace → Ada" in page
    assert "Ada Lamont helps Grace Okafor: Weeding my roses" in page
    rosa.done(page, "Ask all of them")
    assert sorted(whom(books)) == sorted([village.ada.code, village.grace.code])


def test_each_circle_has_a_form_of_its_own(rosa, village, books):
    for first, second, title, kind in (
        (village.ada, village.linus, "Weeding and roses", "outdoors/gardening"),
        (village.grace, village.mary, "Lifts to the clinic", "getting-about/lifts"),
    ):
        books.confirmed(second, first, minutes=60)
        for one in (first, second):
            books.listed(one, title=title, categories=(kind,))
            books.listed(one, title=title, categories=(kind,), kind=ListingKind.REQUEST)
    page = rosa.get("board/circles")
    ids = [said["id"] for _tag, said in page.tags if "id" in said]
    assert len(ids) == len(set(ids))
    keys = [form.fields["form_key"] for form in page.forms if "line-1" in form.fields]
    assert len(keys) == 2
    assert keys[0] != keys[1]


def test_a_page_has_twenty_requests(rosa, village, books):
    for number in range(21):
        books.listed(village.grace, title=f"Weeding {number}", kind=ListingKind.REQUEST)
    page = rosa.get("board")
    assert "21 requests wait for helpers." in page
    assert "Weeding 0" in rosa.get("board?page=1")
    second = rosa.get(page.links["More requests"])
    assert "Weeding 20" in second
    assert "Weeding 20" in rosa.get("board?page=999999999")


def test_a_coordinator_sets_how_the_bank_asks_and_it_counts(as_, rosa, village, books, requests):
    mary = as_(village.mary)
    page = mary.get("rules/matching")
    for typed, sentence in (("999", "Type a whole number from 0 to 100."), ("", "Type a number.")):
        again = mary.submit(page, "Keep this", kind=typed, near="33")
        assert sentence in again
        assert again.form.fields["near"] == ["33"]
    assert "That is how we ask now." in mary.done(page, "Keep this", kind="7")
    assert mary.get("rules/matching").form.fields["kind"] == ["7"]
    code = books.ask("SELECT code FROM listing WHERE title = 'Weeding my roses'")[0].code
    assert "The same kind of help 7" in rosa.get(f"listings/{code}/helpers")


def test_twenty_open_requests_each_come_to_an_invitation_in_three_clicks(rosa, village, books):
    for number in range(10):
        books.listed(
            books.taken_in(f"Helper{number} Neighbour", phone=f"+4416329602{number:02}"), title="Weeding and roses"
        )
    codes = [books.listed(village.grace, title=f"Weeding {number}", kind=ListingKind.REQUEST) for number in range(20)]
    for number, code in enumerate(codes):
        board = rosa.get(rosa.get("desk").links["Who could help with what"])  # the first click
        ways = [said["href"] for tag, said in board.tags if tag == "a" and f"{code}/invitations" in said["href"]]
        assert rosa.submit(rosa.get(ways[0]), "Send").status == 303, number
    assert len({row.listing_id for row in books.ask("SELECT listing_id FROM invitation")}) == len(codes)
