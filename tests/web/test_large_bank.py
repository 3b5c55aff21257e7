"""A bank of 5,000 members and 100,000 exchanges: no page asks the database more for it than for a village."""

from typing import TYPE_CHECKING

from tests.factories.large_bank import fill
from tests.web.pages import COLUMNS, cast, read_table
from tests.web.test_queries import MORE_QUERIES, MOST_QUERIES, PAGES, _address, _queries

if TYPE_CHECKING:
    from tests.people import Actor

MEMBERS, EXCHANGES = 5_000, 100_000
ROWS_A_QUESTION = 400


def test_no_page_asks_more_for_more_members_and_exchanges(app, as_, books):
    readers = _readers(as_, books)
    addresses = {endpoint: _address(app, endpoint, books) for endpoint in PAGES}
    few = _asked(app, readers, addresses)
    with books.backend.owner_session() as session:
        fill(session, books.village.angus, books.village.mary, members=MEMBERS, exchanges=EXCHANGES)
    assert books.count("membership") > MEMBERS
    assert books.exchanges() > EXCHANGES
    many = _asked(app, readers, addresses)
    # A spreadsheet is read in parts, so that it never lies in memory as a whole; each part asks for many rows.
    parts = {page: asked for page, asked in many.items() if "_csv" in page}
    assert {page: asked for page, asked in parts.items() if asked > MOST_QUERIES + EXCHANGES / ROWS_A_QUESTION} == {}
    pages = {page: asked for page, asked in many.items() if page not in parts}
    assert len(pages) > 50
    most = {page: MORE_QUERIES.get(page.partition(" ")[0], MOST_QUERIES) for page in pages}
    assert {page: asked for page, asked in pages.items() if asked > most[page]} == {}
    # The first row of a kind may bring the names of its people, and no more.
    assert {page: (few[page], asked) for page, asked in pages.items() if asked > few[page] + 1} == {}
    assert books.are_right()


def _readers(as_, books):
    """{endpoint: (who, browser)}: somebody to whom each page is open, those who see all of the bank first."""
    browsers = {column: as_(actor) for column, actor in cast(books.village).items()}
    table = read_table()
    found: dict[str, tuple[str, Actor]] = {}
    for endpoint in PAGES:
        who = next(column for column in reversed(COLUMNS) if table[endpoint, "GET"][column] == "200")
        found[endpoint] = (who, browsers[who])
    return found


def _asked(app, readers, addresses):
    return {
        f"{endpoint} as {who}": len(_queries(app, browser, addresses[endpoint]))
        for endpoint, (who, browser) in readers.items()
    }
