"""Checks of single rows of all tables: each value is of its column's type and range, and each foreign key has its row.

They name the row and the column where another check can only say that something cannot be read or computed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    and_,
    inspect,
    select,
)
from sqlalchemy.orm import Session

from timebank.bookkeeping.checking.findings import name_row
from timebank.db import Base, InDomain, LinesType, UtcTime
from timebank.ledger.checks import CheckResult, Finding, check_result
from timebank.migrations.tables import stands_on

#: Whole numbers besides ids stay within what a double holds exactly, so that no sum of them overflows.
_GREATEST = 2**53
_NAMES_A_ROW = ("id", "by", "reverses", "resolves", "on_behalf_of")
_IS_MOMENT = "typeof($) = 'text' AND $ LIKE '____-__-__ __:__:__.______' AND datetime($) IS NOT NULL"
_IS_TIME_OF_DAY = "typeof($) = 'text' AND $ LIKE '__:__:__.______' AND time($) IS NOT NULL"
_IN_CALENDAR = "isfinite($) AND $ >= '0001-01-02' AND $ < '9999-12-31'"
#: The condition that a value is of its column's type: on SQLite, whose columns take any, and on PostgreSQL.
_TYPES: Sequence[tuple[type, str, str]] = (
    (LinesType, "typeof($) = 'text'", "true"),
    (UtcTime, _IS_MOMENT, _IN_CALENDAR),
    (Date, "$ IS date($, '+0 days')", _IN_CALENDAR),
    (Time, _IS_TIME_OF_DAY, "$ < '24:00'"),
    (Boolean, "typeof($) = 'integer' AND $ IN (0, 1)", "true"),
    (Integer, "typeof($) = 'integer'", "true"),
    (String, "typeof($) = 'text'", "true"),
    (LargeBinary, "typeof($) = 'blob'", "true"),
)


def rows_can_be_read(session: Session) -> CheckResult:
    """Every value is of its column's type, within its range and kept by its table's CHECKs. Names each other row."""
    wrong, columns, existing = list[Finding](), 0, _existing(session)
    for table in _tables():
        if table.name not in existing:
            wrong.append(Finding(table.name, "every row", "the table is missing"))
            continue
        columns += len(table.columns)
        wrong += _unreadable(session, table)
    return check_result("rows_can_be_read", columns, "columns", wrong)


def keys_have_their_rows(session: Session) -> CheckResult:
    """Every foreign key names a row that exists."""
    wrong, seen, existing = list[Finding](), 0, _existing(session)
    for table in _tables():
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            if {table.name, key.referred_table.name} <= existing:
                seen += 1
                wrong += _dangling(session, table, key)
    return check_result("keys_have_their_rows", seen, "keys", wrong)


def _tables() -> Sequence[Table]:
    return sorted(Base.metadata.tables.values(), key=lambda table: table.name)


def _existing(session: Session) -> set[str]:
    return set(inspect(session.connection()).get_table_names())


def _unreadable(session: Session, table: Table) -> Iterator[Finding]:
    """Yield a finding for each row with a wrong value. CHECKs compute with values, so they are asked of right ones."""
    dialect = session.get_bind().dialect.name
    columns = {column.name: _type_of(column, dialect) for column in table.columns}
    are_right = " AND ".join(f"({condition})" for condition in columns.values())
    checks = {
        str(constraint.name): f"CASE WHEN {are_right} THEN {constraint.sqltext} END IS NOT FALSE"
        for constraint in sorted(table.constraints, key=lambda constraint: str(constraint.name))
        if isinstance(constraint, CheckConstraint) and stands_on(constraint, dialect)
    }
    conditions = {**columns, **checks}
    form = "quote({})" if dialect == "sqlite" else "coalesce({}::text, 'NULL')"
    key = [form.format(column.name) for column in table.primary_key.columns]
    fits = [f"({condition})" for condition in conditions.values()]
    query = f"SELECT {', '.join(key + fits)} FROM {table.name} WHERE NOT ({' AND '.join(fits)})"  # noqa: S608 (names of our own tables)
    for row in session.connection().exec_driver_sql(query):
        broken = [name for name, fit in zip(conditions, row[len(key) :], strict=True) if not fit]
        name = name_row(part.strip("'") for part in row[: len(key)])
        yield Finding(table.name, name, f"{', '.join(broken)} cannot be right")


def _type_of(column: Column[Any], dialect: str) -> str:
    """Return the condition that a value has the type and range of its column, which is never NULL."""
    kind = column.type
    plain = kind.domain.data_type if isinstance(kind, InDomain) else kind
    on_sqlite, on_postgresql = next(forms for known, *forms in _TYPES if isinstance(plain, known))
    condition = (on_sqlite if dialect == "sqlite" else on_postgresql).replace("$", column.name)
    if isinstance(plain, Integer):
        is_key = column.name.rpartition("_")[2] in _NAMES_A_ROW or column.name in _NAMES_A_ROW
        condition += f" AND {column.name} {'>= 0' if is_key else f'BETWEEN -{_GREATEST} AND {_GREATEST}'}"
    if isinstance(kind, InDomain) and dialect == "postgresql" and kind.domain.check is not None:
        condition += f" AND ({str(kind.domain.check).replace('VALUE', column.name)})"
    return (
        f"{column.name} IS {'' if column.nullable else 'NOT '}NULL {'OR' if column.nullable else 'AND'} ({condition})"
    )


def _dangling(session: Session, table: Table, key: ForeignKeyConstraint) -> Iterator[Finding]:
    other = key.referred_table.alias("other")
    pairs = [(element.parent, other.c[element.column.name]) for element in key.elements]
    query = (
        select(*table.primary_key.columns)
        .outerjoin(other, and_(*(column == named for column, named in pairs)))
        .where(*(column.is_not(None) for column, _named in pairs), pairs[0][1].is_(None))
    )
    columns = ", ".join(column.name for column, _named in pairs)
    for row in session.execute(query):
        yield Finding(table.name, name_row(row), f"what it names in {columns} is missing")


CHECKS: Sequence[Callable[[Session], CheckResult]] = (rows_can_be_read, keys_have_their_rows)
