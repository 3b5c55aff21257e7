"""Attacks on the books by SQL on PostgreSQL, as the web's role and as the owner."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.bookkeeping.conftest import Written, write_a_meal
from tests.bookkeeping.rows import RIGHT_PEOPLE, WRONG_PEOPLE, holder, reversal, together
from tests.bookkeeping.sql import POSTGRESQL_DIGEST, entry_sql, refusal_of, snapshot
from timebank.bookkeeping import actions
from timebank.ledger.entries import Line


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def postgresql(postgresql_backend):
    """Books that are not emptied between attacks, since a refused attack changes nothing."""
    return postgresql_backend


@pytest.fixture
def written(postgresql, meal):
    return {**meal.names(postgresql), "hash": POSTGRESQL_DIGEST}


@pytest.fixture
def books(written):
    return written["books"]


FORBIDDEN = [
    "UPDATE entry SET kind = 'gift'",
    "DELETE FROM entry",
    "TRUNCATE entry CASCADE",
    "INSERT INTO taken_back VALUES ({bank}, {entry}, 1, {entry})",
    "UPDATE taken_back SET line = 2",
    "DELETE FROM taken_back",
    "TRUNCATE taken_back",
    "UPDATE account_holder SET holder_id = 5",
    "DELETE FROM account_holder",
    "TRUNCATE account_holder",
    "DELETE FROM membership",
    "TRUNCATE membership CASCADE",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 1, 60, 150, 150, 0)",
    "UPDATE posting SET balance_after = 0",
    "DELETE FROM posting",
    "TRUNCATE posting",
    "UPDATE account SET balance = 0",
    "UPDATE account SET floor = NULL",
    "DELETE FROM account",
    "INSERT INTO account (bank_id, id, kind, balance, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "INSERT INTO account (bank_id, id, kind, floor, opened_at) VALUES ({bank}, 5, 'member', NULL, {now})",
    "UPDATE limit_change SET floor = 0",
    "DELETE FROM limit_change",
    "DELETE FROM memo",
    "UPDATE memo SET entry_id = 1",
    "UPDATE memo SET words = NULL, salt = NULL",
    "UPDATE trail SET deed = 'nothing'",
    "DELETE FROM trail",
    "SELECT books_post_many(ARRAY(SELECT entry FROM entry))",
    "SELECT books_refuse('floor_kept')",
    "ALTER TABLE account DISABLE TRIGGER ALL",
    "DROP TRIGGER entry_posts ON entry",
    "SET session_replication_role = replica",
    "CREATE FUNCTION public.sneak() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.sneak (x int)",
]


@pytest.mark.parametrize("attack", FORBIDDEN)
def test_the_webs_role_may_not_write_postings_or_balances(postgresql, written, attack):
    before = snapshot(postgresql.engine)
    refusal = refusal_of(postgresql.engine, attack.format(**written)) or ""
    assert "permission denied" in refusal or "must be owner" in refusal
    assert snapshot(postgresql.engine) == before


def test_a_trigger_on_a_temporary_table_cannot_write_the_books(postgresql, written):
    before = snapshot(postgresql.engine)
    refusal = refusal_of(
        postgresql.engine,
        "CREATE TEMP TABLE door (x int)",
        "CREATE FUNCTION pg_temp.sneak() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN UPDATE public.account SET balance = balance + 60; RETURN NEW; END $$",
        "CREATE TRIGGER sneak AFTER INSERT ON door FOR EACH ROW EXECUTE FUNCTION pg_temp.sneak()",
        "INSERT INTO door VALUES (1)",
    )
    assert "permission denied" in (refusal or "")
    assert snapshot(postgresql.engine) == before


def test_a_temporary_table_of_the_same_name_is_not_used(postgresql, written):
    lines = "'{{{{{grace},{ada},60}}}}'".format(**written)
    sql = entry_sql(written["bank"], 5, "new", lines, written["recorder"]).replace("INTO entry", "INTO public.entry")
    with postgresql.engine.begin() as connection:
        for name in ("account", "membership", "taken_back", "posting", "entry"):
            connection.execute(text(f"CREATE TEMP TABLE {name} (LIKE public.{name})"))
        connection.execute(text(sql))
        balance = connection.execute(text("SELECT balance FROM public.account WHERE id = :ada"), written).scalar_one()
        connection.execute(text("DISCARD TEMP"))
    assert balance == 150


CHANGES = [
    "UPDATE entry SET kind = 'gift'",
    "DELETE FROM entry",
    "TRUNCATE entry CASCADE",
    "UPDATE taken_back SET by_entry_id = 1",
    "DELETE FROM taken_back",
    "TRUNCATE taken_back",
    "INSERT INTO taken_back VALUES ({bank}, {entry}, 1, {entry})",
    "INSERT INTO taken_back VALUES ({bank}, {entry}, 1, {back})",
    "UPDATE account_holder SET holder_id = 5",
    "DELETE FROM account_holder",
    "TRUNCATE account_holder",
    *(
        f"INSERT INTO account_holder VALUES ({{bank}}, {wrong}, 5, NULL, {{now}}, {{hash}})"
        for wrong in (
            "{ada}, 1, 'member'",
            "{ada}, 3, 'member'",
            "{ada}, 2, 'group'",
            "{perdita}, 2, 'member'",
            "5, 1, 'member'",
        )
    ),
    "DELETE FROM membership",
    "DELETE FROM membership WHERE id = {approver}",
    "TRUNCATE membership CASCADE",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 2, 30, 120, 120, 0)",
    "INSERT INTO posting VALUES ({bank}, {ada}, 3, {entry}, 1, 60, 150, 150, 0)",
    "UPDATE posting SET balance_after = 0",
    "DELETE FROM posting",
    "TRUNCATE posting",
    "TRUNCATE account CASCADE",
    "TRUNCATE limit_change",
    "TRUNCATE memo",
    "TRUNCATE trail",
    "UPDATE account SET balance = balance + 60",
    "UPDATE account SET floor = -99999",
    "DELETE FROM account",
    "INSERT INTO account (bank_id, id, kind, balance, opened_at) VALUES ({bank}, 5, 'member', 60, {now})",
    "INSERT INTO account (bank_id, id, kind, floor, opened_at) VALUES ({bank}, 5, 'member', NULL, {now})",
    *(
        f"INSERT INTO account (bank_id, id, kind, {column}, opened_at) VALUES ({{bank}}, 5, 'member', 1, {{now}})"
        for column in ("number", "given", "received", "held")
    ),
    "UPDATE account SET held = 0 WHERE id = {linus}",
    "DELETE FROM hold",
    "TRUNCATE hold CASCADE",
    "INSERT INTO hold VALUES ({bank}, 5, {ada}, 5, 0, 'exchange:new', {now}, {now})",
    "UPDATE hold SET resolved_at = {now} WHERE id = {over}",
    "UPDATE hold SET resolved_at = NULL WHERE id = {over}",
    "UPDATE hold SET resolved_at = NULL WHERE id = {open}",
    "UPDATE hold SET minutes = 0 WHERE id = {open}",
    *(
        f"UPDATE hold SET resolved_at = {{now}}, {wrong} WHERE id = {{open}}"
        for wrong in (
            "bank_id = {other_bank}",
            "id = 5",
            "account_id = {ada}",
            "minutes = 39",
            "unagreed_minutes = 24",
            "deed = 'exchange:other'",
            "placed_at = '2020-01-01'",
        )
    ),
    "INSERT INTO limit_change VALUES ({bank}, 5, 1, 0, 'of nobody', NULL, NULL, {now})",
    "UPDATE limit_change SET floor = 0",
    "DELETE FROM limit_change",
    "INSERT INTO limit_change VALUES ({bank}, {perdita}, 1, 0, 'of another bank', NULL, NULL, {now})",
    "UPDATE memo SET words = 'Nothing'",
    "UPDATE memo SET words = NULL, salt = NULL",
    "DELETE FROM memo",
    "INSERT INTO memo VALUES ({bank}, 5, 'Nothing', '\\x00')",
    "UPDATE trail SET deed = 'nothing'",
    "DELETE FROM trail",
]


@pytest.mark.parametrize("attack", CHANGES)
def test_the_owner_is_refused_too(postgresql, written, attack):
    before = snapshot(postgresql.engine)
    refusal = refusal_of(postgresql.owner, attack.format(**written)) or ""
    assert any(
        rule in refusal for rule in ("books_append_only", "account_exists", "fk_limit_change_bank_id_account_id")
    )
    assert snapshot(postgresql.engine) == before


ENTRIES = {
    "no lines": ("'{{}}'", "entry_has_lines"),
    "two parts": ("'{{{{ {grace},{ada} }}}}'", "minutes_whole_and_positive"),
    "four parts": ("'{{{{ {grace},{ada},60,1 }}}}'", "minutes_whole_and_positive"),
    "flat": ("'{{ {grace},{ada},60 }}'", "minutes_whole_and_positive"),
    "zero": ("'{{{{ {grace},{ada},0 }}}}'", "minutes_whole_and_positive"),
    "negative": ("'{{{{ {grace},{ada},-60 }}}}'", "minutes_whole_and_positive"),
    "a second line that is negative": ("'{{{{ {grace},{ada},60 }},{{ {grace},{ada},-60 }}}}'", "minutes_whole"),
    "shifted": ("'[0:0][0:2]={{{{ {grace},{ada},60 }}}}'", ""),
    "shifted and many": ("'[0:1][0:2]={{{{ {grace},{ada},60 }},{{ {grace},{ada},60 }}}}'", ""),
    "nothing": ("'{{{{ {grace},{ada},NULL }}}}'", "minutes_whole"),
    "nobody": ("'{{{{ NULL,{ada},60 }}}}'", "minutes_whole"),
    "nothing in one of many": ("'{{{{ {grace},{ada},60 }},{{ {grace},{ada},NULL }}}}'", ""),
    "three dimensions": ("'{{{{{{ {grace},{ada},60 }}}}}}'", "minutes_whole"),
    "a cube": (
        "'{{{{{{{ada},{ada}}},{{{grace},{linus}}},{{5,6}}}},{{{{{grace},{grace}}},{{{ada},{ada}}},{{7,8}}}}}}'",
        "minutes_whole",
    ),
    "to itself": ("'{{{{ {ada},{ada},60 }}}}'", "two_different_accounts"),
    "to nobody": ("'{{{{ {grace},5,60 }}}}'", "account_exists"),
    "to another bank": ("'{{{{ {grace},{perdita},60 }}}}'", "account_exists"),
    "from nobody": ("'{{{{ 5,{ada},60 }}}}'", "account_exists"),
    "from another bank": ("'{{{{ {perdita},{ada},60 }}}}'", "account_exists"),
    "many, from nobody": ("'{{{{ {grace},{ada},60 }},{{ 5,{ada},60 }}}}'", "account_exists"),
    "many, first to nobody": ("'{{{{ {grace},5,60 }},{{ {grace},{ada},60 }}}}'", "account_exists"),
    "many, to itself": ("'{{{{ {grace},{ada},60 }},{{ {ada},{ada},60 }}}}'", "two_different_accounts"),
    "a fraction": ("'{{{{ {grace},{ada},1.5 }}}}'", "bigint"),
    "more than 64 bits": ("'{{{{ {grace},{ada},9223372036854775808 }}}}'", "bigint"),
    "many, to nobody": ("'{{{{ {grace},{ada},60 }},{{ {grace},5,60 }}}}'", "account_exists"),
    "below the floor": ("'{{{{ {grace},{ada},1141 }}}}'", "floor_kept"),
    "in between": ("'{{{{ {grace},{ada},1141 }},{{ {ada},{grace},1141 }}}}'", "floor_kept"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_malformed_entry_writes_nothing(postgresql, written, name):
    lines, rule = ENTRIES[name]
    before = snapshot(postgresql.engine)
    refusal = refusal_of(
        postgresql.engine, entry_sql(written["bank"], 5, "new", lines.format(**written), written["recorder"])
    )
    assert refusal is not None
    assert rule in refusal
    assert snapshot(postgresql.engine) == before


@pytest.mark.parametrize("changed", [{"digest": "'\\x00'"}, {"day": "'infinity'"}])
def test_an_entry_with_a_malformed_day_or_digest_is_refused(postgresql, written, changed):
    lines = "'{{{{{grace},{ada},60}}}}'".format(**written)
    sql = entry_sql(written["bank"], 5, "new", lines, written["recorder"], **changed)
    assert "entry_whole" in (refusal_of(postgresql.engine, sql) or "")


def test_the_webs_role_may_lock_accounts_only(postgresql, written):
    before = snapshot(postgresql.engine)
    sql = "SELECT books_lock_accounts({bank}, ARRAY[{ada}::bigint, {grace}::bigint])"
    assert refusal_of(postgresql.engine, sql.format(**written)) is None
    assert snapshot(postgresql.engine) == before


REVERSALS = {
    "in the wrong order": "'{{{{ {ada},{grace},60,1 }},{{ {ada},{linus},30,2 }}}}'",
    "the same line twice": "'{{{{ {ada},{grace},60,1 }},{{ {ada},{grace},60,1 }}}}'",
    "other minutes": "'{{{{ {ada},{grace},59,1 }}}}'",
    "other accounts": "'{{{{ {ada},{linus},60,1 }}}}'",
    "no such line": "'{{{{ {ada},{grace},60,3 }}}}'",
    "no line named": "'{{{{ {ada},{grace},60,NULL }}}}'",
}


@pytest.mark.parametrize("name", REVERSALS)
def test_a_reversal_that_mirrors_nothing_is_refused(postgresql, written, name):
    lines = REVERSALS[name].format(**written)
    sql = entry_sql(written["bank"], 5, "r", lines, written["recorder"], reverses=written["entry"])
    assert "reversal_mirrors" in (refusal_of(postgresql.engine, sql) or "")


SHORT, FIRST = "'{{{{{grace},{ada},15}}}}'", "{{{{{ada},{grace},60,1}}}}"


def test_a_line_is_reversed_once_by_entries_of_one_statement_too(postgresql, written):
    before = snapshot(postgresql.engine)
    for again in (FIRST, "{{{{{ada},{linus},30,2}},{{{ada},{grace},60,1}}}}"):
        both = together(reversal(FIRST), reversal(again, id=6, key="'other'"))
        assert "reversed_once" in (refusal_of(postgresql.engine, both.format(**written)) or "")
        assert snapshot(postgresql.engine) == before
    both = together(reversal(FIRST), reversal("{{{{{ada},{linus},30,2}}}}", id=6, key="'other'"))
    assert refusal_of(postgresql.engine, both.format(**written)) is None


@pytest.mark.parametrize(("rule", "build"), WRONG_PEOPLE)
def test_an_entry_that_names_a_wrong_member_writes_nothing(postgresql, written, rule, build):
    before = snapshot(postgresql.engine)
    assert rule in (refusal_of(postgresql.engine, build(lines=SHORT).format(**written)) or "")
    assert snapshot(postgresql.engine) == before


@pytest.mark.parametrize("build", RIGHT_PEOPLE)
def test_an_entry_that_names_right_members_is_posted(postgresql, written, build):
    """Control: the same statement with right values is accepted."""
    assert refusal_of(postgresql.engine, build(lines=SHORT).format(**written)) is None


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"digest": "'\\x00'"}, "entry_whole"),
        ({"recorded_at": "'infinity'"}, "ck_account_holder_moment"),
        ({"kind": "'member'", "number": 1}, "books_append_only"),
        ({"kind": "'bank'"}, "books_append_only"),
        ({"account_id": 5, "number": 1}, "account_exists"),
        ({"recorded_by": 5}, "fk_account_holder_bank_id_recorded_by"),
    ],
)
def test_the_webs_role_cannot_insert_a_malformed_holder(postgresql, written, wrong, rule):
    assert rule in (refusal_of(postgresql.engine, holder(**wrong).format(**written)) or "")


def test_the_webs_role_can_insert_the_next_holder(postgresql, written):
    assert refusal_of(postgresql.engine, holder().format(**written)) is None


def test_one_statement_of_many_entries_posts_them_all_in_order(postgresql, books, written):
    values = [
        entry_sql(books.bank, 10 + n, f"b{n}", f"'{{{{{books.grace},{books.ada},15}}}}'", books.recorder).partition(
            "VALUES"
        )[2]
        for n in range(5)
    ]
    head = entry_sql(books.bank, 1, "x", "'{}'", books.recorder).partition("VALUES")[0]
    assert refusal_of(postgresql.engine, f"{head} VALUES {', '.join(values)}") is None
    with postgresql.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT number, balance_after FROM posting WHERE account_id = :ada ORDER BY number"),
            {"ada": books.ada},
        ).all()
    assert [tuple(row) for row in rows] == [(1, 60), (2, 90), (3, 105), (4, 120), (5, 135), (6, 150), (7, 165)]


def test_after_a_refusal_the_next_transaction_works(postgresql, books, written):
    with postgresql.session() as session:
        with pytest.raises(Exception, match="floor_kept"):
            actions.post(session, books.entry("big", Line(books.grace, books.ada, 1200)))
        with pytest.raises(DBAPIError, match="aborted"):
            session.execute(text("SELECT 1"))
        session.rollback()
        actions.post(session, books.entry("small", Line(books.grace, books.ada, 15)))
        session.commit()
