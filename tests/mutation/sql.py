"""Mutation operators for SQL: a statement removed, a comparison inverted or moved by one, AND and OR exchanged.

They work on the SQL as a migrated database returns it, not on the source files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Text that only looks like a comparison: comments, string literals, settings, arrows, assignments and loops.
_SKIPPED = re.compile(
    r"--[^\n]*|'(?:[^']|'')*'|->>|->|:=|=>|::|\bFOR\s+\w+\s+IN\b|\bUSING\s+ERRCODE\b[^;]*|\bON\s+CONFLICT\b[^;]*"
    r"|(?<=BETWEEN )\S+ AND\b",
    re.IGNORECASE,
)
_INVERTED = {
    "IS NOT DISTINCT FROM": "IS DISTINCT FROM",
    "IS DISTINCT FROM": "IS NOT DISTINCT FROM",
    "IS NOT NULL": "IS NULL",
    "IS NULL": "IS NOT NULL",
    "IS NOT": "IS",
    "NOT EXISTS": "EXISTS",
    "EXISTS": "NOT EXISTS",
    "NOT FOUND": "FOUND",
    "NOT IN": "IN",
    "NOT BETWEEN": "BETWEEN",
    "BETWEEN": "NOT BETWEEN",
    "IS": "IS NOT",
    "IN": "NOT IN",
    "NOT": "",
    "AND": "OR",
    "OR": "AND",
    "<>": "=",
    "<=": ">",
    ">=": "<",
    "<": ">=",
    ">": "<=",
    "=": "<>",
}
#: Mutants at the boundary: the comparison with equality added or removed.
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_COMPARISON = re.compile(
    "|".join(
        rf"\b{word.replace(' ', chr(92) + 's+')}\b" if word[0].isalpha() else re.escape(word) for word in _INVERTED
    )
)
#: The equals signs of an UPDATE's SET and of GET DIAGNOSTICS are assignments.
_SETS = re.compile(r"\bSET\b.*?(?=\bWHERE\b|\bFROM\b|;|$)|\bGET\s+DIAGNOSTICS\b[^;]*", re.DOTALL)
_REFUSES = re.compile(r"(PERFORM\s+|coalesce\()?books_refuse\('\w+'\)")


@dataclass(frozen=True, slots=True)
class Change:
    """A mutation: `summary` shows the changed line to people, `sql` is the whole mutated text."""

    summary: str
    sql: str


def comparisons_inverted(sql: str, *, start: int = 0) -> Iterator[Change]:
    """Yield a mutation for every comparison, inverted and at its boundary, and for every AND and OR, exchanged."""
    hidden = _hidden(sql)
    for match in _COMPARISON.finditer(sql, start):
        word = " ".join(match[0].upper().split())
        if any(match.start() < end and begin < match.end() for begin, end in hidden["always"]):
            continue
        if word == "=" and any(begin <= match.start() < end for begin, end in hidden["sets"]):
            continue
        for instead in filter(lambda new: new is not None, (_INVERTED[word], _BOUNDARY.get(word))):
            yield _changed(sql, match.start(), match.end(), instead or "")


def statements_left_out(body: str, *, offset: int, sql: str) -> Iterator[Change]:
    """Yield a mutation without each statement of a SQLite trigger's body, if another remains."""
    parts = list(_statements(body))
    for begin, end in parts if len(parts) > 1 else []:
        first = " ".join(re.sub(r"--[^\n]*", "", body[begin:end]).split())[:110]
        yield Change(f"without: {first}", sql[: offset + begin] + sql[offset + end + 1 :])


def refusals_left_out(sql: str) -> Iterator[Change]:
    """Yield a mutation without each PERFORM, and without each call of books_refuse, of a PostgreSQL function."""
    for match in re.finditer(r"PERFORM\b[^;]*", sql):
        yield _changed(sql, match.start(), match.end(), "NULL")
    for match in _REFUSES.finditer(sql):
        if not (match[1] or "").startswith("PERFORM"):
            yield _changed(sql, match.start(), match.end(), f"{match[1] or ''}NULL")


def without_constraint(table_sql: str, name: str) -> str:
    """Return a CREATE TABLE without the constraint of this name."""
    match = re.search(rf",\s*CONSTRAINT {name} (CHECK|UNIQUE) \(", table_sql)
    assert match, name
    return table_sql[: match.start()] + table_sql[closing(table_sql, match.end() - 1) + 1 :]


def closing(sql: str, opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`; those in string literals are skipped."""
    depth = 0
    for match in re.finditer(r"'(?:[^']|'')*'|[()]", sql[opening:]):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return opening + match.start()
    raise ValueError(sql)


def _hidden(sql: str) -> dict[str, list[tuple[int, int]]]:
    return {
        "always": [match.span() for match in _SKIPPED.finditer(sql)],
        "sets": [match.span() for match in _SETS.finditer(sql)],
    }


def _changed(sql: str, begin: int, end: int, instead: str) -> Change:
    line_begin = sql.rfind("\n", 0, begin) + 1
    line_end = sql.find("\n", end)
    line = (
        sql[line_begin:begin]
        + f"[{' '.join(sql[begin:end].split())} > {instead or 'nothing'}]"
        + (sql[end : line_end if line_end >= 0 else None])
    )
    return Change(" ".join(line.split()), sql[:begin] + instead + sql[end:])


def _statements(body: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in re.finditer(r"--[^\n]*|'(?:[^']|'')*'|;", body):
        if match[0] == ";":
            yield begin, match.start()
            begin = match.end()
