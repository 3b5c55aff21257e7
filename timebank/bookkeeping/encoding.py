"""Leaf encoding of entries and holders, and the marks over it. `FIELDS` is the only list of an entry's columns.

It names each column with its form in the leaf (docs/ledger.md). From it are built the INSERT, the row that Python
binds, the leaf in Python, and the leaf in PostgreSQL's SQL for the checks; SQLite's rows are encoded in Python, which
is no slower there. A new column is one line here, in `models.Entry`, in `entry_rows.NewEntry` and in
`entry_rows.marked_row`; tests fail for every other code that has to list it.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank.driver import moment
from timebank.ledger.leaves import JsonValue, encode_id, encode_moment
from timebank.ledger.merkle import hash_leaf

_quoted = json.JSONEncoder(ensure_ascii=False).encode
_compact = json.JSONEncoder(separators=(",", ":")).encode
_ONE_LINE = 3
_MOMENT_LENGTH = len("2026-11-21 10:00:00.000000")


def _encode_id(value: int | None) -> str:
    return "null" if value is None else f'"{value}"'


def _encode_day(value: str) -> str:
    return f'"{value}"'


def _encode_moment(value: str) -> str:
    if len(value) != _MOMENT_LENGTH or value[10] != " ":
        raise ValueError(value)
    return f'"{value[:10]}T{value[11:]}Z"'


def _encode_lines(value: str) -> str:
    parts = value[2:-2].split(",")
    if len(parts) == _ONE_LINE and value[:2] == "[[" and value[-2:] == "]]":
        return f'[["{parts[0]}","{parts[1]}",{parts[2]}]]'
    lines = json.loads(value)
    # JSON has several spellings of the same lines; only the one that `entry_rows.json_lines` writes is valid.
    if _compact(lines) != value or any(type(part) is not int for line in lines for part in line):
        raise ValueError(value)
    encoded = (f'["{line[0]}","{line[1]}",{",".join(map(str, line[2:]))}]' for line in lines)
    return f"[{','.join(encoded)}]"


def _encode_bytes(value: bytes | None) -> str:
    return "null" if value is None else f'"{value.hex()}"'


def _unchanged(value: Any) -> Any:  # noqa: ANN401 (an id, a text or bytes)
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """Encoding of one type of value in a leaf: in Python from the value as SQLite stores it, and in PostgreSQL's SQL.

    `plain` converts a value as SQLAlchemy returns it, such as a date, to the value as SQLite stores it.
    """

    encode: Callable[[Any], str]
    postgresql: str
    plain: Callable[[Any], Any] = _unchanged

    def sql(self, column: str) -> str:
        """Return the PostgreSQL expression for a column; NULL where the value cannot be encoded."""
        return self.postgresql.replace("$", column)


ID = Form(_encode_id, """coalesce('"' || $ || '"', 'null')""")
TEXT = Form(_quoted, "to_json($)::text")
DAY = Form(_encode_day, """'"' || $::text || '"'""", date.isoformat)
MOMENT = Form(
    _encode_moment, """'"' || to_char($ AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'""", moment
)
LINES = Form(
    _encode_lines,
    """CASE WHEN array_lower($, 1) = 1 AND array_lower($, 2) = 1 THEN CASE WHEN array_length($, 1) = 1"""
    """ AND array_length($, 2) = 3 THEN '[["' || $[1][1] || '","' || $[1][2] || '",' || $[1][3] || ']]'"""
    """ ELSE '[' || (SELECT string_agg(coalesce('["' || $[i][1] || '","' || $[i][2] || '",' || $[i][3]"""
    """ || coalesce(',' || $[i][4], '') || ']', 'NULL'), ',' ORDER BY i) FROM generate_subscripts($, 1) AS i"""
    """ WHERE array_length($, 2) IN (3, 4)) || ']' END END""",
    _compact,
)
BYTES = Form(_encode_bytes, """coalesce('"' || encode($, 'hex') || '"', 'null')""")

#: The columns of an entry that are in its leaf, sorted by name as canonical JSON requires.
FIELDS: Sequence[tuple[str, Form]] = (
    ("approved_by", ID),
    ("bank_id", ID),
    ("deed", TEXT),
    ("id", ID),
    ("key", TEXT),
    ("kind", TEXT),
    ("lines", LINES),
    ("occurred_on", DAY),
    ("on_behalf_of", ID),
    ("recorded_at", MOMENT),
    ("recorded_by", ID),
    ("recorder_bank_id", ID),
    ("resolves", ID),
    ("reverses", ID),
    ("words_digest", BYTES),
)
#: All columns of an entry, in the order in which a row is bound.
COLUMNS = (*(name for name, _form in FIELDS), "digest")
_LEAF = '"leaf":"entry"'
_ENCODERS = tuple(form.encode for _name, form in FIELDS)
_NAMES = sorted(["leaf", *(name for name, _form in FIELDS)])
_TEMPLATE = "{" + ",".join(_LEAF if name == "leaf" else f'"{name}":%s' for name in _NAMES) + "}"

#: What encoding can raise for a row that was written past the triggers.
CANNOT_ENCODE = (AttributeError, IndexError, TypeError, ValueError)


def encode_entry(row: Sequence[Any]) -> bytes:
    """Return the leaf of an entry: canonical JSON in UTF-8, equal to `ledger.leaves.encode` of its fields.

    `row` holds the values of `FIELDS` as SQLite stores them: days and moments as ISO text in UTC, lines as JSON text
    without spaces. Raises one of `CANNOT_ENCODE` for malformed values.
    """
    return (_TEMPLATE % tuple([encode(value) for encode, value in zip(_ENCODERS, row, strict=False)])).encode()


def plain_values(row: Any) -> list[Any]:  # noqa: ANN401 (a row with the columns of an entry)
    """Return the values of `FIELDS` as `encode_entry` takes them, from a row that SQLAlchemy returned."""
    return [form.plain(getattr(row, name)) for name, form in FIELDS]


def holder_fields(row: Mapping[str, Any]) -> Mapping[str, JsonValue]:
    """Return the leaf's fields of a row of `account_holder`, given by column."""
    return {
        "bank_id": encode_id(row["bank_id"]),
        "account_id": encode_id(row["account_id"]),
        "number": row["number"],
        "kind": row["kind"],
        "holder_id": encode_id(row["holder_id"]),
        "recorded_by": encode_id(row["recorded_by"]),
        "recorded_at": encode_moment(row["recorded_at"]),
    }


def mark(books_key: bytes, leaf: bytes) -> bytes:
    """Return a row's mark, HMAC-SHA256 (RFC 2104) under the books' key over the hash of its leaf (RFC 9162, 2.1.1)."""
    return hmac.digest(books_key, hash_leaf(leaf), "sha256")


def is_mark(stored: object, expected: bytes) -> bool:
    """Return whether a stored mark is the expected one; False for what is no bytes."""
    return isinstance(stored, bytes | memoryview) and hmac.compare_digest(bytes(stored), expected)


def marker(books_key: bytes) -> Callable[[bytes], bytes]:
    """Return a function from leaf hashes to marks; the key is hashed once for all of them."""
    keyed = hmac.new(books_key, digestmod="sha256")

    def mark_hash(leaf_hash: bytes) -> bytes:
        hashed = keyed.copy()
        hashed.update(leaf_hash)
        return hashed.digest()

    return mark_hash


def leaf_hash_in_postgresql(alias: str) -> str:
    """Return the PostgreSQL expression for the leaf hash of the entry under this alias; NULL if it has no leaf."""
    sql = {name: f"""'"{name}":' || {form.sql(f"{alias}.{name}")}""" for name, form in FIELDS}
    leaf = " || ',' || ".join(f"'{_LEAF}'" if name == "leaf" else sql[name] for name in _NAMES)
    return f"sha256('\\x00'::bytea || convert_to('{{' || {leaf} || '}}', 'UTF8'))"
