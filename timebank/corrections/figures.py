"""A month in figures, reckoned by the day of posting where the bank is. Values in, answers out.

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
class Moved:
    """What one account's lines of one kind came to in a month: minutes together, and of these what came in.

    `takes_back` tells reversals apart.
    """

    month: date
    kind: str
    takes_back: bool
    account_id: int
    minutes: int
    came_in: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries of one kind were posted in a month, and how many of them had happened in an earlier one."""

    month: date
    kind: str
    takes_back: bool
    entries: int
    late: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An account, its kind, and the month in which it was opened."""

    account_id: int
    kind: str
    month: date


@dataclass(frozen=True, slots=True)
class Closed:
    """An account was closed or opened again in a month."""

    month: date
    kind: str


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many entries of a kind, and the minutes that they moved."""

    entries: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
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
class Rows:
    """Rows of the books up to the last of some months; what moved before the first may stand under any one before."""

    moved: Sequence[Moved]
    counted: Sequence[Counted]
    opened: Sequence[Opened]
    closed: Sequence[Closed]


def next_month(month: date) -> date:
    """The first day of the following month."""
    return (month + timedelta(days=31)).replace(day=1)


def is_over(month: date, today: date) -> bool:
    """Whether a month (its first day) lies behind: only then can it be signed."""
    return today >= next_month(month)


def list_months(first: date, today: date) -> list[date]:
    """The first days of the months from that of one day up to that of another, oldest first."""
    months, month = [], first.replace(day=1)
    while month <= today:
        months.append(month)
        month = next_month(month)
    return months


def reckon(months: Sequence[date], time_zone: str, rows: Rows) -> dict[date, Figures]:
    """The figures of these months (first days, in any order), by month."""
    kinds = {one.account_id: one.kind for one in rows.opened}
    pots = {account_id for account_id, kind in kinds.items() if kind == AccountKind.POT}
    by_month = defaultdict[date, list[Moved]](list)
    for row in rows.moved:
        by_month[row.month].append(row)
    earlier = sorted(by_month, reverse=True)
    balances: dict[int, int] = {}
    found = {}
    for month in sorted(months):
        while earlier and earlier[-1] <= month:
            for row in by_month[earlier.pop()]:
                balances[row.account_id] = balances.get(row.account_id, 0) + row.minutes
        moved, standing = by_month[month], balances.values()
        counted = [one for one in rows.counted if one.month == month]
        found[month] = Figures(
            f"{month:%Y-%m}",
            time_zone,
            entries=sum(one.entries for one in counted),
            taken_back=sum(one.entries for one in counted if one.takes_back),
            late=sum(one.late for one in counted),
            minutes=sum(one.came_in for one in moved),
            given=sum(map(_given, _help(moved, kinds))),
            received=sum(map(_received, _help(moved, kinds))),
            kinds=_by_kind(moved, counted),
            accounts=_open_at_the_end(month, rows),
            with_hours=sum(1 for balance in standing if balance),
            above=sum(balance for balance in standing if balance > 0),
            below=sum(balance for balance in standing if balance < 0),
            pot=sum(balances.get(pot, 0) for pot in pots),
            total=sum(standing),
        )
    return found


def _help(moved: Iterable[Moved], kinds: Mapping[int, str]) -> list[Moved]:
    return [row for row in moved if row.kind in _HELP and kinds.get(row.account_id) in _OWNED]


def _given(row: Moved) -> int:
    """What comes in for help was given; taking it back goes out again."""
    return row.minutes - row.came_in if row.takes_back else row.came_in


def _received(row: Moved) -> int:
    """What goes out for help was received; taking it back comes in again."""
    return -row.came_in if row.takes_back else row.came_in - row.minutes


def _by_kind(moved: Sequence[Moved], counted: Sequence[Counted]) -> dict[str, KindFigures]:
    return {
        kind.value: KindFigures(
            sum(row.entries for row in counted if row.kind == kind),
            sum(row.came_in for row in moved if row.kind == kind),
        )
        for kind in EntryKind
        if any(row.kind == kind for row in counted)
    }


def _open_at_the_end(month: date, rows: Rows) -> int:
    opened = sum(1 for row in rows.opened if row.month <= month)
    steps = {ClosingKind.ACCOUNT_CLOSED.value: -1, ClosingKind.ACCOUNT_REOPENED.value: 1}
    return opened + sum(steps[row.kind] for row in rows.closed if row.month <= month)


def tell(figures: Figures) -> str:
    """The figures as canonical JSON, which is what is signed."""
    return canonical(asdict(figures)).decode()


def read(told: str) -> Figures:
    """The figures that were told. Raises ValueError where they are none."""
    try:
        values = json.loads(told)
        kinds = {kind: KindFigures(**some) for kind, some in values.pop("kinds").items()}
        return Figures(kinds=kinds, **values)
    except (KeyError, TypeError, AttributeError) as error:
        message = "these are no figures of a month"
        raise ValueError(message) from error


def differences(signed: Figures, anew: Figures) -> list[tuple[str, object, object]]:
    """(name, as it was signed, as it is reckoned) of every figure that differs, such as 'kinds.gift.minutes'."""
    one, other = _flat(asdict(signed)), _flat(asdict(anew))
    names = [*one, *(name for name in other if name not in one)]
    return [(name, one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)]


def _flat(values: Mapping[str, object], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in values.items():
        found |= _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return found
