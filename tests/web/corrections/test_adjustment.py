"""A coordinator proposes an adjustment: typed, checked, and then it waits."""

import pytest

SAID = {
    "source_words": "Grace",
    "target_words": "Ada",
    "how_long": "1 h 30",
    "day": "yesterday",
    "reason": "Counted twice",
}


def _form(as_, village, who="mary"):
    browser = as_(getattr(village, who))
    return browser, browser.get("audit/adjustment")


def test_an_adjustment_is_typed_checked_and_then_waits(as_, village, books):
    mary, page = _form(as_, village)
    assert "Nothing is changed: a new line moves the hours." in page
    page = mary.submit(page, **SAID)
    assert page.title.startswith("Check before you ask for it")
    for words in ("Grace Okafor", "Ada Lamont", "1 hour 30 minutes", "Yesterday, Friday 20 November", "Counted twice"):
        assert words in page
    assert "now: No hours either way; then: 1 hour 30 minutes below zero" in page
    assert "now: No hours either way; then: 1 hour 30 minutes to use" in page
    assert books.count("correction") == 0
    page = mary.done(page, "Yes, ask for this")
    assert "1 hour 30 minutes from Grace Okafor to Ada Lamont" in page
    assert "Asked by Mary Duncan" in page
    assert not page.has_button("Approve")
    assert (books.count("correction"), books.count("entry")) == (1, 0)


def test_hours_go_to_and_from_the_pot(as_, village, books):
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID | {"source": "pot", "source_words": ""})
    assert "Community pot" in page
    assert "Community pot to" not in page
    page = mary.done(page, "Yes, ask for this")
    assert "1 hour 30 minutes from Community pot to Ada Lamont" in page


def test_change_it_brings_back_what_was_typed(as_, village, books):
    mary, page = _form(as_, village)
    page = mary.submit(mary.submit(page, **SAID), "Change it")
    fields = page.form.fields
    assert (fields["source"], fields["target"]) == ([village.grace.code], [village.ada.code])
    assert (fields["how_long"], fields["reason"]) == (["1 h 30"], ["Counted twice"])
    page = mary.submit(page, how_long="2 h")
    assert "2 hours" in page
    assert page.has_button("Yes, ask for this")


def test_of_several_people_of_one_name_one_is_chosen(as_, village, books):
    other = books.taken_in("Grace Ross", email="ross@example.org")
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID)
    assert "More than one person is called that. Choose one above." in page
    assert page.form.choices["source"] == ["pot", village.grace.code, other.code]
    page = mary.done(mary.submit(page, source=other.code), "Yes, ask for this")
    assert "from Grace Ross to Ada Lamont" in page


def test_what_is_typed_counts_more_than_what_was_pressed(as_, village, books):
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID | {"source": "pot"})
    assert "Grace Okafor" in page
    assert page.has_button("Yes, ask for this")


def test_who_has_left_is_found_too_and_so_is_a_number(as_, village, books):
    books.stands(village.linus, "left")
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID | {"source_words": str(village.linus.number), "how_long": ""})
    assert f"Linus Baxter, number {village.linus.number}, has left" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"source_words": ""}, "Choose an account, or type a name."),
        ({"target_words": "Zebedee"}, "Nobody here is called that."),
        ({"target_words": "Grace"}, "Choose two different accounts."),
        ({"how_long": ""}, "Type how long, such as 1 h 30."),
        ({"how_long": "a while"}, "Type how many hours, such as 20 hours or 1 h 30."),
        ({"how_long": "0"}, "The time has to be in whole minutes, and more than nothing."),
        ({"day": ""}, "Type the day."),
        ({"day": "tomorrow"}, "That day is still to come."),
        ({"day": "some day"}, "Type the day, such as 17 November"),
        ({"reason": " "}, "Say why. Everybody it is about will read it."),
        ({"reason": "w" * 2001}, "Say it in 2,000 letters or fewer."),
    ],
)
def test_a_form_that_is_not_right_keeps_what_was_typed(typed, sentence, as_, village, books):
    mary, page = _form(as_, village)
    said = SAID | typed
    page = mary.submit(page, **said)
    assert page.status == 200
    assert sentence in page
    assert page.form.fields["reason"] == [said["reason"]]
    assert page.form.fields["how_long"] == [said["how_long"]]
    assert books.count("correction") == 0


def test_sent_twice_it_waits_once(as_, village, books):
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID)
    assert mary.submit(page, "Yes, ask for this").to == mary.submit(page, "Yes, ask for this").to
    assert books.count("correction") == 1


def test_a_floor_that_would_be_passed_is_shown_on_the_check_page(as_, village, books):
    mary, page = _form(as_, village)
    page = mary.submit(page, **SAID | {"how_long": "21 hours"})
    assert "this would take Grace Okafor below the lowest balance that is agreed" in page
    assert mary.done(page, "Yes, ask for this").status == 200


@pytest.mark.parametrize("who", ["grace", "rosa", "tom", "audrey"])
def test_nobody_else_gets_there(who, as_, village, books):
    browser, page = _form(as_, village, who)
    assert page.status == 403
    assert browser.post("audit/adjustment", **SAID, checked="yes").status == 403
    assert books.count("correction") == 0


def test_a_stranger_and_anybody_are_sent_away(as_, village):
    assert as_(village.perdita).get("/angus/audit/adjustment").status == 404
    assert as_(None).get("audit/adjustment").to.startswith("/angus/sign-in?next=")


def test_a_member_of_another_bank_is_not_found(as_, village, books):
    mary, page = _form(as_, village)
    assert "Nobody here is called that." in mary.submit(page, **SAID | {"source_words": "Perdita"})
    page = mary.submit(page, **SAID | {"source": village.perdita.code, "source_words": ""})
    assert "Choose an account, or type a name." in page
    assert "Perdita" not in page
