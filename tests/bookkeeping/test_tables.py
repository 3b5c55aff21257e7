"""Constraints of the tables with all triggers disabled, since triggers would refuse most wrong rows first."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from tests.bookkeeping.conftest import Written
from tests.bookkeeping.rows import account, closing, hold, log, month
from tests.bookkeeping.sql import BOOKS
from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.sealing.actions import seal
from timebank.ledger.accounts import ONE_PER_BANK, AccountKind, HolderKind
from timebank.ledger.entries import EntryKind, Line


def write_and_seal(backend, books):
    """Post two entries, the first with words and a reversal, and seal after each."""
    with backend.session() as session:
        meal = (Line(books.grace, books.ada, 60), Line(books.linus, books.ada, 30))
        first = actions.post(session, books.entry("one", *meal, words="A meal"))
        actions.post(session, books.entry("back", Line(books.ada, books.grace, 60, mirrors=1), reverses=first))
        seal(session, books.bank, now=NOW)
        actions.post(session, books.entry("two"))
        seal(session, books.bank, now=NOW + timedelta(minutes=1))
        session.commit()
    return {"first": first}


@pytest.fixture(scope="module")
def sealed():
    return Written(write_and_seal)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request):
    """Books that are not emptied, since every test rolls back."""
    return request.getfixturevalue(f"{request.param}_backend")


@pytest.fixture
def written(backend, sealed):
    return sealed.names(backend)


@contextmanager
def asleep(backend):
    """Yield a connection of the owner without triggers and foreign keys, rolled back at its end."""
    with backend.owner.connect() as connection:
        if backend.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.rollback()


_SHORT = {"sqlite": "x'00'", "postgresql": "'\\x00'"}
#: SQLite names a unique key by its columns; the last column identifies it.
_LAST_COLUMN = {
    "uq_account_one_per_bank": "account.kind",
    "uq_entry_bank_id_key": "entry.key",
    "pk_entry": "entry.id",
    "pk_taken_back": "taken_back.line",
    "uq_posting_side": "posting.minutes",
    "pk_account_holder": "account_holder.number",
    "pk_account": "account.id",
    "pk_limit_change": "limit_change.number",
    "pk_posting": "posting.number",
    "pk_memo": "memo.entry_id",
    "pk_trail": "trail.id",
    "uq_trail_bank_id_done_by_form_key": "trail.form_key",
    "pk_leaf": "leaf.number",
    "uq_leaf_bank_id_kind_subject_id_subject_number": "leaf.subject_number",
    "uq_seal_bank_id_size": "seal.size",
    "pk_seal": "seal.number",
}
#: On PostgreSQL these columns are in a domain, which keeps the rule in the table's place.
_DOMAIN_RULE = {"ck_account_kind": "kind", "ck_entry_kind": "kind"}
REFUSED = {
    "UPDATE account SET floor = balance + 1 WHERE id = {ada}": "ck_account_floor_kept",
    "UPDATE account SET kind = 'purse' WHERE id = {ada}": "ck_account_kind",
    "UPDATE account SET kind = 'pot' WHERE id = {ada}": "uq_account_one_per_bank",
    "INSERT INTO account (bank_id, id, kind, opened_at) SELECT bank_id, id, 'member', opened_at FROM account": (
        "pk_account"
    ),
    "UPDATE entry SET kind = 'other'": "ck_entry_kind",
    "UPDATE entry SET key = 'the same'": "uq_entry_bank_id_key",
    "UPDATE entry SET id = 5": "pk_entry",
    "INSERT INTO taken_back SELECT bank_id, entry_id, line, 5 FROM taken_back": "pk_taken_back",
    "INSERT INTO account_holder SELECT * FROM account_holder": "pk_account_holder",
    "UPDATE account_holder SET number = 0": "ck_account_holder_number",
    "UPDATE account_holder SET kind = 'other'": "ck_account_holder_kind",
    "UPDATE memo SET words = NULL": "ck_memo_blanked_whole",
    "UPDATE memo SET salt = NULL": "ck_memo_blanked_whole",
    "UPDATE limit_change SET number = 0 WHERE account_id = {ada}": "ck_limit_change_number",
    "INSERT INTO limit_change SELECT * FROM limit_change": "pk_limit_change",
    "INSERT INTO posting SELECT bank_id, account_id, number, entry_id, line + 9, minutes, 0, 0, 0 FROM posting": (
        "pk_posting"
    ),
    "INSERT INTO memo SELECT * FROM memo": "pk_memo",
    "INSERT INTO trail SELECT * FROM trail": "pk_trail",
    "UPDATE trail SET done_by = {recorder}, form_key = 'the same'": "uq_trail_bank_id_done_by_form_key",
    "UPDATE leaf SET number = -1, block = hash WHERE number = 0": "ck_leaf_number",
    "UPDATE leaf SET kind = 'other'": "ck_leaf_kind",
    "UPDATE leaf SET hash = {short}": "ck_leaf_hash",
    "UPDATE leaf SET number = 255, block = {short} WHERE number = 0": "ck_leaf_hash",
    "UPDATE leaf SET block = hash": "ck_leaf_block",
    "UPDATE leaf SET number = 255 WHERE number = 0": "ck_leaf_block",
    "INSERT INTO leaf SELECT bank_id, number, kind, subject_id, subject_number + 9, hash, block FROM leaf": "pk_leaf",
    "INSERT INTO leaf SELECT bank_id, number + 99, kind, subject_id, subject_number, hash, block FROM leaf": (
        "uq_leaf_bank_id_kind_subject_id_subject_number"
    ),
    "UPDATE seal SET number = 0 WHERE number = 1": "ck_seal_number",
    "UPDATE seal SET root = {short}": "ck_seal_root",
    "UPDATE seal SET size = 1": "uq_seal_bank_id_size",
    "UPDATE seal SET number = 1": "pk_seal",
    **{
        hold(**wrong): "ck_hold_minutes_whole_and_positive"
        for wrong in ({"minutes": -1, "unagreed_minutes": -1}, {"unagreed_minutes": -1}, {"unagreed_minutes": 6})
    },
    closing(kind="'other'"): "ck_closing_kind",
    closing(account_id="NULL"): "ck_closing_what",
    closing(month="'2026-10-01'", figures="'{{}}'", approved_by=3): "ck_closing_what",
    closing(figures="'{{}}'"): "ck_closing_what",
    month(account_id=7): "ck_closing_what",
    month(month="NULL", figures="NULL"): "ck_closing_what",
    month(figures="NULL"): "ck_closing_what",
    closing(approved_by="{recorder}"): "ck_closing_second_approver",
    month(approved_by="{recorder}"): "ck_closing_second_approver",
    month(approved_by="NULL"): "ck_closing_second_approver",
    log(number=1): "ck_seal_log_number",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_a_table_without_triggers_refuses_rows_that_break_its_rules(backend, written, attack):
    names = {**written, "short": _SHORT[backend.name]}
    rule = REFUSED[attack]
    rule = (_LAST_COLUMN if backend.name == "sqlite" else _DOMAIN_RULE).get(rule, rule)
    with asleep(backend) as connection, pytest.raises(IntegrityError, match=rf"\b{rule}\b"):
        connection.execute(text(attack.format(**names)))


_TWICE = {
    "pk_hold": (hold(), hold(deed="'exchange:other'"), "hold.id"),
    "uq_hold_bank_id_deed": (hold(), hold(id=6), "hold.deed"),
    "uq_closing_month": (month(), month(id=7), "closing.month"),
    "pk_closing": (closing(), closing(), "closing.id"),
    "pk_seal_log": (log(), log(), "seal_log.number"),
}


@pytest.mark.parametrize("rule", _TWICE)
def test_a_table_without_triggers_refuses_duplicates(backend, written, rule):
    first, again, column = _TWICE[rule]
    with asleep(backend) as connection:
        connection.execute(text(first.format(**written)))
        with pytest.raises(IntegrityError, match=rf"\b{rule if backend.name == 'postgresql' else column}\b"):
            connection.execute(text(again.format(**written)))


@pytest.mark.parametrize(
    "harmless",
    [
        hold(),
        hold(minutes=0, unagreed_minutes=0),
        hold(unagreed_minutes=0),
        closing(),
        closing(approved_by=3),
        month(),
        log(),
        account(kind="'opening'"),
        "UPDATE account SET floor = balance",
        "UPDATE account SET floor = balance - 1",
        "UPDATE account SET floor = NULL",
        *(f"UPDATE entry SET kind = '{kind}'" for kind in EntryKind),
        *(f"UPDATE account SET kind = '{kind}' WHERE id = {{ada}}" for kind in AccountKind if kind not in ONE_PER_BANK),
        *(f"UPDATE account_holder SET kind = '{kind}'" for kind in HolderKind),
        "UPDATE account_holder SET number = number + 1",
        "INSERT INTO taken_back SELECT bank_id, entry_id, line + 1, 5 FROM taken_back",
        "UPDATE memo SET words = NULL, salt = NULL",
        "UPDATE memo SET words = 'Other'",
        "UPDATE leaf SET number = 255, block = hash WHERE number = 0",
    ],
)
def test_a_table_without_triggers_takes_right_rows(backend, written, harmless):
    """Control: valid rows are accepted."""
    with asleep(backend) as connection:
        assert connection.execute(text(harmless.format(**written))).rowcount > 0


_MOMENTS = {
    "UPDATE entry SET occurred_on = 'infinity'": "entry_whole",
    "UPDATE entry SET recorded_at = '-infinity'": "entry_whole",
    "UPDATE account_holder SET recorded_at = 'infinity'": "ck_account_holder_moment",
    "UPDATE seal SET signed_at = 'infinity'": "ck_seal_moment",
    hold(placed_at="'infinity'"): "ck_hold_moment",
    hold(resolved_at="'infinity'"): "ck_hold_moment",
    closing(recorded_at="'infinity'"): "ck_closing_moment",
    month(month="'infinity'"): "ck_closing_moment",
    log(begun_at="'infinity'"): "ck_seal_log_moment",
}


@pytest.mark.parametrize(("attack", "rule"), _MOMENTS.items())
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_infinite_days_and_moments_are_refused(backend, written, attack, rule):
    with asleep(backend) as connection, pytest.raises(IntegrityError, match=rule):
        connection.execute(text(attack.format(**written)))


_DIGESTS = ("entry SET digest", "entry SET words_digest", "account_holder SET digest")


@pytest.mark.parametrize("column", _DIGESTS)
@pytest.mark.parametrize("length", [0, 1, 31, 33])
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_digest_has_32_bytes(backend, written, column, length):
    """SQLite's triggers rely on this index."""
    with asleep(backend) as connection:
        assert connection.execute(text(f"UPDATE {column} = '\\x{'00' * 32}'")).rowcount > 0
        with pytest.raises(IntegrityError, match="entry_whole"):
            connection.execute(text(f"UPDATE {column} = '\\x{'00' * length}'"))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_side_of_a_line_is_posted_once(backend, written):
    """PostgreSQL has no such index: only the trigger of entries inserts postings there."""
    again = "INSERT INTO posting SELECT bank_id, account_id, number + 9, {columns} FROM posting"
    columns = "entry_id, line, minutes, balance_after, given_after, received_after"
    with asleep(backend) as connection:
        with pytest.raises(IntegrityError, match=r"posting\.minutes"):
            connection.execute(text(again.format(columns=columns)))
        for harmless in ("entry_id + 1", "line + 9", "minutes + 1"):
            changed = columns.replace(harmless.partition(" ")[0], harmless, 1)
            assert connection.execute(text(again.format(columns=changed))).rowcount > 0
            connection.execute(text("DELETE FROM posting WHERE number > 9"))


def test_every_constraint_of_the_books_has_a_test(backend):
    """A constraint or unique index that is missing in the tables above has no test of its refusal."""
    inspector = inspect(backend.owner)
    rules = set()
    for table in BOOKS - {"membership"}:
        rules |= {constraint["name"] for constraint in inspector.get_check_constraints(table)}
        rules |= {constraint["name"] for constraint in inspector.get_unique_constraints(table)}
        rules |= {constraint["name"] for constraint in inspector.get_indexes(table) if constraint["unique"]}
        rules.add(inspector.get_pk_constraint(table)["name"])
    tried = {*REFUSED.values(), *_TWICE, "uq_posting_side"}
    if backend.name == "postgresql":
        tried = {*tried, *_MOMENTS.values()} - {*_DOMAIN_RULE, "entry_whole", "uq_posting_side"}
    assert rules == tried
