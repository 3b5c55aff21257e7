"""Takes the picture of the README: a member's home in the demo village, as it is in the last days before now.

`make picture` runs it. It needs Chromium, and writes docs/home.png.
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import NAMES, QUIET
from tests.browser.glen_isla import Site, serving
from timebank.app import create_app
from timebank.cli.demo_bank import demo_settings, make_demo
from timebank.config import Settings, database
from timebank.demo.village import PASSWORD

WHO = "ada@example.org"
PICTURE = Path(__file__).with_name("home.png")
SIZE = {"width": 1280, "height": 1030}
LARGEST_BYTES = 200_000


def main() -> None:
    """Build the village in a folder that is thrown away, and look at it."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        raise SystemExit(f"no Chromium here: none of {', '.join(NAMES)} is on the path")  # noqa: EM102, TRY003 (said once)
    with tempfile.TemporaryDirectory() as folder, serving(_village(Path(folder))) as site, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=list(QUIET))
        _take(browser, site)
        browser.close()
    size = PICTURE.stat().st_size
    print(f"{PICTURE}: {size:,} bytes")
    if size > LARGEST_BYTES:
        raise SystemExit(f"that is more than {LARGEST_BYTES:,}")  # noqa: EM102, TRY003 (said once)


def _village(folder: Path) -> Site:
    url = database(f"sqlite:///{folder / 'not-used.db'}")
    settings = demo_settings(Settings(instance=folder, database_url=url, owner_url=url))
    make_demo(settings)
    return Site(create_app(settings), settings)


def _take(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
    page.goto(site.url("signing_in.sign_in"))
    page.get_by_label("Member number, e-mail or phone").fill(WHO)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(site.url("home.home"))
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
