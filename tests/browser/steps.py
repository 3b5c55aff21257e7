"""What people do on the pages, as they would say it."""

from playwright.sync_api import Page, expect

from tests.browser.glen_isla import Site


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Go on").click()


def answer_all(page: Page, site: Site, *, whom: str, what: str, how_long: str = "1 hour") -> None:
    """The four questions, up to the page that checks them."""
    page.goto(site.url("home.home"))
    page.get_by_role("button", name="I gave help").click()
    page.get_by_label("Name or member number").fill(whom)
    go_on(page)
    page.get_by_label("In a few words").fill(what)
    go_on(page)
    page.get_by_role("button", name="None of these").click()
    page.get_by_label("Yesterday").check()
    go_on(page)
    page.get_by_label(how_long, exact=True).check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you send")


def send(page: Page) -> str:
    """Send what was checked; gives the reference."""
    page.get_by_role("button", name="Send to").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent")
    return page.locator(".reference").inner_text()


def record(page: Page, site: Site, *, whom: str, what: str) -> str:
    """An hour of help, from the first question to the reference."""
    answer_all(page, site, whom=whom, what=what)
    return send(page)


def open_waiting(page: Page, site: Site, what: str, button: str) -> None:
    """From home, press a button of what waits for an answer."""
    page.goto(site.url("home.home"))
    page.get_by_role("listitem").filter(has_text=what).get_by_role("button", name=button).click()


def newest_line(page: Page, site: Site) -> str:
    """The newest line of one's own statement, on one line."""
    page.goto(site.url("statement.my_hours"))
    return " ".join(page.locator(".ledger tbody tr").first.inner_text().split()).replace("\N{MINUS SIGN}", "-")


def fact(page: Page, name: str) -> str:
    """What a page says of 'Your hours after', 'How long' and the like."""
    return page.locator(".facts > div").filter(has=page.get_by_text(name, exact=True)).locator("dd").first.inner_text()
