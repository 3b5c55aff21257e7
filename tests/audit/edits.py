"""What somebody could do to one row of the books: edit each column, take the row away, copy it, exchange it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, text

from tests.audit.tampered import Tampered
from timebank.db import Base

#: Rows before it are sealed, later ones are not.
SEALED_UNTIL = "2026-11-24 10:00:00.000000+00:00"
_OF_ENTRY = "entry_id IN (SELECT id FROM entry WHERE recorded_at {})"
_IS_HELP = "entry_id IN (SELECT id FROM entry WHERE kind = 'exchange')"
_MOMENTS = {
    "account": "opened_at {}",
    "entry": "recorded_at {}",
    **dict.fromkeys(("posting", "memo"), _OF_ENTRY),
    "taken_back": f"by_{_OF_ENTRY}",
    "hold": "placed_at {}",
    **dict.fromkeys(("limit_change", "account_holder", "closing"), "recorded_at {}"),
}
#: Which rows of a table are tampered with: what they are called, and how they are found.
SPECIMENS: Mapping[str, Mapping[str, str]] = {
    "account": {
        "pot": "kind = 'pot' AND bank_id = {bank}",
        "member": "id = {grace_account}",
        "open": "kind = 'group' AND closed_at IS NULL AND floor = -60",
        "closed": "kind = 'group' AND closed_at IS NOT NULL",
        "clearing": "kind = 'clearing' AND bank_id = {bank}",
    },
    "entry": {
        "help": "kind = 'exchange' AND reverses IS NULL AND on_behalf_of IS NULL",
        "for a member": "kind = 'exchange' AND on_behalf_of IS NOT NULL",
        "reversal": "reverses IS NOT NULL",
        "correction": "kind = 'adjustment' AND reverses IS NULL",
        "correction taken back": "kind = 'adjustment' AND reverses IS NOT NULL",
        "clearing": "recorder_bank_id IS NOT NULL AND bank_id = {bank}",
    },
    "taken_back": {"help": _IS_HELP, "first line": f"line = 1 AND NOT {_IS_HELP}", "second line": "line = 2"},
    "posting": {"taken": "minutes IN (-90, -105)", "given": "minutes = 20", "clearing": "minutes = -40"},
    "memo": {"help": "words LIKE 'Gardening%'", "correction": "words LIKE 'What was forgotten%'"},
    "hold": {
        "open": "resolved_at IS NULL",
        "confirmed": "minutes IN (90, 105) AND resolved_at IS NOT NULL",
        "called off": "minutes = 75",
    },
    "limit_change": {
        "first": "reason = 'A group ends' AND number = 1",
        "lowered": "reason = 'Ill'",
    },
    "account_holder": {
        "member": "account_id = {grace_account}",
        "group": "kind = 'group'",
        "bank": "kind = 'bank' AND bank_id = {bank}",
    },
    "closing": {
        "closed": "kind = 'account_closed'",
        "reopened": "kind = 'account_reopened'",
        "month": "kind = 'month_signed_off'",
    },
    "leaf": {
        **{
            kind: f"kind = '{kind}'"
            for kind in ("account", "holder", "limit_change", "hold", "entry", "hold_resolved", "closing")
        },
        "end of a block": "block IS NOT NULL",
    },
    "seal": {"first": "number = 1 AND bank_id = {bank}", "newest": "number = 2 AND bank_id = {bank}"},
}
#: Another value of each column, as SQL.
OTHER: Mapping[str, Mapping[str, str]] = {
    "account": {
        "bank_id": "{perth}",
        "id": "5",
        "kind": "'fund'",
        "floor": "coalesce(floor, 0) - 600",
        "balance": "balance + 60",
        "held": "held + 15",
        "number": "number + 1",
        "given": "given + 60",
        "received": "received + 60",
        "opened_at": "{moment}",
        "closed_at": "{moment}",
    },
    "entry": {
        "bank_id": "{perth}",
        "id": "5",
        "key": "'other'",
        "kind": "'gift'",
        "occurred_on": "'2026-01-01'",
        "recorded_at": "{moment}",
        "recorded_by": "{clara}",
        "recorder_bank_id": "CASE WHEN recorder_bank_id IS NULL THEN {perth} ELSE {bank} END",
        "on_behalf_of": "{clara}",
        "approved_by": "{clara}",
        "deed": "'other'",
        "reverses": "{another_entry}",
        "resolves": "{another_hold}",
        "lines": "{lines}",
        "words_digest": "{bytes}",
        "digest": "{bytes}",
    },
    "taken_back": {
        "bank_id": "{perth}",
        "entry_id": "{another_entry}",
        "line": "line + 5",
        "by_entry_id": "{another_entry}",
    },
    "posting": {
        "bank_id": "{perth}",
        "account_id": "{clara_account}",
        "number": "number + 9",
        "entry_id": "{another_entry}",
        "line": "line + 5",
        "minutes": "minutes + 1",
        "balance_after": "balance_after + 1",
        "given_after": "given_after + 1",
        "received_after": "received_after + 1",
    },
    "memo": {"bank_id": "{perth}", "entry_id": "5", "words": "'Nothing'", "salt": "{bytes}"},
    "hold": {
        "bank_id": "{perth}",
        "id": "5",
        "account_id": "{clara_account}",
        "minutes": "minutes + 15",
        "unagreed_minutes": "CASE WHEN unagreed_minutes > 0 THEN unagreed_minutes - 15 ELSE minutes END",
        "deed": "'other'",
        "placed_at": "{moment}",
        "resolved_at": "{moment}",
    },
    "limit_change": {
        "bank_id": "{perth}",
        "account_id": "{clara_account}",
        "number": "number + 5",
        "floor": "coalesce(floor, 0) - 60",
        "reason": "'Because'",
        "until": "'2027-01-01'",
        "recorded_by": "{clara}",
        "recorded_at": "{moment}",
    },
    "account_holder": {
        "bank_id": "{perth}",
        "account_id": "{clara_account}",
        "number": "number + 5",
        "kind": "CASE kind WHEN 'member' THEN 'group' ELSE 'member' END",
        "holder_id": "{clara}",
        "recorded_by": "{clara}",
        "recorded_at": "{moment}",
        "digest": "{bytes}",
    },
    "closing": {
        "bank_id": "{perth}",
        "id": "5",
        "kind": "CASE kind WHEN 'account_closed' THEN 'account_reopened' ELSE 'account_closed' END",
        "account_id": "{clara_account}",
        "month": "'2026-01-01'",
        "figures": "'none'",
        "reason": "'Because'",
        "recorded_by": "{clara}",
        "approved_by": "{clara}",
        "recorded_at": "{moment}",
    },
    "leaf": {
        "bank_id": "{perth}",
        "number": "number + 100000",
        "kind": "CASE kind WHEN 'entry' THEN 'account' ELSE 'entry' END",
        "subject_id": "5",
        "subject_number": "subject_number + 5",
        "hash": "{bytes}",
        "block": "{bytes}",
    },
    "seal": {
        "bank_id": "{perth}",
        "number": "number + 5",
        "size": "size - 1",
        "root": "{bytes}",
        "peaks": "{bytes}",
        "signed_at": "{moment}",
        "checkpoint": "replace(checkpoint, 'signed 2026', 'signed 2025')",
    },
}
#: What a copy of a row has that is not the row's own.
COPIED: Mapping[str, Mapping[str, str]] = {
    "account": {"id": "5"},
    "entry": {"id": "5", "key": "'another'"},
    "taken_back": {"line": "line + 5"},
    "posting": {"number": "number + 100"},
    "memo": {"entry_id": "5"},
    "hold": {"id": "5", "deed": "'another'"},
    "limit_change": {"number": "number + 1"},
    "account_holder": {"number": "number + 1"},
    "closing": {"id": "5"},
    "leaf": {"number": "(SELECT max(number) + 1 FROM leaf)"},
    "seal": {"number": "number + 5"},
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one row, as statements; `what` says it, such as 'entry (help).key' or 'entry (help) gone'."""

    what: str
    statements: Sequence[str]


def edits_of(books: Tampered, table: str, *, sealed: bool) -> Iterator[Edit]:
    """Everything that is tried with the rows of a table that are sealed, or not."""
    rows = {name: row for name in SPECIMENS[table] if (row := _find(books, table, name, sealed=sealed)) is not None}
    names = _names(books)
    for name, row in rows.items():
        label, here = f"{table} ({name})", _where(table, row)
        for column in Base.metadata.tables[table].columns:
            values = [OTHER[table][column.name]]
            if column.nullable and getattr(row, column.name) is not None:
                values.append("NULL")
            for value in values:
                said = "emptied" if value == "NULL" else "changed"
                other = value.format(**names)
                differs = f"({column.name}) IS DISTINCT FROM ({other})"
                update = f"UPDATE {table} SET {column.name} = {other} WHERE {here} AND {differs}"
                yield Edit(f"{label}.{column.name} {said}", [update])
        yield Edit(f"{label} gone", [f"DELETE FROM {table} WHERE {here}"])
        yield Edit(f"{label} copied", [_copy(table, here)])
    yield from _exchanged(table, rows)


def _find(books: Tampered, table: str, name: str, *, sealed: bool) -> Row[Any] | None:
    found = SPECIMENS[table][name].format(**_names(books))
    keys = ", ".join(Base.metadata.tables[table].primary_key.columns.keys())
    return books.connection.execute(
        text(f"SELECT * FROM {table} WHERE {found} AND {_state(table, sealed=sealed)} ORDER BY {keys} LIMIT 1")
    ).first()


def _state(table: str, *, sealed: bool) -> str:
    """That a row is sealed, or not yet. Of leaves and seals there are only sealed ones."""
    if table not in _MOMENTS:
        return "TRUE" if sealed else "FALSE"
    return _MOMENTS[table].format(f"{'<' if sealed else '>'} '{SEALED_UNTIL}'")


def _names(books: Tampered) -> Mapping[str, object]:
    """What stands in braces in the statements."""
    village, nothing = books.village, bytes(32).hex()
    on_postgresql = books.backend == "postgresql"
    return {
        "bank": village.angus.id,
        "perth": village.perth.id,
        "grace_account": village.grace.account_id,
        "clara": village.clara.membership_id,
        "clara_account": village.clara.account_id,
        "moment": "'2020-01-01 10:00:00.000000'",
        "bytes": f"decode('{nothing}', 'hex')" if on_postgresql else f"x'{nothing}'",
        "lines": "ARRAY[ARRAY[1, 2, 3]]::bigint[]" if on_postgresql else "'[[1,2,3]]'",
        "another_entry": "(SELECT max(x.id) FROM entry x WHERE x.on_behalf_of IS NOT NULL)",
        "another_hold": "(SELECT max(x.id) FROM hold x WHERE x.minutes = 75)",
    }


def _where(table: str, row: Row[Any]) -> str:
    keys = Base.metadata.tables[table].primary_key.columns.keys()
    return " AND ".join(f"{key} = {getattr(row, key)}" for key in keys)


def _copy(table: str, here: str) -> str:
    columns = Base.metadata.tables[table].columns.keys()
    values = ", ".join(COPIED[table].get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {here}"


def _exchanged(table: str, rows: Mapping[str, Row[Any]]) -> Iterator[Edit]:
    """Two rows exchange the value of one column, or of all: these are the rows under each other's keys."""
    known = Base.metadata.tables[table]
    values = [column.name for column in known.columns if column not in set(known.primary_key.columns)]
    for (name, one), (other_name, other) in list(pairwise(rows.items()))[:1]:
        differ = [column for column in values if getattr(one, column) != getattr(other, column)]
        label = f"{table} ({name}) and ({other_name})"
        for columns in ([column] for column in differ):
            yield Edit(f"{label}.{columns[0]} exchanged", _exchange(table, one, other, columns))
        yield Edit(f"{label} exchanged", _exchange(table, one, other, differ))


def _exchange(table: str, one: Row[Any], other: Row[Any], columns: Sequence[str]) -> Sequence[str]:
    first, second = _where(table, one), _where(table, other)

    def take(here: str, there: str) -> str:
        taken = ", ".join(f"{column} = (SELECT {column} FROM exchanged WHERE {there})" for column in columns)
        return f"UPDATE {table} SET {taken} WHERE {here}"

    kept = f"CREATE TEMPORARY TABLE exchanged AS SELECT * FROM {table} WHERE ({first}) OR ({second})"
    return [kept, take(first, second), take(second, first), "DROP TABLE exchanged"]
