"""What is sealed of entries, written out by the database a batch at a time: most of what a seal is about are entries.

As `quick_checks`: what fits its seal is right; whatever does not is in doubt, and `leaf_rows` encodes it anew.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from timebank.ledger.merkle import hash_leaf

#: An entry as `leaf_rows` tells it and `ledger.leaves` encodes it. Nothing where the database cannot be sure to.
_TOLD = {
    "postgresql": (
        """'{"approved_by":' || coalesce('"' || e.approved_by || '"', 'null')"""
        """ || ',"bank_id":"' || e.bank_id || '","deed":' || to_json(e.deed)::text"""
        """ || ',"digest":"' || encode(e.digest, 'hex') || '","id":"' || e.id || '","key":' || to_json(e.key)::text"""
        """ || ',"kind":' || to_json(e.kind)::text || ',"leaf":"entry","lines":['"""
        """ || (SELECT string_agg(coalesce('["' || e.lines[line][1] || '","' || e.lines[line][2] || '",'"""
        """ || e.lines[line][3] || coalesce(',' || e.lines[line][4], '') || ']', ''), ',' ORDER BY line)"""
        """ FROM generate_series(1, array_length(e.lines, 1)) AS line WHERE array_lower(e.lines, 1) = 1"""
        """ AND array_lower(e.lines, 2) = 1 AND array_length(e.lines, 2) IN (3, 4))"""
        """ || '],"occurred_on":' || to_json(e.occurred_on)::text"""
        """ || ',"on_behalf_of":'"""
        """ || coalesce('"' || e.on_behalf_of || '"', 'null') || ',"recorded_at":"'"""
        """ || to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","recorded_by":"'"""
        """ || e.recorded_by || '"' || coalesce(',"resolves":"' || e.resolves || '"', '') || ',"reverses":'"""
        """ || coalesce('"' || e.reverses || '"', 'null') || ',"words_digest":'"""
        """ || coalesce('"' || encode(e.words_digest, 'hex') || '"', 'null') || '}'"""
    ),
    "sqlite": (
        """'{"approved_by":' || ifnull('"' || e.approved_by || '"', 'null')"""
        """ || ',"bank_id":"' || e.bank_id || '","deed":' || iif(typeof(e.deed) = 'text', json_quote(e.deed), NULL)"""
        """ || ',"digest":"' || iif(typeof(e.digest) = 'blob', lower(hex(e.digest)), NULL) || '","id":"' || e.id"""
        """ || '","key":' || iif(typeof(e.key) = 'text', json_quote(e.key), NULL)"""
        """ || ',"kind":' || iif(typeof(e.kind) = 'text', json_quote(e.kind), NULL) || ',"leaf":"entry","lines":['"""
        """ || CASE WHEN json_valid(e.lines) THEN (SELECT group_concat(ifnull(CASE WHEN type = 'array' THEN"""
        """ CASE WHEN json_array_length(value) IN (3, 4) THEN '["' || (value ->> 0) || '","' || (value ->> 1) || '",'"""
        """ || (value -> 2) || ifnull(',' || (value -> 3), '') || ']' END END, '')) FROM json_each(e.lines)) END"""
        """ || '],"occurred_on":' || iif(typeof(e.occurred_on) = 'text', json_quote(e.occurred_on), NULL)"""
        """ || ',"on_behalf_of":'"""
        """ || ifnull('"' || e.on_behalf_of || '"', 'null') || ',"recorded_at":"'"""
        """ || CASE WHEN e.recorded_at LIKE '____-__-__ __:__:__.______' THEN replace(e.recorded_at, ' ', 'T') END"""
        """ || 'Z","recorded_by":"' || e.recorded_by || '"' || ifnull(',"resolves":"' || e.resolves || '"', '')"""
        """ || ',"reverses":' || ifnull('"' || e.reverses || '"', 'null') || ',"words_digest":'"""
        """ || CASE typeof(e.words_digest) WHEN 'null' THEN 'null'"""
        """ WHEN 'blob' THEN '"' || lower(hex(e.words_digest)) || '"' END"""
        """ || '}'"""
    ),
}
_ENTRIES = " FROM leaf AS l JOIN entry AS e ON e.bank_id = l.bank_id AND e.id = l.subject_id"
_THESE = (
    " WHERE l.bank_id = :bank_id AND l.number BETWEEN :first AND :last AND l.kind = 'entry' AND l.subject_number = 0"
)
_BATCH = {
    "postgresql": text(
        "SELECT string_agg(number::text, ','), string_agg(told, E'\\n')"  # noqa: S608 (all of it is ours)
        f" FROM (SELECT l.number, coalesce({_TOLD['postgresql']}, '') AS told{_ENTRIES}{_THESE}) AS few"
    ),
    "sqlite": text(
        "SELECT group_concat(number), group_concat(told, char(10))"  # noqa: S608 (all of it is ours)
        f" FROM (SELECT l.number, ifnull({_TOLD['sqlite']}, '') AS told{_ENTRIES}{_THESE}) AS few"
    ),
}


def hash_entries(session: Session, bank_id: int, first: int, last: int) -> dict[int, bytes]:
    """{number of a leaf: hash of the entry that it is about} between two numbers; what is in doubt fits no leaf."""
    place = {"bank_id": bank_id, "first": first, "last": last}
    numbers, told = session.execute(_BATCH[session.get_bind().dialect.name], place).one()
    if numbers is None:
        return {}
    contents = str(told).encode().split(b"\n")
    leaves = [int(number) for number in numbers.split(",")]
    # What is written in two lines puts the others out of step.
    return {} if len(contents) != len(leaves) else dict(zip(leaves, map(hash_leaf, contents), strict=True))
