"""The tables hold their own rules too, where every trigger is asleep: what is checked twice is right twice."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.bookkeeping.conftest import Written
from tests.bookkeeping.rows import account, closing, hold, log, month
from tests.people import NOW
from timebank.bookkeeping import actions
from timebank.bookkeeping.sealing import seal
from timebank.ledger.entries import Line


def write_and_seal(backend, books):
    """Two entries, the first with words and a reversal, sealed one after the other."""
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
    """Not emptied: everything is undone."""
    return request.getfixturevalue(f"{request.param}_backend")


@pytest.fixture
def written(backend, sealed):
    return sealed.names(backend)


@contextmanager
def asleep(backend):
    """A connection of the owner in which no trigger fires and no key of another table is asked for; all is undone."""
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
#: SQLite names a unique key by its columns; that the last of them is named is enough to tell it.
_LAST_COLUMN = {
    "uq_account_one_per_bank": "account.kind",
    "uq_entry_bank_id_key": "entry.key",
    "uq_entry_hold_resolved_once": "entry.resolves",
    "uq_transfer_reversed_once": "transfer.reverses_line",
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
REFUSED = {
    "UPDATE account SET floor = balance + 1 WHERE id = {ada}": "ck_account_floor_kept",
    "UPDATE account SET number = -1": "ck_account_number",
    "UPDATE account SET kind = 'purse' WHERE id = {ada}": "ck_account_kind",
    "UPDATE account SET kind = 'pot' WHERE id = {ada}": "uq_account_one_per_bank",
    "UPDATE account SET held = -1, floor = NULL": "ck_account_held",
    "UPDATE account SET closed_at = {now} WHERE id = {ada}": "ck_account_account_open",
    "UPDATE account SET closed_at = {now}, balance = 0, held = 5, floor = NULL": "ck_account_account_open",
    "UPDATE account SET closed_at = {now}, balance = 5, held = 0, floor = NULL": "ck_account_account_open",
    "UPDATE entry SET kind = 'other'": "ck_entry_kind",
    "UPDATE entry SET approved_by = recorded_by": "ck_entry_second_approver",
    "UPDATE entry SET kind = 'adjustment'": "ck_entry_second_approver",
    "UPDATE entry SET resolves = 5": "uq_entry_hold_resolved_once",
    "UPDATE entry SET digest = {short}": "ck_entry_entry_whole",
    "UPDATE entry SET words_digest = {short}": "ck_entry_entry_whole",
    "UPDATE entry SET key = 'the same'": "uq_entry_bank_id_key",
    "UPDATE memo SET words = NULL": "ck_memo_blanked_whole",
    "UPDATE memo SET salt = NULL": "ck_memo_blanked_whole",
    "UPDATE transfer SET minutes = 0": "ck_transfer_minutes_whole_and_positive",
    "UPDATE transfer SET minutes = -1": "ck_transfer_minutes_whole_and_positive",
    "UPDATE transfer SET to_account_id = from_account_id": "ck_transfer_two_different_accounts",
    "UPDATE transfer SET reverses_line = NULL WHERE reverses IS NOT NULL": "ck_transfer_reversal_mirrors",
    "UPDATE transfer SET reverses = NULL WHERE reverses IS NOT NULL": "ck_transfer_reversal_mirrors",
    "UPDATE transfer SET reverses = {first}, reverses_line = 1": "uq_transfer_reversed_once",
    "UPDATE limit_change SET number = 0 WHERE account_id = {ada}": "ck_limit_change_number",
    "INSERT INTO limit_change SELECT * FROM limit_change": "pk_limit_change",
    "INSERT INTO posting SELECT * FROM posting": "pk_posting",
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
def test_a_table_refuses_by_itself_what_breaks_its_rule(backend, written, attack):
    names = {**written, "short": _SHORT[backend.name]}
    rule = REFUSED[attack]
    if backend.name == "sqlite":
        rule = _LAST_COLUMN.get(rule, rule)
    with asleep(backend) as connection, pytest.raises(IntegrityError, match=rf"\b{rule}\b"):
        connection.execute(text(attack.format(**names)))


_TWICE = {
    "uq_hold_bank_id_deed": (hold(), hold(id=6), "hold.deed"),
    "uq_closing_month": (month(), month(id=7), "closing.month"),
    "pk_closing": (closing(), closing(), "closing.id"),
    "pk_seal_log": (log(), log(), "seal_log.number"),
}


@pytest.mark.parametrize("rule", _TWICE)
def test_a_table_takes_by_itself_nothing_twice(backend, written, rule):
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
        "UPDATE account SET closed_at = {now}, balance = 0",
        "UPDATE entry SET kind = 'adjustment', approved_by = recorded_by + 1",
        "UPDATE entry SET resolves = id",
        "UPDATE memo SET words = NULL, salt = NULL",
        "UPDATE memo SET words = 'Other'",
        "UPDATE transfer SET reverses = NULL, reverses_line = NULL",
        "UPDATE transfer SET minutes = 1",
        "UPDATE leaf SET number = 255, block = hash WHERE number = 0",
    ],
)
def test_a_table_takes_by_itself_what_keeps_its_rules(backend, written, harmless):
    """Or the refusals above would say nothing."""
    with asleep(backend) as connection:
        assert connection.execute(text(harmless.format(**written))).rowcount > 0


@pytest.mark.parametrize(
    ("attack", "rule"),
    [
        ("UPDATE entry SET occurred_on = 'infinity'", "ck_entry_day_entry_whole"),
        ("UPDATE entry SET recorded_at = '-infinity'", "ck_entry_day_entry_whole"),
        ("UPDATE seal SET signed_at = 'infinity'", "ck_seal_moment"),
        (hold(placed_at="'infinity'"), "ck_hold_moment"),
        (hold(resolved_at="'infinity'"), "ck_hold_moment"),
        (closing(recorded_at="'infinity'"), "ck_closing_moment"),
        (month(month="'infinity'"), "ck_closing_moment"),
        (log(begun_at="'infinity'"), "ck_seal_log_moment"),
    ],
)
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_no_day_or_moment_is_without_end(backend, written, attack, rule):
    with asleep(backend) as connection, pytest.raises(IntegrityError, match=rule):
        connection.execute(text(attack.format(**written)))
