"""Entries: the unit of bookkeeping, posted atomically and once.

Each line of an entry takes from one account what it gives to another, so an entry is balanced by construction. A
reversal is an entry whose lines each mirror a line of the reversed entry, the last line first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from timebank.ledger.errors import NoLinesError, NotAMirrorError, NotMinutesError, SameAccountError


class EntryKind(StrEnum):
    """What kind of deed an entry records."""

    EXCHANGE = "exchange"
    ACTIVITY = "activity"
    WELCOME = "welcome"
    GIFT = "gift"
    GRANT = "grant"
    OPENING = "opening"
    ADJUSTMENT = "adjustment"
    LEAVING = "leaving"
    CLEARING = "clearing"


#: Only these count as help given and received; gifts, grants and corrections never do.
KINDS_OF_HELP = frozenset({EntryKind.EXCHANGE, EntryKind.ACTIVITY})

#: Prefix of the keys and deeds of entries that were imported from another system.
HISTORY = "history:"


#: Greatest lengths, in characters, of an entry's key and of its reference to a deed.
LONGEST_KEY, LONGEST_DEED = 120, 80
#: Greatest minutes of a line, 1,900 years, so that sums stay far within 64 bits; and greatest number of lines.
MOST_MINUTES = 1_000_000_000
MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """Whole minutes that move from the account of whoever received help to the account of whoever gave it.

    `mirrors` is the number (from 1) of the line that this line reverses; None unless the entry is a reversal.
    Raises NotMinutesError, SameAccountError or NotAMirrorError for invalid values.
    """

    from_account: int
    to_account: int
    minutes: int
    mirrors: int | None = None

    def __post_init__(self) -> None:
        if type(self.minutes) is not int or not 0 < self.minutes <= MOST_MINUTES:
            raise NotMinutesError
        if self.mirrors is not None and not 0 < self.mirrors <= MOST_LINES:
            raise NotAMirrorError
        if self.from_account == self.to_account:
            raise SameAccountError

    def mirrored(self, number: int) -> "Line":
        """Return the line that reverses this one, which is line `number` of its entry."""
        return Line(self.to_account, self.from_account, self.minutes, mirrors=number)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its id, the key that makes posting it idempotent, its kind and its lines.

    `reverses` is the id of the entry that it reverses, `resolves` that of the hold that it resolves.
    Raises NoLinesError or NotAMirrorError for invalid values.
    """

    id: int
    key: str
    kind: EntryKind
    lines: tuple[Line, ...]
    reverses: int | None = None
    resolves: int | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            raise NoLinesError
        if any((line.mirrors is None) != (self.reverses is None) for line in self.lines):
            raise NotAMirrorError
        mirrored = [line.mirrors or 0 for line in self.lines]
        if self.reverses is not None and mirrored != sorted(set(mirrored), reverse=True):
            raise NotAMirrorError


def reversal_lines(entry: Entry, numbers: Sequence[int] | None = None) -> tuple[Line, ...]:
    """Return the lines that reverse an entry, last first; `numbers` (from 1) selects lines of it, None all of them.

    Raises NotAMirrorError if the entry is itself a reversal or a number is not one of its lines.
    """
    chosen = range(1, len(entry.lines) + 1) if numbers is None else numbers
    if entry.reverses is not None or any(not 1 <= number <= len(entry.lines) for number in chosen):
        raise NotAMirrorError
    return tuple(entry.lines[number - 1].mirrored(number) for number in sorted(set(chosen), reverse=True))
