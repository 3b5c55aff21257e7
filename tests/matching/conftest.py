"""Offers in Angus, and what their owners say of when they can help."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.listings.conftest import list_it, said, tree
from tests.people import NOW, TODAY, Village
from timebank.actors import Actor, Doing
from timebank.listings.queries import find_line
from timebank.listings.rules import ListingKind
from timebank.matching.candidates import Candidate, list_candidates
from timebank.matching.rules import Order
from timebank.members.helping import change_helping
from timebank.members.rules import Helping

__all__ = ["list_it", "said", "tree"]


@pytest.fixture
def says(session: Session, village: Village) -> Callable[..., None]:
    """`says(village.ada, free_parts=0b111)` is what Ada says of when she can help."""
    count = iter(range(1000))

    def say(actor: Actor, **helping: object) -> None:
        doing = Doing(actor, NOW, f"helping-{next(count)}")
        change_helping(session, village.angus, Helping(**helping), doing)  # type: ignore[arg-type]

    return say


@pytest.fixture
def candidates(session: Session, village: Village, list_it: Callable[..., str]) -> Callable[..., list[Candidate]]:
    """`candidates('Weeding')` are those who could help Grace with it."""

    def find(title: str = "Weeding the roses", *keys: str, order: Order = Order.ALL, **more: object) -> list[Candidate]:
        more = {"by": village.grace, "in_person": True} | more
        code = list_it(title, *keys, kind=ListingKind.REQUEST, **more)
        line = find_line(session, village.angus.id, code, TODAY)
        assert line is not None
        return list(list_candidates(session, line, village.angus.id, now=NOW, today=TODAY, order=order))

    return find
