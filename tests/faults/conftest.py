"""Fixtures of sites and databases that tests may kill, in a folder that the system user of PostgreSQL can read."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.killing import Pair, settle_pairs, sit_down
from tests.faults.own_postgresql import OwnPostgresql, own_postgresql, own_sqlite
from tests.faults.site import Site
from tests.scratch import ids_of_now
from timebank.config import Settings


@pytest.fixture(autouse=True)
def row_ids_of_now() -> Iterator[None]:
    """The sites write to the same databases from processes of their own."""
    with ids_of_now():
        yield


@pytest.fixture
def scratch_folder(folder: Path) -> Iterator[Path]:
    """An empty folder for one test."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=folder) as name:
        yield Path(name)


@pytest.fixture
def embedded(scratch_folder: Path) -> Settings:
    """An embedded database of its own."""
    return own_sqlite(scratch_folder)


@pytest.fixture
def postgresql_of_ours(scratch_folder: Path) -> Iterator[OwnPostgresql]:
    """A PostgreSQL of its own."""
    with own_postgresql(scratch_folder) as made:
        yield made


@pytest.fixture
def site_for(scratch_folder: Path) -> Iterator[Callable[[Settings], Site]]:
    """`site_for(settings)` returns a site that is not started yet; it is killed after the test."""
    made: list[Site] = []

    def make(settings: Settings) -> Site:
        made.append(Site(settings, scratch_folder))
        return made[-1]

    yield make
    for site in made:
        site.kill()


@pytest.fixture
def pair_on(site_for: Callable[[Settings], Site]) -> Callable[[Settings], Pair]:
    """`pair_on(settings)` starts the site and signs two neighbours in, whose browsers do not retry on 503."""

    def seat(settings: Settings) -> Pair:
        (two,) = settle_pairs(settings, pairs=1)
        site = site_for(settings)
        site.start()
        pair = sit_down(site, *two)
        for browser in pair.browsers:
            browser.client.is_patient = False
        return pair

    return seat
