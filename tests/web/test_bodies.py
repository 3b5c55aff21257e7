"""A body that is no form is refused before anything reads it: 415 for everybody, on every address that takes a POST."""

from datetime import date
from io import BytesIO

import pytest
from wtforms.fields.core import UnboundField

from tests.web.pages import read_table
from timebank.web.bodies import TAKES_JSON
from timebank.web.forms import KeyedForm

POSTS = [endpoint for endpoint, method in read_table() if method == "POST" and endpoint not in TAKES_JSON]
#: Something for each gap of an address; the body is looked at before the page is.
GAPS = {
    "bank_slug": "angus",
    "code": "K7M3Q2XZ",
    "key": "outdoors",
    "kind": "offer",
    "month": date(2026, 10, 1),
    "purpose": "record",
    "subject": "area",
    "side": "giver",
    "way": "up",
    "what": "pause",
    "word": "gift",
}
BODIES = {
    "json": ("application/json", b'{"who": 5, "code": [1, 2], "name": "\\ud800"}'),
    "nested json": ("application/json", b"[" * 5_000),
    "problem json": ("application/problem+json", b"5"),
    "xml": ("application/xml", b"<who>5</who>"),
    "text": ("text/plain", b"who=5"),
    "no type": (None, b"who=5"),
    "another charset": ("application/x-www-form-urlencoded; charset=utf-16", "who=5".encode("utf-16")),
    "unknown charset": ("application/x-www-form-urlencoded; charset=nonsense", b"who=5"),
}


def address(app, endpoint):
    arguments = next(app.url_map.iter_rules(endpoint)).arguments
    gaps = GAPS | {"kind": "help"} if endpoint == "home.dismissed" else GAPS
    with app.test_request_context():
        return app.url_for(endpoint, **{name: gaps.get(name, "Kirkton") for name in arguments})


@pytest.mark.parametrize("kind", BODIES)
def test_every_address_refuses_what_is_no_form(app, as_, village, kind):
    content_type, data = BODIES[kind]
    visitors = {"anonymous": app.test_client(), "coordinator": as_(village.mary).client}
    answers = {
        (endpoint, who): client.post(
            address(app, endpoint), data=data, content_type=content_type, headers={"X-CSRFToken": "x"}
        ).status_code
        for endpoint in POSTS
        for who, client in visitors.items()
    }
    assert set(answers.values()) == {415}, {key for key, status in answers.items() if status != 415}


def test_the_refusal_is_a_page_in_plain_words(as_, village):
    answer = as_(village.ada).client.post("/angus/profile", json={"name": 5})
    assert answer.status_code == 415
    assert "Go back and use the button on the page." in answer.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_form_may_name_its_charset(as_, village, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    answer = as_(village.ada).client.post("/angus/profile", data=b"name=Ada", content_type=content_type)
    assert answer.status_code == 400  # its token is missing


def _all_fields(form_class=KeyedForm):
    declared = {name for name in dir(form_class) if isinstance(getattr(form_class, name), UnboundField)}
    return declared.union(*(_all_fields(below) for below in form_class.__subclasses__()))


def test_a_file_in_place_of_a_text_is_nothing_typed(app, as_, village):
    visitor = as_(village.mary)
    token, names = visitor.token(), _all_fields()
    assert {"who", "evidence", "reason", "form_key"} <= names
    statuses = {}
    for endpoint in POSTS:
        files = {name: (BytesIO(b"x"), "words.txt") for name in names}
        answer = visitor.client.post(address(app, endpoint), data={"csrf_token": token, **files})
        statuses[endpoint] = answer.status_code
    assert {endpoint: status for endpoint, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("value", ["%ED%A0%80", "%FF%FE", "%00", "%F0%9F%92%9A"])
def test_bytes_that_are_no_text_do_no_harm(as_, village, value):
    data = f"who={value}&password={value}".encode()
    answer = as_(village.ada).client.post("/angus/sign-in", data=data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500
