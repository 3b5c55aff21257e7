"""The categories of a bank as a tree of two levels. Values in, answers out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from timebank.listings.rules import Risk
from timebank.listings.search import Looked, stems_of


@dataclass(frozen=True, slots=True)
class Branch:
    """A category as pages show it. `key` names it in addresses; a retired one is chosen no more."""

    id: int
    key: str
    name: str
    parent_id: int | None
    position: int
    risks: frozenset[Risk]
    is_retired: bool


class Tree:
    """All categories of a bank, retired ones too, in the order that its coordinator gave them."""

    def __init__(self, branches: Iterable[Branch]) -> None:
        ordered = sorted(branches, key=lambda branch: (branch.position, branch.id))
        self.by_id = {branch.id: branch for branch in ordered}
        self.by_key = {branch.key: branch for branch in ordered}

    def __len__(self) -> int:
        return len(self.by_id)

    def beside(self, parent_id: int | None, *, retired: bool = False) -> Sequence[Branch]:
        """The categories under one, or the main ones (None): those in use, or those retired."""
        return [one for one in self.by_id.values() if one.parent_id == parent_id and one.is_retired is retired]

    def in_use(self) -> Sequence[tuple[Branch, Sequence[Branch]]]:
        """Every main category in use, with those under it."""
        return [(main, self.beside(main.id)) for main in self.beside(None)]

    def whole(self) -> Sequence[tuple[Branch, Sequence[Branch]]]:
        """Every main category with those under it, retired ones too, each in its place."""
        every = self.by_id.values()
        mains = [one for one in every if one.parent_id is None]
        return [(main, [one for one in every if one.parent_id == main.id]) for main in mains]

    def words_of(self, category_id: int | None) -> str:
        """Its name after that of its main one, as in 'Home/Cleaning': to be read, never to find it by. '' for none."""
        found = self.by_id.get(category_id or 0)
        if found is None or found.parent_id is None:
            return found.name if found else ""
        return f"{self.by_id[found.parent_id].name}/{found.name}"

    def may_be_chosen(self, category_id: int) -> bool:
        """Whether a new listing may stand in it: neither it nor what it stands under is retired."""
        found = self.by_id.get(category_id)
        if found is None or found.is_retired:
            return False
        return found.parent_id is None or not self.by_id[found.parent_id].is_retired

    def within(self, category_id: int) -> frozenset[int]:
        """The ids of a category and of those under it."""
        return frozenset({category_id, *(one.id for one in self.by_id.values() if one.parent_id == category_id)})

    def risks_of(self, category_ids: Iterable[int]) -> Sequence[Risk]:
        """What a broker has to think of where help is of these categories, in a fixed order."""
        found = {risk for one in category_ids if one in self.by_id for risk in self.by_id[one].risks}
        return [risk for risk in Risk if risk in found]

    def named(self, looked: Looked) -> Sequence[tuple[frozenset[int], ...]]:
        """For each term, the ids of categories in whose name, or in that of their main one, one of its words stands."""
        stems = {one.id: stems_of(one.name) for one in self.by_id.values()}
        for one in self.by_id.values():
            if one.parent_id is not None:
                stems[one.id] = [*stems[one.id], *stems_of(self.by_id[one.parent_id].name)]
        return [
            tuple(frozenset(id_ for id_, words in stems.items() if term.fits(words)) for term in either)
            for either in looked.terms
        ]
