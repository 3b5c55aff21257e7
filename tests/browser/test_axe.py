"""axe finds nothing on any page: on a phone and on a desk, light, dark, right to left and in forced colours."""

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Opened
from tests.browser.glen_isla import Site
from tests.browser.places import NOT_PAGES, PLACES

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERYTHING = {"type": "tag", "values": TAGS}
#: In another light the same page has other colours, and from right to left other places for them: nothing else that
#: axe looks at.
COLOURS = {"type": "rule", "values": ("color-contrast", "link-in-text-block")}
PLACING = {"type": "rule", "values": (*COLOURS["values"], "scrollable-region-focusable", "target-size")}
#: Only what is found is told, and nothing is fetched: the page's own policy would forbid it.
RUN = """async only => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})
  return found.violations
}"""


def test_every_page_has_an_example(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = {place.shown for place in PLACES if place.status == 200}
    assert {rule.endpoint for rule in rules} - NOT_PAGES == shown


def test_axe_finds_nothing(opened: Opened) -> None:
    opened.page.evaluate(AXE.read_text(encoding="utf-8"))
    findings = []
    for size in (PHONE, DESK):
        opened.page.set_viewport_size(size)
        findings += [f"{size['width']} px, {finding}" for finding in _look(opened.page)]
    assert not findings


def _look(page: Page) -> Iterator[str]:
    """What axe finds on an open page, in each light that it may be read in."""
    yield from _findings(page, "light", EVERYTHING)
    page.emulate_media(color_scheme="dark")
    yield from _findings(page, "dark", COLOURS)
    page.emulate_media(color_scheme="light", forced_colors="active")
    yield from _findings(page, "forced colours", COLOURS)
    page.emulate_media(forced_colors="none")
    page.evaluate("document.documentElement.dir = 'rtl'")
    yield from _findings(page, "right to left", PLACING)
    page.evaluate("document.documentElement.dir = 'ltr'")


def _findings(page: Page, light: str, only: object) -> Iterator[str]:
    for found in page.evaluate(RUN, only):
        where = [f"{node['html']}: {node['failureSummary']}" for node in found["nodes"]]
        yield f"{light}: {found['id']} ({found['help']}) at {where}"
