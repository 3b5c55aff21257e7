"""What is wrong with whose the accounts are, and with what two banks wrote together, is named."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.bookkeeping.test_posting_linked import Between
from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.checking.holders import clearing_nets_to_zero, holders_as_written
from timebank.bookkeeping.encoding import holder_fields, mark
from timebank.ledger.checks import Verdict
from timebank.ledger.leaves import LeafKind, encode

MISFIT, CHANGED, NOBODY = (
    "it does not fit its account or the one before",
    "it was changed after it was written",
    "nobody holds it",
)


def _holder(session, bank, account_id, number, **changed):
    """Write a holder as the books do, with its mark."""
    row = {"bank_id": bank, "account_id": account_id, "number": number, "kind": "member", "holder_id": 7}
    row = {**row, "recorded_by": None, "recorded_at": NOW, **changed}
    row["digest"] = mark(session.info["books_key"], encode(LeafKind.HOLDER, holder_fields(row)))
    at = "2026-11-21 10:00:00.000000" + ("+00" if session.get_bind().dialect.name == "postgresql" else "")
    session.execute(
        text(f"INSERT INTO account_holder ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"),
        {**row, "recorded_at": at},
    )


def _told(session):
    return {(finding.table, finding.row, finding.problem) for finding in holders_as_written(session).findings}


def test_untampered_holders_are_right_and_counted(session, books):
    result = holders_as_written(session)
    assert (result.verdict, result.findings) == (Verdict.RIGHT, ())
    assert result.figure == session.scalar(text("SELECT count(*) FROM account")) > 0


def test_a_second_holder_is_right(session, books):
    _holder(session, books.bank, books.ada, 2)
    _holder(session, books.bank, books.ada, 3)
    session.commit()
    assert holders_as_written(session).findings == ()


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("DELETE FROM account_holder WHERE account_id = {ada}", ("account", "{bank}/{ada}", NOBODY)),
        ("UPDATE account_holder SET holder_id = 7 WHERE account_id = {ada}", ("{row}", CHANGED)),
        ("UPDATE account_holder SET recorded_by = 7 WHERE account_id = {ada}", ("{row}", CHANGED)),
        ("UPDATE account_holder SET digest = {digest} WHERE account_id = {ada}", ("{row}", CHANGED)),
        ("UPDATE account_holder SET kind = 'group' WHERE account_id = {ada}", ("{row}", MISFIT)),
        ("UPDATE account SET kind = 'group' WHERE id = {ada}", ("{row}", MISFIT)),
        ("UPDATE account_holder SET recorded_at = {later} WHERE account_id = {ada}", ("{row}", MISFIT)),
        ("UPDATE account SET opened_at = {later} WHERE id = {ada}", ("{row}", MISFIT)),
        ("DELETE FROM account WHERE id = {ada}", ("{row}", MISFIT)),
    ],
)
def test_a_changed_holder_is_a_finding(backend, books, unguarded, tampering, problem):
    names = {**vars(books), "row": f"{books.bank}/{books.ada}/1"}
    names["digest"] = {"sqlite": "zeroblob(32)", "postgresql": f"'\\x{'00' * 32}'"}[backend.name]
    names["later"] = "'2026-11-21 10:00:00.000001" + ("+00'" if backend.name == "postgresql" else "'")
    expected = tuple(part.format(**names) for part in problem)
    with unguarded() as owner:
        owner.execute(text(tampering.format(**names)))
        assert _told(owner) == {expected if len(expected) == 3 else ("account_holder", *expected)}


@pytest.mark.parametrize("number", [0, 2, 5])
def test_a_holders_number_begins_at_one(books, unguarded, number):
    with unguarded() as owner:
        owner.execute(text("DELETE FROM account_holder WHERE account_id = :ada"), vars(books))
        if number == 0 and owner.get_bind().dialect.name != "sqlite":
            owner.execute(text("ALTER TABLE account_holder DROP CONSTRAINT ck_account_holder_number"))
        elif number == 0:
            owner.execute(text("PRAGMA ignore_check_constraints = ON"))
        _holder(owner, books.bank, books.ada, number)
        assert _told(owner) == {("account_holder", f"{books.bank}/{books.ada}/{number}", MISFIT)}


def test_holders_are_numbered_without_a_gap(books, unguarded):
    with unguarded() as owner:
        for number in (2, 4):
            _holder(owner, books.bank, books.ada, number)
        assert _told(owner) == {("account_holder", f"{books.bank}/{books.ada}/4", MISFIT)}


def test_a_holder_of_another_bank_does_not_count(books, unguarded):
    with unguarded() as owner:
        owner.execute(text("UPDATE account_holder SET bank_id = :other_bank WHERE account_id = :ada"), vars(books))
        assert _told(owner) == {
            ("account", f"{books.bank}/{books.ada}", NOBODY),
            ("account_holder", f"{books.other_bank}/{books.ada}/1", MISFIT),
        }


@pytest.fixture
def between(session, books):
    """Post deeds between the banks in both directions, and one within each bank."""
    result = Between(session, books)
    actions.post_linked(session, *result.deed("one"))
    actions.post_linked(session, *result.deed("two", 15, back=True))
    actions.post(session, books.entry("own"))
    session.commit()
    return result


def _cleared(session):
    return {(finding.table, finding.row, finding.problem) for finding in clearing_nets_to_zero(session).findings}


def test_clearing_accounts_that_sum_to_zero_are_right(session, between):
    result = clearing_nets_to_zero(session)
    assert (result.verdict, result.findings, result.figure) == (Verdict.RIGHT, (), 2)


def test_without_clearing_accounts_there_are_no_findings(session, books):
    result = clearing_nets_to_zero(session)
    assert (result.verdict, result.findings, result.figure) == (Verdict.RIGHT, (), 0)


def test_clearing_accounts_with_another_sum_are_a_finding(between, unguarded):
    with unguarded() as owner:
        owner.execute(text("UPDATE account SET balance = balance + 5 WHERE id = :here"), {"here": between.here})
        problem = "the banks' accounts with each other sum to 5 minutes"
        assert _cleared(owner) == {("account", "clearing", problem)}


@pytest.mark.parametrize("which", [0, 1])
def test_a_clearing_entry_in_only_one_bank_is_a_finding(session, between, which):
    deed = between.deed("half", 30)
    actions.post(session, deed[which])
    session.commit()
    sign = 1 if which == 0 else -1
    assert _cleared(session) == {
        ("account", "clearing", f"the banks' accounts with each other sum to {30 * sign} minutes"),
        ("entry", "half", f"its banks differ by {30 * sign} minutes"),
    }


def test_clearing_entries_that_differ_are_findings_though_the_accounts_sum_to_zero(session, between):
    for key, wrong in (("more", 31), ("less", 29)):
        first, second = between.deed(key, 30)
        actions.post_linked(session, first, replace(second, lines=(replace(second.lines[0], minutes=wrong),)))
    session.commit()
    assert _cleared(session) == {
        ("entry", "more", "its banks differ by -1 minutes"),
        ("entry", "less", "its banks differ by 1 minutes"),
    }


def test_a_clearing_entry_without_postings_is_no_finding_here(between, unguarded):
    with unguarded() as owner:
        owner.execute(text("DELETE FROM posting WHERE account_id = :here"), {"here": between.here})
        assert {row for table, row, _problem in _cleared(owner) if table == "entry"} == {"one", "two"}
