"""The village, built once, to be read by many tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.people import NOW
from timebank.config import database
from timebank.db import make_engine
from timebank.demo.village import build
from timebank.migrations import run as migrations

KEY = {"books_key": b"the demo's own key, known to all"}


@pytest.fixture(scope="session")
def lived(folder: Path) -> Iterator[Session]:
    """The village after its three months, in a database of its own. Nothing that a test does there is kept."""
    engine = make_engine(database(f"sqlite:///{folder / 'lived.db'}"))
    migrations.upgrade(engine)
    with Session(engine, info=KEY) as session:
        build(session, now=NOW)
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def life(lived: Session) -> Iterator[Session]:
    yield lived
    lived.rollback()
