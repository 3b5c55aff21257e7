"""Whatever can be pressed is as large as a finger, is reached by keyboard, and shows where the keyboard is.

There is no exception for links within a sentence: they reach over the line above and below without moving it.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Opened, Visit
from tests.browser.glen_isla import Site

SMALLEST_CONTROL = 44


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


def test_everything_on_home_is_reached_by_keyboard_and_enter_starts_it(visit: Visit, site: Site) -> None:
    page = visit("ada")
    page.goto(site.url("home.home"))
    there = page.locator("a:visible, button:visible, summary:visible")
    assert _walk(page) == set(there.evaluate_all("all => all.map(e => e.textContent.trim().replace(/\\s+/g, ' '))"))
    page.get_by_role("button", name="I received help").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who helped you?")


def test_a_question_is_answered_by_keyboard_alone(visit: Visit, site: Site) -> None:
    page = visit("ada")
    page.goto(site.url("recording.when", code="ask draft"))
    expect(page.get_by_label("Today")).to_be_checked()
    page.get_by_role("link", name="Back").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Tomorrow")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()


def _walk(page: Page) -> set[str]:
    """What Tab comes by, from the top until it comes round."""
    passed: set[str] = set()
    while True:
        page.keyboard.press("Tab")
        if page.evaluate(COMES_ROUND):
            return passed
        passed.add(page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))


#: Whether the focus has left the page, or is where it was before: some buttons have the same words.
COMES_ROUND = """() => {
  const here = document.activeElement;
  if (here === document.body || here.hasAttribute('data-passed')) return true;
  here.setAttribute('data-passed', '');
  return false;
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
