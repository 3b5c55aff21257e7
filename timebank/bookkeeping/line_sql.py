"""SQL expressions on an entry's lines, an array on PostgreSQL and JSON on SQLite. Lines are numbered from 1."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, case, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from timebank.bookkeeping.models import Entry

FROM, TO, MINUTES, MIRRORS = 1, 2, 3, 4


class _Part(FunctionElement[int]):
    """An item of a line: from account, to account, minutes, mirrored line."""

    type = BigInteger()
    inherit_cache = True


class _Count(FunctionElement[int]):
    """The number of lines."""

    type = BigInteger()
    inherit_cache = True


class _TakesFrom(FunctionElement[bool]):
    """Whether any line takes from an account."""

    type = Boolean()
    inherit_cache = True


def part(line: Any, number: int, lines: Any = Entry.lines) -> _Part:  # noqa: ANN401 (mapped columns)
    """Return the item of a line at this index (FROM, TO, MINUTES or MIRRORS); NULL if there is none."""
    index = literal_column(str(line)) if isinstance(line, int) else line
    return _Part(lines, index, literal_column(str(number)))


def other_account(line: Any, minutes: Any) -> ColumnElement[int]:  # noqa: ANN401 (mapped columns)
    """Return the other account of a posting's line, from the line's number and the posting's signed minutes."""
    return case((minutes < 0, part(line, TO)), else_=part(line, FROM))


def count(lines: Any = Entry.lines) -> _Count:  # noqa: ANN401 (a mapped column)
    """Return the number of lines of an entry."""
    return _Count(lines)


def takes_from(account_id: Any, lines: Any = Entry.lines) -> _TakesFrom:  # noqa: ANN401 (mapped columns)
    """Return whether any of an entry's lines takes from the account."""
    return _TakesFrom(lines, account_id)


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, **how: Any) -> list[str]:  # noqa: ANN401 (the compiler's own)
    return [compiler.process(argument, **how) for argument in element.clauses]


@compiles(_Part)
def _part_in_postgresql(element: _Part, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    lines, line, number = _arguments(element, compiler, **how)
    return f"{lines}[{line}][{number}]"


@compiles(_Part, "sqlite")
def _part_in_sqlite(element: _Part, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    lines, line, number = _arguments(element, compiler, **how)
    return f"json_extract({_readable(lines)}, '$[' || ({line} - 1) || '][' || ({number} - 1) || ']')"


@compiles(_Count)
def _count_in_postgresql(element: _Count, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    (lines,) = _arguments(element, compiler, **how)
    return f"array_length({lines}, 1)"


@compiles(_Count, "sqlite")
def _count_in_sqlite(element: _Count, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    (lines,) = _arguments(element, compiler, **how)
    return f"json_array_length({_readable(lines)})"


@compiles(_TakesFrom)
def _takes_in_postgresql(element: _TakesFrom, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    lines, account_id = _arguments(element, compiler, **how)
    return f"({account_id} = ANY ({lines}[:][1:1]))"


@compiles(_TakesFrom, "sqlite")
def _takes_in_sqlite(element: _TakesFrom, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (as above)
    lines, account_id = _arguments(element, compiler, **how)
    names = f"json_extract({lines}, line.fullkey || '[0]') = {account_id}"
    return f"EXISTS (SELECT 1 FROM json_each({_readable(lines)}) AS line WHERE {names})"  # noqa: S608 (columns of ours)


def _readable(lines: str) -> str:
    """Return NULL for lines that are no valid JSON, so that the checks can read rows written past the triggers."""
    return f"CASE WHEN json_valid({lines}) THEN {lines} END"
