"""Sites and databases that may be killed, in a folder that another process of PostgreSQL's may enter."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.killing import Pair, settle_pairs, sit_down
from tests.faults.own_postgresql import OwnPostgresql, own_postgresql, own_sqlite
from tests.faults.site import Site
from timebank.config import Settings


@pytest.fixture
def place(folder: Path) -> Iterator[Path]:
    """An empty folder for one test."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=folder) as name:
        yield Path(name)


@pytest.fixture
def embedded(place: Path) -> Settings:
    """An embedded database of its own."""
    return own_sqlite(place)


@pytest.fixture
def postgresql_of_ours(place: Path) -> Iterator[OwnPostgresql]:
    """A PostgreSQL of its own."""
    with own_postgresql(place) as made:
        yield made


@pytest.fixture
def site_for(place: Path) -> Iterator[Callable[[Settings], Site]]:
    """`site_for(settings)` is a site, not started yet; it ends with the test."""
    made: list[Site] = []

    def make(settings: Settings) -> Site:
        made.append(Site(settings, place))
        return made[-1]

    yield make
    for site in made:
        site.kill()


@pytest.fixture
def pair_on(site_for: Callable[[Settings], Site]) -> Callable[[Settings], Pair]:
    """`pair_on(settings)` starts the site and seats two neighbours at it, who hear of it when the books are away."""

    def seat(settings: Settings) -> Pair:
        (two,) = settle_pairs(settings, pairs=1)
        site = site_for(settings)
        site.start()
        pair = sit_down(site, *two)
        for browser in pair.browsers:
            browser.client.is_patient = False
        return pair

    return seat
