"""Areas: a list to add to, a page each, and the ways between them."""

import pytest


def travel(books):
    return [row.minutes for row in books.ask("SELECT minutes FROM area_travel")]


def test_a_coordinator_adds_areas_and_finds_them_by_way_of_the_rules(as_, village):
    mary = as_(village.mary)
    page = mary.get(mary.get("rules").links["Areas"])
    assert "There is none yet. Add the first one below." in page
    page = mary.done(page, name="Forfar & Letham")
    assert "The area is there." in page
    assert mary.get(page.links["Forfar & Letham"]).title.startswith("Forfar & Letham")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Type the name."),
        ("For/far", "Type a name of 60 letters or fewer, without a stroke."),
        ("x" * 61, "That is too long for a name."),
        ("brechin", "There is an area called Brechin already."),
    ],
)
def test_what_is_no_name_is_refused_and_kept_as_typed(name, sentence, as_, village, books):
    books.area("Brechin")
    books.area("Forfar")
    mary = as_(village.mary)
    page = mary.submit(mary.get("areas"), name=name)
    assert (page.status, page.form.fields["name"]) == (200, [name])
    assert sentence in page
    page = mary.submit(mary.get("areas/Forfar"), "Change the name", name=name)
    assert (page.status, page.form_with("Change the name").fields["name"]) == (200, [name])
    assert sentence in page
    assert books.count("area") == 2


def test_sending_the_form_twice_adds_one(as_, village, books):
    mary = as_(village.mary)
    page = mary.get("areas")
    assert [mary.submit(page, name="Forfar").status for _time in range(2)] == [303, 303]
    assert books.count("area") == 1


def test_the_ways_from_an_area_are_typed_on_its_page(as_, village, books):
    for name in ("Forfar", "Brechin", "Montrose"):
        books.area(name)
    mary = as_(village.mary)
    page = mary.get("areas/Forfar")
    ways = [name for name in page.form_with("Keep these minutes").fields if name.startswith("way-")]
    assert len(ways) == 2
    page = mary.done(page, "Keep these minutes", **{ways[0]: "25", ways[1]: ""})
    assert "The ways are kept." in page
    assert travel(books) == [25]
    assert page.form_with("Keep these minutes").fields[ways[0]] == ["25"]
    back = mary.get("areas/Brechin").form_with("Keep these minutes")
    assert ["25"] in back.fields.values()
    mary.done(page, "Keep these minutes", **{ways[0]: ""})
    assert travel(books) == []


@pytest.mark.parametrize("typed", ["-1", "601", "an hour", "12.5"])
def test_minutes_that_cannot_be_are_refused_and_kept_as_typed(typed, as_, village, books):
    books.area("Forfar")
    books.area("Brechin")
    mary = as_(village.mary)
    page = mary.get("areas/Forfar")
    (way,) = [name for name in page.form_with("Keep these minutes").fields if name.startswith("way-")]
    page = mary.submit(page, "Keep these minutes", **{way: typed})
    assert page.status == 200
    assert "Type a whole number from 0 to 600." in page
    assert page.form_with("Keep these minutes").fields[way] == [typed]
    assert travel(books) == []


def test_an_area_is_closed_and_opened_again(as_, village, books):
    books.area("Forfar")
    mary = as_(village.mary)
    page = mary.done(mary.get("areas/Forfar"), "Close this area")
    assert "Nobody can choose it any more." in page
    assert "Forfar closed" in mary.get("areas")
    page = mary.done(page, "Open it again")
    assert page.has_button("Close this area")


def test_a_new_name_is_the_new_address(as_, village, books):
    books.area("Forfar")
    mary = as_(village.mary)
    page = mary.done(mary.get("areas/Forfar"), "Change the name", name="Letham")
    assert page.path == "/angus/areas/Letham"
    assert mary.get("areas/Forfar").status == 404


def test_an_area_that_is_not_there_is_not_found(as_, village, books):
    mary = as_(village.mary)
    assert mary.get("areas/Atlantis").status == 404
    assert {mary.post(f"areas/Atlantis/{one}").status for one in ("name", "travel", "closing", "opening")} == {404}
    assert as_(village.rosa).get("areas").status == 403
