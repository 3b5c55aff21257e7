"""A broker asks, a member answers with one tap, and help for a request is recorded in ten: on a phone, no script."""

from datetime import timedelta

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.glen_isla import Site
from timebank import clock

MOST_TAPS, MOST_CLICKS, SATURDAY = 10, 3, 5


class Taps:
    """Counts what is tapped; typing does not count."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, what: Locator) -> None:
        self.number += 1
        what.click()


def test_from_the_board_to_one_tap_and_to_a_record_of_it(visit: Visit, site: Site) -> None:
    rosa, finlay = visit("rosa", scripts=False), visit("finlay", scripts=False)
    rosa.goto(site.url("home.home"))
    clicks = Taps()
    rosa.goto(site.url("matching.board"))
    request = rosa.locator("section").filter(has=rosa.get_by_role("heading", name="The tablet", exact=True))
    clicks(request.get_by_role("button", name="Ask Finlay"))
    today = clock.now().date()
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7)  # Finlay is free on weekends
    rosa.get_by_label("Which day?").fill(f"{saturday:%d/%m/%Y}")
    clicks(rosa.get_by_role("button", name="Send"))
    assert clicks.number + 1 <= MOST_CLICKS  # and one to the board
    expect(rosa.get_by_text("Finlay Kerr is asked.")).to_be_visible()

    finlay.goto(site.url("home.home"))
    asked = finlay.get_by_role("listitem").filter(has_text="The tablet")
    expect(asked).to_contain_text("Could you help Bill")
    asked.get_by_role("button", name="Yes").click()
    expect(finlay.get_by_text("Thank you! It is agreed.")).to_be_visible()
    assert [exchange.state for exchange in site.exchanges("The tablet")] == ["accepted"]


def test_a_new_record_with_its_kind_and_request_takes_ten_taps(visit: Visit, site: Site) -> None:
    page, tap = visit("ada", scripts=False), Taps()
    page.goto(site.url("home.home"))
    tap(page.get_by_role("button", name="I gave help"))
    page.get_by_label("Name or member number").fill("Devinder")
    tap(page.get_by_role("button", name="Go on"))
    page.get_by_label("In a few words").fill("Cut back the brambles")
    tap(page.get_by_role("button", name="Go on"))
    tap(page.get_by_role("button", name="A garden that needs a friend"))
    tap(page.get_by_label("Today"))
    tap(page.get_by_role("button", name="Go on"))
    tap(page.get_by_label("1 hour", exact=True))
    tap(page.get_by_role("button", name="Go on"))
    tap(page.get_by_role("button", name="Send to"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent")
    assert tap.number <= MOST_TAPS
    (exchange,) = site.exchanges("Cut back the brambles")
    assert exchange.listing_id is not None
    assert exchange.category_id is not None
