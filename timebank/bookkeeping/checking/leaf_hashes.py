"""Fast path of `seals.seals_match`: leaf hashes of sealed entries, which are nearly all leaves, in batches.

PostgreSQL hashes them itself; SQLite's rows are read without type conversion and hashed in Python. A hash that differs
is a false positive until `seals` has encoded the row again.
"""

from sqlalchemy.orm import Session

from timebank import driver
from timebank.bookkeeping.encoding import CANNOT_ENCODE, FIELDS, encode_entry, leaf_hash_in_postgresql
from timebank.ledger.merkle import hash_leaf

_FROM = (
    " FROM leaf AS l JOIN entry AS e ON e.bank_id = l.bank_id AND e.id = l.subject_id"
    " WHERE l.bank_id = %s AND l.number BETWEEN %s AND %s AND l.kind = 'entry' AND l.subject_number = 0"
)
_IN_POSTGRESQL = f"SELECT l.number, {leaf_hash_in_postgresql('e')}{_FROM}"
_IN_SQLITE = f"SELECT l.number, {', '.join(f'e.{name}' for name, _form in FIELDS)}{_FROM.replace('%s', '?')}"


def hash_entries(session: Session, bank_id: int, first: int, last: int) -> dict[int, bytes]:
    """Return {leaf number: hash of its entry} for a range of leaves, without entries that cannot be encoded."""
    if driver.is_postgresql(session):
        rows = driver.rows(session, _IN_POSTGRESQL, (bank_id, first, last))
        return {number: leaf_hash for number, leaf_hash in rows if leaf_hash is not None}
    hashes = dict[int, bytes]()
    for number, *values in driver.rows(session, _IN_SQLITE, (bank_id, first, last)):
        try:
            hashes[number] = hash_leaf(encode_entry(values))
        except CANNOT_ENCODE:
            continue
    return hashes
