"""Going at the books on SQLite with SQL, past all of our code. Every attack is refused, or changes nothing."""

import pytest
from sqlalchemy import text

from tests.bookkeeping.conftest import Written, write_a_meal
from tests.bookkeeping.sql import refusal_of, snapshot, sqlite_entry as entry_sql


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def sqlite(sqlite_backend):
    """Not emptied: what an attack does not change, the next one finds."""
    return sqlite_backend


@pytest.fixture
def written(sqlite, meal):
    return meal.names(sqlite)


@pytest.fixture
def books(written):
    return written["books"]


CHANGES = [
    "UPDATE entry SET kind = 'gift'",
    "UPDATE entry SET lines = '[]'",
    "UPDATE OR REPLACE entry SET id = id + 1",
    "UPDATE OR IGNORE entry SET key = 'other'",
    "DELETE FROM entry",
    "UPDATE transfer SET minutes = 1",
    "DELETE FROM transfer",
    "UPDATE posting SET minutes = 1",
    "UPDATE posting SET balance_after = 0",
    "DELETE FROM posting",
    "UPDATE account SET balance = 0",
    "UPDATE account SET balance = balance + 60 WHERE id = {ada}",
    "UPDATE account SET number = number + 1",
    "UPDATE account SET given = 0",
    "UPDATE account SET received = 0 WHERE id = {grace}",
    "UPDATE account SET floor = NULL",
    "UPDATE account SET floor = -99999",
    "UPDATE account SET kind = 'pot' WHERE id = {ada}",
    "UPDATE account SET id = id + 1 WHERE id = {linus}",
    "UPDATE OR IGNORE account SET balance = 0",
    "UPDATE OR REPLACE account SET balance = NULL",
    "UPDATE OR REPLACE account SET number = NULL",
    "UPDATE OR REPLACE account SET given = NULL WHERE id = {ada}",
    "UPDATE OR REPLACE account SET received = NULL WHERE id = {grace}",
    "UPDATE OR REPLACE account SET kind = NULL",
    "UPDATE OR REPLACE account SET bank_id = NULL",
    "UPDATE account SET held = 0 WHERE id = {linus}",
    "UPDATE account SET held = held + 1 WHERE id = {ada}",
    "UPDATE OR REPLACE account SET held = NULL WHERE id = {linus}",
    "UPDATE account SET opened_at = '2026-11-20 10:00:00.000000' WHERE id = {ada}",
    "UPDATE account SET bank_id = bank_id + 1 WHERE id = {linus}",
    "DELETE FROM account",
    "UPDATE limit_change SET floor = 0",
    "DELETE FROM limit_change",
    "UPDATE memo SET words = 'Nothing'",
    "UPDATE memo SET entry_id = 1, words = NULL, salt = NULL",
    "DELETE FROM memo",
    "UPDATE trail SET deed = 'nothing'",
    "DELETE FROM trail",
    "INSERT INTO transfer VALUES ({bank}, {entry}, 3, {grace}, 2, {ada}, 3, 60, NULL, NULL)",
    "INSERT INTO transfer VALUES ({bank}, {entry}, 1, {grace}, 2, {ada}, 3, 60, NULL, NULL)",
    "INSERT OR REPLACE INTO transfer VALUES ({bank}, {entry}, 1, {grace}, 2, {ada}, 3, 60, NULL, NULL)",
    "INSERT OR REPLACE INTO transfer VALUES ({bank}, {entry}, 1, {grace}, 1, {ada}, 1, 1, NULL, NULL)",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 1, 60, 150, 150, 0)",
    "INSERT INTO posting VALUES ({bank}, {linus}, 2, {entry}, 2, -30, -60, 0, 60)",
    "INSERT OR REPLACE INTO posting VALUES ({bank}, {ada}, 2, {entry}, 2, 30, 9000, 90, 0)",
    "INSERT OR IGNORE INTO posting VALUES ({bank}, {ada}, 3, {entry}, 9, 60, 150, 150, 0)",
    "INSERT OR REPLACE INTO account (bank_id, id, kind, opened_at) VALUES ({bank}, {ada}, 'member', {now})",
    "INSERT OR REPLACE INTO account (bank_id, id, kind, opened_at) VALUES ({bank}, 5, 'pot', {now})",
    "INSERT INTO account (bank_id, id, kind, balance, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "INSERT INTO account (bank_id, id, kind, number, opened_at) VALUES ({bank}, 5, 'member', 1, {now})",
    "INSERT INTO account (bank_id, id, kind, floor, opened_at) VALUES ({bank}, 5, 'member', -60, {now})",
    "INSERT INTO account (bank_id, id, kind, floor, opened_at) VALUES ({bank}, 5, 'member', NULL, {now})",
    "INSERT OR REPLACE INTO memo VALUES ({bank}, {entry}, 'Nothing', x'00')",
    "INSERT INTO memo VALUES ({bank}, 5, 'Nothing', x'00')",
    "INSERT INTO limit_change VALUES ({bank}, {ada}, 1, 0, 'why', NULL, NULL, {now})",
    "INSERT INTO limit_change VALUES ({bank}, {ada}, 9, 0, 'why', NULL, NULL, {now})",
    "INSERT OR REPLACE INTO limit_change VALUES ({bank}, {ada}, 1, -5, 'why', NULL, NULL, {now})",
    "INSERT INTO limit_change VALUES ({bank}, {grace}, 2, 0, 'above the balance', NULL, NULL, {now})",
    "INSERT OR IGNORE INTO limit_change VALUES ({bank}, {grace}, 2, 0, 'above the balance', NULL, NULL, {now})",
    "INSERT INTO limit_change VALUES ({bank}, {ada}, 2, -1.5, 'half a minute', NULL, NULL, {now})",
    "INSERT INTO limit_change VALUES ({bank}, {perdita}, 1, 0, 'of another bank', NULL, NULL, {now})",
    "INSERT INTO account (bank_id, id, kind, given, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "INSERT INTO account (bank_id, id, kind, received, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "INSERT INTO account (bank_id, id, kind, held, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "DELETE FROM hold",
    "UPDATE hold SET minutes = 0",
    "UPDATE hold SET resolved_at = {now} WHERE id = {over}",
    "UPDATE hold SET resolved_at = NULL WHERE id = {over}",
    "UPDATE hold SET resolved_at = NULL WHERE id = {open}",
    "UPDATE hold SET resolved_at = 'soon' WHERE id = {open}",
    *(
        f"UPDATE hold SET resolved_at = {{now}}, {other} WHERE id = {{open}}"
        for other in (
            "id = 5",
            "account_id = {ada}",
            "minutes = 39",
            "unagreed_minutes = 24",
            "deed = 'exchange:other'",
            "placed_at = '2026-11-20 10:00:00'",
        )
    ),
    "INSERT INTO hold VALUES ({bank}, {open}, {ada}, 5, 0, 'exchange:new', {now}, NULL)",
    "INSERT INTO hold VALUES ({bank}, 5, {ada}, 5, 0, 'exchange:open', {now}, NULL)",
    "INSERT OR REPLACE INTO hold VALUES ({bank}, {open}, {ada}, 5, 0, 'exchange:new', {now}, NULL)",
    "INSERT OR REPLACE INTO hold VALUES ({bank}, 5, {ada}, 5, 0, 'exchange:open', {now}, NULL)",
    "INSERT INTO hold VALUES ({bank}, 5, 5, 5, 0, 'exchange:new', {now}, NULL)",
    "INSERT INTO hold VALUES ({bank}, 5, {perdita}, 5, 0, 'exchange:new', {now}, NULL)",
    *(
        f"INSERT OR IGNORE INTO hold VALUES ({{bank}}, 5, {{ada}}, {minutes}, 'exchange:new', {{now}}, NULL)"
        for minutes in ("1.5, 0", "'five', 0", "-1, 0", "5, 1.5", "5, 'five'", "5, -1", "5, 6", "1291, 0")
    ),
    "INSERT INTO hold VALUES ({bank}, 5, {ada}, 5, 0, 'exchange:new', {now}, {now})",
    "INSERT INTO hold VALUES ({bank}, 5, {ada}, 5, 0, 'exchange:new', 'soon', NULL)",
    "INSERT OR REPLACE INTO trail SELECT bank_id, id, done_at, done_by, NULL, 'x', subject, NULL, NULL FROM trail",
]


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("attack", CHANGES)
def test_what_is_written_cannot_be_changed_or_added_to(sqlite, written, attack, recursive):
    before = snapshot(sqlite.engine)
    with sqlite.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"PRAGMA recursive_triggers = {recursive}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match=r"books_append_only|floor_kept|account_exists|minutes_whole"):
            connection.execute(text(attack.format(**written)))
    sqlite.engine.dispose()
    assert snapshot(sqlite.engine) == before


@pytest.mark.parametrize("minutes", ["0, 0", "5, 5", "5, 0", "1290, 0"])
def test_as_much_is_held_as_the_floor_leaves_and_let_go_once(sqlite, written, minutes):
    """Or the refusals above would say nothing."""
    placed = f"INSERT INTO hold VALUES ({{bank}}, 5, {{ada}}, {minutes}, 'exchange:new', {{now}}, NULL)"
    resolved = "UPDATE hold SET resolved_at = {now} WHERE id = 5"
    held = f"SELECT held - {minutes.partition(',')[0]} FROM account WHERE id = {{ada}}"
    with sqlite.engine.connect() as connection:
        connection.execute(text(placed.format(**written)))
        assert connection.scalar(text(held.format(**written))) == 0
        connection.execute(text(resolved.format(**written)))
        assert connection.scalar(text("SELECT held FROM account WHERE id = :ada"), written) == 0


ENTRIES = {
    "no lines": ("'[]'", "entry_has_lines"),
    "no array": ("'{{}}'", "entry_has_lines"),
    "no json": ("'['", "entry_has_lines"),
    "a number": ("'7'", "entry_has_lines"),
    "a float": ("'[[{grace},{ada},1.5]]'", "minutes_whole"),
    "a whole float": ("'[[{grace},{ada},60.0]]'", "minutes_whole"),
    "a text": ("'[[{grace},{ada},\"60\"]]'", "minutes_whole"),
    "nothing": ("'[[{grace},{ada},null]]'", "minutes_whole"),
    "true": ("'[[{grace},{ada},true]]'", "minutes_whole"),
    "zero": ("'[[{grace},{ada},0]]'", "minutes_whole"),
    "negative": ("'[[{grace},{ada},-60]]'", "minutes_whole"),
    "a second line that is negative": ("'[[{grace},{ada},60],[{grace},{ada},-60]]'", "minutes_whole"),
    "two parts": ("'[[{grace},{ada}]]'", "minutes_whole"),
    "four parts": ("'[[{grace},{ada},60,1]]'", "minutes_whole"),
    "bytes": ("CAST('[[{grace},{ada},60]]' AS BLOB)", "entry_has_lines"),
    "flat": ("'[{grace},{ada},60]'", "minutes_whole"),
    "to itself": ("'[[{ada},{ada},60]]'", "two_different_accounts"),
    "to nobody": ("'[[{grace},5,60]]'", "account_exists"),
    "from nobody": ("'[[5,{ada},60]]'", "account_exists"),
    "to another bank": ("'[[{grace},{perdita},60]]'", "account_exists"),
    "below the floor": ("'[[{grace},{ada},1141]]'", "floor_kept"),
    "below the floor in between": ("'[[{grace},{ada},1141],[{ada},{grace},1141]]'", "floor_kept"),
}


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_is_not_right_writes_nothing(sqlite, written, name, verb):
    lines, rule = ENTRIES[name]
    before = snapshot(sqlite.engine)
    sql = entry_sql(written["bank"], 5, "new", lines.format(**written), written["recorder"], verb=verb)
    assert rule in (refusal_of(sqlite.engine, sql) or "")
    assert snapshot(sqlite.engine) == before


REVERSALS = {
    "in the wrong order": "'[[{ada},{grace},60,1],[{ada},{linus},30,2]]'",
    "the same line twice": "'[[{ada},{grace},60,1],[{ada},{grace},60,1]]'",
    "other minutes": "'[[{ada},{grace},59,1]]'",
    "other accounts": "'[[{ada},{linus},60,1]]'",
    "not mirrored": "'[[{grace},{ada},60,1]]'",
    "no such line": "'[[{ada},{grace},60,3]]'",
}


@pytest.mark.parametrize("name", REVERSALS)
def test_a_reversal_that_mirrors_nothing_is_refused(sqlite, written, name):
    lines = REVERSALS[name].format(**written)
    sql = entry_sql(written["bank"], 5, "r", lines, written["recorder"], reverses=written["entry"])
    assert "reversal_mirrors" in (refusal_of(sqlite.engine, sql) or "")


def test_a_line_is_reversed_once_and_a_reversal_never(sqlite, written):
    lines = "'[[{ada},{grace},60,1]]'".format(**written)
    first = entry_sql(written["bank"], 5, "r", lines, written["recorder"], reverses=written["entry"])
    again = entry_sql(written["bank"], 6, "s", lines, written["recorder"], reverses=written["entry"])
    back = "'[[{grace},{ada},60,1]]'".format(**written)
    of_reversal = entry_sql(written["bank"], 7, "t", back, written["recorder"], reverses=5)
    other_kind = entry_sql(written["bank"], 8, "u", lines, written["recorder"], reverses=written["entry"], kind="gift")
    assert refusal_of(sqlite.engine, first) is None
    assert "reversed_once" in (refusal_of(sqlite.engine, again) or "")
    assert "reversal_mirrors" in (refusal_of(sqlite.engine, of_reversal) or "")
    assert "reversal_mirrors" in (refusal_of(sqlite.engine, other_kind) or "")


@pytest.mark.parametrize(
    "changed",
    [
        {"day": "'soon'"},
        {"day": "'2026-13-01'"},
        {"day": "'2026-02-30'"},
        {"day": "20261120"},
        {"digest": "'text'"},
        {"digest": "x'00'"},
        {"digest": "7"},
    ],
)
def test_an_entry_whose_day_or_digest_is_none_is_refused(sqlite, written, changed):
    lines = "'[[{grace},{ada},15]]'".format(**written)
    sql = entry_sql(written["bank"], 5, "new", lines, written["recorder"], **changed)
    assert "entry_whole" in (refusal_of(sqlite.engine, sql) or "")


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
def test_a_replay_is_left_aside_and_a_taken_id_is_refused(sqlite, written, verb):
    before = snapshot(sqlite.engine)
    lines = "'[[{grace},{ada},15]]'".format(**written)
    replay = entry_sql(written["bank"], 5, "k", lines, written["recorder"], verb=verb)
    taken = entry_sql(written["bank"], written["entry"], "new", lines, written["recorder"], verb=verb)
    upsert = entry_sql(
        written["bank"],
        5,
        "k",
        lines,
        written["recorder"],
        rest="ON CONFLICT (bank_id, key) DO UPDATE SET kind = 'gift'",
    )
    assert refusal_of(sqlite.engine, replay) is None
    assert "books_append_only" in (refusal_of(sqlite.engine, taken) or "")
    refusal_of(sqlite.engine, upsert)
    assert snapshot(sqlite.engine) == before


def test_words_can_be_blanked_with_their_salt_and_not_half(sqlite, written):
    assert refusal_of(sqlite.engine, "UPDATE memo SET words = NULL") is not None
    assert refusal_of(sqlite.engine, "UPDATE memo SET words = NULL, salt = NULL") is None
