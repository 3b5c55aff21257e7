"""Databases of simulated years: in memory, made from the migrations, and gone when the year is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from timebank.config import database
from timebank.db import make_engine
from timebank.migrations import run as migrations
from timebank.simulation.comparing import YearToPlay
from timebank.simulation.figures import Figures, compute
from timebank.simulation.living import SimulatedYear
from timebank.simulation.on_record import read_year

_KEY = b"of simulated books, which are kept nowhere"


@contextmanager
def empty_books(word_models: Path | None) -> Iterator[Session]:
    """Yield a session of a new database in memory."""
    engine = make_engine(database("sqlite:///:memory:"), poolclass=StaticPool)
    try:
        migrations.upgrade(engine)
        info = {"books_key": _KEY, "word_models": word_models}
        with Session(engine, info=info, expire_on_commit=False) as session:
            yield session
    finally:
        engine.dispose()


def simulate(year: YearToPlay, word_models: Path | None = None) -> Figures:
    """Play a year in a database of its own; return its figures."""
    with empty_books(word_models) as session:
        simulated = SimulatedYear(session, year.parameters, year.seed, year.days, with_board=year.with_board)
        session.commit()
        for _day in simulated.play():
            session.commit()
        return compute(read_year(simulated.life))
