"""Encodings of an entry in Python and PostgreSQL are as docs/ledger.md specifies, and so are its marks."""

import contextlib
import hashlib
import hmac
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.people import NOW
from timebank import driver
from timebank.bookkeeping.checking import marks
from timebank.bookkeeping.encoding import (
    CANNOT_ENCODE,
    COLUMNS,
    FIELDS,
    encode_entry,
    leaf_hash_in_postgresql,
    mark,
    plain_values,
)
from timebank.bookkeeping.entry_rows import NewEntry, as_postgresql_row, marked_row, rows_of
from timebank.bookkeeping.models import Entry
from timebank.bookkeeping.sealing.leaves import SOURCES
from timebank.ledger.entries import MOST_MINUTES, EntryKind, Line
from timebank.ledger.leaves import LeafKind, encode, encode_day, encode_id, encode_moment
from timebank.ledger.merkle import hash_leaf

KEY = b"a key of the books"
IDS = st.integers(1, 2**63 - 1)
MINUTES = st.integers(1, MOST_MINUTES)
#: No database takes a NUL, and PostgreSQL no half of a pair.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ['"', "\\", '","id":"5', "'%s'", "\x01\t\n\r\b\f\x1f\x7f\x80\u2028", "Mòr 🥣 €", "</script>&", "{}", "null"]
)
LINES = st.lists(st.builds(Line, IDS, IDS.map(lambda number: -number), MINUTES), min_size=1, max_size=4)
MIRRORS = st.lists(
    st.builds(Line, IDS, IDS.map(lambda number: -number), MINUTES, mirrors=st.integers(1, 99)), min_size=1, max_size=4
)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.just(NOW.astimezone(timezone(timedelta(hours=-5))))
_SAID = {
    "bank_id": IDS,
    "key": TEXT,
    "kind": st.sampled_from(EntryKind),
    "occurred_on": st.dates(),
    "recorded_at": MOMENTS,
    "recorded_by": IDS,
    "deed": TEXT,
    "on_behalf_of": st.none() | IDS,
    "approved_by": st.none() | IDS,
    "resolves": st.none() | IDS,
    "recorder_bank_id": st.none() | IDS,
}
ENTRIES = st.builds(NewEntry, lines=LINES.map(tuple), **_SAID) | st.builds(
    NewEntry, lines=MIRRORS.map(tuple), reverses=IDS, **_SAID
)
DIGESTS = st.none() | st.binary(min_size=32, max_size=32)


def _row(entry, words_digest, entry_id):
    return marked_row(entry, KEY, words_digest, entry_id, driver.moment(entry.recorded_at))


@given(entry=ENTRIES, words_digest=DIGESTS, entry_id=IDS)
def test_the_fast_leaf_encoder_equals_canonical_json(entry, words_digest, entry_id):
    fields = {
        "approved_by": encode_id(entry.approved_by),
        "bank_id": encode_id(entry.bank_id),
        "deed": entry.deed,
        "id": encode_id(entry_id),
        "key": entry.key,
        "kind": entry.kind.value,
        "lines": [
            [
                encode_id(line.from_account),
                encode_id(line.to_account),
                line.minutes,
                *([line.mirrors] if line.mirrors else []),
            ]
            for line in entry.lines
        ],
        "occurred_on": encode_day(entry.occurred_on),
        "on_behalf_of": encode_id(entry.on_behalf_of),
        "recorded_at": encode_moment(entry.recorded_at),
        "recorded_by": encode_id(entry.recorded_by),
        "recorder_bank_id": encode_id(entry.recorder_bank_id),
        "resolves": encode_id(entry.resolves),
        "reverses": encode_id(entry.reverses),
        "words_digest": words_digest.hex() if words_digest else None,
    }
    leaf = encode(LeafKind.ENTRY, fields)
    row = _row(entry, words_digest, entry_id)
    assert encode_entry(row) == leaf
    assert row[-1] == hmac.digest(KEY, hashlib.sha256(b"\0" + leaf).digest(), "sha256")
    assert mark(KEY, leaf) == row[-1]


_TYPES = dict.fromkeys((name for name, _form in FIELDS), "bigint") | {
    "deed": "text",
    "key": "text",
    "kind": "text",
    "lines": "bigint[]",
    "occurred_on": "date",
    "recorded_at": "timestamptz",
    "words_digest": "bytea",
}
_HASH = (
    f"SELECT {leaf_hash_in_postgresql('e')} FROM (SELECT "
    + ", ".join(f"%s::{_TYPES[name]} AS {name}" for name, _form in FIELDS)
    + ") AS e"
)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(entry=ENTRIES, words_digest=DIGESTS, entry_id=IDS)
def test_postgresql_hashes_the_same_leaf(postgresql_backend, entry, words_digest, entry_id):
    row = _row(entry, words_digest, entry_id)
    with postgresql_backend.session() as session:
        ((leaf_hash,),) = driver.rows(session, _HASH, as_postgresql_row(row)[:-1])
    assert leaf_hash == hash_leaf(encode_entry(row))


@pytest.mark.parametrize(
    "lines",
    [
        "{}",
        "{1,2,60}",
        "{{1,2}}",
        "{{1,2,60,1,1}}",
        "{{{1,2,60}}}",
        "{{NULL,2,60}}",
        "{{1,2,NULL}}",
        "[0:0][0:2]={{1,2,60}}",
        "[2:2][1:3]={{1,2,60}}",
        "[1:1][0:2]={{1,2,60}}",
        "{{1,2,60},{1,NULL,60}}",
    ],
)
def test_postgresql_hashes_no_malformed_array_like_valid_lines(postgresql_backend, lines):
    """NULL, or a hash that no valid entry has, makes the row doubtful."""
    entry = NewEntry(1, "k", EntryKind.GIFT, (Line(1, 2, 60),), date(2026, 11, 20), NOW, 3, "d")
    row = list(as_postgresql_row(_row(entry, None, 5))[:-1])
    of_entry = [hash_leaf(encode_entry(_row(entry, None, 5)))]
    of_entry.append(hash_leaf(encode_entry(_row(replace(entry, lines=(Line(1, 2, 60), Line(1, 2, 60))), None, 5))))
    row[COLUMNS.index("lines")] = lines
    with postgresql_backend.session() as session:
        ((leaf_hash,),) = driver.rows(session, _HASH, row)
    assert leaf_hash not in of_entry


@pytest.fixture
def lively(session, books, post):
    """Post entries of every shape."""
    odd = 'Soup & "bread" \\ for twélve\t\n\x01\x1f\x7f 🥣 </script>'
    post(books.entry("plain"))
    post(books.entry(odd, deed=odd, words=odd, approved_by=books.approver, on_behalf_of=books.recorder))
    meal = post(books.entry("meal", Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30)))
    post(books.entry("back", Line(books.ada, books.linus, 30, mirrors=2), reverses=meal))
    post(
        books.entry(
            "clearing",
            kind=EntryKind.CLEARING,
            recorder_bank_id=books.other_bank,
            recorded_by=books.other_member,
            recorded_at=datetime(2026, 3, 1, 12, 30, 0, 7, tzinfo=timezone(timedelta(hours=2))),
        )
    )
    return session


def test_stored_rows_have_the_mark_of_their_leaf(lively):
    """As read by the driver on SQLite, hashed by PostgreSQL, and as read by SQLAlchemy on both."""
    key, names = lively.info["books_key"], ", ".join(COLUMNS)
    if driver.is_postgresql(lively):
        query = f"SELECT {leaf_hash_in_postgresql('e')}, digest FROM entry AS e"
        hashed = driver.rows(lively, query, ())
    else:
        hashed = [
            (hash_leaf(encode_entry(row)), row[-1]) for row in driver.rows(lively, f"SELECT {names} FROM entry", ())
        ]
    assert len(hashed) == 5
    assert all(hmac.digest(key, leaf_hash, "sha256") == digest for leaf_hash, digest in hashed)
    rows = lively.execute(select(*(getattr(Entry, name) for name in COLUMNS))).all()
    assert all(mark(key, encode_entry(plain_values(row))) == row.digest for row in rows)


def test_every_list_of_an_entrys_fields_is_complete():
    """A new field that is missing in one list would not be marked, sealed or written."""
    names = [name for name, _form in FIELDS]
    assert names == sorted(names)
    assert (*names, "digest") == COLUMNS
    assert set(COLUMNS) == set(Entry.__table__.columns.keys())
    assert {field.name for field in fields(NewEntry)} - {"words"} == set(COLUMNS) - {"id", "words_digest", "digest"}
    assert [column.key for column in SOURCES[LeafKind.ENTRY].columns] == names
    entry = NewEntry(1, "k", EntryKind.GIFT, (Line(1, 2, 60),), date(2026, 11, 20), NOW, 3, "d")
    assert len(_row(entry, None, 5)) == len(COLUMNS)


_OTHER = {
    "bank_id": 2,
    "key": "l",
    "kind": EntryKind.EXCHANGE,
    "lines": (Line(1, 2, 61),),
    "occurred_on": date(2026, 11, 21),
    "recorded_at": NOW + timedelta(microseconds=1),
    "recorded_by": 4,
    "deed": "e",
    "on_behalf_of": 4,
    "approved_by": 4,
    "reverses": 4,
    "resolves": 4,
    "recorder_bank_id": 4,
}
_PLAIN = NewEntry(1, "k", EntryKind.GIFT, (Line(1, 2, 60),), date(2026, 11, 20), NOW, 3, "d")


@pytest.mark.parametrize("name", [field.name for field in fields(NewEntry) if field.name != "words"])
def test_the_mark_covers_every_field(name):
    assert _row(_PLAIN, None, 5)[-1] != _row(replace(_PLAIN, **{name: _OTHER[name]}), None, 5)[-1]


def test_the_mark_covers_id_words_and_key():
    marks = {_row(_PLAIN, None, 5)[-1], _row(_PLAIN, None, 6)[-1], _row(_PLAIN, b"\0" * 32, 5)[-1]}
    marks.add(marked_row(_PLAIN, b"another key", None, 5, driver.moment(NOW))[-1])
    assert len(marks) == 4


def test_a_null_in_another_column_makes_another_leaf():
    """An id moved from one column to another is another leaf."""
    names = ("approved_by", "on_behalf_of", "resolves", "reverses", "recorder_bank_id")
    assert len({_row(replace(_PLAIN, **{name: 4}), None, 5)[-1] for name in names}) == len(names)


#: Values that no entry has, as somebody who wrote past the guards might leave them.
_ODD = {
    "lines": [
        "[[1, 2, 60]]",
        "[ [1,2,60]]",
        "[[1,2,60] ]",
        "[[1,2,60]] ",
        "[[01,2,60]]",
        "[[1,2,60.0]]",
        "[[1,2,6e1]]",
        '[["1",2,60]]',
        "[[1,2,60],]",
        "",
        "[]",
        "[[]]",
        "7",
        "null",
        "not json",
        "[[1,2]]",
        "[[1,2,60,1]]",
        "[[1,2,true]]",
        '[[1,2,60]],"occurred_on":"',
        b"[[1,2,60]]",
        None,
        7,
    ],
    "recorded_at": [
        "2026-11-21T10:00:00.000000",
        "2026-11-21 10:00:00",
        "2026-11-21 10:00:00.0000000",
        "2026-11-21 10:00:00.00000",
        "2026-11-21 10:00:00.000000Z",
        "2026-11-21 10:00:00,000000",
        "soon",
        "",
        None,
        7,
        b"2026-11-21 10:00:00.000000",
        1795255200.0,
    ],
    "occurred_on": ["2026-11-20 ", "2026-11-20 00:00:00", "20261120", "", None, 7, b"2026-11-20"],
    "words_digest": ["00", b"", b"\0" * 31, b"\0" * 33, 7],
    **{key: [None, 7, b"k", b"d", b"gift", "", "gift ", "Gift"] for key in ("deed", "key", "kind")},
    **{key: [None, "x", 1.0, 5.0, b"1", b"5", "5 ", "", '5","key":"k'] for key in ("id", "bank_id", "recorded_by")},
    **{key: ["", "null", 0, b"", 0.0] for key in ("approved_by", "resolves")},
}


@pytest.mark.parametrize(("name", "odd"), [(name, odd) for name, values in _ODD.items() for odd in values])
def test_a_malformed_value_is_refused_or_makes_another_leaf(name, odd):
    row = list(_row(_PLAIN, None, 5))
    right = encode_entry(row)
    row[COLUMNS.index(name)] = odd
    with contextlib.suppress(CANNOT_ENCODE):
        assert encode_entry(row) != right


@pytest.mark.parametrize(
    "lines",
    [
        "[[1,2,60],[3,2,30]] ",
        "[[1,2,60], [3,2,30]]",
        "[[1,2,60],[3,2,30.0]]",
        '[[1,2,60],["3",2,30]]',
        "[[1,2,60],[3,2,true]]",
        "[[1,2,60],[3,2,null]]",
        "[[1,2,60],[3,2,[30]]]",
        "[[1,2,60],7]",
        "[[1,2,60],[3,2,3e1]]",
    ],
)
def test_lines_in_another_json_spelling_are_refused(lines):
    two = replace(_PLAIN, lines=(Line(1, 2, 60), Line(3, 2, 30)))
    row = list(_row(two, None, 5))
    right = encode_entry(row)
    row[COLUMNS.index("lines")] = lines
    with contextlib.suppress(CANNOT_ENCODE):
        assert encode_entry(row) != right


_STORED = ["{} || ''", "CAST({} AS TEXT)", "CAST({} AS BLOB)", "{} || ' '", "' ' || {}", "{} + 0.5", "{} + 0.0"]


@pytest.mark.parametrize("change", [*_STORED, "NULL", "''", "7", "x'37'"])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_value_of_another_sqlite_type_is_doubtful(books, post, unguarded, change):
    """SQLite accepts a value of any type in any column."""
    entry_id = post(books.entry("k", words="Words", approved_by=books.approver, deed="d"))
    with unguarded() as owner:
        for name in (name for name, _form in FIELDS if name != "bank_id"):
            stored, kept = text(f"SELECT typeof({name}), hex({name}) FROM entry"), owner.begin_nested()
            before = tuple(owner.execute(stored).one())
            try:
                owner.execute(text(f"UPDATE entry SET {name} = {change.format(name)}"))
            except IntegrityError:  # the column takes no NULL, or its CHECK is asked
                kept.rollback()
                continue
            is_same = tuple(owner.execute(stored).one()) == before
            try:
                doubtful, _seen = marks.find_doubtful_entries(owner, owner.info["books_key"])
            except DBAPIError:  # it is a text that cannot even be read
                doubtful = [name]
            assert (doubtful == []) == is_same, name
            kept.rollback()
        assert marks.find_doubtful_entries(owner, owner.info["books_key"])[0] == []
        assert owner.scalar(text("SELECT id FROM entry")) == entry_id


@pytest.mark.parametrize("postgresql", [True, False])
def test_a_row_has_the_types_of_its_database(postgresql):
    entry = replace(_PLAIN, lines=(Line(2, 1, 60, mirrors=2), Line(3, 1, 5, mirrors=1)), reverses=4, words="Words")
    row, memo = rows_of(entry, KEY, postgresql=postgresql)
    by_column = dict(zip(COLUMNS, row, strict=True))
    assert by_column["lines"] == ("{{2,1,60,2},{3,1,5,1}}" if postgresql else "[[2,1,60,2],[3,1,5,1]]")
    assert by_column["recorded_at"] == "2026-11-21 10:00:00.000000" + ("+00" if postgresql else "")
    assert memo[:3] == (1, by_column["id"], "Words")
    assert by_column["words_digest"] == hmac.digest(memo[3], b"Words", "sha256")
    assert rows_of(replace(entry, words=None), KEY, postgresql=postgresql)[1] is None


def test_salts_and_ids_are_unique():
    rows = [rows_of(replace(_PLAIN, words="Words"), KEY, postgresql=False) for _ in range(3)]
    assert len({memo[3] for _row, memo in rows}) == len({memo[1] for _row, memo in rows}) == 3


@pytest.mark.parametrize("postgresql", [True, False])
def test_a_naive_moment_of_recording_is_refused(postgresql):
    naive = datetime(2026, 11, 21)  # noqa: DTZ001 (that is the point)
    with pytest.raises(ValueError, match="time zone"):
        rows_of(replace(_PLAIN, recorded_at=naive), b"key", postgresql=postgresql)
