"""The questions that look at every row of the largest tables, put so that a million of them take seconds.

Each finds what is plainly right. Whatever is left is in doubt, not wrong: `entry_checks` looks at that row by row, and
only there is anything named. So a question here may doubt too much, but must never pass what is not right.
"""

import hashlib
from collections.abc import Callable, Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank.bookkeeping.findings import counted

_BATCH = 10_000
_HMAC_BLOCK = 64

#: Transfers that are not plainly their entry's line.
_STRAY = {
    "postgresql": text(
        "SELECT count(*) FROM transfer t LEFT JOIN entry e ON e.bank_id = t.bank_id AND e.id = t.entry_id"
        " WHERE e.id IS NULL OR t.line IS NULL OR t.from_account_id IS DISTINCT FROM e.lines[t.line][1]"
        " OR t.to_account_id IS DISTINCT FROM e.lines[t.line][2] OR t.minutes IS DISTINCT FROM e.lines[t.line][3]"
        " OR t.reverses IS DISTINCT FROM e.reverses OR t.reverses_line IS DISTINCT FROM e.lines[t.line][4]"
        " OR array_length(e.lines, 2) <> CASE WHEN e.reverses IS NULL THEN 3 ELSE 4 END"
    ),
    # One line is compared as it is written; anything else is read, where it can be read at all.
    "sqlite": text(
        "SELECT count(*) FROM transfer t LEFT JOIN entry e ON e.bank_id = t.bank_id AND e.id = t.entry_id"
        " WHERE CASE"
        " WHEN t.line = 1 AND t.reverses_line IS NULL AND t.reverses IS NULL AND e.reverses IS NULL AND"
        " e.lines = '[[' || t.from_account_id || ',' || t.to_account_id || ',' || t.minutes || ']]' THEN 0"
        " WHEN e.id IS NULL OR NOT json_valid(e.lines) THEN 1"
        " ELSE json_extract(e.lines, '$[' || (t.line - 1) || ']') IS NOT '[' || t.from_account_id || ','"
        " || t.to_account_id || ',' || t.minutes || iif(t.reverses_line IS NULL, '', ',' || t.reverses_line) || ']'"
        " OR t.reverses IS NOT e.reverses OR (t.reverses_line IS NULL) IS NOT (e.reverses IS NULL) END"
    ),
}
#: How many lines all entries have.
_LINES = {
    "postgresql": text("SELECT coalesce(sum(coalesce(array_length(lines, 1), 0)), 0) FROM entry"),
    "sqlite": text(
        "SELECT coalesce(sum(CASE WHEN instr(lines, '],') = 0 THEN 1 WHEN json_valid(lines)"
        " THEN json_array_length(lines) END), 0) FROM entry"
    ),
}
#: What the digest of each entry was made of, written by the database as `entry_rows.canonical_entry` writes it.
_TOLD = {
    "postgresql": text(
        """SELECT bank_id, id, digest, '{"approved_by":' || coalesce(approved_by::text, 'null')"""
        """ || ',"bank_id":' || bank_id || ',"deed":' || to_json(deed)::text || ',"key":' || to_json(key)::text"""
        """ || ',"kind":' || to_json(kind)::text || ',"lines":' || translate(lines::text, '{}', '[]')"""
        """ || ',"occurred_on":' || to_json(occurred_on)::text || ',"on_behalf_of":'"""
        """ || coalesce(on_behalf_of::text, 'null') || ',"recorded_by":' || recorded_by"""
        """ || coalesce(',"resolves":' || resolves, '') || ',"reverses":' || coalesce(reverses::text, 'null')"""
        """ || ',"words":' || coalesce('"' || encode(words_digest, 'hex') || '"', 'null') || '}' AS told FROM entry"""
    ),
    "sqlite": text(
        """SELECT bank_id, id, digest, '{"approved_by":' || ifnull(approved_by, 'null')"""
        """ || ',"bank_id":' || bank_id || ',"deed":' || json_quote(deed) || ',"key":' || json_quote(key)"""
        """ || ',"kind":' || json_quote(kind) || ',"lines":' || lines"""
        """ || ',"occurred_on":' || json_quote(occurred_on) || ',"on_behalf_of":'"""
        """ || ifnull(on_behalf_of, 'null') || ',"recorded_by":' || recorded_by"""
        """ || ifnull(',"resolves":' || resolves, '') || ',"reverses":' || ifnull(reverses, 'null')"""
        """ || ',"words":' || iif(words_digest IS NULL, 'null', '"' || lower(hex(words_digest)) || '"')"""
        """ || '}' AS told FROM entry"""
    ),
}


def do_lines_stand(session: Session, transfers: int) -> bool:
    """Whether each transfer is plainly its entry's line, and there are as many transfers as lines.

    A transfer is named by its entry and line, so that as many, each of them right, are all of them.
    """
    name = session.get_bind().dialect.name
    return bool(session.scalar(_STRAY[name]) == 0 and session.scalar(_LINES[name]) == transfers)


def list_doubtful_entries(session: Session, books_key: bytes) -> Iterator[tuple[int, int]]:
    """(bank, id) of each entry whose digest is not plainly that of what stands in its row."""
    told = _TOLD[session.get_bind().dialect.name].execution_options(yield_per=_BATCH)
    mark = _marking(books_key)
    for bank_id, entry_id, digest, content in counted(session, session.execute(told)):
        if content is None or digest != mark(str(content).encode()):
            yield bank_id, entry_id


def _marking(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 under one key for many contents (RFC 2104, section 4: both halves of the key are hashed once)."""
    padded = (key if len(key) <= _HMAC_BLOCK else hashlib.sha256(key).digest()).ljust(_HMAC_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded))
    outer = hashlib.sha256(bytes(one ^ 0x5C for one in padded))

    def mark(content: bytes) -> bytes:
        inside = inner.copy()
        inside.update(content)
        outside = outer.copy()
        outside.update(inside.digest())
        return outside.digest()

    return mark
