"""States as words: attributes that say whether an object is in a group of them, and the CHECK of their columns."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self, overload


def one_of(column: str, words: Iterable[StrEnum]) -> str:
    """Return the SQL condition that a column holds one of these words, such as those of a StrEnum."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


class InState:
    """A read-only attribute: whether the field `field` of the object holds one of these values."""

    def __init__(self, field: str, *values: str) -> None:
        """Take the name of a field of the object, and the values for which the attribute is True."""
        self.field = field
        self.values = frozenset(values)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> bool: ...

    def __get__(self, instance: object | None, owner: type) -> bool | Self:
        """Return the answer for an object, and the attribute itself for a class."""
        return self if instance is None else getattr(instance, self.field) in self.values
