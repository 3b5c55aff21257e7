"""`timebank run` and what it refuses: to start before `init`, or where a receipt could be lost."""

import errno
import re

import pytest
from sqlalchemy import event, text

from tests.cli.conftest import ANSWERS
from timebank.config import database
from timebank.db import UnsafeDatabaseError, make_engine, refuse_unsafe

UNSAFE_SETTINGS = ("synchronous_commit", "full_page_writes", "fsync")


@pytest.mark.parametrize("command", ["run", "check-books", "sign-in-link --bank angus --number 101"])
def test_a_command_before_init_says_what_to_do(installation, command):
    result = installation.timebank(*command.split())
    assert result.exit_code == 1
    assert f"nothing is set up in {installation.folder} yet: run 'timebank init' first" in result.output
    assert not installation.folder.exists()


def test_run_serves_the_site_where_it_was_told(opened, never_served):
    result = opened.timebank("run", "--host", "127.0.0.1", "--port", "5077")
    assert result.exit_code == 0
    ((app, how),) = never_served
    assert (how["host"], how["port"]) == ("127.0.0.1", 5077)
    assert how["ident"] is None, "the server's version is nobody's business"
    assert app.config["DEMO"] is False
    assert "Serving on http://127.0.0.1:5077" in result.output


def test_run_serves_this_machine_alone_unless_told_otherwise(opened, never_served):
    opened.timebank("run")
    assert [(how["host"], how["port"]) for _app, how in never_served] == [("127.0.0.1", 5000)]


@pytest.mark.parametrize(("told", "secure"), [("1", True), ("0", False)])
def test_cookies_are_for_https_alone_where_the_settings_say_so(opened, never_served, told, secure):
    opened.environment["TIMEBANK_HTTPS"] = told
    opened.timebank("run")
    assert [app.config["SESSION_COOKIE_SECURE"] for app, _how in never_served] == [secure]


@pytest.mark.parametrize(
    ("host", "settings", "warnings"),
    [
        ("192.168.1.5", {}, {"TIMEBANK_HTTPS", "TIMEBANK_HOSTS"}),
        ("192.168.1.5", {"TIMEBANK_HTTPS": "1"}, {"TIMEBANK_HOSTS"}),
        ("192.168.1.5", {"TIMEBANK_HTTPS": "1", "TIMEBANK_HOSTS": "hours.example.org"}, set()),
        ("127.0.0.1", {}, set()),
    ],
)
def test_run_warns_of_what_a_site_lacks_that_others_reach(embedded, never_served, host, settings, warnings):
    embedded.timebank("init", *ANSWERS)
    embedded.environment.update(settings)
    result = embedded.timebank("run", "--host", host)
    assert result.exit_code == 0
    assert {word for line in result.stderr.splitlines() for word in re.findall(r"TIMEBANK_[A-Z]+", line)} == warnings
    assert len(never_served) == 1


@pytest.fixture
def forgetful(served, postgresql_server, worker_id):
    """A PostgreSQL database that acknowledges what it has not written yet."""
    served.timebank("init", *ANSWERS)
    admin = make_engine(postgresql_server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE timebank_cli_{worker_id} SET synchronous_commit = off"))
    admin.dispose()
    return served


def test_run_refuses_a_database_that_may_forget(forgetful, never_served):
    result = forgetful.timebank("run")
    assert result.exit_code == 1
    assert result.output == "Error: the site does not start: synchronous_commit = off\n"
    assert never_served == []


def test_init_refuses_a_database_that_may_forget(forgetful):
    banks = forgetful.rows("SELECT slug FROM bank")
    result = forgetful.timebank("init", "--bank", "Perth", "--slug", "perth", "--coordinator", "perdita@example.org")
    assert result.exit_code == 1
    assert "synchronous_commit = off" in result.output
    assert forgetful.rows("SELECT slug FROM bank") == banks


def test_run_refuses_a_web_role_that_may_forget(served, never_served, postgresql_server):
    """The setting may hang on the role alone."""
    served.timebank("init", *ANSWERS)
    admin = make_engine(postgresql_server).execution_options(isolation_level="AUTOCOMMIT")
    name = served.settings.database_url.database
    try:
        with admin.connect() as connection:
            connection.execute(text(f"ALTER ROLE timebank_web IN DATABASE {name} SET synchronous_commit = off"))
        assert served.timebank("run").exit_code == 1
        assert never_served == []
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"ALTER ROLE timebank_web IN DATABASE {name} RESET synchronous_commit"))
        admin.dispose()


@pytest.mark.parametrize("level", ["local", "on", "remote_write"])
def test_levels_that_wait_for_the_disk_are_safe(postgresql_server, level):
    engine = make_engine(postgresql_server)
    event.listen(engine, "connect", lambda connection, _record: _set(connection, level))
    refuse_unsafe(engine)
    engine.dispose()


def _set(connection, level):
    connection.execute(f"SET synchronous_commit = {level}")
    connection.commit()


def test_the_settings_that_are_looked_at_are_those_that_can_lose_a_receipt(postgresql_server):
    engine = make_engine(postgresql_server)
    with engine.connect() as connection:
        assert [connection.scalar(text(f"SHOW {name}")) for name in UNSAFE_SETTINGS] == ["on", "on", "on"]
    asked = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_: asked.append(words))
    refuse_unsafe(engine)
    engine.dispose()
    assert {f"SHOW {name}" for name in UNSAFE_SETTINGS} <= set(asked)


def _sqlite(folder, level):
    engine = make_engine(database(f"sqlite:///{folder / 'forgetful.db'}"))
    event.listen(engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA synchronous = {level}"))
    return engine


@pytest.mark.parametrize(("level", "number"), [("OFF", 0), ("NORMAL", 1)])
def test_an_embedded_database_that_may_forget_is_refused(tmp_path, level, number):
    engine = _sqlite(tmp_path, level)
    with pytest.raises(UnsafeDatabaseError, match=f"synchronous = {number}"):
        refuse_unsafe(engine)
    engine.dispose()


@pytest.mark.parametrize("level", ["FULL", "EXTRA"])
def test_an_embedded_database_that_syncs_is_safe(tmp_path, level):
    engine = _sqlite(tmp_path, level)
    refuse_unsafe(engine)
    engine.dispose()


def test_run_says_what_to_do_where_a_step_was_not_taken(installation, never_served):
    """After an update, before `timebank migrate`: pages would break one by one."""
    installation.timebank("init", *ANSWERS)
    owner = make_engine(installation.settings.owner_url)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    owner.dispose()
    result = installation.timebank("run")
    assert result.exit_code == 1
    assert "timebank migrate" in result.output
    assert never_served == []


def test_run_says_what_to_do_where_its_port_is_taken(installation, monkeypatch):
    """Waitress itself leaves a socket open when it fails, which is an error here; so it only says that it failed."""

    def taken(_app, **_how):
        raise OSError(errno.EADDRINUSE, "Address already in use")

    installation.timebank("init", *ANSWERS)
    monkeypatch.setattr("waitress.serve", taken)
    result = installation.timebank("run")
    assert result.exit_code == 1
    assert "choose another" in result.output
