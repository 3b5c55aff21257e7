"""Under which names the site answers, and that no name out of a request stands in a link or redirect."""

from dataclasses import replace

import pytest

from tests.web.visitor import Visitor
from timebank.app import create_app
from timebank.codes import spoken
from timebank.web.extensions import db

EVIL = "evil.example"
NAMED = "hours.example.org"


@pytest.fixture
def site_with(backend, village):
    """`site_with(hosts=…)` is a site with these settings."""
    made = []

    def make(**settings):
        made.append(create_app(replace(backend.settings, **settings)))
        return made[-1]

    yield make
    for site in made:
        with site.app_context():
            db.engine.dispose()
            site.extensions["alone_engine"].dispose()


@pytest.mark.parametrize("path", ["/angus/sign-in", "/angus//sign-in", "/", "/healthz", "/nowhere"])
@pytest.mark.parametrize("host", [EVIL, f"{EVIL}:443", f"{NAMED}.{EVIL}", f"{EVIL}, {NAMED}", "two words", "[::1"])
def test_a_request_for_another_name_is_refused(site_with, host, path):
    answer = site_with(hosts=(NAMED,)).test_client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert EVIL not in f"{answer.text} {answer.headers}"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", [NAMED, f"{NAMED}:8443", "127.0.0.1:5000", "localhost:5000", "a.example.net"])
def test_the_sites_own_names_and_those_of_its_machine_are_answered(site_with, host):
    client = site_with(hosts=(NAMED, ".example.net")).test_client()
    assert client.get("/angus/sign-in", headers={"Host": host}).status_code == 200
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_demo_answers_this_machine_alone(site_with):
    client = site_with(demo=True).test_client()
    statuses = {host: client.get("/", headers={"Host": host}).status_code for host in (EVIL, "127.0.0.1", "localhost")}
    assert statuses == {EVIL: 400, "127.0.0.1": 200, "localhost": 200}


@pytest.mark.parametrize("path", ["/angus//sign-in", "/angus///sign-in?next=/angus/hours", "/angus/desk"])
@pytest.mark.parametrize("host", [EVIL, "localhost", "two words"])
def test_a_redirect_never_names_the_host(app, village, host, path):
    answer = app.test_client().get(path, headers={"Host": host})
    assert answer.status_code in {303, 308}
    assert answer.headers["Location"].startswith("/angus/sign-in")
    assert host not in answer.text


def _code_page(app, village, backend, host):
    with backend.session() as session:
        rosa = Visitor(app).sign_in_as(session, village.rosa)
    path = f"/angus/members/{spoken(village.grace.code)}/sign-in-code"
    assert rosa.post(path).to == path
    cookie = rosa.client.get_cookie("session").value  # the browser would not send it to another host
    return app.test_client(use_cookies=False).get(path, headers={"Host": host, "Cookie": f"session={cookie}"}).text


@pytest.mark.parametrize(
    ("hosts", "host", "link"),
    [
        ((), EVIL, None),
        ((), "127.0.0.1:5000", "http://127.0.0.1:5000/angus/sign-in/code"),
        ((NAMED,), NAMED, f"http://{NAMED}/angus/sign-in/code"),
    ],
)
def test_a_printed_link_has_a_name_that_somebody_vouched_for(site_with, village, backend, hosts, host, link):
    text = _code_page(site_with(hosts=hosts), village, backend, host)
    assert EVIL not in text
    assert (link or "I have a sign-in code") in text
    assert "Type this code:" in text


#: (status, method, path, body) of errors that are answered in different ways.
ERRORS = [
    (404, "GET", "/angus/nowhere", {}),
    (404, "GET", "/nowhere/at/all", {}),
    (405, "POST", "/angus/hours", {}),
    (400, "POST", "/angus/profile", {"data": {"name": "x"}}),
    (413, "POST", "/angus/profile", {"data": {"name": "x" * 300_000}}),
    (415, "POST", "/angus/profile", {"json": {}}),
    (308, "GET", "/angus//hours", {}),
]


@pytest.mark.parametrize(("status", "method", "path", "body"), ERRORS)
def test_errors_have_the_headers_of_every_page(as_, village, status, method, path, body):
    answer = as_(village.ada).client.open(path, method=method, **body)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
