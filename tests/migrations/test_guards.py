"""The triggers exist as their SQL files define them, and the web's role has no more privileges than it needs."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.migrations.conftest import WEB_ROLE
from timebank.db import make_engine
from timebank.migrations import guards, rights, run
from timebank.migrations.tables import metadata

SQL = Path(guards.__file__).parent / "sql"
BOOKS = (
    "account",
    "entry",
    "memo",
    "taken_back",
    "posting",
    "limit_change",
    "account_holder",
    "hold",
    "closing",
    "leaf",
    "seal",
    "seal_log",
    "trail",
)
EVERYTHING = {"SELECT", "INSERT", "UPDATE", "DELETE"}
#: What the web's role may do with a whole table; the right to some columns only is asked for on its own.
RIGHTS = {
    "account": {"SELECT"},
    "entry": {"SELECT", "INSERT"},
    "memo": {"SELECT", "INSERT"},
    "hold": {"SELECT", "INSERT"},
    "taken_back": {"SELECT"},
    "posting": {"SELECT"},
    "limit_change": {"SELECT", "INSERT"},
    "account_holder": {"SELECT", "INSERT"},
    "trail": {"SELECT", "INSERT"},
    "alembic_version": {"SELECT"},
    **{key: {"SELECT", "INSERT"} for key in ("application_step", "books_check", "exchange_step", "standing_change")},
    **{key: {"SELECT", "INSERT"} for key in ("closing", "leaf", "seal", "time_rule")},
    "seal_log": {"SELECT"},
    **dict.fromkeys(
        ("application", "area", "bank", "category", "exchange", "listing", "login_session", "membership", "person"),
        EVERYTHING - {"DELETE"},
    ),
    **dict.fromkeys(("correction", "reversal", "sign_off", "task", "thank_you", "helping"), EVERYTHING - {"DELETE"}),
    **dict.fromkeys(
        ("dismissed_suggestion", "invitation", "matching_rules", "notice_choice", "announcement", "conversation"),
        EVERYTHING - {"DELETE"},
    ),
    "message": {"SELECT", "INSERT"},
    **dict.fromkeys(("area_travel", "draft", "listing_category", "listing_word"), EVERYTHING),
    **dict.fromkeys(("learned_kinds", "letter_bundle", "listing_meaning"), EVERYTHING),
    **dict.fromkeys(("bounce", "code_request", "delivery", "digest_item", "digest_turn", "job", "notice"), EVERYTHING),
    "sign_in_attempt": EVERYTHING,
    "sign_in_code": {"SELECT", "INSERT"},
    "role_change": {"SELECT", "INSERT"},
    "membership_role": EVERYTHING - {"UPDATE"},
    "spoken_language": EVERYTHING - {"UPDATE"},
    "stopped_phone": EVERYTHING - {"UPDATE"},
    "security_event": EVERYTHING - {"UPDATE"},
}
COLUMN_RIGHTS = {
    ("account", "INSERT"): {"bank_id", "id", "kind", "opened_at"},
    ("hold", "UPDATE"): {"resolved_at"},
    ("time_rule", "UPDATE"): {"ended_by", "ended_at"},
    ("role_change", "UPDATE"): {"approved_by", "refused_by", "refused_because", "closed_at", "acknowledged_at"},
    ("sign_in_code", "UPDATE"): {"second_digest", "completed_by", "used_at", "voided_at"},
}

_TRIGGERS = {
    "sqlite": "SELECT tbl_name || ' ' || sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT c.relname || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal",
}
DELETES = r"BEFORE (DELETE|UPDATE OR DELETE|DELETE OR UPDATE) ON"


def _written(name):
    return (SQL / f"guards_{name}.sql").read_text()


def _triggers_written(name):
    """The names in the file, and those that its loops over tables make."""
    sql = _written(name)
    named = re.findall(r"^CREATE TRIGGER (\w+)", sql, re.MULTILINE)
    loops = re.findall(
        r"FOREACH name IN ARRAY ARRAY\[([^\]]+)\] LOOP\s+EXECUTE format\('CREATE TRIGGER.*?name \|\| '(\w+)'", sql
    )
    assert len(loops) == sql.count("FOREACH")
    for tables, suffix in loops:
        named += [f"{table}{suffix}" for table in re.findall(r"'(\w+)'", tables)]
    assert len(named) == len(set(named)) > 10
    return set(named)


def _functions_written():
    sql = _written("postgresql") + (SQL / "deeds_postgresql.sql").read_text()
    return set(re.findall(r"^CREATE FUNCTION (\w+)", sql, re.MULTILINE))


def test_every_trigger_of_the_file_stands_after_the_step(scratch):
    run.upgrade(scratch.owner)
    assert scratch.triggers() == _triggers_written(scratch.name)


def test_every_function_of_the_file_stands_after_the_step(postgresql_scratch):
    run.upgrade(postgresql_scratch.owner)
    assert postgresql_scratch.functions() == _functions_written()


def test_no_trigger_no_function_and_no_domain_is_left_after_the_way_back(scratch):
    run.upgrade(scratch.owner)
    run.downgrade(scratch.owner, "base")
    assert (scratch.triggers(), scratch.functions(), scratch.domains()) == (set(), set(), set())


def test_no_trigger_is_disabled(postgresql_scratch):
    run.upgrade(postgresql_scratch.owner)
    with postgresql_scratch.owner.connect() as connection:
        asleep = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
        assert connection.scalars(text(asleep)).all() == []


def test_functions_that_run_as_the_owner_fix_their_search_path(postgresql_scratch):
    """Otherwise a table of the same name in the caller's schema would be written with the owner's rights."""
    run.upgrade(postgresql_scratch.owner)
    with postgresql_scratch.owner.connect() as connection:
        rows = connection.execute(
            text("SELECT proname, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        ).all()
    assert {row.proname for row in rows if row.prosecdef} >= {"books_post", "books_take_memo", "books_change_limit"}
    setting = "search_path=pg_catalog, public, pg_temp"
    assert {row.proname for row in rows if setting not in (row.proconfig or ())} == set()


def test_every_table_of_the_books_refuses_updates_and_deletes(scratch):
    run.upgrade(scratch.owner)
    with scratch.owner.connect() as connection:
        definitions = connection.scalars(text(_TRIGGERS[scratch.name])).all()
    for table in BOOKS:
        own = [definition.split("\n")[0] for definition in definitions if definition.startswith(f"{table} ")]
        assert any(re.search(DELETES, definition) for definition in own), table
        parts = [match[1] for definition in own if (match := re.search(r"BEFORE UPDATE OF ([\w, ]+) ON", definition))]
        columns = {name for part in parts for name in part.split(", ")}
        whole = any(
            re.search(r"BEFORE (UPDATE|UPDATE OR DELETE|DELETE OR UPDATE) ON", definition) for definition in own
        )
        assert whole or columns == set(metadata.tables[table].columns.keys()), table


def test_members_are_never_deleted(scratch):
    """Entries name them without a foreign key."""
    run.upgrade(scratch.owner)
    with scratch.owner.connect() as connection:
        definitions = connection.scalars(text(_TRIGGERS[scratch.name])).all()
    assert any(re.search(DELETES, definition) for definition in definitions if definition.startswith("membership "))


def test_every_table_of_the_models_is_granted_and_no_other():
    granted = [re.search(r"^GRANT .+ ON (\w+) TO", statement) for statement in rights.grants("web")]
    tables = [match[1] for match in granted if match and match[1] != "SCHEMA"]
    assert sorted(tables) == sorted({*metadata.tables, "alembic_version"})


def test_a_role_is_quoted_whatever_it_is_called():
    assert all(statement.endswith(('"we""b"', "PUBLIC", "END $$")) for statement in rights.grants('we"b'))


@pytest.fixture
def let_in(postgresql_scratch):
    run.upgrade(postgresql_scratch.owner)
    run.grant(postgresql_scratch.owner, WEB_ROLE)
    return postgresql_scratch


def test_the_webs_role_may_do_just_what_it_needs(let_in):
    with let_in.owner.connect() as connection:
        for table in (*metadata.tables, "alembic_version"):
            asked = text("SELECT has_table_privilege(:role, :table, :right)")
            rights = {*EVERYTHING, "TRUNCATE", "REFERENCES", "TRIGGER"}
            held = {
                right
                for right in rights
                if connection.scalar(asked, {"role": WEB_ROLE, "table": table, "right": right})
            }
            assert held == RIGHTS[table], table


def test_the_webs_role_may_write_just_these_columns_of_the_books(let_in):
    asked = text(
        "SELECT column_name FROM information_schema.column_privileges"
        " WHERE grantee = :role AND table_name = :table AND privilege_type = :right"
    )
    with let_in.owner.connect() as connection:
        for table in BOOKS:
            for right in ("INSERT", "UPDATE"):
                given = {"role": WEB_ROLE, "table": table, "right": right}
                whole = set(metadata.tables[table].columns.keys()) if right in RIGHTS[table] else set()
                expected = COLUMN_RIGHTS.get((table, right), whole)
                assert set(connection.scalars(asked, given)) == expected, (table, right)


def test_the_webs_role_calls_one_function_of_the_owners_and_that_only_locks(let_in):
    """Those that write are called by their triggers alone."""
    with let_in.owner.connect() as connection:
        callable_ = connection.scalars(
            text(
                "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                " AND prosecdef AND prorettype <> 'trigger'::regtype AND has_function_privilege(:role, oid, 'EXECUTE')"
            ),
            {"role": WEB_ROLE},
        ).all()
    assert callable_ == ["books_lock_accounts"]


def test_the_webs_role_calls_a_deed_with_its_own_rights(let_in):
    with let_in.owner.connect() as connection:
        deeds = text(
            "SELECT proname, prosecdef, has_function_privilege(:role, oid, 'EXECUTE'),"
            " has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'books\\_%'"
        )
        rows = [tuple(row) for row in connection.execute(deeds, {"role": WEB_ROLE})]
    assert rows == [("exchange_confirm", False, True, False)]


def test_the_webs_role_makes_no_tables_of_its_own(let_in):
    web = make_engine(let_in.web_url)
    with web.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("CREATE TABLE mine (id int)"))
    web.dispose()


def test_granting_again_revokes_privileges_that_are_not_listed(let_in):
    with let_in.owner.begin() as connection:
        connection.execute(text(f"GRANT ALL ON posting TO {WEB_ROLE}"))
    run.grant(let_in.owner, WEB_ROLE)
    with let_in.owner.connect() as connection:
        asked = text("SELECT has_table_privilege(:role, 'posting', 'INSERT')")
        assert connection.scalar(asked, {"role": WEB_ROLE}) is False


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_file_of_guards_is_read_to_its_last_statement(name):
    """A statement that the parser drops would be a trigger that is never created."""
    sql = _written(name)
    assert sql.rstrip().endswith("END;" if name == "sqlite" else "END $$;")
    starts = len(re.findall(r"^(CREATE (TRIGGER|FUNCTION)|DO |ALTER TABLE )", sql, re.MULTILINE))
    separators = len(re.findall(r"^END;$" if name == "sqlite" else r"^--;$", sql, re.MULTILINE))
    assert starts == separators + (name == "postgresql")  # there no separator follows the last statement
