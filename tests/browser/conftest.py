"""A browser, the village to walk through, and its people signed in. Skipped, with the reason, without Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.glen_isla import NEWCOMER, Site, make_site, serving
from timebank.demo.village import CAST, PASSWORD

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

#: Opens a page as somebody of the village, or as a stranger (None).
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser, and one worker is enough to run it."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


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
def site(folder: Path) -> Iterator[Site]:
    """The village, served. Its people live on through all the tests, so each test brings help of its own."""
    with serving(make_site(folder / "village")) as served:
        yield served


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, site: Site) -> dict[str | None, StorageState | None]:
    """The cookies of everybody in the village, each signed in once through the form; a stranger has none."""
    cookies: dict[str | None, StorageState | None] = {None: None}
    for key in (*(villager.key for villager in CAST), NEWCOMER):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(site.url("signing_in.sign_in"))
        page.get_by_label("Member number, e-mail or phone").fill(f"{key}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_role("button", name="Sign out").is_visible()
        if key == "mary":  # the page of a sign-in code shows it to whoever has just made it
            page.goto(site.url("members.member", code="linus"))
            page.get_by_role("button", name="Make a sign-in code").click()
        cookies[key] = context.storage_state()
        context.close()
    return cookies


@pytest.fixture
def visit(
    chromium: Browser, site: Site, signed_in: dict[str | None, StorageState | None]
) -> Iterator[Callable[..., Page]]:
    """`visit('ada', scripts=False)`: a page on a phone, signed in, whose address starts at the site."""
    opened: list[BrowserContext] = []

    def _visit(who: str | None, *, scripts: bool = True, **more: object) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            storage_state=signed_in[who],
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **({"viewport": PHONE} | more),
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield _visit
    for context in opened:
        context.close()
