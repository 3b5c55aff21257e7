"""The vocabulary of a language: for each kind of help of the starting list, terms that neighbours use for it.

One file per main category in `vocabulary/<language>/`: the part of the category's key after the slash, and its terms,
most obvious first. They are written by us for this project, from no list of anybody's.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`terms` is {category key: its terms}; `leaves` are these keys and `mains` their parents', both in order."""

    language: str
    terms: Mapping[str, Sequence[str]]

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return the keys of all categories that have terms, such as 'getting-about/lifts'."""
        return tuple(self.terms)

    @property
    def mains(self) -> tuple[str, ...]:
        """Return the keys of their parents, such as 'getting-about'."""
        return tuple(dict.fromkeys(main_of(leaf) for leaf in self.terms))


def main_of(leaf: str) -> str:
    """Return the key of the main category above a category's key."""
    return leaf.partition("/")[0]


@cache
def read_vocabulary(language: str = "en") -> Vocabulary:
    """Return the vocabulary of a language. Raises FileNotFoundError for one that has none."""
    folder = files(__package__) / "vocabulary" / language
    terms: dict[str, Sequence[str]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        main = path.name.removesuffix(".toml")
        for leaf, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
            terms[f"{main}/{leaf}"] = tuple(words)
    return Vocabulary(language, terms)
