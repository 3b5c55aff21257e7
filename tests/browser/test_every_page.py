"""What holds on every page: it fits a phone and a large print, its letters are large, and nothing is refused."""

import pytest
from playwright.sync_api import APIResponse

from tests.browser.conftest import DESK, PHONE, Opened, Visit
from tests.browser.glen_isla import Site

#: A screen of 1280 by 1024 px with everything four times as large: as wide as a phone, and lower.
ZOOMED = {"width": 320, "height": 256}
NARROW = {"width": 320, "height": 800}
SMALLEST_TEXT = 18


def test_the_browser_complains_of_nothing(opened: Opened) -> None:
    expected = f"the server responded with a status of {opened.place.status}"
    complaints = [said for said in opened.complaints if opened.place.status == 200 or expected not in said]
    assert not complaints


@pytest.mark.parametrize("size", [ZOOMED, DESK], ids=["four times as large", "on a desk"])
def test_nothing_is_cut_off_or_scrolls_sideways(opened: Opened, size: dict[str, int]) -> None:
    opened.page.set_viewport_size(size)
    assert opened.page.evaluate(BEYOND) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("audit.balances", {}),
        ("audit.beyond_limits", {}),
        ("audit.entry", {"word": "exchange", "code": "reversed"}),
        ("audit.pot", {}),
        ("corrections.months", {}),
    ],
)
def test_no_table_of_the_audit_scrolls_sideways_on_a_phone_with_large_text(
    visit: Visit, site: Site, endpoint: str, values: dict[str, str]
) -> None:
    page = visit("mary", viewport=NARROW)
    page.goto(site.url(endpoint, **values))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.locator(".ledger table").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_letters_are_large_enough(opened: Opened) -> None:
    opened.page.set_viewport_size(PHONE)
    assert opened.page.evaluate(SMALL_TEXT, SMALLEST_TEXT) == []


def test_a_statement_comes_as_a_spreadsheet(visit: Visit, site: Site) -> None:
    own = visit("ada").request.get(site.url("statement.my_hours_csv"))
    of_member = visit("audrey").request.get(site.url("statement.hours_of_member_csv", code="ada"))
    assert _kind(own) == _kind(of_member) == (200, "text/csv; charset=utf-8")
    assert own.text() == of_member.text()
    assert "A walk with Biscuit" in own.text()


def test_seals_and_receipts_come_as_files(visit: Visit, site: Site) -> None:
    anybody = visit(None).request
    answers = [anybody.get(site.url(f"seals.{name}")) for name in ("checkpoint", "keys", "proof")]
    kinds = ["text/plain; charset=utf-8", "text/plain; charset=utf-8", "application/json"]
    assert [_kind(answer) for answer in answers] == [(200, kind) for kind in kinds]
    receipt = visit("mary").request.get(site.url("seals.receipt", word="exchange", code="confirmed"))
    assert _kind(receipt) == (200, "application/json")


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
