"""Books that were written at the first step are right at the last one. Written in SQL, since models move on."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import inspect, text

from tests.migrations.conftest import BOOKS_KEY
from timebank.audit.checks import check_books
from timebank.bookkeeping.entry_rows import NewEntry, digest_entry, digest_words, lines_literal
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.migrations import run

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BANK, POT, ADA, GRACE, MARY = 1, 900, 11, 12, 13
WORDS = "Gardening: the hedge"
SALT = b"sixteen bytes ok"
BOOK_TABLES = ("account", "entry", "memo", "transfer", "posting", "limit_change")


def _moment(scratch):
    return NOW if scratch.name == "postgresql" else "2026-11-21 10:00:00.000000"


def _entry(scratch, entry_id, kind, line, **more):
    """The row of an entry as the books' own door writes it."""
    written = NewEntry(
        bank_id=BANK,
        key=f"entry:{entry_id}",
        kind=kind,
        lines=(line,),
        occurred_on=date(2026, 11, 20),
        recorded_at=NOW,
        recorded_by=MARY,
        deed=f"deed:{entry_id}",
        **more,
    )
    words_digest = digest_words(SALT, written.words)
    return {
        "bank": BANK,
        "id": entry_id,
        "key": written.key,
        "kind": kind.value,
        "day": written.occurred_on if scratch.name == "postgresql" else "2026-11-20",
        "at": _moment(scratch),
        "by": MARY,
        "approved_by": written.approved_by,
        "deed": written.deed,
        "reverses": written.reverses,
        "lines": lines_literal(written.lines, postgresql=scratch.name == "postgresql"),
        "words_digest": words_digest,
        "digest": digest_entry(BOOKS_KEY, written, words_digest),
    }


def _write_the_first_books(scratch):
    """A bank, three members and their pot; welcome hours, an adjustment with words, and a gift taken back."""
    at = {"at": _moment(scratch)}
    lines = "CAST(:lines AS bigint[])" if scratch.name == "postgresql" else ":lines"
    insert_entry = text(
        "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, approved_by, deed, reverses,"
        " lines, words_digest, digest) VALUES (:bank, :id, :key, :kind, :day, :at, :by, :approved_by, :deed,"
        f" :reverses, {lines}, :words_digest, :digest)"
    )
    with scratch.owner.begin() as books:
        books.execute(text("INSERT INTO bank (id, slug, name, opened_at) VALUES (1, 'angus', 'Angus', :at)"), at)
        for number, (account, kind, floor) in enumerate(
            [(POT, "pot", -30000), (ADA, "member", -1200), (GRACE, "member", -1200), (MARY, "member", None)]
        ):
            row = {**at, "account": account, "kind": kind, "floor": floor, "number": 100 + number}
            books.execute(
                text("INSERT INTO account (bank_id, id, kind, opened_at) VALUES (1, :account, :kind, :at)"), row
            )
            books.execute(
                text(
                    "INSERT INTO limit_change (bank_id, account_id, number, floor, reason, recorded_at)"
                    " VALUES (1, :account, 1, :floor, 'floor of the bank', :at)"
                ),
                row,
            )
            if kind == "member":
                _join(books, row, scratch)
        welcome = _entry(scratch, 501, EntryKind.WELCOME, Line(POT, ADA, 120))
        worded = _entry(scratch, 502, EntryKind.ADJUSTMENT, Line(ADA, GRACE, 45), words=WORDS, approved_by=ADA)
        gift = _entry(scratch, 503, EntryKind.GIFT, Line(GRACE, MARY, 60))
        back = _entry(scratch, 504, EntryKind.GIFT, Line(MARY, GRACE, 60, mirrors=1), reverses=503)
        for row in (welcome, worded, gift, back):
            books.execute(insert_entry, row)
        memo = {"id": 502, "words": WORDS, "salt": SALT}
        books.execute(text("INSERT INTO memo (bank_id, entry_id, words, salt) VALUES (1, :id, :words, :salt)"), memo)


def _join(books, row, scratch):
    """A person and their membership, under the account's id."""
    day = date(2026, 11, 1) if scratch.name == "postgresql" else "2026-11-01"
    books.execute(
        text("INSERT INTO person (id, name, name_folded, created_at) VALUES (:account, 'Ada', 'ada', :at)"), row
    )
    books.execute(
        text(
            "INSERT INTO membership (bank_id, id, person_id, account_id, number, code, standing, about, joined_on)"
            " VALUES (1, :account, :account, :account, :number, :code, 'active', '', :day)"
        ),
        {**row, "code": f"K7M3Q{row['number']}", "day": day},
    )


def _books(scratch, columns=None):
    """Every row of the books as the database has it, in the columns that a table had (None: all)."""
    with scratch.owner.connect() as connection:
        rows = {
            table: connection.execute(text(f"SELECT {', '.join((columns or {}).get(table, ['*']))} FROM {table}"))
            for table in BOOK_TABLES
        }
        return {table: sorted((tuple(map(str, row)) for row in found), key=str) for table, found in rows.items()}


def _columns(scratch):
    return {table: [column["name"] for column in inspect(scratch.owner).get_columns(table)] for table in BOOK_TABLES}


@pytest.fixture
def first_books(scratch):
    run.upgrade(scratch.owner, "0001")
    _write_the_first_books(scratch)
    return scratch


def _results(scratch):
    with scratch.session() as session:
        return list(check_books(session))


def _balances(scratch):
    with scratch.owner.connect() as connection:
        return dict(map(tuple, connection.execute(text("SELECT id, balance FROM account"))))


def test_the_first_books_move_hours_before_the_next_step(first_books):
    assert _balances(first_books) == {POT: -120, ADA: 75, GRACE: 45, MARY: 0}


def test_books_of_the_first_step_are_right_at_the_last(first_books):
    run.upgrade(first_books.owner)
    results = _results(first_books)
    assert [result.findings for result in results if result.verdict is Verdict.WRONG] == []
    figures = {result.name: result.figure for result in results}
    assert (figures["entries_as_written"], figures["words_as_written"], figures["reversals_mirror"]) == (4, 1, 1)
    assert (figures["balances_equal_postings"], figures["running_balances"]) == (4, 8)


def test_a_step_leaves_every_row_of_the_books_as_it_was(first_books):
    before, columns = _books(first_books), _columns(first_books)
    assert {table: len(rows) for table, rows in before.items()} == {
        "account": 4,
        "entry": 4,
        "memo": 1,
        "transfer": 4,
        "posting": 8,
        "limit_change": 4,
    }
    run.upgrade(first_books.owner)
    assert _books(first_books, columns) == before


def test_the_books_survive_the_way_back_to_their_first_step(first_books):
    before = _books(first_books)
    run.upgrade(first_books.owner)
    run.downgrade(first_books.owner, "0001")
    assert _books(first_books) == before
    run.upgrade(first_books.owner)
    assert [result for result in _results(first_books) if result.verdict is Verdict.WRONG] == []


def test_a_row_that_was_rewritten_before_the_step_is_found_after_it(first_books):
    """The step itself must not make good what is wrong."""
    with first_books.owner.begin() as connection:
        if first_books.name == "sqlite":
            connection.execute(text("DROP TRIGGER memo_before_update"))
        else:
            connection.execute(text("ALTER TABLE memo DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE memo SET words = 'Something else'"))
    run.upgrade(first_books.owner)
    wrong = [finding for result in _results(first_books) for finding in result.findings if not result.warns_only]
    assert [(finding.table, finding.row) for finding in wrong] == [("memo", "1/502")]


def test_taking_all_steps_back_is_possible_with_data(first_books):
    run.upgrade(first_books.owner)
    run.downgrade(first_books.owner, "base")
    assert first_books.tables() <= {"alembic_version"}
