"""The figures of a month, computed by the day of posting in the bank's time zone. Pure.

The same figures come out whenever they are reckoned anew, since what is posted stays: that is what a sign-off is worth.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from timebank.ledger.accounts import AccountKind
from timebank.ledger.closings import ClosingKind
from timebank.ledger.entries import KINDS_OF_HELP, EntryKind
from timebank.ledger.leaves import canonical

#: Accounts of people and groups: what these gave and received is the bank's help; pots stand between.
_OWNED = frozenset({AccountKind.MEMBER, AccountKind.GROUP})
_HELP = frozenset(kind.value for kind in KINDS_OF_HELP)


@dataclass(frozen=True, slots=True)
class MonthMoves:
    """One account's lines of one kind in a month: the sum of their signed minutes, and of the positive ones.

    `takes_back` is True for reversals.
    """

    month: date
    kind: str
    takes_back: bool
    account_id: int
    minutes: int
    came_in: int


@dataclass(frozen=True, slots=True)
class MonthEntries:
    """The number of entries of one kind posted in a month, and how many of them occurred in an earlier month."""

    month: date
    kind: str
    takes_back: bool
    entries: int
    late: int


@dataclass(frozen=True, slots=True)
class MonthOpening:
    """An account, its kind, and the month in which it was opened."""

    account_id: int
    kind: str
    month: date


@dataclass(frozen=True, slots=True)
class MonthClosing:
    """A closing or reopening of an account, and its month."""

    month: date
    kind: str


@dataclass(frozen=True, slots=True)
class KindFigures:
    """The number of entries of a kind, and the minutes that they moved."""

    entries: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month by posting date, and how the accounts stood at its end; all lengths in minutes.

    `minutes` moved, `given` and `received` by people and groups as help, less what was taken back; `late` entries
    happened in an earlier month; `with_hours` are the accounts whose balance was not zero.
    """

    month: str
    time_zone: str
    entries: int = 0
    taken_back: int = 0
    late: int = 0
    minutes: int = 0
    given: int = 0
    received: int = 0
    kinds: Mapping[str, KindFigures] = field(default_factory=dict)
    accounts: int = 0
    with_hours: int = 0
    above: int = 0
    below: int = 0
    pot: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class MonthRows:
    """Rows of the books up to the last of some months; moves before the first may be under any earlier month."""

    moved: Sequence[MonthMoves]
    counted: Sequence[MonthEntries]
    opened: Sequence[MonthOpening]
    closed: Sequence[MonthClosing]


def next_month(month: date) -> date:
    """Return the first day of the following month."""
    return (month + timedelta(days=31)).replace(day=1)


def is_over(month: date, today: date) -> bool:
    """Return whether a month (its first day) is over: only then can it be signed."""
    return today >= next_month(month)


def list_months(first: date, today: date) -> list[date]:
    """Return the first days of the months from that of `first` up to that of `today`, oldest first."""
    months, month = [], first.replace(day=1)
    while month <= today:
        months.append(month)
        month = next_month(month)
    return months


def reckon(months: Sequence[date], time_zone: str, rows: MonthRows) -> dict[date, MonthFigures]:
    """Return {month: its figures} for these months (first days, in any order)."""
    kinds = {account.account_id: account.kind for account in rows.opened}
    pots = {account_id for account_id, kind in kinds.items() if kind == AccountKind.POT}
    by_month = defaultdict[date, list[MonthMoves]](list)
    for row in rows.moved:
        by_month[row.month].append(row)
    earlier = sorted(by_month, reverse=True)
    balances: dict[int, int] = {}
    figures = {}
    for month in sorted(months):
        while earlier and earlier[-1] <= month:
            for row in by_month[earlier.pop()]:
                balances[row.account_id] = balances.get(row.account_id, 0) + row.minutes
        moved, at_the_end = by_month[month], balances.values()
        counted = [row for row in rows.counted if row.month == month]
        figures[month] = MonthFigures(
            f"{month:%Y-%m}",
            time_zone,
            entries=sum(row.entries for row in counted),
            taken_back=sum(row.entries for row in counted if row.takes_back),
            late=sum(row.late for row in counted),
            minutes=sum(row.came_in for row in moved),
            given=sum(map(_given, _help(moved, kinds))),
            received=sum(map(_received, _help(moved, kinds))),
            kinds=_by_kind(moved, counted),
            accounts=_open_at_the_end(month, rows),
            with_hours=sum(1 for balance in at_the_end if balance),
            above=sum(balance for balance in at_the_end if balance > 0),
            below=sum(balance for balance in at_the_end if balance < 0),
            pot=sum(balances.get(pot, 0) for pot in pots),
            total=sum(at_the_end),
        )
    return figures


def _help(moved: Iterable[MonthMoves], kinds: Mapping[int, str]) -> list[MonthMoves]:
    return [row for row in moved if row.kind in _HELP and kinds.get(row.account_id) in _OWNED]


def _given(row: MonthMoves) -> int:
    """Return the minutes of help given: those that came in, or went out again by a reversal, as negative."""
    return row.minutes - row.came_in if row.takes_back else row.came_in


def _received(row: MonthMoves) -> int:
    """Return the minutes of help received: those that went out, or came in again by a reversal, as negative."""
    return -row.came_in if row.takes_back else row.came_in - row.minutes


def _by_kind(moved: Sequence[MonthMoves], counted: Sequence[MonthEntries]) -> dict[str, KindFigures]:
    return {
        kind.value: KindFigures(
            sum(row.entries for row in counted if row.kind == kind),
            sum(row.came_in for row in moved if row.kind == kind),
        )
        for kind in EntryKind
        if any(row.kind == kind for row in counted)
    }


def _open_at_the_end(month: date, rows: MonthRows) -> int:
    opened = sum(1 for row in rows.opened if row.month <= month)
    steps = {ClosingKind.ACCOUNT_CLOSED.value: -1, ClosingKind.ACCOUNT_REOPENED.value: 1}
    return opened + sum(steps[row.kind] for row in rows.closed if row.month <= month)


def tell(figures: MonthFigures) -> str:
    """Return the figures as canonical JSON, which is what people sign."""
    return canonical(asdict(figures)).decode()


def read(text: str) -> MonthFigures:
    """Parse figures from JSON. Raises ValueError if they are not those of a month."""
    try:
        values = json.loads(text)
        kinds = {kind: KindFigures(**fields) for kind, fields in values.pop("kinds").items()}
        return MonthFigures(kinds=kinds, **values)
    except (KeyError, TypeError, AttributeError) as error:
        message = "these are no figures of a month"
        raise ValueError(message) from error


def differences(signed: MonthFigures, computed: MonthFigures) -> list[tuple[str, object, object]]:
    """Return (name, signed value, computed value) of every figure that differs, such as 'kinds.gift.minutes'."""
    before, now = _flat(asdict(signed)), _flat(asdict(computed))
    names = [*before, *(name for name in now if name not in before)]
    return [(name, before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)]


def _flat(values: Mapping[str, object], before: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return flat
