"""Translation of database errors to the ledger's errors; other errors stay unchanged."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from timebank.bookkeeping import refusals
from timebank.bookkeeping.refusals import refusal, refusals_named
from timebank.ledger import errors

_RULES = [
    errors.NoLinesError,
    errors.NotMinutesError,
    errors.SameAccountError,
    errors.NoSuchAccountError,
    errors.NoSuchMemberError,
    errors.FloorReachedError,
    errors.NotAMirrorError,
    errors.AlreadyReversedError,
    errors.HoldResolvedError,
    errors.AccountClosedError,
    errors.SecondApproverError,
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
def test_a_rules_name_is_recognized_on_both_databases(rule):
    assert type(_named(_PostgresqlError(rule.message_id))) is rule
    assert type(_named(_PostgresqlError(f"ck_entry_{rule.message_id}"))) is rule
    assert type(_named(Exception(rule.message_id))) is rule
    assert type(_named(Exception(f"CHECK constraint failed: ck_entry_{rule.message_id}"))) is rule


def test_a_domains_rule_is_recognized_by_its_name(session, village):
    """On SQLite a trigger raises it."""
    values = {"bank": village.angus.id, "by": village.ada.membership_id, "lines": "[[1,2,3]]", "digest": b"short"}
    if session.get_bind().dialect.name == "postgresql":
        values["lines"] = "{{1,2,3}}"
    attack = (
        "INSERT INTO entry (bank_id, id, key, kind, occurred_on, recorded_at, recorded_by, deed, lines, digest)"
        " VALUES (:bank, 5, 'x', 'gift', '2026-11-20', '2026-11-21 10:00:00.000000', :by, 'x', :lines, :digest)"
    )
    with pytest.raises(errors.EntryNotWholeError), refusals_named():
        session.execute(text(attack), values)


def test_a_missing_privilege_is_books_closed():
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
def test_another_database_error_is_no_refusal(other):
    assert _named(other) is None


def test_another_database_error_passes_through(session):
    with pytest.raises(DBAPIError, match="nothing_of_the_kind") as raised, refusals_named():
        session.execute(text("SELECT nothing_of_the_kind"))
    assert not isinstance(raised.value, errors.LedgerError)


def test_a_refusal_keeps_the_database_error_as_its_cause(session):
    attack = "INSERT INTO account (bank_id, id, kind, held, opened_at) VALUES (1, 1, 'member', 60, CURRENT_TIMESTAMP)"
    with pytest.raises(errors.BooksClosedError) as raised, refusals_named():
        session.execute(text(attack))
    assert isinstance(raised.value.__cause__, DBAPIError)


def test_every_rule_that_a_database_enforces_is_recognized():
    assert set(refusals._RULES.values()) == set(_RULES)
