"""A copy of the demo's town with its marked rows, to be attacked by one test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.town import mark_town
from tests.cli.conftest import make_village
from tests.scratch import ids_of_now, made_once
from timebank.config import Settings, database


@pytest.fixture(autouse=True)
def row_ids_of_now() -> Iterator[None]:
    """The site that is attacked writes from a process of its own."""
    with ids_of_now():
        yield


@pytest.fixture
def town(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the copy, on SQLite."""
    village = made_once(tmp_path_factory.getbasetemp(), "village", make_village) / "demo"
    instance = tmp_path / "instance"
    shutil.copytree(village, instance)
    url = database(f"sqlite:///{instance / 'timebank.db'}")
    settings = Settings(instance=instance, database_url=url, owner_url=url)
    mark_town(settings)
    return settings
