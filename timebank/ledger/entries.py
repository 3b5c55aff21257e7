"""One deed written in the books.

An entry carries its lines, and each line takes from one account what it gives another: balanced by construction.

A reversal is an entry of its own whose lines each mirror a line of the first, the last line first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from timebank.ledger.errors import NoLinesError, NotAMirrorError, NotMinutesError, SameAccountError


class EntryKind(StrEnum):
    """What kind of deed moved the hours."""

    EXCHANGE = "exchange"
    ACTIVITY = "activity"
    WELCOME = "welcome"
    GIFT = "gift"
    GRANT = "grant"
    OPENING = "opening"
    ADJUSTMENT = "adjustment"
    LEAVING = "leaving"
    CLEARING = "clearing"


#: Only these count as given and received; gifts, grants and corrections never do.
KINDS_OF_HELP = frozenset({EntryKind.EXCHANGE, EntryKind.ACTIVITY})

#: How keys and deeds begin of what happened before these books were kept and was brought in from others.
HISTORY = "history:"


#: How many signs an entry's key and its reference to a deed may have.
LONGEST_KEY, LONGEST_DEED = 120, 80
#: Nobody moves more at once: 1,900 years. Sums of such minutes stay far within 64 bits.
MOST_MINUTES = 1_000_000_000
MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """Hours moving: from the account of who received help to the account of who gave it, in whole minutes.

    `mirrors` is the number (from 1) of the line that this one takes back; None in an ordinary entry.
    Raises NotMinutesError, SameAccountError or NotAMirrorError when made wrong.
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
        """The line that takes this one, the entry's line `number`, back."""
        return Line(self.to_account, self.from_account, self.minutes, mirrors=number)


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed in the books: its own id, the key that makes it happen once, its kind and its lines.

    `reverses` is the id of the entry that this one takes back, `resolves` that of the hold that it ends.
    Raises NoLinesError or NotAMirrorError when made wrong.
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
    """The lines that take an entry back, last first; `numbers` (from 1) chooses some of its lines, None takes all.

    Raises NotAMirrorError if the entry is itself a reversal or a number is not one of its lines.
    """
    chosen = range(1, len(entry.lines) + 1) if numbers is None else numbers
    if entry.reverses is not None or any(not 1 <= number <= len(entry.lines) for number in chosen):
        raise NotAMirrorError
    return tuple(entry.lines[number - 1].mirrored(number) for number in sorted(set(chosen), reverse=True))
