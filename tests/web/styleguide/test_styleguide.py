def test_the_styleguide_shows_every_state_of_an_exchange_and_a_balance_of_each_kind(visitor, village):
    page = visitor.get("/styleguide")
    for word in (
        "asked",
        "agreed",
        "waiting",
        "confirmed",
        "not this time",
        "called off",
        "being looked at",
        "decided",
    ):
        assert word in page
    for balance in ("2 hours 30 minutes to use", "No hours either way", "2 hours below zero"):
        assert balance in page


def test_an_error_is_shown_above_the_form_and_at_its_field(visitor, village):
    page = visitor.get("/styleguide")
    assert page.words.count("Type something here.") == 2


def test_a_list_is_narrowed_by_a_form_that_keeps_the_choice_and_gone_through_by_pages(visitor, village):
    page = visitor.get("/styleguide")
    assert page.form_with("Show these").fields == {"shows": ["b"]}
    assert page.form_with("Look").fields == {"first": ["a"], "second": ["b"]}
    assert page.links["Older ones"] == "/styleguide?below=1"
    assert (page.links["Back a page"], page.links["Next page"]) == ("/styleguide?page=1", "/styleguide?page=3")
