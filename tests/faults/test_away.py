"""The database becomes unreachable and comes back while the site runs: the error page, and sending the form again."""

import sqlite3

from tests.faults.trouble import confirmed_once, says_calmly, waiting_confirmation
from tests.people import PASSWORD


def test_postgresql_is_stopped_and_comes_back(postgresql_of_ours, pair_on):
    pair = pair_on(postgresql_of_ours.settings)
    receiver, page, code = waiting_confirmation(pair)
    postgresql_of_ours.stop()
    says_calmly(receiver.get("hours"))
    refused = receiver.submit(page)
    says_calmly(refused)
    assert "what you sent is done once, however often you try" in refused
    says_calmly(receiver.submit(refused, "Try again"))
    postgresql_of_ours.start()
    assert receiver.get("hours").status == 200
    confirmed_once(receiver, refused, code)


def test_an_address_that_nobody_knows_is_still_answered_while_the_books_are_away(postgresql_of_ours, pair_on):
    pair = pair_on(postgresql_of_ours.settings)
    postgresql_of_ours.stop()
    for path in ("nowhere/at/all", "/dundee/", "/"):
        page = pair.browsers[0].get(path)
        assert page.status in {200, 404, 503}
        assert "Traceback" not in page.html


def test_a_password_is_never_written_into_the_page(postgresql_of_ours, pair_on):
    browser = pair_on(postgresql_of_ours.settings).browsers[0]
    browser.done(browser.get("profile"), "Sign out")
    page = browser.get("sign-in")
    postgresql_of_ours.stop()
    refused = browser.submit(page, "Sign in", who="101", password=PASSWORD)
    says_calmly(refused)
    assert "Go back and type it once more." in refused
    assert PASSWORD not in refused.html
    assert not refused.has_button("Try again")


def test_another_program_holds_the_embedded_database_for_too_long(embedded, pair_on):
    receiver, page, code = waiting_confirmation(pair_on(embedded))
    other = sqlite3.connect(embedded.database_url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert receiver.get("hours").status == 200, "reading goes on"
    refused = receiver.submit(page)
    says_calmly(refused)
    assert "No hours have moved." in refused
    other.execute("ROLLBACK")
    other.close()
    confirmed_once(receiver, refused, code)
