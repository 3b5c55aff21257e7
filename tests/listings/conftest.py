"""Angus with its categories, and a short way to list something in it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.people import NOW, Village
from timebank.actors import Doing, Unattended
from timebank.listings import actions
from timebank.listings.queries import get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.listings.tree import Tree


@pytest.fixture
def tree(session: Session, village: Village) -> Tree:
    """The categories that every bank starts with."""
    actions.open_categories(session, village.angus, Unattended(village.angus.id, NOW))
    return get_tree(session, village.angus.id)


@pytest.fixture
def said(tree: Tree) -> Callable[..., ListingText]:
    """`said('Gardening', 'outdoors/gardening')` is what somebody might say."""

    def say(title: str = "Gardening", *keys: str, **more: object) -> ListingText:
        ids = tuple(tree.by_key[key].id for key in keys or ("outdoors/gardening",))
        return ListingText(**{"title": title, "words": "", "category_ids": ids} | more)  # type: ignore[arg-type]

    return say


@pytest.fixture
def list_it(session: Session, village: Village, said: Callable[..., ListingText]) -> Callable[..., str]:
    """`list_it('Gardening', by=village.grace)` lists an offer; gives its code."""
    count = iter(range(1000))

    def add(
        title: str = "Gardening", *keys: str, by=village.ada, kind=ListingKind.OFFER, now=NOW, **more: object
    ) -> str:
        key = f"listed-{next(count)}"
        return actions.add(session, village.angus, kind, said(title, *keys, **more), Doing(by, now, key))

    return add
