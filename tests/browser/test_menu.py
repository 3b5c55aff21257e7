"""The menu: one line on a phone, opened by finger or keyboard, with or without a script; all of it on a desk."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, Visit
from tests.browser.glen_isla import Site

#: Everything of the top that stands side by side: how far its middles lie apart, and how high it is.
TOP = """() => {
  const boxes = [...document.querySelectorAll('.top .brand, .top summary')].map(e => e.getBoundingClientRect())
  const middles = boxes.map(box => box.top + box.height / 2)
  return [Math.abs(middles[0] - middles[1]), document.querySelector('.top').getBoundingClientRect().height]
}"""


@pytest.mark.parametrize("who", ["ada", "mary", "tom"])
def test_the_top_takes_one_line_on_a_phone(visit: Visit, site: Site, who: str) -> None:
    page = visit(who)
    page.goto(site.url("exchanges.exchanges"))
    page.evaluate("document.fonts.ready.then(() => true)")
    apart, high = page.evaluate(TOP)
    assert apart < 1
    assert high <= 72
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_menu_opens_and_leads_on_by_keyboard(visit: Visit, site: Site, *, scripts: bool) -> None:
    page = visit("ada", scripts=scripts)
    page.goto(site.url("home.home"))
    for control in ("Skip to the main part", "Glen Isla Time Bank", "Menu"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(control)
    page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_visible()
    assert page.evaluate(TOP)[0] < 1
    expect(menu.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")
    for control in ("Home", "My hours"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(control)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My hours")


def test_on_a_desk_the_whole_menu_is_open(visit: Visit, site: Site) -> None:
    page = visit("mary", viewport=DESK)
    page.goto(site.url("home.home"))
    expect(page.locator(".opener")).to_be_hidden()
    theirs = ["Home", "My hours", "Exchanges", "Offers and requests", "Messages"]
    of_the_bank = ["Desk", "To do", "Members", "Audit"]
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links).to_have_text([*theirs, *of_the_bank, "About me"])


def test_the_first_tab_leads_past_the_menu(visit: Visit, site: Site) -> None:
    page = visit("ada")
    page.goto(site.url("home.home"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # how much waits
    expect(page.locator(":focus")).to_contain_text("for you")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="I gave help")).to_be_focused()
