"""What holds on every page: it fits a phone, its letters and controls are large, focus is seen, nothing is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import APIResponse, Page

from tests.browser.conftest import DESK, PHONE, Door, Visit
from tests.browser.glen_isla import Site
from tests.browser.places import PLACES, Place

#: A wide screen of 1280 by 1024 px, with everything four times as large.
ZOOMED = {"width": 320, "height": 256}
SMALLEST_TEXT, SMALLEST_CONTROL = 18, 44


@dataclass
class Opened:
    """A page that stays open while it is looked at from all sides, and what the browser complained of meanwhile."""

    page: Page
    place: Place
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=PLACES, ids=str)
def opened(request: pytest.FixtureRequest, door: Door, site: Site) -> Iterator[Opened]:
    context = door.open(request.param.who)
    found = Opened(context.new_page(), request.param)
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    request.param.open(found.page, site)
    yield found
    context.close()


def test_the_browser_complains_of_nothing(opened: Opened) -> None:
    expected = f"the server responded with a status of {opened.place.status}"
    complaints = [said for said in opened.complaints if opened.place.status == 200 or expected not in said]
    assert not complaints


@pytest.mark.parametrize("size", [PHONE, ZOOMED, DESK], ids=["on a phone", "at 400 %", "on a desk"])
def test_nothing_is_cut_off_or_scrolls_sideways(opened: Opened, size: dict[str, int]) -> None:
    opened.page.set_viewport_size(size)
    assert opened.page.evaluate(BEYOND) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["on a phone", "on a desk"])
def test_letters_are_large_enough(opened: Opened, size: dict[str, int]) -> None:
    opened.page.set_viewport_size(size)
    assert opened.page.evaluate(SMALL_TEXT, SMALLEST_TEXT) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["on a phone", "on a desk"])
def test_controls_are_as_large_as_a_finger(opened: Opened, size: dict[str, int]) -> None:
    opened.page.set_viewport_size(size)
    opened.page.evaluate(OPEN_MENU)
    assert opened.page.evaluate(SMALL_CONTROLS, SMALLEST_CONTROL) == []


def test_focus_is_seen_on_every_control(opened: Opened) -> None:
    opened.page.set_viewport_size(PHONE)
    opened.page.evaluate(OPEN_MENU)
    opened.page.keyboard.press("Tab")  # from now on the reader is one who uses the keyboard
    assert opened.page.evaluate(UNSEEN_FOCUS) == []


def test_a_statement_comes_as_a_spreadsheet(visit: Visit, site: Site) -> None:
    own = visit("ada").request.get(site.url("statement.my_hours_csv"))
    of_member = visit("audrey").request.get(site.url("statement.hours_of_member_csv", code="ada"))
    assert _kind(own) == _kind(of_member) == (200, "text/csv; charset=utf-8")
    assert own.text() == of_member.text()
    assert "A walk with Biscuit" in own.text()


def test_who_only_looks_after_the_bank_starts_at_the_desk(visit: Visit, site: Site) -> None:
    page = visit("tom")
    page.goto(site.url("home.home"))
    assert page.url == site.url("desk.desk")


def _kind(answer: APIResponse) -> tuple[int, str]:
    return answer.status, answer.headers["content-type"]


#: What reaches over the edge of the page, or over the edge of a box that does not show what is too much.
BEYOND = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && !e.closest('.unseen, .skip, svg, thead'))
  .filter(e => { const box = e.getBoundingClientRect();
                 return box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5 })
  .map(e => e.outerHTML.slice(0, 120))"""

SMALL_TEXT = """least => {
  const small = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const said = texts.currentNode.textContent.trim(), within = texts.currentNode.parentElement
    if (said && within.checkVisibility() && parseFloat(getComputedStyle(within).fontSize) < least) small.push(said)
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (parseFloat(getComputedStyle(field).fontSize) < least) small.push(field.name)
  return small
}"""

#: Closed, the menu has nothing in it to look at.
OPEN_MENU = "() => document.querySelector('.opener')?.setAttribute('open', '')"

#: A box to tick is as large as the label around it. The first link, to the main part, is seen only when it has focus.
CONTROLS = """[...document.querySelectorAll(
    'a[href], button, [role=button], input:not([type=hidden]), select, textarea, summary, label:has(input)')]
  .filter(e => e.checkVisibility() && !e.matches('label input:is([type=radio], [type=checkbox])'))"""

#: A link that runs over two lines is as wide as both and as high as the lower.
SMALL_CONTROLS = f"""least => {CONTROLS}
  .filter(e => {{
    if (e.matches('.skip')) e.focus()
    const heights = [...e.getClientRects()].map(box => box.height)
    return Math.min(...heights) < least - 0.01 || e.getBoundingClientRect().width < least - 0.01 }})
  .map(e => [e.outerHTML.slice(0, 120), JSON.stringify(e.getBoundingClientRect())])"""

UNSEEN_FOCUS = """() => {
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  return all.filter(e => e.checkVisibility()).filter(e => {
    e.focus()
    const look = getComputedStyle(e), box = e.getBoundingClientRect()
    const drawn = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 3
    const onScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    return document.activeElement !== e || e.tabIndex < 0 || !drawn || !onScreen
  }).map(e => e.outerHTML.slice(0, 120))
}"""
