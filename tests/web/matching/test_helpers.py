"""The broker's page of who could help with a request."""

import pytest

from timebank.listings.rules import ListingKind


@pytest.fixture
def rosa(as_, village):
    return as_(village.rosa)


def test_from_a_request_to_who_could_help_and_why(rosa, village, books):
    books.listed(village.ada, title="Weeding and hedges")
    code = books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    page = rosa.get(rosa.get(f"listings/{code}").links["Who could help?"])
    assert "Who could help with “Weeding my roses”?" in page
    assert "Grace Okafor asks for it." in page
    assert "Offers: Weeding and hedges" in page
    assert "Ada Lamont" in page.links
    assert "The words of the offer" in page
    assert "The same kind of help 50" in page


def test_the_points_that_are_shown_add_up(rosa, village, books):
    books.listed(village.ada, title="Weeding and hedges")
    code = books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    words = rosa.get(f"listings/{code}/helpers").words
    shown = words.partition("Why this place?")[2].partition("Left out")[0]
    points = [int(word) for word in shown.split() if word.isdigit()]
    assert sum(points[:-1]) == points[-1] > 0


def test_only_by_nearness_or_words_is_one_link_away(rosa, village, books):
    code = books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    page = rosa.get(f"listings/{code}/helpers")
    for words in ("Only by words and kind", "Only by nearness", "All reasons"):
        assert rosa.get(page.links[words]).status == 200
    assert rosa.get(f"listings/{code}/helpers?order=nonsense").status == 200


def test_where_nobody_can_be_asked_the_page_says_what_to_do(rosa, village, books):
    code = books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    page = rosa.get(f"listings/{code}/helpers")
    assert "Nobody who offers help like this may be asked just now." in page
    assert "Look through the offers" in page.links


def test_an_offer_has_no_helpers(rosa, village, books):
    code = books.listed(village.ada, title="Weeding")
    assert "Who could help?" not in rosa.get(f"listings/{code}").links
    assert rosa.get(f"listings/{code}/helpers").status == 404


def test_members_do_not_see_it(as_, village, books):
    code = books.listed(village.grace, title="Weeding my roses", kind=ListingKind.REQUEST)
    grace = as_(village.grace)
    assert "Who could help?" not in grace.get(f"listings/{code}").links
    assert grace.get(f"listings/{code}/helpers").status == 403
