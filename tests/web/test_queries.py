"""No page but home asks the database more than a dozen things, and none asks more because there are more rows."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import event

from tests.people import join
from tests.web.pages import COLUMNS, cast, read_table, values_for
from timebank.web.extensions import db

MOST_QUERIES = 12
#: Pages that compare all of a bank, of which each table is read once.
MORE_QUERIES = {
    "matching.board": 16,
    "matching.plan": 14,
    "matching.circles": 14,
    "matching.helpers": 14,
    "home.home": 20,
}
#: The first row of a kind may bring the names of its people; the first helpers bring their offers' words and kinds.
BROUGHT = {"matching.helpers": 2}
PAGES = [
    endpoint for (endpoint, method), answers in read_table().items() if method == "GET" and "200" in answers.values()
]


def _address(app, endpoint, books):
    rule = next(app.url_map.iter_rules(endpoint))
    with app.test_request_context():
        return app.url_for(endpoint, **values_for(endpoint, set(rule.arguments), books))


def _queries(app, browser, address):
    """What the database is asked while a page is made; what a connection says of itself is not counted."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK", "SELECT 1")):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked


def _crowd(books):
    """Thirty more neighbours to call, each with help that waits, is agreed, is confirmed or is disputed."""
    books.backend.settled()
    books = replace(books, _made=1000)  # its forms have other keys than those of the test
    with books.backend.session() as session:
        crowd = [join(session, books.village.angus, f"Crowd{n} Member") for n in range(30)]
        session.commit()
    for neighbour in crowd:
        books.task(f"member:{neighbour.code}")
    for number, neighbour in enumerate(crowd):
        other = books.village.grace if number % 2 else books.village.ada
        books.listed(neighbour, kind=("offer", "request")[number % 2])
        getattr(books, ("recorded", "accepted", "confirmed", "disputed")[number % 4])(neighbour, other)


def _asked(app, as_, books, endpoint):
    """What one reader's page asks, the second time that they open it."""
    address = _address(app, endpoint, books)
    answers = read_table()[endpoint, "GET"]
    who = next(column for column in reversed(COLUMNS) if answers[column] == "200")
    browser = as_(cast(books.village)[who])
    browser.get(address)
    return _queries(app, browser, address)


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_asks_a_dozen_things_at_most_and_no_more_for_more_rows(endpoint, app, as_, books):
    few = _asked(app, as_, books, endpoint)
    with app.app_context():
        db.engine.dispose()  # the site has no connection open while its database is replaced
    books.backend.bring_to("crowd", partial(_crowd, books))
    many = _asked(app, as_, books, endpoint)
    assert len(many) <= MORE_QUERIES.get(endpoint, MOST_QUERIES), many
    assert len(many) <= len(few) + BROUGHT.get(endpoint, 1), many
