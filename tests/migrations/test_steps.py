"""The migration makes exactly what the models describe, and takes it back, on both databases."""

import re
from collections import Counter
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DBAPIError

from tests.people import make_confirmed, settle
from timebank.migrations import run
from timebank.migrations.tables import DOMAINS, metadata, stands_on

SQL = Path(run.__file__).parent / "sql"


def _differences(scratch):
    with scratch.owner.connect() as connection:
        rules = {"compare_type": _types_differ, "compare_server_default": _defaults_differ, "render_as_batch": True}
        rules["include_object"] = lambda item, *_details: stands_on(item, scratch.name)
        return compare_metadata(MigrationContext.configure(connection, opts=rules), metadata)


def _types_differ(context, _inspected, column, inspected_type, metadata_type):
    """Compare the DDL of the types, because custom types render as the type that they have in the database."""
    dialect = context.dialect
    return _plain_type(metadata_type.compile(dialect)) != _plain_type(inspected_type.compile(dialect))


def _plain_type(kind):
    """A two-dimensional array is only an array once PostgreSQL has it."""
    return re.sub(r"(\[\])+$", "[]", kind)


def _defaults_differ(_context, _inspected, _column, inspected_default, _metadata_default, default):
    return _plain_default(inspected_default) != _plain_default(default)


def _plain_default(default):
    """A default without the quotes and casts that the two databases put around it."""
    return None if default is None else re.sub(r"::[\w ]+$", "", str(default)).strip("()'")


def test_the_step_leads_to_the_tables_of_the_models(scratch):
    run.upgrade(scratch.owner)
    assert _differences(scratch) == []


def test_alembic_check_finds_no_difference(scratch):
    """The same comparison through `env.py`, as `alembic check` makes it."""
    run.upgrade(scratch.owner)
    with scratch.owner.begin() as connection:
        command.check(run._config(connection))


def test_the_comparison_would_find_a_difference(scratch):
    run.upgrade(scratch.owner)
    with scratch.owner.begin() as connection:
        connection.execute(text("ALTER TABLE bank ADD COLUMN motto VARCHAR(80)"))
        connection.execute(text("DROP INDEX ix_trail_subject"))
    assert {difference[0] for difference in _differences(scratch)} == {"remove_column", "add_index"}


@pytest.mark.parametrize(
    "change",
    [
        "ALTER COLUMN slug TYPE VARCHAR(39)",
        "ALTER COLUMN welcome_minutes TYPE BIGINT",
        "ALTER COLUMN welcome_minutes SET DEFAULT 60",
        "ALTER COLUMN phone DROP DEFAULT",
        "ALTER COLUMN name DROP NOT NULL",
    ],
)
def test_the_comparison_would_find_a_column_that_is_not_quite_right(postgresql_scratch, change):
    run.upgrade(postgresql_scratch.owner)
    with postgresql_scratch.owner.begin() as connection:
        connection.execute(text(f"ALTER TABLE bank {change}"))
    assert len(_differences(postgresql_scratch)) == 1


def test_the_step_can_be_taken_back_and_taken_again(scratch):
    run.upgrade(scratch.owner)
    first = _shape(scratch)
    run.downgrade(scratch.owner, "base")
    assert scratch.tables() <= {"alembic_version"}
    run.upgrade(scratch.owner)
    assert _shape(scratch) == first
    assert _differences(scratch) == []


def test_the_step_can_be_taken_back_with_data(scratch):
    run.upgrade(scratch.owner)
    with scratch.session() as session:
        village = settle(session)
        make_confirmed(session, village, village.ada, village.grace)
        session.commit()
    run.downgrade(scratch.owner, "base")
    assert scratch.tables() <= {"alembic_version"}


def test_there_is_one_step_until_the_first_release(scratch):
    with scratch.owner.connect() as connection:
        script = ScriptDirectory.from_config(run._config(connection))
    assert [step.revision for step in script.walk_revisions()] == ["0001"]


def test_a_database_knows_whether_it_is_up_to_date(scratch):
    assert not run.is_up_to_date(scratch.owner)
    run.upgrade(scratch.owner)
    assert run.is_up_to_date(scratch.owner)
    run.downgrade(scratch.owner, "base")
    assert not run.is_up_to_date(scratch.owner)


def test_taking_the_step_twice_changes_nothing(scratch):
    run.upgrade(scratch.owner)
    shape = _shape(scratch)
    run.upgrade(scratch.owner)
    assert _shape(scratch) == shape


def test_an_unknown_step_is_refused(scratch):
    with pytest.raises(CommandError, match="9999"):
        run.upgrade(scratch.owner, "9999")
    assert scratch.tables() <= {"alembic_version"}


def test_a_step_that_fails_at_its_last_table_leaves_nothing_behind(scratch):
    """The last table exists already; those created before it must not stay."""
    last = metadata.sorted_tables[-1].name
    with scratch.owner.begin() as connection:
        connection.execute(text(f"CREATE TABLE {last} (id BIGINT)"))
    _assert_the_step_fails_and_changes_nothing(scratch)
    assert scratch.tables() - {"alembic_version"} == {last}


def test_a_step_that_fails_among_the_guards_leaves_nothing_behind(scratch):
    """A name of the guards is taken already; the tables and the guards created before it must not stay."""
    taken = {
        "sqlite": "CREATE TRIGGER trail_no_delete BEFORE DELETE ON own BEGIN SELECT 1; END",
        "postgresql": "CREATE FUNCTION books_begin_log() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    }
    with scratch.owner.begin() as connection:
        connection.execute(text("CREATE TABLE own (id BIGINT)"))
        connection.execute(text(taken[scratch.name]))
    _assert_the_step_fails_and_changes_nothing(scratch)
    assert scratch.tables() - {"alembic_version"} == {"own"}


def _assert_the_step_fails_and_changes_nothing(scratch):
    shape = _shape(scratch)
    with pytest.raises(DBAPIError, match="already exists"):
        run.upgrade(scratch.owner)
    assert _shape(scratch) == shape
    assert not run.is_up_to_date(scratch.owner)


def test_a_row_that_violates_a_foreign_key_fails_the_step_and_nothing_is_kept(sqlite_scratch):
    with sqlite_scratch.owner.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            connection.execute(text("CREATE TABLE stray (bank_id BIGINT REFERENCES bank (id))"))
            connection.execute(text("INSERT INTO stray VALUES (1)"))
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(run.BrokenKeysError):
        run.upgrade(sqlite_scratch.owner)
    assert sqlite_scratch.tables() - {"alembic_version"} == {"stray"}


def test_foreign_keys_are_enforced_again_after_the_step(sqlite_scratch):
    run.upgrade(sqlite_scratch.owner)
    with sqlite_scratch.owner.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_every_check_of_the_models_is_in_the_database(scratch):
    """Autogenerate does not compare CHECKs, and a missing one lets invalid rows in."""
    run.upgrade(scratch.owner)
    own = _checks_of_the_guards() if scratch.name == "postgresql" else set()
    inspector = inspect(scratch.owner)
    for table in metadata.sorted_tables:
        expected = {str(check.name): _words(str(check.sqltext)) for check in _checks(table, scratch.name)}
        actual = {check["name"]: _words(check["sqltext"]) for check in inspector.get_check_constraints(table.name)}
        assert actual.keys() - own == expected.keys(), table.name
        own -= actual.keys()
        if scratch.name == "sqlite":
            assert actual == expected
    assert own == set()


def _checks_of_the_guards():
    """Return the CHECKs that only PostgreSQL has, from its file of guards."""
    written = (SQL / "guards_postgresql.sql").read_text()
    return set(re.findall(r"^ALTER TABLE \w+ ADD CONSTRAINT (\w+) CHECK", written, re.MULTILINE))


def _checks(table, database):
    return [
        constraint
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and stands_on(constraint, database)
    ]


_DOMAINS = (
    "SELECT t.typname AS name, format_type(t.typbasetype, t.typtypmod) AS type, c.conname AS rule,"
    " pg_get_constraintdef(c.oid) AS sql FROM pg_type t LEFT JOIN pg_constraint c ON c.contypid = t.oid"
    " WHERE t.typtype = 'd' AND t.typnamespace = 'public'::regnamespace"
)
_TYPES = {"VARCHAR(20)": "character varying(20)", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone"}


def test_every_domain_of_the_models_is_in_the_database_with_its_rule(postgresql_scratch):
    run.upgrade(postgresql_scratch.owner)
    dialect = postgresql_scratch.owner.dialect
    with postgresql_scratch.owner.connect() as connection:
        there = {row.name: row for row in connection.execute(text(_DOMAINS))}
    assert there.keys() == {domain.name for domain in DOMAINS}
    for domain in DOMAINS:
        base = domain.data_type.compile(dialect)
        assert there[domain.name].type == _TYPES.get(base, base.lower()), domain.name
        assert there[domain.name].rule == domain.constraint_name
        # PostgreSQL says a rule in its own words, in which the same names and numbers stand.
        written = set(re.findall(r"'(\w+)'|(\d+)|(isfinite)", str(domain.check)))
        assert written
        assert written == set(re.findall(r"'(\w+)'|(\d+)|(isfinite)", there[domain.name].sql)), domain.name


def test_a_check_of_one_database_is_a_domain_of_the_other():
    """A CHECK of SQLite only has its column in a domain, or PostgreSQL would not enforce it."""
    for table in metadata.sorted_tables:
        for one in {*_checks(table, "sqlite")} - {*_checks(table, "postgresql")}:
            column = str(one.sqltext).partition(" ")[0]
            assert table.columns[column].type.domain.constraint_name == one.name.rpartition("_")[2]


def test_the_postings_of_an_entry_are_found_by_an_index_that_costs_writing_little(postgresql_scratch):
    run.upgrade(postgresql_scratch.owner)
    query = (
        "SELECT a.amname, c.reloptions FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
        " WHERE c.relname = 'ix_posting_entry'"
    )
    with postgresql_scratch.owner.connect() as connection:
        assert connection.execute(text(query)).one() == ("brin", ["pages_per_range=32", "autosummarize=on"])


def _words(sql):
    return re.sub(r"[\s()]+", " ", sql).strip()


def test_every_key_of_the_models_is_in_the_database(scratch):
    run.upgrade(scratch.owner)
    inspector = inspect(scratch.owner)
    for table in metadata.sorted_tables:
        actual = inspector.get_pk_constraint(table.name)
        expected = [column.name for column in table.primary_key.columns]
        assert (actual["name"], actual["constrained_columns"]) == (table.primary_key.name, expected)


def test_tables_are_laid_out_as_the_models_say(scratch):
    """Autogenerate does not compare storage parameters either, on which the speed of the statement depends."""
    run.upgrade(scratch.owner)
    with scratch.owner.connect() as connection:
        if scratch.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'"
            expected = {
                table.name for table in metadata.sorted_tables if table.kwargs.get("sqlite_with_rowid") is False
            }
        else:
            query = "SELECT relname FROM pg_class WHERE reloptions IS NOT NULL AND 'fillfactor=50' = ANY (reloptions)"
            expected = {table.name for table in metadata.sorted_tables if table.kwargs.get("postgresql_with")}
        assert expected
        assert set(connection.scalars(text(query))) == expected


def test_no_name_of_a_constraint_is_cut_off_or_given_twice():
    """PostgreSQL truncates names to 63 bytes without an error."""
    names = [str(one.name) for table in metadata.sorted_tables for one in (*table.constraints, *table.indexes)]
    assert [name for name in names if len(name) > 63 or name == "None"] == []
    assert [name for name, times in Counter(names).items() if times > 1] == []


def _shape(scratch):
    """Return what the database reports of every table but Alembic's."""
    inspector = inspect(scratch.owner)
    tables = {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)],
            inspector.get_pk_constraint(name),
            sorted(str(one) for one in inspector.get_check_constraints(name)),
            sorted(str(one) for one in inspector.get_foreign_keys(name)),
            sorted(_index(one) for one in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    return tables, scratch.triggers(), scratch.function_texts(), scratch.domains()


def _index(index):
    where = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {where}"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("DROP TABLE thank_you", "thank_you"),
        ("ALTER TABLE listing DROP COLUMN when_words", "listing.when_words"),
    ],
)
def test_a_database_of_an_earlier_development_version_is_refused_by_name(scratch, change, missing):
    """Its migration has the newest number, and still it lacks what was added since."""
    run.upgrade(scratch.owner)
    run.refuse_outdated(scratch.owner)
    with scratch.owner.begin() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(run.NotMigratedError, match=f"it has no {missing}. Until the first release"):
        run.refuse_outdated(scratch.owner)
