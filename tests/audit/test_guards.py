"""Guards that somebody removed, changed, disabled or added are named, and so are rights that nobody granted."""

from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from tests.scratch import WEB_ROLE
from timebank.audit.guard_checks import guards_as_made, rights_as_granted
from timebank.ledger.checks import Verdict

MISSING, FOREIGN, CHANGED = "it is missing", "it is none of ours", "it is not as we made it"
_IGNORE = "BEGIN SELECT RAISE(IGNORE); END"
_NOTHING = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END $$"
SQLITE = {
    "DROP TRIGGER entry_no_update": ("trigger entry.entry_no_update", MISSING),
    f"CREATE TRIGGER z BEFORE INSERT ON entry {_IGNORE}": ("trigger entry.z", FOREIGN),
    f"DROP TRIGGER seal_no_delete;; CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal {_IGNORE}": (
        "trigger seal.seal_no_delete",
        CHANGED,
    ),
    f"DROP TRIGGER seal_no_delete;; CREATE TRIGGER seal_no_delete BEFORE DELETE ON leaf {_IGNORE}": (
        "trigger leaf.seal_no_delete",
        FOREIGN,
    ),
    "DROP INDEX uq_posting_side": ("index posting.uq_posting_side", MISSING),
    "CREATE VIEW account_now AS SELECT * FROM account": ("view account_now", FOREIGN),
    "PRAGMA writable_schema = ON;; UPDATE sqlite_master SET sql = replace(sql, 'number > 1', 'number > 0')"
    " WHERE name = 'seal_log'": ("table seal_log", CHANGED),
}
POSTGRESQL = {
    "DROP TRIGGER entry_posts ON entry": ("trigger entry.entry_posts", MISSING),
    f"CREATE FUNCTION z() {_NOTHING}": ("function z()", FOREIGN),
    "CREATE TRIGGER z BEFORE UPDATE ON bank FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()": (
        "trigger bank.z",
        FOREIGN,
    ),
    "ALTER TABLE entry DISABLE TRIGGER entry_append_only": ("trigger entry.entry_append_only", CHANGED),
    "ALTER TABLE entry ENABLE REPLICA TRIGGER entry_posts": ("trigger entry.entry_posts", CHANGED),
    f"CREATE OR REPLACE FUNCTION books_refuse_change() {_NOTHING}": ("function books_refuse_change()", CHANGED),
    "ALTER FUNCTION books_post() SECURITY INVOKER": ("function books_post()", CHANGED),
    "ALTER FUNCTION books_post() RESET search_path": ("function books_post()", CHANGED),
    "ALTER TABLE hold DROP CONSTRAINT ck_hold_moment": ("constraint hold.ck_hold_moment", MISSING),
    "ALTER DOMAIN entry_kind DROP CONSTRAINT kind": ("constraint entry_kind.kind", MISSING),
    "ALTER TABLE entry ALTER COLUMN deed DROP NOT NULL": ("column entry.deed", CHANGED),
    "ALTER TABLE entry ALTER COLUMN kind SET DEFAULT 'exchange'": ("column entry.kind", CHANGED),
    "ALTER TABLE trail ADD COLUMN z bigint": ("column trail.z", FOREIGN),
    "CREATE RULE z AS ON INSERT TO entry DO INSTEAD NOTHING": ("rule entry.z", FOREIGN),
    "CREATE VIEW account_now AS SELECT * FROM account": ("view account_now", FOREIGN),
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY": ("table entry", CHANGED),
    "CREATE POLICY z ON entry USING (false)": ("policy entry.z", FOREIGN),
    "DROP INDEX uq_reversal_one_waiting": ("index reversal.uq_reversal_one_waiting", MISSING),
    "SET LOCAL session_replication_role = replica": ("setting session_replication_role", CHANGED),
    "CREATE SCHEMA z;; CREATE TABLE z.entry ();; SET LOCAL search_path = z, public": ("table entry", CHANGED),
}
RIGHTS = {
    f"GRANT UPDATE ON account TO {WEB_ROLE}": ("account", "UPDATE (balance, bank_id, closed_at, floor, given, held,"),
    f"GRANT UPDATE (balance) ON account TO {WEB_ROLE}": ("account", "UPDATE (balance)"),
    "GRANT DELETE ON entry TO PUBLIC": ("entry", "DELETE"),
    f"GRANT TRUNCATE ON trail TO {WEB_ROLE}": ("trail", "TRUNCATE"),
    f"GRANT UPDATE (words) ON memo TO {WEB_ROLE}": ("memo", "UPDATE (words)"),
    f"GRANT EXECUTE ON FUNCTION books_take_back TO {WEB_ROLE}": ("books_take_back", "EXECUTE"),
    f"GRANT CREATE ON SCHEMA public TO {WEB_ROLE}": ("public", "CREATE"),
    f"CREATE VIEW z AS SELECT 1;; GRANT INSERT ON z TO {WEB_ROLE}": ("z", "INSERT (?column?)"),
    "CREATE ROLE z;; GRANT INSERT ON entry TO z": ("entry", "z has the right to INSERT"),
    "CREATE ROLE z;; GRANT UPDATE (balance) ON account TO z": ("account", "z has the right to UPDATE"),
    f"CREATE ROLE z;; GRANT DELETE ON leaf TO z;; GRANT z TO {WEB_ROLE}": ("leaf", "DELETE"),
    f"CREATE ROLE z;; ALTER TABLE entry OWNER TO z;; GRANT z TO {WEB_ROLE}": ("of the web", "as the owner"),
}


@contextmanager
def _changed(backend, statements):
    """A session of the owner after these statements, which are rolled back at its end."""
    with backend.owner.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        yield connection, Session(connection)
        connection.rollback()
        connection.invalidate()


def _named(result):
    return {(finding.row, finding.problem) for finding in result.findings}


def _guard_findings(backend, change):
    with _changed(backend, change.split(";; ")) as (_connection, session):
        return _named(guards_as_made(session))


def test_what_the_migration_made_is_right(backend):
    with backend.session() as session:
        results = [guards_as_made(session), rights_as_granted(session)]
    assert {result.verdict for result in results} == {Verdict.RIGHT}
    assert results[0].figure > 100


@pytest.mark.parametrize("change", SQLITE)
def test_a_changed_guard_of_sqlite_is_named(sqlite, change):
    assert SQLITE[change] in _guard_findings(sqlite, change)


@pytest.mark.parametrize("change", POSTGRESQL)
def test_a_changed_guard_of_postgresql_is_named(postgresql, change):
    assert POSTGRESQL[change] in _guard_findings(postgresql, change)


@pytest.mark.parametrize("change", RIGHTS)
def test_a_right_that_nobody_granted_is_named(postgresql, change):
    row, words = RIGHTS[change]
    with _changed(postgresql, change.split(";; ")) as (connection, session):
        connection.exec_driver_sql(f"SET LOCAL ROLE {WEB_ROLE}")
        result = rights_as_granted(session)
    assert [finding for finding in result.findings if finding.row == row and words in finding.problem]


def test_another_role_may_read(postgresql):
    with _changed(postgresql, ["CREATE ROLE z", "GRANT SELECT ON account TO z"]) as (connection, session):
        connection.exec_driver_sql(f"SET LOCAL ROLE {WEB_ROLE}")
        assert _named(rights_as_granted(session)) == set()


def test_statistics_are_no_foreign_table(sqlite):
    assert _guard_findings(sqlite, "ANALYZE") == set()
