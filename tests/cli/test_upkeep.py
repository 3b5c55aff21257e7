"""What an administrator does later on: take the steps of an update, and let somebody in who is locked out."""

import re
from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import text

from tests.cli.conftest import ANSWERS
from timebank import clock
from timebank.app import create_app
from timebank.cli.demo_bank import demo_settings
from timebank.db import make_engine
from timebank.migrations import run as migrations

LINK = re.compile(r"http://\S+")


@pytest.fixture
def outdated(installation):
    """An installation that has its keys, and a database that has taken no step."""
    installation.settings.make_keys()
    return installation


def _is_up_to_date(installation):
    owner = make_engine(installation.settings.owner_url)
    answer = migrations.is_up_to_date(owner)
    owner.dispose()
    return answer


def test_migrate_takes_the_steps_that_are_missing(outdated):
    assert not _is_up_to_date(outdated)
    result = outdated.timebank("migrate")
    assert (result.exit_code, result.output) == (0, "The database is up to date.\n")
    assert _is_up_to_date(outdated)
    assert outdated.timebank("check-books").exit_code == 0


def test_migrate_lets_the_webs_role_into_new_tables(served):
    served.settings.make_keys()
    owner = make_engine(served.settings.owner_url)
    migrations.upgrade(owner)
    may_insert = text("SELECT has_table_privilege('timebank_web', :table, 'INSERT')")
    with owner.connect() as connection:
        assert connection.scalar(may_insert, {"table": "exchange"}) is False
    served.timebank("migrate")
    with owner.connect() as connection:
        assert connection.scalar(may_insert, {"table": "exchange"}) is True
        assert connection.scalar(may_insert, {"table": "posting"}) is False
    owner.dispose()


def test_migrate_changes_nothing_where_all_steps_are_taken(opened):
    before, keys = opened.content(), opened.keys()
    assert opened.timebank("migrate").exit_code == 0
    assert opened.content() == before
    assert opened.keys() == keys


def test_migrate_before_init_says_what_to_do(embedded):
    result = embedded.timebank("migrate")
    assert result.exit_code == 1
    assert "timebank init" in result.output


def test_migrate_leaves_no_connection_open(outdated):
    outdated.timebank("migrate")
    assert outdated.left_open == []


def _sign_in_link(installation, *more):
    return installation.timebank("sign-in-link", "--bank", "angus", "--number", "101", *more)


def test_a_locked_out_coordinator_gets_a_new_link(opened):
    result = _sign_in_link(opened, "--web-address", "http://hours.example.org")
    assert result.exit_code == 0
    link = r"\n  http://hours\.example\.org"
    assert re.match(rf"mary, member 101, signs in once, within 14 days, with this link:{link}", result.output)


def test_a_new_link_signs_in_and_the_old_one_does_not_any_more(installation):
    old = LINK.findall(installation.timebank("init", *ANSWERS).output)
    new = LINK.findall(_sign_in_link(installation).output)
    app = create_app(installation.settings)
    statuses = []
    for (link,) in (old, new):
        visitor = app.test_client()
        page = visitor.get("/" + link.split("/", 3)[3])
        fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        statuses.append(visitor.post("/angus/sign-in/code", data=fields).status_code)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    assert statuses == [200, 303]


def test_a_new_link_stands_on_the_trail(opened):
    _sign_in_link(opened)
    rows = opened.rows("SELECT deed, done_by FROM trail ORDER BY id")
    roles = [("role.given.broker", None), ("role.given.coordinator", None)]
    made = [("sign_in_code.made", None)] * 2
    assert rows == [("bank.opened", None), ("categories.opened", None), ("member.admitted", None), *roles, *made]


@pytest.mark.parametrize(("bank", "number"), [("angus", "999"), ("perth", "101")])
def test_a_link_for_nobody_is_refused_in_a_sentence(opened, bank, number):
    before = opened.content()
    result = opened.timebank("sign-in-link", "--bank", bank, "--number", number)
    assert result.exit_code == 1
    assert result.output == f"Error: no member {number} in a bank called {bank}\n"
    assert opened.content() == before


def test_the_command_line_explains_itself(embedded):
    told = embedded.timebank("--help").output
    for command in ("init", "run", "demo", "migrate", "check-books", "sign-in-link"):
        assert re.search(rf"^  {command} +\S", told, re.MULTILINE), command


def test_the_version_is_told(embedded):
    assert embedded.timebank("--version").output.strip().endswith("0.1.0")


def test_a_database_address_may_be_written_as_administrators_write_it(served):
    assert served.environment["TIMEBANK_DATABASE_URL"].startswith("postgresql://")
    assert served.settings.database_url.drivername == "postgresql+psycopg"


def test_a_sweep_raises_floors_and_clears_away_what_is_stale(opened):
    result = opened.timebank("sweep")
    assert result.exit_code == 0, result.output
    assert "0 floors raised" in result.output
    events = opened.rows("SELECT count(*) FROM security_event")[0][0]
    assert events
    with freeze_time(clock.now() + timedelta(days=400)):
        opened.timebank("sign-in-link", "--bank", "angus", "--number", "101")  # the newest event of then
        result = opened.timebank("sweep")
    assert f"{events} stale" in result.output, result.output
    assert opened.rows("SELECT count(*) FROM security_event") == [(1,)]
    assert opened.rows("SELECT count(*) FROM trail WHERE deed = 'security_events.removed'") == [(1,)]
    assert opened.timebank("check-books").exit_code == 0


def _at_a_step_of_before_the_release(settings):
    owner = make_engine(settings.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))
    owner.dispose()


def _assert_named(result):
    assert result.exit_code == 1
    assert "a version that this one does not know" in result.output
    assert "make a new one" in result.output


def test_a_database_of_a_development_version_is_named_by_migrate(opened):
    _at_a_step_of_before_the_release(opened.settings)
    _assert_named(opened.timebank("migrate"))


def test_a_demo_of_a_development_version_is_named_too(embedded):
    embedded.timebank("demo", "--only-make")
    _at_a_step_of_before_the_release(demo_settings(embedded.settings))
    _assert_named(embedded.timebank("demo", "--only-make"))
