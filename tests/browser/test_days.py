"""A day of each: a member on a small phone, a broker without a mouse, a coordinator who looks at the books."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.glen_isla import Site
from tests.browser.steps import fact, go_on, open_waiting

_MOST_TABS = 120


def _balances(site: Site, *keys: str) -> list[int]:
    return [site.account(key).balance for key in keys]


def _heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def _fits(page: Page, width: int) -> None:
    """Nothing of the page lies beyond its side."""
    expect(_heading(page)).to_be_visible()
    assert page.locator(":root").evaluate("root => root.scrollWidth") <= width, page.url


def _offer_pancakes(page: Page, site: Site) -> None:
    page.goto(site.url("listings.add", kind="offer"))
    page.get_by_label("In a few words").fill("Crêpes and pancakes")
    page.get_by_label("What kind of help is it?").select_option("Cooking and baking")
    page.get_by_role("button", name="List it").click()
    expect(page.get_by_text("It is listed now. Others can find it.")).to_be_visible()


def test_a_member_finds_asks_agrees_records_and_confirms_on_a_small_phone_without_a_script(
    visit: Visit, site: Site
) -> None:
    ada, grace = visit("ada", scripts=False), visit("grace", scripts=False)
    before = _balances(site, "grace", "ada")
    _offer_pancakes(grace, site)

    ada.goto(site.url("home.home"))
    ada.get_by_role("button", name="Find help or offer it").click()
    ada.get_by_label("What do you look for?").fill("crepe pancake")
    ada.get_by_role("button", name="Look", exact=True).click()
    ada.get_by_role("link", name="Crêpes and pancakes").first.click()
    ada.get_by_role("button", name="Ask Grace for this").click()
    go_on(ada)
    ada.get_by_label("Today").check()
    go_on(ada)
    ada.get_by_label("1 hour", exact=True).check()
    _fits(ada, PHONE["width"])
    go_on(ada)
    assert fact(ada, "Who gives") == "Grace Okafor"
    ada.get_by_role("button", name="Send to Grace").click()
    expect(_heading(ada)).to_have_text("Asked")

    open_waiting(grace, site, "Crêpes and pancakes", "Answer")
    grace.get_by_role("button", name="Yes, that suits me").click()
    expect(grace.get_by_role("button", name="It has happened: record it")).to_be_visible()
    _fits(grace, PHONE["width"])
    ada.goto(site.url("home.home"))
    ada.get_by_role("link", name="Grace Okafor helps you: Crêpes and pancakes").click()
    ada.get_by_role("button", name="It has happened: record it").click()
    ada.get_by_label("Today").check()
    go_on(ada)
    ada.get_by_role("button", name="Send to Grace").click()
    expect(_heading(ada)).to_have_text("Sent")
    assert _balances(site, "grace", "ada") == before

    open_waiting(grace, site, "Crêpes and pancakes", "Check and confirm")
    expect(grace.get_by_role("button", name="Yes, this is right")).to_be_visible()
    _fits(grace, PHONE["width"])
    grace.get_by_role("button", name="Yes, this is right").click()
    expect(_heading(grace)).to_have_text("Confirmed")
    assert _balances(site, "grace", "ada") == [before[0] + 60, before[1] - 60]


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does; it must come there, and be seen."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle") != "none", page.url
            return
    raise AssertionError(wanted)


def _press(page: Page, name: str) -> None:
    _tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def _type(page: Page, name: str, said: str) -> None:
    """Fill in a field and send its form with Enter."""
    _tab_to(page, page.locator(f"input[name={name}]"))
    page.keyboard.type(said)
    page.keyboard.press("Enter")


def test_a_broker_writes_down_a_signed_slip_for_somebody_by_keyboard_alone(visit: Visit, site: Site) -> None:
    rosa = visit("rosa", scripts=False, viewport=DESK)
    before = _balances(site, "linus", "grace", "rosa")
    banner = rosa.get_by_role("complementary", name="Acting for a member")
    rosa.goto(site.url("members.member", code="linus"))
    _press(rosa, "Act for Linus")
    expect(_heading(rosa)).to_have_text("Act for Linus Baxter")
    _tab_to(rosa, rosa.get_by_label("by phone"))
    rosa.keyboard.press("ArrowDown")
    expect(rosa.get_by_label("on paper")).to_be_checked()
    _press(rosa, "Go on")
    expect(banner).to_contain_text("You are acting for Linus Baxter (on paper).")

    _press(rosa, "I gave help")
    _type(rosa, "words", "Grace Okafor")
    _type(rosa, "what", "Swept the chimney")
    _press(rosa, "None of these")
    _tab_to(rosa, rosa.get_by_label("Today"))
    rosa.keyboard.press("Space")
    rosa.keyboard.press("Enter")
    _type(rosa, "how_long", "1 h 30")
    expect(_heading(rosa)).to_have_text("Check before you send")
    expect(banner).to_be_visible()
    _tab_to(rosa, rosa.get_by_label("What is there to show for it?"))
    rosa.keyboard.type("slip 14, blue folder")
    _tab_to(rosa, rosa.get_by_role("checkbox"))
    rosa.keyboard.press("Space")
    _press(rosa, "Send to Grace")
    expect(_heading(rosa)).to_have_text("Confirmed")
    assert _balances(site, "linus", "grace", "rosa") == [before[0] + 90, before[1] - 90, before[2]]

    _tab_to(rosa, rosa.get_by_role("link", name="Stop acting for them"))
    rosa.keyboard.press("Enter")
    expect(_heading(rosa)).to_have_text("Linus Baxter")
    expect(banner).to_have_count(0)


def test_a_coordinator_goes_from_the_audit_to_an_entry_and_prints_it_without_a_script(visit: Visit, site: Site) -> None:
    mary = visit("mary", scripts=False, viewport=DESK)
    mary.goto(site.url("home.home"))
    mary.get_by_role("link", name="Audit", exact=True).click()
    expect(_heading(mary)).to_have_text("Do the books balance?")
    expect(mary.get_by_text("The sum over all accounts is 0 min.")).to_be_visible()
    mary.locator("a[href*='audit/exchanges?state=confirmed']").first.click()
    mary.get_by_label("Words in what it was").fill("hedge")
    mary.get_by_label("Person: name or number").fill("ada")
    mary.get_by_role("button", name="Show these").click()
    rows = mary.locator("section[aria-labelledby=found] .rows > li")
    assert rows.count() > 0
    for row in rows.all():
        expect(row).to_contain_text("hedge")
        expect(row).to_contain_text("Ada Lamont")
    what = rows.first.get_by_role("link").inner_text()
    rows.first.get_by_role("link").click()
    expect(_heading(mary)).to_have_text(what)
    mary.get_by_role("link", name="How it stands in the books").click()
    expect(mary.get_by_role("heading", name="What it did to the accounts")).to_be_visible()
    assert fact(mary, "What") == what

    mary.emulate_media(media="print")
    for hidden in (".top nav", ".actions", ".skip", "button"):
        for found in mary.locator(hidden).all():
            expect(found).to_be_hidden()
    expect(mary.get_by_role("cell", name="Ada Lamont")).to_be_visible()
    expect(mary.get_by_text("Written in the books")).to_be_visible()
