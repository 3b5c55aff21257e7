"""The ways to start the site: `create_app()`, `wsgi.py`, Flask's own commands, and the server for developers."""

import importlib
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from flask import Flask

import timebank
from tests.cli.conftest import ANSWERS
from tests.house_rules.tree import ROOT
from timebank.app import UnsafeDebugError, create_app
from timebank.config import NotSetUpError, read_settings
from timebank.migrations.run import NotMigratedError
from timebank.variables import BadSettingError
from timebank.web.extensions import db


@pytest.fixture
def here(embedded, monkeypatch):
    """An installation whose settings are those of this process."""
    embedded.timebank("init", *ANSWERS)
    for name, value in embedded.environment.items():
        monkeypatch.setenv(name, value)
    return embedded


def _dispose(app):
    with app.app_context():
        db.engine.dispose()


def test_without_settings_the_site_is_that_of_the_environment(here):
    app = create_app()
    assert app.config["SQLALCHEMY_DATABASE_URI"] == here.settings.database_url
    assert app.test_client().get("/angus/sign-in").status_code == 200
    _dispose(app)


def test_the_package_itself_makes_the_site(here):
    app = timebank.create_app()
    assert isinstance(app, Flask)
    _dispose(app)


def test_wsgi_py_holds_the_site(here, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    wsgi = importlib.import_module("wsgi")
    try:
        assert wsgi.app.test_client().get("/readyz").status_code == 200
        _dispose(wsgi.app)
    finally:
        del sys.modules["wsgi"]


def test_without_settings_the_site_does_not_start_before_init(tmp_path, monkeypatch):
    monkeypatch.setenv("TIMEBANK_INSTANCE", str(tmp_path / "instance"))
    with pytest.raises(NotSetUpError, match="run 'timebank init' first"):
        create_app()
    assert not (tmp_path / "instance").exists()


def test_without_settings_the_site_does_not_start_before_migrate(here, tmp_path, monkeypatch):
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    monkeypatch.setenv("TIMEBANK_DATABASE_URL", empty)
    with pytest.raises(NotMigratedError, match="timebank migrate"):
        create_app()


@pytest.mark.parametrize(
    ("name", "value"), [("PROXIES", "one"), ("PROXIES", "-1"), ("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud")]
)
def test_a_setting_that_cannot_be_is_named(name, value, embedded):
    with pytest.raises(BadSettingError, match=f"TIMEBANK_{name} is '{value}'"):
        read_settings({f"TIMEBANK_{name}": value})
    embedded.environment[f"TIMEBANK_{name}"] = value
    result = embedded.timebank("run")
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: TIMEBANK_{name} is '{value}'")


@pytest.mark.parametrize(
    "value",
    ["smtp://user:pa#ss@mail.example.org", "smtp://user:pa/ss@mail.example.org", "smtps:", "smtp://", "carrier:x"],
)
def test_an_address_of_a_mail_server_that_is_none_is_said_without_its_password(value):
    with pytest.raises(BadSettingError, match="TIMEBANK_MAIL") as refused:
        read_settings({"TIMEBANK_MAIL": value})
    assert "pa" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEXTS", "http://gateway.example.org/send"),
        ("TEXTS", "ftp://gateway.example.org"),
        ("TEXTS_BODY", '{"to": "{to}"}'),
        ("TEXTS_BODY", "text={text}"),
        ("TEXTS", "https:///send"),
        ("TEXTS_SECRET", "a secret with \u20ac"),
        ("TEXTS_SECRET", "two\nlines"),
    ],
)
def test_a_gateway_of_texts_that_would_tell_others_or_send_nothing_is_refused(name, value):
    with pytest.raises(BadSettingError, match=f"TIMEBANK_{name}") as refused:
        read_settings({f"TIMEBANK_{name}": value})
    assert name != "TEXTS_SECRET" or value not in str(refused.value)


def test_run_takes_its_log_from_its_options_before_the_settings(opened, never_served, monkeypatch):
    seen = []
    monkeypatch.setattr("timebank.web.request_log.configure", seen.append)
    opened.environment |= {"TIMEBANK_LOG_FORMAT": "json", "TIMEBANK_LOG_LEVEL": "warning"}
    opened.timebank("run")
    opened.timebank("run", "--log-format", "text", "--log-level", "error")
    assert [(one.log_format, one.log_level) for one in seen] == [("json", "warning"), ("text", "error")]


def _run(installation, *words, **more):
    environment = {"PATH": os.environ["PATH"], **installation.environment, **more}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_flask_finds_the_site(here):
    done = _run(here, "flask", "--app", "timebank", "routes")
    assert done.returncode == 0, done.stderr
    assert "/readyz" in done.stdout
    assert "/<slug:bank_slug>/exchanges/<code:code>/confirmation" in done.stdout


@pytest.mark.parametrize("setting", ["TIMEBANK_HTTPS", "TIMEBANK_PROXIES"])
def test_debug_mode_is_refused_where_others_reach_the_site(here, setting, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv(setting, "1")
    with pytest.raises(UnsafeDebugError, match="unset FLASK_DEBUG"):
        create_app()


def test_debug_mode_is_never_silent(here, monkeypatch, caplog):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app()
    assert "debug mode is on" in caplog.text
    _dispose(app)


@pytest.mark.parametrize("flag", ["--reload", "--debug"])
@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["--host", "0.0.0.0"], {}),  # noqa: S104 (it is refused)
        ([], {"TIMEBANK_HTTPS": "1"}),
        ([], {"TIMEBANK_PROXIES": "2"}),
    ],
)
def test_the_server_for_developers_is_refused_where_others_reach_it(here, never_served, flag, words, settings):
    here.environment |= settings
    result = here.timebank("run", flag, *words)
    assert result.exit_code == 2
    assert "for this machine alone" in result.output


@pytest.fixture
def developing(here, tmp_path):
    """`timebank run --debug` in a process of its own."""
    port = _free_port()
    log = tmp_path / "server.log"
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **here.environment}
    words = [sys.executable, "-c", "from timebank.cli import main; main()", "run", "--debug", "--port", str(port)]
    with log.open("w") as written:
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
    yield f"http://127.0.0.1:{port}", log
    os.killpg(process.pid, 15)
    process.wait(10)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address, log):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (our own server)
                return answer.status
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text())


def test_the_server_for_developers_serves_and_says_what_it_is(developing):
    address, log = developing
    assert _wait_for(f"{address}/readyz", log) == 200
    said = log.read_text()
    assert "This is a development server" in said
    assert "Debug mode: on" in said
    assert "debug mode is on" in said


def test_templates_are_read_again_when_they_change(here, monkeypatch):
    seen = []
    monkeypatch.setattr("flask.cli.run_simple", lambda _host, _port, app, **how: seen.append((app, how)))
    monkeypatch.setenv("FLASK_DEBUG", "")
    assert here.timebank("run", "--reload", "--port", "5099").exit_code == 0
    ((app, how),) = seen
    assert app.jinja_env.auto_reload
    assert not app.debug
    assert (how["use_reloader"], how["use_debugger"]) == (True, False)
    assert any(path.endswith("timebank.css") for path in how["extra_files"])
    _dispose(app)


def test_debug_shows_the_code_of_an_error(here, monkeypatch):
    seen = []
    monkeypatch.setattr("flask.cli.run_simple", lambda _host, _port, app, **how: seen.append((app, how)))
    monkeypatch.setenv("FLASK_DEBUG", "")
    assert here.timebank("run", "--debug").exit_code == 0
    ((app, how),) = seen
    assert app.debug
    assert (how["use_reloader"], how["use_debugger"]) == (True, True)
    _dispose(app)


def test_a_command_loads_only_what_it_needs():
    heavy = ("flask", "sqlalchemy", "alembic", "cryptography", "timebank.demo")
    listing = f"print(*[name for name in {heavy} if name in sys.modules])"
    code = f"import sys; from timebank.cli import main; main(['--version'], standalone_mode=False); {listing}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    code = f"import sys, timebank.cli.sealing; {listing}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"sqlalchemy", "cryptography"}


def test_a_command_that_is_not_there_is_refused(embedded):
    result = embedded.timebank("confirm")
    assert result.exit_code == 2
    assert "No such command 'confirm'" in result.output
