from timebank.joining.queries import APPLICATIONS_A_PAGE


def test_the_list_shows_who_waits_oldest_first(as_, village, books):
    books.application("Bea Older")
    books.application("Al Newer", steps=1)
    books.application("Cy Done", steps=5)
    page = as_(village.rosa).get("applications")
    assert page.words.index("Bea Older applied") < page.words.index("Al Newer interviewed")
    assert "Cy Done" not in page


def test_one_stage_can_be_looked_at(as_, village, books):
    books.application("Bea Older")
    books.application("Cy Done", steps=5)
    rosa = as_(village.rosa)
    page = rosa.get("applications?stage=admitted")
    assert "Cy Done member now" in page
    assert "Bea Older" not in page
    page = rosa.get("applications?stage=withdrawn")
    assert "Nobody is at this point." in page
    assert "Bea Older" in rosa.get(page.links["Show all who wait"])
    assert "Bea Older" in rosa.get("applications?stage=nonsense&above=nonsense")


def test_an_empty_list_says_so_and_offers_to_write_one_down(as_, village):
    page = as_(village.rosa).get("applications")
    assert "Nobody waits." in page
    assert page.links["Write down an application"] == "/angus/applications/new"


def test_a_long_list_goes_on_page_by_page(as_, village, books):
    for number in range(APPLICATIONS_A_PAGE + 1):
        books.application(f"Applicant {number:02}")
    rosa = as_(village.rosa)
    page = rosa.get("applications")
    assert f"Applicant {APPLICATIONS_A_PAGE}" not in page
    page = rosa.get(page.links["Newer ones"])
    assert f"Applicant {APPLICATIONS_A_PAGE}" in page
    assert "Newer ones" not in page.links


def test_another_banks_applications_are_not_there(as_, village, books):
    books.application("Sam Reid")
    assert as_(village.perdita).get("/angus/applications").status == 404
    assert as_(village.perdita).get("/perth/applications").status == 403


def test_the_desk_says_how_many_wait_to_those_who_do_something_about_it(as_, village, books):
    assert "application" not in as_(village.rosa).get("desk")
    books.application("Sam Reid")
    page = as_(village.rosa).get("desk")
    assert page.links["One application waits"] == "/angus/applications"
    books.application("Cy Done", steps=5)
    books.application("Bea Reid")
    assert "2 applications wait" in as_(village.mary).get("desk")
    assert "applications wait" not in as_(village.tom).get("desk")
