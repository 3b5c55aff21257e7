"""Fast path of `entries.postings_equal_lines`: compares all lines with all postings in a few queries.

A million entries take seconds. It may report false positives, since `entries` then inspects the rows one by one, but
never false negatives. A side is one of the two postings that a line requires: an account and signed minutes.
"""

import secrets

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.checking.findings import count_rows
from timebank.bookkeeping.models import Posting


def _weight(*parts: str) -> str:
    """Return SQL for a keyed 64-bit hash of integers: each is hashed with the hash of the previous ones as its key.

    PostgreSQL's own hash of a record does not serve, as it is linear in the columns: two records that swap values have
    the same sum of hashes. Its hash of a bigint depends on 32 bits only, so both halves are hashed.
    """
    sql = ":seed"
    for part in parts:
        sql = f"hashint8extended({part}, hashint8extended(({part}) >> 32, {sql}))"
    return sql


_WEIGHTS = {
    "{posted}": _weight("bank_id", "entry_id", "line", "account_id", "minutes"),
    "{taken}": _weight("bank_id", "id", "1::bigint", "lines[1][1]", "-lines[1][3]"),
    "{given}": _weight("bank_id", "id", "1::bigint", "lines[1][2]", "lines[1][3]"),
    "{taken_of_many}": _weight("bank_id", "id", "n::bigint", "lines[n][1]", "-lines[n][3]"),
    "{given_of_many}": _weight("bank_id", "id", "n::bigint", "lines[n][2]", "lines[n][3]"),
    "{one}": "(array_ndims(lines) = 2 AND array_length(lines, 1) = 1 AND array_length(lines, 2) = 3"
    " AND array_lower(lines, 1) = 1 AND array_lower(lines, 2) = 1 AND reverses IS NULL) IS TRUE",
}
#: PostgreSQL compares two multisets of sides, those that the lines of all entries require and those that are posted, by
#: their number and by the sum of a keyed 64-bit hash of each. The key is random for each run, so nobody can prepare
#: sides with equal hashes; different multisets pass with a probability of 2^-64. Malformed lines are counted as odd.
_SIDES = (
    "SELECT (SELECT count(*) FROM posting), (SELECT coalesce(sum({posted}), 0) FROM posting),"
    " sum(lines), sum(weight), sum(odd) FROM ("
    " SELECT count(*) AS lines, 0 AS odd, coalesce(sum({taken} + {given}::numeric), 0) AS weight"
    " FROM entry WHERE {one} UNION ALL"
    " SELECT count(*), 0, coalesce(sum({taken_of_many} + {given_of_many}::numeric), 0)"
    " FROM entry, generate_subscripts(lines, 1) AS n WHERE NOT {one} UNION ALL"
    " SELECT 0, count(*), 0 FROM entry WHERE NOT {one} AND (array_ndims(lines) = 2 AND array_lower(lines, 1) = 1"
    " AND array_lower(lines, 2) = 1 AND array_length(lines, 2) = CASE WHEN reverses IS NULL THEN 3 ELSE 4 END)"
    " IS NOT TRUE) AS required"
)
for _name, _sql in _WEIGHTS.items():
    _SIDES = _SIDES.replace(_name, _sql)
#: SQLite counts the lines that have their two sides. A side is named by its line and sign, and an index holds each
#: once; that no side stands twice is asked as well, in case somebody removed the index.
_PAIRED = text(
    "SELECT count(*) FROM posting AS taken"
    " JOIN posting AS given ON given.bank_id = taken.bank_id AND given.entry_id = taken.entry_id"
    " AND given.line = taken.line AND given.minutes = -taken.minutes"
    " JOIN entry AS e ON e.bank_id = taken.bank_id AND e.id = taken.entry_id"
    " WHERE taken.minutes < 0 AND CASE WHEN taken.line = 1 AND e.reverses IS NULL"
    " AND e.lines = '[[' || taken.account_id || ',' || given.account_id || ',' || given.minutes || ']]' THEN 1"
    " WHEN NOT json_valid(e.lines) OR taken.line < 1 THEN 0"
    " ELSE json_extract(e.lines, '$[' || (taken.line - 1) || ']') = '[' || taken.account_id || ',' || given.account_id"
    " || ',' || given.minutes || iif(e.reverses IS NULL, '', ',' || json_extract("
    "e.lines, '$[' || (taken.line - 1) || '][3]')) || ']' END"
)
_DISTINCT_SIDES = text("SELECT count(*) FROM (SELECT DISTINCT bank_id, entry_id, line, minutes FROM posting)")
_LINES = text(
    "SELECT coalesce(sum(CASE WHEN instr(lines, '],') = 0 THEN 1 WHEN json_valid(lines) THEN json_array_length(lines)"
    " END), 0) FROM entry"
)
#: How many accounts have postings but do not exist.
_MISSING_ACCOUNTS = text(
    "SELECT count(*) FROM (SELECT bank_id, account_id FROM posting GROUP BY bank_id, account_id) AS p"
    " LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id WHERE a.id IS NULL"
)


def are_sides_posted(session: Session) -> bool:
    """Return whether each line of every entry has its two postings, and no others exist; False if in doubt."""
    if session.scalar(_MISSING_ACCOUNTS):
        return False
    if driver.is_postgresql(session):
        postings, posted, lines, required, odd = session.execute(text(_SIDES), {"seed": secrets.randbits(63)}).one()
        return bool(postings == 2 * lines and posted == required and not odd)
    postings, lines = count_rows(session, Posting), session.scalar(_LINES)
    if session.scalar(_PAIRED) != lines or postings != 2 * (lines or 0):
        return False
    return bool(session.scalar(_DISTINCT_SIDES) == postings)
