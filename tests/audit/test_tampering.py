"""The tamper table: every column of the books edited, rows taken away, copied and exchanged, one at a time.

Each is noticed, and `pytest -s` prints by which check. What is sealed is noticed always. Of what no seal is on yet a
little can be changed unseen; `ONLY_SEALS` lists all of it, and the figure of what waits for a seal counts those rows.
"""

import pytest

from tests.audit.edits import OTHER, edits_of
from tests.audit.tampered import TABLES
from tests.audit.told import unexpected
from timebank.bookkeeping.checking.seals import not_sealed_yet, seals_match
from timebank.db import Base
from timebank.ledger.checks import Verdict

#: What is noticed from the next seal on, and until then only counted.
ONLY_SEALS = {
    "closing (closed) and (reopened).reason exchanged",
    "closing (closed).id changed",
    "closing (closed).reason changed",
    "closing (month) gone",
    "closing (month).id changed",
    "closing (month).reason changed",
    "closing (month).recorded_by changed",
    "closing (reopened).reason changed",
    "closing (reopened).recorded_by changed",
    "hold (called off) gone",
    "hold (called off).account_id changed",
    "hold (called off).id changed",
    "hold (called off).minutes changed",
    "hold (called off).unagreed_minutes changed",
    "hold (confirmed).minutes changed",
    "hold (confirmed).unagreed_minutes changed",
    "hold (open).id changed",
    "hold (open).unagreed_minutes changed",
    "limit_change (first) and (lowered).reason exchanged",
    "limit_change (first) and (lowered).until exchanged",
    "limit_change (first) copied",
    "limit_change (first).reason changed",
    "limit_change (first).until changed",
    "limit_change (lowered) copied",
    "limit_change (lowered).reason changed",
    "limit_change (lowered).until changed",
    "limit_change (lowered).until emptied",
}
#: A new row beside sealed ones is not sealed itself.
NEW_ROWS = {"limit_change (first) copied"}


def _seen(tampered, table, edit):
    """Return (the checks that fail, the number of unsealed rows if none fails)."""
    with tampered.undone():
        assert 0 not in [tampered.run(statement) for statement in edit.statements], f"{edit.what} changes nothing"
        results = tampered.results([check for check in tampered.readers[table] if check is not not_sealed_yet])
        wrong = [result for result in results if result.verdict is Verdict.WRONG]
        assert [unexpected(result) for result in wrong if unexpected(result)] == []
        return {result.name for result in wrong}, None if wrong else _waiting(tampered)


def _waiting(tampered):
    return tampered.results([not_sealed_yet])[0].figure


def _of(table, edits):
    return {edit for edit in edits if edit.startswith(f"{table} (")}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "unsealed"])
def test_every_tampering_is_noticed_or_waits_for_the_next_seal(tampered, table, sealed):
    waiting, unseen = _waiting(tampered), set()
    for edit in edits_of(tampered, table, sealed=sealed):
        noticed, waits = _seen(tampered, table, edit)
        print(f"{edit.what:<60} {', '.join(sorted(noticed)) or 'waits for the next seal'}")  # noqa: T201 (the table)
        if not noticed:
            unseen.add(edit.what)
            more = {"copied": 1, "gone": -1}.get(edit.what.rpartition(" ")[2], 0)
            assert (waits > waiting) - (waits < waiting) == more, f"{edit.what} is not counted"
    assert unseen == _of(table, NEW_ROWS if sealed else ONLY_SEALS)


def test_untouched_books_are_right_and_some_of_them_wait_for_a_seal(tampered):
    results = tampered.results()
    assert [result.findings for result in results if result.verdict is not Verdict.RIGHT] == []
    assert _waiting(tampered) > 0
    assert all(
        seals_match in tampered.readers[table] for table in TABLES if table not in {"memo", "posting", "taken_back"}
    )


def test_every_column_of_the_books_has_its_edit():
    columns = {(table, column.name) for table in TABLES for column in Base.metadata.tables[table].columns}
    assert {(table, column) for table, edits in OTHER.items() for column in edits} == columns


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_edited_where_it_is_sealed(tampered, table):
    edited = {edit.what.partition(".")[2].partition(" ")[0] for edit in edits_of(tampered, table, sealed=True)}
    assert edited - {""} == set(Base.metadata.tables[table].columns.keys())
