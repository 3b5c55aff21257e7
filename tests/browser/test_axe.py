"""axe finds nothing on any page, whoever opens it: on a phone and a desk, light, dark, right to left, forced colours."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.glen_isla import Site
from tests.browser.places import NOT_PAGES, PLACES, Place

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Only what is found is told, and nothing is fetched: the page's own policy would forbid it.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
RUN = "options => axe.run(document, options)"


def test_every_page_has_an_example(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = {place.endpoint for place in PLACES if place.status == 200}
    assert {rule.endpoint for rule in rules} - NOT_PAGES == shown


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_axe_finds_nothing(place: Place, visit: Visit, site: Site) -> None:
    page = visit(place.who, viewport=PHONE)
    place.open(page, site)
    findings = [f"phone, {found}" for found in _look(page)]
    page.set_viewport_size(DESK)
    findings += [f"desk, {found}" for found in _look(page)]
    assert not findings


def _look(page: Page) -> Iterator[str]:
    """What axe finds on an open page, in each light that it may be read in."""
    page.evaluate(_axe())
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        yield from _findings(page, light)
    page.emulate_media(color_scheme="light", forced_colors="active")
    yield from _findings(page, "forced colours")
    page.emulate_media(forced_colors="none")
    page.evaluate("document.documentElement.dir = 'rtl'")
    yield from _findings(page, "right to left")
    page.evaluate("document.documentElement.dir = 'ltr'")


def _findings(page: Page, light: str) -> Iterator[str]:
    for found in page.evaluate(RUN, OPTIONS)["violations"]:
        where = [f"{node['html']}: {node['failureSummary']}" for node in found["nodes"]]
        yield f"{light}: {found['id']} ({found['help']}) at {where}"


@cache
def _axe() -> str:
    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
