"""The page of announcements, and home, where everybody reads them."""

import pytest

from tests.people import NOW

WORDS = "The office is closed on Thursday."


def test_a_broker_lets_everybody_know_and_takes_it_down(as_, village, clock):
    rosa, ada = as_(village.rosa), as_(village.ada)
    page = rosa.get(rosa.get("desk").links["Let everybody know something"])
    assert page.form_with("Let them know").fields["days"] == ["7"]
    page = rosa.done(page, "Let them know", words=WORDS, days="3")
    assert "Everybody reads it on home now" in page
    assert "By Rosa Lindsay, until the end of Monday." in page
    assert WORDS in ada.get()
    clock.move_to(NOW.replace(day=24))
    assert WORDS not in ada.get()
    clock.move_to(NOW)
    page = rosa.done(rosa.get("announcements"), "Take it down")
    assert "It is taken down." in page
    assert WORDS not in ada.get()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"words": " "}, "Write what everybody should know."),
        ({"words": "x" * 401}, "Say it in 400 letters or fewer."),
        ({"days": ""}, "Type a number."),
        ({"days": "0"}, "1"),
        ({"days": "15"}, "14"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(as_, village, books, typed, says):
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get("announcements"), "Let them know", **({"words": WORDS, "days": "3"} | typed))
    assert says in page
    assert books.count("announcement") == 0


def test_another_banks_broker_cannot_take_it_down(as_, village, books):
    code = books.announced()
    assert as_(village.perdita).post(f"/angus/announcements/{code}/end").status == 404
    assert as_(village.ada).post(f"announcements/{code}/end").status == 403
    assert WORDS in as_(village.ada).get()
