"""What a database refuses is the same named rule on both; what it fails at for another reason stays what it was."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from timebank.bookkeeping.refusals import refusal, refusals_named
from timebank.ledger import errors

_RULES = [
    errors.NoLinesError,
    errors.NotMinutesError,
    errors.SameAccountError,
    errors.NoSuchAccountError,
    errors.FloorReachedError,
    errors.NotAMirrorError,
    errors.AlreadyReversedError,
    errors.HoldResolvedError,
    errors.EntryNotWholeError,
    errors.BooksClosedError,
    errors.NotSealedInOrderError,
]


class _Diagnosis:
    def __init__(self, constraint_name):
        self.constraint_name = constraint_name


class _PostgresqlError(Exception):
    def __init__(self, name, state="23514"):
        super().__init__("something in the language of the server")
        self.diag, self.sqlstate = _Diagnosis(name), state


def _named(original):
    return refusal(DBAPIError("INSERT", {}, original))


@pytest.mark.parametrize("rule", _RULES)
def test_a_rule_is_told_by_its_name_on_both_databases(rule):
    assert type(_named(_PostgresqlError(rule.message_id))) is rule
    assert type(_named(_PostgresqlError(f"ck_entry_{rule.message_id}"))) is rule
    assert type(_named(Exception(rule.message_id))) is rule
    assert type(_named(Exception(f"CHECK constraint failed: ck_entry_{rule.message_id}"))) is rule


def test_a_unique_index_is_told_by_its_columns_on_sqlite():
    said = "UNIQUE constraint failed: transfer.bank_id, transfer.reverses, transfer.reverses_line"
    assert isinstance(_named(Exception(said)), errors.AlreadyReversedError)


def test_what_a_role_may_not_do_is_closed_books():
    assert isinstance(_named(_PostgresqlError(None, "42501")), errors.BooksClosedError)


@pytest.mark.parametrize(
    "other",
    [
        _PostgresqlError(None),
        _PostgresqlError("fk_entry_bank_id_recorded_by", "23503"),
        _PostgresqlError("floor_kept_no_more"),
        Exception("database is locked"),
        Exception("UNIQUE constraint failed: entry.bank_id, entry.id"),
    ],
)
def test_what_is_no_rule_of_the_books_has_no_name(other):
    assert _named(other) is None


def test_a_failure_of_another_kind_is_raised_as_it_came(session):
    with pytest.raises(DBAPIError, match="nothing_of_the_kind") as raised, refusals_named():
        session.execute(text("SELECT nothing_of_the_kind"))
    assert not isinstance(raised.value, errors.LedgerError)


def test_a_refusal_keeps_what_the_database_said(session):
    attack = "INSERT INTO account (bank_id, id, kind, held, opened_at) VALUES (1, 1, 'member', 60, CURRENT_TIMESTAMP)"
    with pytest.raises(errors.BooksClosedError) as raised, refusals_named():
        session.execute(text(attack))
    assert isinstance(raised.value.__cause__, DBAPIError)
