"""A browser, the village to walk through, and its people signed in. Skipped, with the reason, without Chromium."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.glen_isla import Site, make_site, serving
from tests.browser.places import PLACES, Place
from tests.cli.conftest import make_village
from tests.scratch import made_once
from timebank.demo.village import PASSWORD

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}

#: `visit('ada', scripts=False)` gives a page on a phone, as somebody of the village or as a stranger (None).
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)} is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The village, served. Its people live on through all the tests, so each test brings help of its own."""
    made = made_once(tmp_path_factory.getbasetemp(), "village", make_village)
    shutil.copytree(made, folder / "village")
    with serving(make_site(folder / "village")) as served:
        yield served


class Door:
    """Lets people in: each signs in once, through the form, and their cookies are used again."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.cookies: dict[str | None, StorageState | None] = {None: None}

    def open(self, who: str | None, *, scripts: bool = True, **more: object) -> BrowserContext:
        if who not in self.cookies:
            self.cookies[who] = self._sign_in(str(who))
        context = self.browser.new_context(
            base_url=self.site.address,
            storage_state=self.cookies[who],
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **({"viewport": PHONE} | more),
        )
        context.set_default_timeout(10_000)
        return context

    def _sign_in(self, who: str) -> StorageState:
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(self.site.url("signing_in.sign_in"))
        page.get_by_label("Member number, e-mail or phone").fill(f"{who}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        cookies = context.storage_state()
        context.close()
        return cookies


@pytest.fixture(scope="session")
def door(chromium: Browser, site: Site) -> Door:
    return Door(chromium, site)


@dataclass
class Opened:
    """A page that stays open while it is looked at from all sides, and what the browser complained of meanwhile."""

    page: Page
    place: Place
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session", params=PLACES, ids=str)
def opened(request: pytest.FixtureRequest, door: Door, site: Site) -> Iterator[Opened]:
    """Every page in turn, opened once for all the tests that look at it."""
    context = door.open(request.param.who)
    found = Opened(context.new_page(), request.param)
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    request.param.open(found.page, site)
    yield found
    context.close()


@pytest.fixture
def visit(door: Door) -> Iterator[Visit]:
    """Opens pages, and closes them after the test."""
    opened: list[BrowserContext] = []

    def _visit(who: str | None, **more: object) -> Page:
        opened.append(door.open(who, **more))
        return opened[-1].new_page()

    yield _visit
    for context in opened:
        context.close()
