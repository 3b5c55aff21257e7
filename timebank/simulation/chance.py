"""Random numbers that hang on a seed and on what they are for, not on the order in which they are drawn. Pure.

So two years of one seed have the same numbers for the same choices, though one has a board and the other has not.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

_BYTES = 8
_Option = TypeVar("_Option")


class Chance:
    """The random numbers of a seed. Names are what a number is for: ('offers', member, request)."""

    def __init__(self, seed: int) -> None:
        """Take the seed."""
        self.seed = seed

    def number(self, *names: str | int) -> float:
        """Return a number from 0 up to 1, without 1."""
        digest = blake2b(repr((self.seed, *names)).encode(), digest_size=_BYTES).digest()
        return (int.from_bytes(digest, "big") >> 11) / 2**53

    def happens(self, share: float, *names: str | int) -> bool:
        """Return True with this chance."""
        return self.number(*names) < share

    def whole(self, low: int, high: int, *names: str | int) -> int:
        """Return a whole number from low to high, both included, each as likely."""
        return low + int(self.number(*names) * (high - low + 1))

    def pick(self, options: Sequence[_Option], *names: str | int) -> _Option:
        """Return one of the options, each as likely."""
        return options[self.whole(0, len(options) - 1, *names)]

    def weighted(self, weights: Sequence[float], *names: str | int) -> int:
        """Return the position of one of the weights, as likely as it is large. One of them at least is above 0."""
        rest = self.number(*names) * sum(weights)
        for position, weight in enumerate(weights):
            rest -= weight
            if rest < 0:
                return position
        return max(position for position, weight in enumerate(weights) if weight > 0)
