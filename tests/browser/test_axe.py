"""axe finds nothing on any page: on a phone and on a desk, light, dark, right to left and in forced colours.

Every run tests each page at 320 px in light colours and in one other combination, which `tests/rotation.py` chooses.
"""

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from tests import rotation
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


@dataclass(frozen=True)
class Light:
    """Colours and direction of a page, and the rules whose result they may change."""

    name: str
    rules: dict[str, object]
    media: dict[str, str] = field(default_factory=dict)
    direction: str = "ltr"


PLAIN = {"color_scheme": "light", "forced_colors": "none"}
LIGHTS = (
    Light("light", EVERYTHING),
    Light("dark", COLOURS, {"color_scheme": "dark"}),
    Light("forced colours", COLOURS, {"forced_colors": "active"}),
    Light("right to left", PLACING, direction="rtl"),
)
ALWAYS, *OTHERS = product((PHONE, DESK), LIGHTS)


def test_every_page_has_an_example(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = {place.shown for place in PLACES if place.status == 200}
    assert {rule.endpoint for rule in rules} - NOT_PAGES == shown


def test_axe_finds_nothing(opened: Opened) -> None:
    opened.page.evaluate(AXE.read_text(encoding="utf-8"))
    combinations = [ALWAYS, *rotation.choose(OTHERS, PLACES.index(opened.place))]
    assert [finding for size, light in combinations for finding in _findings(opened.page, size, light)] == []


def _findings(page: Page, size: dict[str, int], light: Light) -> list[str]:
    """Return the violations of an open page in this combination, a sentence each; the page ends as it began."""
    page.set_viewport_size(size)
    page.emulate_media(**PLAIN | light.media)
    page.evaluate("direction => { document.documentElement.dir = direction }", light.direction)
    violations = page.evaluate(RUN, light.rules)
    page.emulate_media(**PLAIN)
    page.evaluate("document.documentElement.dir = 'ltr'")
    return [_describe(violation, size, light) for violation in violations]


def _describe(violation: dict[str, Any], size: dict[str, int], light: Light) -> str:
    nodes = [f"{node['html']}: {node['failureSummary']}" for node in violation["nodes"]]
    return f"{size['width']} px, {light.name}: {violation['id']} ({violation['help']}) at {nodes}"
