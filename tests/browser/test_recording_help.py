"""Ada records an hour for Grace and Grace answers: on a phone, without a script, and whatever fingers do twice."""

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.glen_isla import Site
from tests.browser.steps import answer_all, fact, go_on, newest_line, open_waiting, record, send


def _heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def _balances(site: Site) -> tuple[int, int]:
    return site.account("ada").balance, site.account("grace").balance


def test_an_hour_is_recorded_confirmed_and_stands_in_both_statements_without_a_script(visit: Visit, site: Site) -> None:
    ada, grace = visit("ada", scripts=False), visit("grace", scripts=False)
    adas, graces = _balances(site)

    answer_all(ada, site, whom="Grace", what="Sorted the shed")
    assert fact(ada, "Who gave") == "Ada Lamont (you)"
    assert fact(ada, "Who received") == "Grace Okafor"
    assert fact(ada, "When").startswith("Yesterday, ")
    assert fact(ada, "How long") == "1 hour"
    reference = send(ada)
    expect(ada.get_by_text("No hours have moved yet. Grace is asked if this is right.")).to_be_visible()
    assert _balances(site) == (adas, graces)

    open_waiting(grace, site, "Sorted the shed", "Check and confirm")
    assert _heading(grace) == "Is this right?"
    assert fact(grace, "Reference") == reference
    before, after = fact(grace, "Your hours now"), fact(grace, "Your hours after")
    grace.get_by_role("button", name="Yes, this is right").click()
    assert _heading(grace) == "Confirmed"
    assert grace.locator(".reference").inner_text() == reference
    assert _balances(site) == (adas + 60, graces - 60)

    grace.goto(site.url("home.home"))
    assert grace.locator(".figure").first.inner_text() == after != before
    day = ada.goto(site.url("statement.my_hours")) and ada.locator(".ledger td").first.inner_text()
    assert newest_line(ada, site).startswith(
        f"{day} Help given to Grace Okafor: Sorted the shed + 1 h Balance after it:"
    )
    assert newest_line(grace, site).startswith(
        f"{day} Help received from Ada Lamont: Sorted the shed - 1 h Balance after it:"
    )


def test_what_is_not_right_moves_nothing_until_both_agree_without_a_script(visit: Visit, site: Site) -> None:
    ada, grace = visit("ada", scripts=False), visit("grace", scripts=False)
    adas, graces = _balances(site)
    record(ada, site, whom="Grace", what="Washed the windows")

    open_waiting(grace, site, "Washed the windows", "That is not right")
    grace.get_by_label("How long was it, by your count?").fill("30 min")
    grace.get_by_role("button", name="Send this").click()
    expect(grace.locator(".summary")).to_contain_text("Say in a few words what is not right.")
    assert grace.get_by_label("How long was it, by your count?").input_value() == "30 min"
    grace.get_by_label("What is not right?").fill("We were done by half past.")
    grace.get_by_role("button", name="Send this").click()
    assert _heading(grace) == "We look at it together"
    assert _balances(site) == (adas, graces)

    ada.goto(site.url("exchanges.exchanges"))
    expect(ada.get_by_role("listitem").filter(has_text="Washed the windows")).to_contain_text("being looked at")
    ada.get_by_role("link", name="Washed the windows").click()
    expect(ada.get_by_text("We were done by half past.")).to_be_visible()
    ada.get_by_role("button", name="Agree to 30 minutes").click()
    assert _heading(ada) == "Agree to 30 minutes?"
    ada.get_by_role("button", name="Yes, I agree").click()
    assert _heading(ada) == "Confirmed"
    assert _balances(site) == (adas + 30, graces - 30)


def test_pressing_send_twice_records_once(visit: Visit, site: Site) -> None:
    ada = visit("ada", scripts=False)
    answer_all(ada, site, whom="Grace", what="Read the paper aloud")
    ada.get_by_role("button", name="Send to").dblclick(no_wait_after=True)
    expect(ada.get_by_role("heading", level=1)).to_have_text("Sent")
    assert [one.state for one in site.exchanges("Read the paper aloud")] == ["recorded"]


def test_sending_again_because_the_answer_got_lost_records_once(visit: Visit, site: Site) -> None:
    ada = visit("ada", scripts=False)
    answer_all(ada, site, whom="Grace", what="Mended the fence")
    _press_and_lose_the_answer(ada, "Send to")
    send(ada)
    assert [one.state for one in site.exchanges("Mended the fence")] == ["recorded"]


def test_pressing_yes_twice_moves_the_hours_once(visit: Visit, site: Site) -> None:
    ada, grace = visit("ada"), visit("grace", scripts=False)
    record(ada, site, whom="Grace", what="Swept the path")
    adas, graces = _balances(site)
    open_waiting(grace, site, "Swept the path", "Check and confirm")
    grace.get_by_role("button", name="Yes, this is right").dblclick(no_wait_after=True)
    expect(grace.get_by_role("heading", level=1)).to_have_text("Confirmed")
    assert _balances(site) == (adas + 60, graces - 60)


def test_saying_yes_again_because_the_answer_got_lost_moves_the_hours_once(visit: Visit, site: Site) -> None:
    ada, grace = visit("ada"), visit("grace", scripts=False)
    record(ada, site, whom="Grace", what="Potted the geraniums")
    adas, graces = _balances(site)
    open_waiting(grace, site, "Potted the geraniums", "Check and confirm")
    _press_and_lose_the_answer(grace, "Yes, this is right")
    grace.get_by_role("button", name="Yes, this is right").click()
    expect(grace.get_by_role("heading", level=1)).to_have_text("Confirmed")
    assert _balances(site) == (adas + 60, graces - 60)


def test_going_back_after_sending_and_sending_again_records_once(visit: Visit, site: Site) -> None:
    ada = visit("ada", scripts=False)
    answer_all(ada, site, whom="Grace", what="Held the ladder")
    reference = send(ada)
    ada.go_back()
    assert _heading(ada) == "Check before you send"
    assert send(ada) == reference
    ada.reload()
    assert [one.state for one in site.exchanges("Held the ladder")] == ["recorded"]


def test_a_page_left_open_moves_the_hours_no_second_time(visit: Visit, site: Site) -> None:
    ada, grace = visit("ada"), visit("grace")
    record(ada, site, whom="Grace", what="Fed the hens")
    adas, graces = _balances(site)
    open_waiting(grace, site, "Fed the hens", "Check and confirm")
    left_open = grace.context.new_page()
    left_open.goto(grace.url)
    grace.get_by_role("button", name="Yes, this is right").click()
    grace.wait_for_url("**/done")
    left_open.get_by_role("button", name="Yes, this is right").click()
    left_open.wait_for_load_state()
    grace.go_back()
    expect(grace.get_by_role("button", name="Yes, this is right")).to_have_count(0)
    assert _balances(site) == (adas + 60, graces - 60)


def test_a_wrong_answer_is_kept_and_the_summary_takes_focus_and_leads_to_the_field(visit: Visit, site: Site) -> None:
    ada = visit("ada")
    ada.goto(site.url("recording.how_long", code="record draft"))
    field = ada.get_by_label("Another time", exact=True).and_(ada.locator("input[type=text]"))
    field.fill("a little while")
    go_on(ada)
    expect(ada.locator(".summary")).to_be_focused()
    assert field.input_value() == "a little while"
    said = ada.locator(".summary a").inner_text()
    assert ada.locator(".problem").inner_text().split() == ["Problem:", *said.split()]
    ada.keyboard.press("Tab")
    expect(ada.locator(".summary a")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(field).to_be_focused()


def test_answers_are_kept_on_the_way_back(visit: Visit, site: Site) -> None:
    ada = visit("ada", scripts=False)
    answer_all(ada, site, whom="Grace", what="Wrapped parcels", how_long="45 minutes")
    ada.get_by_role("link", name="Back").click()
    expect(ada.get_by_label("45 minutes", exact=True)).to_be_checked()
    ada.get_by_role("link", name="Back").click()
    expect(ada.get_by_label("Yesterday")).to_be_checked()
    ada.get_by_role("link", name="Back").click()
    expect(ada.get_by_label("In a few words")).to_have_value("Wrapped parcels")
    ada.get_by_role("link", name="Back").click()
    expect(ada.get_by_label("Grace Okafor")).to_be_checked()


def _press_and_lose_the_answer(page: Page, button: str) -> None:
    """The form is sent and done, but its answer never comes back, so the page still shows its button."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost or route.request.method != "POST":
            route.fallback()
            return
        lost.append(route.fetch(max_redirects=0).status)
        route.abort("aborted")

    page.route("**/*", lose)
    page.get_by_role("button", name=button).click(no_wait_after=True)
    while not lost:
        page.wait_for_timeout(20)
    assert lost == [303]
