"""The questions that look at every row of the largest tables, put so that a million of them take seconds.

Each finds what is plainly right. Whatever is left is in doubt, not wrong: `entry_checks` looks at that row by row, and
only there is anything named. So a question here may doubt too much, but must never pass what is not right.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import zip_longest

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from timebank.bookkeeping.findings import count_rows, counted
from timebank.bookkeeping.models import Entry, Transfer

_BATCH = 10_000
_HMAC_BLOCK = 64
_HEX = 64

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
#: Entries that are no help, and those that take help back: few, and found in indexes of their own.
_NO_HELP = "(p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE kind <> 'exchange' AND kind <> 'activity')"
_BRINGS = "(p.minutes > 0) <> ((p.bank_id, p.entry_id) IN (SELECT bank_id, id FROM entry WHERE reverses IS NOT NULL))"
#: Postings that do not plainly follow from the one before.
_STUMBLING = text(
    "SELECT count(*) FROM posting AS p"  # noqa: S608 (all of it is ours)
    " LEFT JOIN posting AS b ON b.bank_id = p.bank_id AND b.account_id = p.account_id AND b.number = p.number - 1"
    " WHERE ((p.number = 1) = (b.number IS NULL) AND p.balance_after - p.minutes = coalesce(b.balance_after, 0)"
    " AND p.given_after = coalesce(b.given_after, 0)"
    f" + CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN p.minutes ELSE 0 END"
    " AND p.received_after = coalesce(b.received_after, 0)"
    f" - CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN 0 ELSE p.minutes END) IS NOT TRUE"
)
#: Accounts that are not plainly what their postings come to.
_UNEVEN = text(
    "SELECT count(*) FROM account AS a"  # noqa: S608 (all of it is ours)
    " LEFT JOIN (SELECT p.bank_id, p.account_id, sum(p.minutes) AS balance,"
    f" count(*) AS number, sum(CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN p.minutes ELSE 0 END) AS given,"
    f" sum(CASE WHEN {_NO_HELP} THEN 0 WHEN {_BRINGS} THEN 0 ELSE -p.minutes END) AS received"
    " FROM posting AS p GROUP BY p.bank_id, p.account_id) AS s ON s.bank_id = a.bank_id AND s.account_id = a.id"
    " WHERE (a.balance = coalesce(s.balance, 0) AND a.number = coalesce(s.number, 0)"
    " AND a.given = coalesce(s.given, 0) AND a.received = coalesce(s.received, 0)) IS NOT TRUE"
)
#: Postings that are not plainly one side of their transfer.
_UNPAIRED = text(
    "SELECT count(*) FROM posting AS p"
    " LEFT JOIN transfer AS t ON t.bank_id = p.bank_id AND t.entry_id = p.entry_id AND t.line = p.line"
    " WHERE CASE WHEN p.minutes > 0"
    " THEN t.to_account_id = p.account_id AND t.to_number = p.number AND t.minutes = p.minutes"
    " ELSE t.from_account_id = p.account_id AND t.from_number = p.number AND t.minutes = -p.minutes END IS NOT TRUE"
)
#: Accounts that postings name and that are not there.
_NOWHERE = text(
    "SELECT count(*) FROM (SELECT bank_id, account_id FROM posting GROUP BY bank_id, account_id) AS p"
    " LEFT JOIN account AS a ON a.bank_id = p.bank_id AND a.id = p.account_id WHERE a.id IS NULL"
)
#: What the digest of an entry was made of, written by the database as `entry_rows.canonical_entry` writes it.
_TOLD = {
    "postgresql": (
        """'{"approved_by":' || coalesce(approved_by::text, 'null')"""
        """ || ',"bank_id":' || bank_id || ',"deed":' || to_json(deed)::text || ',"key":' || to_json(key)::text"""
        """ || ',"kind":' || to_json(kind)::text || ',"lines":' || CASE WHEN array_length(lines, 1) = 1"""
        """ AND array_lower(lines, 1) = 1 AND array_lower(lines, 2) = 1 AND array_length(lines, 2) = 3"""
        """ THEN '[[' || lines[1][1] || ',' || lines[1][2] || ',' || lines[1][3] || ']]'"""
        """ ELSE translate(lines::text, '{}', '[]') END"""
        """ || ',"occurred_on":' || to_json(occurred_on)::text"""
        """ || ',"on_behalf_of":'"""
        """ || coalesce(on_behalf_of::text, 'null') || ',"recorded_by":' || recorded_by"""
        """ || coalesce(',"resolves":' || resolves, '') || ',"reverses":' || coalesce(reverses::text, 'null')"""
        """ || ',"words":' || coalesce('"' || encode(words_digest, 'hex') || '"', 'null') || '}'"""
    ),
    "sqlite": (
        """'{"approved_by":' || ifnull(approved_by, 'null')"""
        """ || ',"bank_id":' || bank_id || ',"deed":' || iif(typeof(deed) = 'text', json_quote(deed), NULL)"""
        """ || ',"key":' || iif(typeof(key) = 'text', json_quote(key), NULL)"""
        """ || ',"kind":' || iif(typeof(kind) = 'text', json_quote(kind), NULL) || ',"lines":' || lines"""
        """ || ',"occurred_on":' || iif(typeof(occurred_on) = 'text', json_quote(occurred_on), NULL)"""
        """ || ',"on_behalf_of":'"""
        """ || ifnull(on_behalf_of, 'null') || ',"recorded_by":' || recorded_by"""
        """ || ifnull(',"resolves":' || resolves, '') || ',"reverses":' || ifnull(reverses, 'null')"""
        """ || ',"words":' || iif(words_digest IS NULL, 'null', '"' || lower(hex(words_digest)) || '"')"""
        """ || '}'"""
    ),
}

#: Entries of a bank in their order: how many, the last, and in one string each what their digests were made of and the
#: digests. In their thousands, since to fetch each row takes longer than to hash it.
_ENTRIES = {
    "postgresql": text(
        "SELECT count(*), max(id), string_agg(told, E'\\n'), encode(string_agg(digest, ''), 'hex') FROM ("  # noqa: S608 (all of it is ours)
        f"SELECT id, coalesce({_TOLD['postgresql']}, '') AS told,"
        " CASE WHEN length(digest) = 32 THEN digest ELSE decode(repeat('00', 32), 'hex') END AS digest"
        " FROM entry WHERE bank_id = :bank_id AND id > :after ORDER BY id LIMIT :most) AS few"
    ),
    "sqlite": text(
        "SELECT count(*), max(id), group_concat(told, char(10)), group_concat(digest, '') FROM ("  # noqa: S608 (all of it is ours)
        f"SELECT id, ifnull({_TOLD['sqlite']}, '') AS told,"
        " CASE WHEN typeof(digest) = 'blob' AND length(digest) = 32 THEN hex(digest)"
        " ELSE hex(zeroblob(32)) END AS digest"
        " FROM entry WHERE bank_id = :bank_id AND id > :after ORDER BY id LIMIT :most) AS few"
    ),
}
#: The same entries' ids.
_IDS = text("SELECT id FROM entry WHERE bank_id = :bank_id AND id > :after ORDER BY id LIMIT :most")
_FIRST = -(2**63)


def do_lines_stand(session: Session, transfers: int) -> bool:
    """Whether each transfer is plainly its entry's line, and there are as many transfers as lines.

    A transfer is named by its entry and line, so that as many, each of them right, are all of them.
    """
    name = session.get_bind().dialect.name
    return bool(session.scalar(_STRAY[name]) == 0 and session.scalar(_LINES[name]) == transfers)


def do_steps_stand(session: Session, postings: int) -> bool:
    """Whether each posting plainly follows from the one before. A posting without an entry would be taken for help."""
    return _are_all_postings_there(session, postings) and not session.scalar(_STUMBLING)


def do_sums_stand(session: Session, postings: int) -> bool:
    """Whether each account is plainly what its postings come to."""
    return _are_all_postings_there(session, postings) and not session.scalar(_UNEVEN)


def _are_all_postings_there(session: Session, postings: int) -> bool:
    """Whether there are two postings for each line of all entries."""
    return bool(2 * (session.scalar(_LINES[session.get_bind().dialect.name]) or 0) == postings)


def do_pairs_stand(session: Session, postings: int) -> bool:
    """Whether each posting is plainly one side of a transfer, on an account that is there, and no side is missing.

    A posting is named by its account and number, and a transfer names each of its sides so: no two postings are the
    same side, and twice as many as transfers are all of them.
    """
    if 2 * count_rows(session, Transfer) != postings:
        return False
    return not session.scalar(_UNPAIRED) and not session.scalar(_NOWHERE)


def list_doubtful_entries(session: Session, books_key: bytes) -> Iterator[tuple[int, int]]:
    """(bank, id) of each entry whose digest is not plainly that of what stands in its row."""
    mark, seen = _marking(books_key), 0
    for place, count, content, digests in counted(session, _told_entries(session), size=lambda told: told[1]):
        marks = [mark(line) for line in content.encode().split(b"\n")]
        if b"".join(marks) != bytes.fromhex(digests):
            # What is written in two lines puts the others out of step: then all are in doubt.
            plain = _cut(digests) if len(marks) == count else []
            for entry_id, made, kept in zip_longest(session.scalars(_IDS, place).all(), marks[:count], plain):
                if made != kept:
                    yield place["bank_id"], entry_id
        seen += count
    if seen != count_rows(session, Entry):  # one stands where no entry can
        yield from ((bank_id, entry_id) for bank_id, entry_id in session.execute(select(Entry.bank_id, Entry.id)))


def _told_entries(session: Session) -> Iterator[tuple[dict[str, int], int, str, str]]:
    """Thousands of entries at a time: where they lie, how many, what each was made of in a line, and their digests."""
    told = _ENTRIES[session.get_bind().dialect.name]
    for bank_id in _list_banks(session):
        place = {"bank_id": bank_id, "after": _FIRST, "most": _BATCH}
        while True:
            count, last, content, digests = session.execute(told, place).one()
            if not count:
                break
            yield place, count, str(content), digests
            place = {**place, "after": last}


def _cut(digests: str) -> list[bytes]:
    return [bytes.fromhex(digests[start : start + _HEX]) for start in range(0, len(digests), _HEX)]


def _list_banks(session: Session) -> Iterator[int]:
    """The banks that have entries, found in the index: there are few banks and many entries."""
    bank_id = _FIRST
    while (found := session.scalar(select(func.min(Entry.bank_id)).where(Entry.bank_id > bank_id))) is not None:
        yield found
        bank_id = found


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
