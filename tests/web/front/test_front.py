from tests.people import NOW
from tests.web.visitor import Visitor
from timebank.banks.actions import open_bank


def test_with_several_banks_the_front_asks_which(visitor, village):
    page = visitor.get("/")
    assert page.status == 200
    assert "Which time bank?" in page.title
    assert page.links["Angus Time Bank"] == "/angus/"
    assert page.links["Perth Time Bank"] == "/perth/"


def test_with_one_bank_the_front_goes_straight_there(app, backend):
    with backend.session() as session:
        open_bank(session, slug="angus", name="Angus Time Bank", now=NOW)
        session.commit()
    assert Visitor(app).get("/").to == "/angus/"


def test_before_the_first_bank_the_front_says_how_to_open_one(app, backend):
    assert "No time bank has been opened here yet." in Visitor(app).get("/")


def test_a_banks_address_works_without_its_last_slash(as_, village):
    browser = as_(village.ada)
    assert "Hello, Ada" in browser.follow(browser.get("/angus"))
