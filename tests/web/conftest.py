"""The site on each database, with the cast in it, and a browser for each of them. The clock stands at NOW.

Pages are tried on SQLite, and in part on PostgreSQL: `on_postgresql.py` says which. PAGES=both tries all on both.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator

import freezegun
import psycopg
import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from tests.conftest import Backend
from tests.people import NOW, Village
from tests.web.books import Books
from tests.web.on_postgresql import HERE, runs_on_postgresql
from tests.web.visitor import Visitor
from timebank.actors import Actor
from timebank.app import create_app
from timebank.web.extensions import db
from timebank.worker.doing_jobs import do_jobs
from timebank.worker.office import Office

#: It looks at the classes of dates when it is loaded, and must find the real ones.
assert psycopg.apilevel
#: How long tests take is measured by the real clock.
freezegun.configure(extend_ignore_list=["_pytest", "xdist", "execnet"])

As = Callable[[Actor | None], Visitor]
_APPS: dict[str, Flask] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests on PostgreSQL of pages that run on SQLite alone."""
    if os.environ.get("PAGES") == "both":
        return
    left_out = {item for item in items if _is_on_postgresql(item) and not runs_on_postgresql(item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _is_on_postgresql(item: pytest.Item) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return item.path.is_relative_to(HERE) and params.get("backend") == "postgresql"


@pytest.fixture(scope="package")
def _stopped_clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOW) as clock:
        yield clock


@pytest.fixture(autouse=True)
def clock(_stopped_clock: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """It is NOW at the start of every test; `clock.move_to` makes it another moment."""
    _stopped_clock.move_to(NOW)
    return _stopped_clock


@pytest.fixture
def app(backend: Backend) -> Iterator[Flask]:
    """The site, made once for each database; its own connections end with the test, as the database is put back."""
    made = _APPS.get(backend.name)
    if made is None:
        made = _APPS[backend.name] = create_app(backend.settings)
    yield made
    if backend.name == "sqlite":
        with made.app_context():
            db.engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(app)


@pytest.fixture
def as_(app: Flask, backend: Backend, village: Village) -> As:
    """`as_(village.ada)` is Ada's browser, signed in; `as_(None)` is anybody's."""

    def open_browser(actor: Actor | None) -> Visitor:
        browser = Visitor(app)
        if actor is None:
            return browser
        browser.bank = "perth" if actor.bank_id == village.perth.id else "angus"
        with backend.session() as session:
            return browser.sign_in_as(session, actor)

    return open_browser


@pytest.fixture
def works(app: Flask, backend: Backend) -> Callable[[], Counter[str]]:
    """`works()` lets a worker do what jobs there are; gives how they ended."""
    return lambda: do_jobs(Office(backend.settings, backend.engine, app, None))


@pytest.fixture
def books(backend: Backend, village: Village) -> Books:
    """What the books say, read anew each time; and help made in them without the site."""
    return Books(backend, village)
