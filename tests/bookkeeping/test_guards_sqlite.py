"""Attacks on the books by SQL on SQLite, past all Python code. Each is refused or changes nothing."""

import pytest
from sqlalchemy import text

from tests.bookkeeping.conftest import Written, write_a_meal
from tests.bookkeeping.rows import RIGHT_PEOPLE, WRONG_PEOPLE, reversal, together
from tests.bookkeeping.sql import SQLITE_DIGEST, refusal_of, snapshot, sqlite_entry as entry_sql


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def sqlite(sqlite_backend):
    """Books that are not emptied between attacks, since a refused attack changes nothing."""
    return sqlite_backend


@pytest.fixture
def written(sqlite, meal):
    return {**meal.names(sqlite), "hash": SQLITE_DIGEST}


@pytest.fixture
def books(written):
    return written["books"]


CHANGES = [
    "UPDATE entry SET kind = 'gift'",
    "UPDATE entry SET lines = '[]'",
    "UPDATE OR REPLACE entry SET id = id + 1",
    "UPDATE OR IGNORE entry SET key = 'other'",
    "DELETE FROM entry",
    "UPDATE taken_back SET by_entry_id = 1",
    "UPDATE taken_back SET line = 2",
    "DELETE FROM taken_back",
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
    "UPDATE memo SET words = NULL, salt = NULL",
    "UPDATE memo SET entry_id = 1, words = NULL, salt = NULL",
    "DELETE FROM memo",
    "UPDATE trail SET deed = 'nothing'",
    "DELETE FROM trail",
    "INSERT INTO taken_back VALUES ({bank}, {entry}, 1, {entry})",
    "INSERT INTO taken_back VALUES ({bank}, {entry}, 2, {back})",
    "INSERT INTO taken_back VALUES ({bank}, {lift}, 1, {entry})",
    "INSERT INTO taken_back VALUES ({bank}, {lift}, 1, {back})",
    "INSERT OR REPLACE INTO taken_back VALUES ({bank}, {lift}, 1, {entry})",
    "INSERT OR IGNORE INTO taken_back VALUES ({bank}, {entry}, 3, {entry})",
    "UPDATE account_holder SET holder_id = 5",
    "UPDATE account_holder SET digest = x'00'",
    "DELETE FROM account_holder",
    "INSERT INTO account_holder VALUES ({bank}, {ada}, 1, 'member', 5, NULL, {now}, {hash})",
    "INSERT INTO account_holder VALUES ({bank}, {ada}, 3, 'member', 5, NULL, {now}, {hash})",
    "INSERT INTO account_holder VALUES ({bank}, {ada}, 2, 'group', 5, NULL, {now}, {hash})",
    "INSERT INTO account_holder VALUES ({bank}, {ada}, 2, 'member', 5, NULL, 'soon', {hash})",
    "INSERT INTO account_holder VALUES ({bank}, {ada}, 2, 'member', 5, NULL, {now}, x'00')",
    "INSERT INTO account_holder VALUES ({bank}, 5, 1, 'member', 5, NULL, {now}, {hash})",
    "INSERT INTO account_holder VALUES ({bank}, {perdita}, 2, 'member', 5, NULL, {now}, {hash})",
    "INSERT OR REPLACE INTO account_holder VALUES ({bank}, {ada}, 1, 'member', 5, NULL, {now}, {hash})",
    "INSERT OR IGNORE INTO account_holder VALUES ({bank}, {ada}, 2, 'bank', 5, NULL, {now}, {hash})",
    "DELETE FROM membership",
    "DELETE FROM membership WHERE id = {approver}",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 1, 60, 150, 150, 0)",
    "INSERT INTO posting VALUES ({bank}, {linus}, 2, {entry}, 2, -30, -60, 0, 60)",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 2, 30, 120, 120, 0)",
    "INSERT INTO posting VALUES ({bank}, {grace}, 2, {entry}, 1, -60, -120, 0, 120)",
    "INSERT INTO posting VALUES ({bank}, {mary}, 3, {lift}, 1, 45, 45, 45, 0)",
    "INSERT INTO posting VALUES ({bank}, {mary}, 3, {back}, 1, -45, -45, -45, 0)",
    "INSERT OR REPLACE INTO posting VALUES ({bank}, {ada}, 3, {entry}, 2, 30, 120, 120, 0)",
    "INSERT OR IGNORE INTO posting VALUES ({bank}, {ada}, 3, {entry}, 2, 30, 120, 120, 0)",
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
    "INSERT OR REPLACE INTO trail SELECT bank_id, id, done_at, done_by, NULL, NULL, 'x', 'y', NULL, NULL FROM trail",
]


_REFUSED = r"books_append_only|floor_kept|account_exists|minutes_whole|reversed_once|reversal_mirrors"


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("attack", CHANGES)
def test_rows_of_the_books_cannot_be_changed_or_inserted_directly(sqlite, written, attack, recursive):
    before = snapshot(sqlite.engine)
    with sqlite.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"PRAGMA recursive_triggers = {recursive}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match=_REFUSED):
            connection.execute(text(attack.format(**written)))
    sqlite.engine.dispose()
    assert snapshot(sqlite.engine) == before


@pytest.mark.parametrize("minutes", ["0, 0", "5, 5", "5, 0", "1290, 0"])
def test_a_hold_up_to_the_floor_is_placed_and_released(sqlite, written, minutes):
    """Control: the same statement with right values is accepted."""
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
    "from another bank": ("'[[{perdita},{grace},60]]'", "account_exists"),
    "many, to nobody": ("'[[{grace},{ada},60],[{grace},5,60]]'", "account_exists"),
    "many, from nobody": ("'[[{grace},{ada},60],[5,{ada},60]]'", "account_exists"),
    "many, first to nobody": ("'[[{grace},5,60],[{grace},{ada},60]]'", "account_exists"),
    "many, to itself": ("'[[{grace},{ada},60],[{ada},{ada},60]]'", "two_different_accounts"),
    "nested": ("'[[{grace},{ada},[60]]]'", "minutes_whole"),
    "an exponent": ("'[[{grace},{ada},6e1]]'", "minutes_whole"),
    "more than 64 bits": ("'[[{grace},{ada},9223372036854775808]]'", "minutes_whole"),
    "an account that is a text": ("'[[\"{grace}\",{ada},60]]'", "minutes_whole"),
    "an account that is nothing": ("'[[null,{ada},60]]'", "minutes_whole"),
    "a float in the second line": ("'[[{grace},{ada},60],[{grace},{ada},60.0]]'", "minutes_whole"),
    "a text in the second line": ("'[[{grace},{ada},60],[{grace},{ada},\"60\"]]'", "minutes_whole"),
    "nothing in the second line": ("'[[{grace},{ada},60],[{grace},{ada},null]]'", "minutes_whole"),
    "a float in the first of two lines": ("'[[{grace},{ada},60.0],[{grace},{ada},60]]'", "minutes_whole"),
    "below the floor": ("'[[{grace},{ada},1141]]'", "floor_kept"),
    "below the floor in between": ("'[[{grace},{ada},1141],[{ada},{grace},1141]]'", "floor_kept"),
}


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
@pytest.mark.parametrize("name", ENTRIES)
def test_a_malformed_entry_writes_nothing(sqlite, written, name, verb):
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
def test_an_entry_with_a_malformed_day_or_digest_is_refused(sqlite, written, changed):
    lines = "'[[{grace},{ada},15]]'".format(**written)
    sql = entry_sql(written["bank"], 5, "new", lines, written["recorder"], **changed)
    assert "entry_whole" in (refusal_of(sqlite.engine, sql) or "")


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
def test_a_replay_is_skipped_and_a_taken_id_is_refused(sqlite, written, verb):
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


def test_a_line_is_reversed_once_by_entries_of_one_statement_too(sqlite, written):
    before = snapshot(sqlite.engine)
    first = reversal("[[{ada},{grace},60,1]]")
    for again in ("[[{ada},{grace},60,1]]", "[[{ada},{linus},30,2],[{ada},{grace},60,1]]"):
        both = together(first, reversal(again, id=6, key="'other'"))
        assert "reversed_once" in (refusal_of(sqlite.engine, both.format(**written)) or "")
        assert snapshot(sqlite.engine) == before
    assert (
        refusal_of(
            sqlite.engine, together(first, reversal("[[{ada},{linus},30,2]]", id=6, key="'other'")).format(**written)
        )
        is None
    )


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
@pytest.mark.parametrize(("rule", "build"), WRONG_PEOPLE)
def test_an_entry_that_names_a_wrong_member_writes_nothing(sqlite, written, rule, build, verb):
    before = snapshot(sqlite.engine)
    sql = build().replace("INSERT", verb, 1).format(**written)
    assert rule in (refusal_of(sqlite.engine, sql) or "")
    assert snapshot(sqlite.engine) == before


@pytest.mark.parametrize("build", RIGHT_PEOPLE)
def test_an_entry_that_names_right_members_is_posted(sqlite, written, build):
    """Control: the same statement with right values is accepted."""
    assert refusal_of(sqlite.engine, build().format(**written)) is None
