"""The categories of a bank as a tree of two levels. Values in, answers out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from timebank.listings.rules import Risk
from timebank.listings.search import SearchTerms
from timebank.words.stems import stems_of


@dataclass(frozen=True, slots=True)
class Branch:
    """A category. `key` identifies it in URLs; a retired one is not offered for new listings."""

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
        """Return the categories under a parent, or the main ones (None): those in use, or the retired ones."""
        return [
            branch for branch in self.by_id.values() if branch.parent_id == parent_id and branch.is_retired is retired
        ]

    def in_use(self) -> Sequence[tuple[Branch, Sequence[Branch]]]:
        """Return every main category in use, with its subcategories in use."""
        return [(main, self.beside(main.id)) for main in self.beside(None)]

    def whole(self) -> Sequence[tuple[Branch, Sequence[Branch]]]:
        """Return every main category with its subcategories, retired ones too, by position."""
        every = self.by_id.values()
        mains = [branch for branch in every if branch.parent_id is None]
        return [(main, [branch for branch in every if branch.parent_id == main.id]) for main in mains]

    def words_of(self, category_id: int | None) -> str:
        """Return 'Home/Cleaning', for people to read and not as an identifier; '' for no category."""
        branch = self.by_id.get(category_id or 0)
        if branch is None or branch.parent_id is None:
            return branch.name if branch else ""
        return f"{self.by_id[branch.parent_id].name}/{branch.name}"

    def may_be_chosen(self, category_id: int) -> bool:
        """Return whether a new listing may have this category: neither it nor its parent is retired."""
        branch = self.by_id.get(category_id)
        if branch is None or branch.is_retired:
            return False
        return branch.parent_id is None or not self.by_id[branch.parent_id].is_retired

    def within(self, category_id: int) -> frozenset[int]:
        """Return the ids of a category and of its subcategories."""
        return frozenset(
            {category_id, *(branch.id for branch in self.by_id.values() if branch.parent_id == category_id)}
        )

    def risks_of(self, category_ids: Iterable[int]) -> Sequence[Risk]:
        """Return the risks of these categories together, in a fixed order."""
        risks = {risk for id_ in category_ids if id_ in self.by_id for risk in self.by_id[id_].risks}
        return [risk for risk in Risk if risk in risks]

    def named(self, search: SearchTerms) -> Sequence[tuple[frozenset[int], ...]]:
        """Return, for each term, the ids of the categories whose name or parent's name has one of its words."""
        stems = {branch.id: stems_of(branch.name) for branch in self.by_id.values()}
        for branch in self.by_id.values():
            if branch.parent_id is not None:
                stems[branch.id] = [*stems[branch.id], *stems_of(self.by_id[branch.parent_id].name)]
        return [
            tuple(frozenset(id_ for id_, words in stems.items() if term.fits(words)) for term in either)
            for either in search.terms
        ]

    def kinds_and_groups(self, category_ids: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
        """Return (those below main categories, the main ones that they or others of them stand for) of a listing."""
        branches = [self.by_id[id_] for id_ in category_ids]
        return (
            frozenset(branch.id for branch in branches if branch.parent_id is not None),
            frozenset(branch.parent_id or branch.id for branch in branches),
        )
