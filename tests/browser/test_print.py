"""Printed, a page is what it says and nothing to press."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, Visit
from tests.browser.glen_isla import Site


@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, DESK], ids=["from a phone", "from a desk"])
def test_a_printed_statement_has_the_lines_and_the_phone_number_and_no_menu(
    visit: Visit, site: Site, size: dict[str, int]
) -> None:
    page = visit("ada", viewport=size, color_scheme="dark")
    page.goto(site.url("statement.my_hours"))
    page.emulate_media(media="print")
    for hidden in (".top nav", ".opener", ".filters", ".actions", ".skip", "button"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("My hours")
    expect(page.get_by_text("Mended the reading lamp")).to_be_visible()
    expect(page.get_by_text("01632 960 123")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_printed_statement_is_dark_on_light_whatever_the_screen_was(visit: Visit, site: Site) -> None:
    page = visit("ada", color_scheme="dark")
    page.goto(site.url("statement.my_hours"))
    page.emulate_media(media="print")
    assert page.evaluate(LIGHT_WORDS) == []


def test_a_sign_in_code_prints_with_its_address(visit: Visit, site: Site) -> None:
    page = visit("mary", viewport=DESK)
    page.goto(site.url("members.member", code="linus"))
    page.get_by_role("button", name="Make a sign-in code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A sign-in code for Linus Baxter")
    page.emulate_media(media="print")
    expect(page.locator(".reference")).to_be_visible()
    expect(page.get_by_text("/sign-in/code")).to_be_visible()
    expect(page.get_by_role("link", name="Back")).to_be_hidden()


def test_a_letter_shows_its_address_and_nothing_else_in_the_window_of_an_envelope(visit: Visit, site: Site) -> None:
    """The window of a DL envelope, wherever the folded sheet lies in it; static/css/letters.css has the figures."""
    page = visit("rosa", viewport={"width": 643, "height": 971})  # the 170 mm between the margins, at 96 dots an inch
    page.goto(site.url("notices.bundle", code="bundle"))
    page.emulate_media(media="print")
    boxes = page.evaluate(BOXES_OF_LETTER)
    address = [box for name, *box in boxes if name == "ADDRESS"]
    others = [box for name, *box in boxes if name != "ADDRESS"]
    assert address
    assert others
    for left, top, right, bottom in address:  # the box of a letter is half a millimetre taller than what is drawn
        assert (left >= 20, top >= 54.5, right <= 100, bottom <= 79.5) == (True, True, True, True)
    assert [box for box in others if box[0] < 110 and box[1] < 90 and box[3] > 44] == []
    pages = len(LETTER_PAGES.findall(page.pdf(prefer_css_page_size=True)))
    assert pages >= 2  # the cover list, and at least a page for the letter
    for hidden in (".top", "button", ".no-print", ".foot"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()


LETTER_PAGES = re.compile(rb"/Type\s*/Page\b")
#: [name, left, top, right, bottom] of each line of words of the first letter, in mm from the corner of its sheet.
BOXES_OF_LETTER = """() => {
  const sheet = document.querySelector('.letter'), origin = sheet.getBoundingClientRect(), mm = 25.4 / 96
  const texts = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT), boxes = []
  while (texts.nextNode()) {
    if (!texts.currentNode.textContent.trim()) continue
    const range = document.createRange()
    range.selectNodeContents(texts.currentNode)
    const name = texts.currentNode.parentElement.closest('address') ? 'ADDRESS' : 'other'
    for (const box of range.getClientRects()) {
      const x = box.left - origin.left, y = box.top - origin.top
      boxes.push([name, x * mm + 20, y * mm + 20, (x + box.width) * mm + 20, (y + box.height) * mm + 20])
    }
  }
  return boxes
}"""
#: Words lighter than a middle grey, on paper that is white.
LIGHT_WORDS = """() => {
  const light = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const within = texts.currentNode.parentElement
    const [r, g, b] = getComputedStyle(within).color.match(/[\\d.]+/g).map(Number)
    const said = texts.currentNode.textContent.trim()
    if (said && within.checkVisibility() && 0.2126 * r + 0.7152 * g + 0.0722 * b > 128) light.push(said)
  }
  return light
}"""
