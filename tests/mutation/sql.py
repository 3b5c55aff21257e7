"""Small wrongs done to guards that are written in SQL: one left out, one comparison turned round, one and made an or.

Read from the SQL as it stands in a migrated database, not from the files it was made from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What only looks like a comparison: comments, words in quotes, names of settings, arrows, assignments and loops.
_PASSED_OVER = re.compile(
    r"--[^\n]*|'(?:[^']|'')*'|->>|->|:=|=>|::|\bFOR\s+\w+\s+IN\b|\bUSING\s+ERRCODE\b[^;]*|\bON\s+CONFLICT\b[^;]*"
    r"|(?<=BETWEEN )\S+ AND\b",
    re.IGNORECASE,
)
_TURNED = {
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
#: A limit that is met just so is worth a mutant of its own.
_JUST_SO = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_COMPARISON = re.compile(
    "|".join(rf"\b{word.replace(' ', chr(92) + 's+')}\b" if word[0].isalpha() else re.escape(word) for word in _TURNED)
)
#: An UPDATE's SET says what becomes of a row; its equals signs compare nothing.
_SETS = re.compile(r"\bSET\b.*?(?=\bWHERE\b|\bFROM\b|;|$)", re.DOTALL)
_REFUSES = re.compile(r"(PERFORM\s+|coalesce\()?books_refuse\('\w+'\)")


@dataclass(frozen=True, slots=True)
class Change:
    """One wrong: `said` names it for people by the line where it is done, `sql` is the whole text with it."""

    said: str
    sql: str


def comparisons_turned(sql: str, *, start: int = 0) -> Iterator[Change]:
    """Every comparison turned round or moved by one, every AND made an OR and the other way round."""
    hidden = _hidden(sql)
    for found in _COMPARISON.finditer(sql, start):
        word = " ".join(found[0].upper().split())
        if any(found.start() < end and begin < found.end() for begin, end in hidden["always"]):
            continue
        if word == "=" and any(begin <= found.start() < end for begin, end in hidden["sets"]):
            continue
        for instead in filter(lambda new: new is not None, (_TURNED[word], _JUST_SO.get(word))):
            yield _changed(sql, found.start(), found.end(), instead or "")


def statements_left_out(body: str, *, offset: int, sql: str) -> Iterator[Change]:
    """Each statement of a trigger's body on SQLite left out, where another remains."""
    parts = list(_statements(body))
    for begin, end in parts if len(parts) > 1 else []:
        first = " ".join(re.sub(r"--[^\n]*", "", body[begin:end]).split())[:110]
        yield Change(f"without: {first}", sql[: offset + begin] + sql[offset + end + 1 :])


def refusals_left_out(sql: str) -> Iterator[Change]:
    """Each call on PostgreSQL that refuses left out, and every other step that a function takes for its effect."""
    for found in re.finditer(r"PERFORM\b[^;]*", sql):
        yield _changed(sql, found.start(), found.end(), "NULL")
    for found in _REFUSES.finditer(sql):
        if not (found[1] or "").startswith("PERFORM"):
            yield _changed(sql, found.start(), found.end(), f"{found[1] or ''}NULL")


def without_constraint(table_sql: str, name: str) -> str:
    """A CREATE TABLE without the constraint of this name."""
    found = re.search(rf",\s*CONSTRAINT {name} (CHECK|UNIQUE) \(", table_sql)
    assert found, name
    return table_sql[: found.start()] + table_sql[closing(table_sql, found.end() - 1) + 1 :]


def closing(sql: str, opening: int) -> int:
    """Where the bracket that opens there is closed; brackets in quotes do not count."""
    depth = 0
    for found in re.finditer(r"'(?:[^']|'')*'|[()]", sql[opening:]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return opening + found.start()
    raise ValueError(sql)


def _hidden(sql: str) -> dict[str, list[tuple[int, int]]]:
    return {
        "always": [found.span() for found in _PASSED_OVER.finditer(sql)],
        "sets": [found.span() for found in _SETS.finditer(sql)],
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
    for found in re.finditer(r"--[^\n]*|'(?:[^']|'')*'|;", body):
        if found[0] == ";":
            yield begin, found.start()
            begin = found.end()
