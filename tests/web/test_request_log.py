"""The log: one line a request, with a request id and without anything personal, as text or as JSON."""

import json
import logging
import re
import sys

import pytest

from tests.logs import logs_as_before
from timebank.app import create_app
from timebank.config import Settings
from timebank.web import request_log
from timebank.web.access import allows, anybody
from timebank.web.extensions import db

REQUESTS = "timebank.requests"


@pytest.fixture(autouse=True)
def logging_put_back():
    with logs_as_before():
        yield


@pytest.fixture
def lines(caplog):
    """The requests that were logged."""
    caplog.set_level(logging.INFO, "timebank")

    def read():
        return [record.fields for record in caplog.records if record.name == REQUESTS]

    return read


@pytest.fixture
def written(backend, capsys):
    """The lines on stderr since, as JSON objects or as text."""

    def configure(log_format="json", log_level="info"):
        given = backend.settings
        request_log.configure(
            Settings(given.instance, given.database_url, given.owner_url, log_format=log_format, log_level=log_level)
        )

        def read():
            said = capsys.readouterr().err.splitlines()
            return [json.loads(line) for line in said] if log_format == "json" else said

        return read

    return configure


def test_a_page_is_one_line_with_its_route_and_bank(as_, village, books, lines):
    code = books.recorded(village.ada, village.grace)
    browser = as_(village.grace)
    before = len(lines())
    browser.get(f"exchanges/{code}?how=phone&secret=42")
    (line,) = lines()[before:]
    assert line.pop("milliseconds") >= 0
    assert line == {
        "method": "GET",
        "endpoint": "exchanges.exchange",
        "route": "/<slug:bank_slug>/exchanges/<code:code>",
        "status": 200,
        "bank": "angus",
    }


def test_a_line_holds_no_code_no_query_no_name_and_no_cookie(as_, village, books, written):
    code = books.recorded(village.ada, village.grace)
    browser = as_(village.grace)
    read = written()
    browser.get(f"exchanges/{code}?how=phone&secret=42")
    browser.get(f"members?words={village.ada.name}")
    browser.client.get("/angus/nowhere-of-ada@example.org?code=ABCD")
    browser.client.post("/angus/sign-in", data={"login": "ada@example.org", "password": "three-words"})
    said = json.dumps(read())
    personal = (code, "secret", "42", village.ada.name, "ada", "example.org", "ABCD", "three-words", "session")
    assert [word for word in personal if re.search(rf"\b{re.escape(word)}\b", said, re.IGNORECASE)] == []


def test_what_leads_nowhere_is_a_line_without_route_or_bank(app, lines):
    app.test_client().get("/who-knows/ada")
    (line,) = lines()
    assert (line["status"], line["route"], line["endpoint"], line["bank"]) == (404, None, None, None)


def test_a_bank_that_is_not_there_is_not_named(app, village, lines):
    app.test_client().get("/ada-lamont/sign-in")
    (line,) = lines()
    assert (line["status"], line["endpoint"], line["bank"]) == (404, "signing_in.sign_in", None)


def test_a_file_is_a_line_too(app, lines):
    app.test_client().get("/static/css/timebank.css").close()
    (line,) = lines()
    assert (line["status"], line["route"]) == (200, "/static/<path:filename>")


@pytest.mark.parametrize("given", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "01J9ZK4T5N.req_1-a", "a" * 64])
def test_a_request_id_that_comes_with_the_request_is_kept(app, written, given):
    read = written()
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given
    assert [line["request_id"] for line in read()] == [given]


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space 123", 'quote"inside', "ünïcode-id", "-leading-dash"]
)
def test_a_request_id_that_is_not_well_formed_is_replaced(app, written, given):
    read = written()
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
    made = answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert [line["request_id"] for line in read()] == [made]


def test_each_request_gets_an_id_of_its_own(app):
    ids = {app.test_client().get("/healthz").headers["X-Request-ID"] for _again in range(3)}
    assert len(ids) == 3


@pytest.fixture
def broken(backend, village):
    """A site with a page that breaks."""
    site = create_app(backend.settings)

    @site.get("/broken")
    @allows(anybody)
    def broken():
        message = "a page that breaks"
        raise ValueError(message)

    yield site.test_client()
    with site.app_context():
        db.engine.dispose()


def test_an_error_carries_the_request_id_and_its_traceback(broken, written):
    read = written()
    answer = broken.get("/broken")
    assert answer.status_code == 500
    error, line = read()
    assert error["request_id"] == line["request_id"] == answer.headers["X-Request-ID"]
    assert (error["level"], error["logger"], error["message"]) == ("error", "timebank.web.errors", "a page broke")
    assert error["exception"].endswith("ValueError: a page that breaks")
    assert (line["level"], line["status"]) == ("info", 500)


def test_a_line_of_json_says_when_in_utc(app, written):
    read = written()
    app.test_client().get("/healthz")
    (line,) = read()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["at"])
    assert (line["logger"], line["message"]) == (REQUESTS, "request")


def test_as_text_a_line_has_the_same_fields(broken, written):
    read = written("text")
    answer = broken.get("/broken")
    error, *traceback, line = read()
    assert error.endswith(f" ERROR timebank.web.errors a page broke request_id={answer.headers['X-Request-ID']}")
    assert traceback[-1] == "ValueError: a page that breaks"
    fields = r"method=GET endpoint=broken route=/broken status=500 milliseconds=[\d.]+ bank=- request_id=[0-9a-f]{32}"
    assert re.fullmatch(rf"\S+ INFO {REQUESTS} request {fields}", line)


def test_from_level_warning_on_no_request_is_logged(broken, written):
    read = written(log_level="warning")
    broken.get("/healthz")
    broken.get("/broken")
    assert [line["level"] for line in read()] == ["error"]


def test_sql_is_logged_at_level_debug_alone_and_without_values(app, village, written):
    read = written(log_level="info")
    app.test_client().get("/angus/sign-in")
    assert [line for line in read() if line["logger"].startswith("sqlalchemy")] == []
    read = written(log_level="debug")
    app.test_client().get("/angus/sign-in")
    said = [line["message"] for line in read() if line["logger"].startswith("sqlalchemy")]
    assert any("FROM bank" in words for words in said)
    assert "angus" not in str(said)


def test_logging_is_configured_once_however_often(app, written):
    written()
    read = written()
    app.test_client().get("/healthz")
    assert len(read()) == 1


def test_a_log_that_cannot_be_written_stops_nothing(app, written, monkeypatch):
    written()
    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(sys, "stderr", None)
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize("formatter", [request_log.JsonFormatter(), request_log.TextFormatter()])
def test_a_traceback_leaves_out_the_row_that_the_database_quotes(formatter):
    """psycopg's message quotes the row that was refused, whatever SQLAlchemy hides."""
    text = "null value violates\nDETAIL:  Failing row contains (1, Ada Private, ada@secret.example).\n[SQL: INSERT]"
    refused = ValueError(text)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "a page broke", (), (ValueError, refused, None))
    line = formatter.format(record)
    assert "secret" not in line
    assert "null value violates" in line
    assert "[SQL: INSERT]" in line
