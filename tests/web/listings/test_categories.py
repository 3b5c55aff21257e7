"""The coordinator's page of categories."""

import pytest

from tests.web.page import Page


@pytest.fixture
def mary(as_, village, books):
    books.open_categories()
    return as_(village.mary)


def test_categories_only_the_developers_can_change_are_a_failure_of_peers_not_ours(mary, as_, village):
    page = mary.get(mary.get(mary.get("listings").links["Kinds of help"]).links["Add a kind of help"])
    page = mary.done(page, name="Bees", under="outdoors", risks=["home_visit", "keys"])
    assert "Bees is in the list now." in page
    assert "Bees Somebody comes to a home, Keys are handed over" in page
    page = mary.done(mary.get(page.links["Bees"]), "Keep these changes", name="Beehives", risks=["driving"])
    assert "Beehives Somebody drives another person" in page
    ada = as_(village.ada)
    form = ada.get("my-listings/new/offer").form
    (key,) = [key for key in form.choices["kind1"] if key.startswith("own/")]
    ada.done(ada.get("my-listings/new/offer"), title="Honey", kind1=key)
    page = mary.done(mary.get(f"category/{key}"), "Retire it")
    assert "Beehives is retired. It stays on what it was used for." in page
    assert key not in ada.get("my-listings/new/offer").form.choices["kind1"]
    assert "Honey" in ada.get("listings?words=beehive").links
    page = mary.done(mary.get(f"category/{key}"), "Use it again")
    assert "Beehives can be chosen again." in page
    assert key in ada.get("my-listings/new/offer").form.choices["kind1"]


def test_a_category_moves_up_and_down(mary):
    page = mary.get("categories")
    assert page.words.index("Getting about") < page.words.index("Shopping and errands")
    down = mary.get(page.links["Getting about"]).form_with("Down")
    page = mary.follow(mary.send(down))
    assert "Its place in the list Shopping and errands Getting about Company and talk" in page
    page = mary.get("categories")
    assert page.words.index("Shopping and errands") < page.words.index("Getting about")
    mary.send(down)
    page = mary.get("categories")
    assert page.words.index("Getting about") < page.words.index("Company and talk")


def test_each_button_moves_its_own_category(mary):
    """Whatever form key the buttons carry: it can be the same."""
    for key in ("arts", "company"):
        mary.send(mary.get(f"category/{key}").form_with("Up"), form_key="the same")
    words = mary.get("categories").words
    assert words.index("Music, arts and games") < words.index("Health and feeling well")
    assert words.index("Company and talk") < words.index("Shopping and errands")


def test_the_list_is_a_line_a_kind_and_the_buttons_stand_on_a_kinds_own_page(mary):
    page = mary.get("categories")
    assert not page.has_button("Up")
    assert not page.has_button("Down")
    first, last = mary.get("category/getting-about"), mary.get("category/getting-about/lifts")
    assert (first.has_button("Up"), first.has_button("Down")) == (False, True)
    assert mary.get(first.links["Add a kind in it"]).form.fields["under"] == ["getting-about"]
    assert "Add a kind in it" not in last.links
    mary.done(first, "Retire it")
    assert not mary.get("category/getting-about").has_button("Down")


def test_a_bank_without_categories_gets_the_usual_list_by_one_button(as_, village, books):
    mary = as_(village.mary)
    page = mary.get("categories")
    assert "There is no list yet." in page
    page = mary.done(page, "Start with the usual list")
    assert "Getting about" in page.links
    before = books.count("category")
    mary.post("categories/starting-list")
    assert books.count("category") == before > 70


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "Type the name."), ("--", "Type the name."), ("n" * 61, "Say it in 60 letters or fewer."),
     ("GETTING about", "There is one called GETTING about beside it already.")],
)  # fmt: skip
def test_a_name_that_will_not_do_is_refused_and_kept(name, sentence, mary, books):
    before = books.count("category")
    for path in ("categories/new", "category/errands"):
        page = mary.get(path)
        page = mary.submit(page, "Add it" if path.endswith("new") else "Keep these changes", name=name, risks=["keys"])
        assert (page.status, sentence in page) == (200, True)
        assert form_of(page).fields["name"] == [name]
        assert form_of(page).fields["risks"] == ["keys"]
    assert books.count("category") == before


def form_of(page: Page):
    return next(form for form in page.forms if "name" in form.names)


def test_a_category_added_by_a_link_is_placed_where_the_link_was(mary):
    page = mary.get("categories/new?under=arts")
    assert page.form.fields["under"] == ["arts"]
    assert mary.get("categories/new?under=nonsense").status == 200


@pytest.mark.parametrize("key", ["nonsense", "arts/nonsense", "a/b/c", "%00"])
def test_one_that_is_not_there_is_not_found(key, mary):
    assert mary.get(f"category/{key}").status == 404
    for path in ("category-place/up", "category-retirement", "category-return"):
        assert mary.post(f"{path}/{key}").status == 404
