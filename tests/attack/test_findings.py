"""What is wrong with an answer is found, and what is right is let be."""

import pytest

from tests.attack.findings import HANG_SECONDS, Kind, judge, shape
from tests.attack.payloads import EVALUATED, FORMULAS, MARKUP
from tests.attack.wire import NotOursError, Reply, Wire
from timebank.interchange.cells import harmless

SAFE = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}
NAME = "zembrook"


def found(text="", *, status=200, seconds=0.1, content_type="text/html", headers=SAFE, **more):
    reply = Reply(status, seconds, content_type, {**headers, **more}, text)
    return {kind for kind, _details in judge(reply, [NAME])}


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_answer_of_5xx_is_found(status):
    assert found(status=status) == {Kind.BROKEN}


@pytest.mark.parametrize("status", [200, 303, 400, 403, 404, 405, 413, 415, 429])
def test_other_answers_are_right(status):
    assert found("<p>Hello</p>", status=status) == set()


def test_a_hang_is_found():
    assert found(seconds=HANG_SECONDS + 1) == {Kind.HANG}


@pytest.mark.parametrize("markup", [markup for markup in MARKUP if "javascript" not in markup])
def test_typed_markup_is_found_in_text_or_in_an_attribute(markup):
    page = "<p>{0}</p><input value='{0}'><input value=\"{0}\"><textarea>{0}</textarea>"
    assert Kind.MARKUP in found(page.format(markup))


def test_a_typed_scheme_is_found_in_a_link():
    assert found('<a href=" JavaScript:zqi()">x</a>') == {Kind.MARKUP}


@pytest.mark.parametrize("markup", MARKUP)
def test_escaped_markup_is_right(markup):
    from markupsafe import escape

    assert found(f'<p>{escape(markup)}</p><input value="{escape(markup)}">') == set()


@pytest.mark.parametrize("expression", EVALUATED)
def test_an_evaluated_expression_is_found_and_a_typed_one_is_right(expression):
    assert found(f"<p>{EVALUATED[expression]}</p>") == {Kind.EVALUATED}
    assert found(f"<p>{expression}</p>") == set()


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_found_in_a_sheet_unless_it_is_harmless(formula):
    if not formula.startswith("x,"):
        assert found(f"a,{formula},b\n", content_type="text/csv") == {Kind.FORMULA}
    assert found(f'a,"{harmless(formula)}",b\n', content_type="text/csv") == set()


def test_a_row_of_others_is_found_in_any_answer():
    assert found("<p>Heron Zembrook</p>") == {Kind.UNSEEN}
    assert found("Heron ZEMBROOK,60\n", content_type="text/csv") == {Kind.UNSEEN}
    assert found('{"name": "zembrook"}', content_type="application/json") == {Kind.UNSEEN}


def test_a_page_without_its_headers_is_found():
    assert found("<p>x</p>", headers={}) == {Kind.BARE}
    assert found("x", headers={}, content_type="text/plain") == set()


@pytest.mark.parametrize("location", ["http://evil.example/", "//evil.example/", "/\\evil.example", "javascript:zqi()"])
def test_a_redirect_to_elsewhere_is_found(location):
    assert found(status=303, location=location) == {Kind.ELSEWHERE}
    assert found(status=303, location="/angus/hours") == set()


def test_a_link_to_elsewhere_is_found():
    assert found('<a href="http://evil.example/angus">x</a>') == {Kind.ELSEWHERE}


@pytest.mark.parametrize("host", ["example.org", "192.168.1.5", "10.0.0.1", "::", "127.0.0.1.example.org"])
def test_nothing_but_this_machine_is_attacked(host):
    with pytest.raises(NotOursError):
        Wire(80, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_this_machine_is_attacked(host):
    assert Wire(80, host=host).cookies == {}


def test_pages_of_one_kind_have_one_shape():
    assert shape("/angus/exchanges/K7M3-Q2XZ/done?b=1&a=2") == shape("/angus/exchanges/AAAA-BBBB/done?a=5&b=")
    assert shape("/angus/audit/months/2026-11") == "/angus/audit/months/*"
    assert shape("/angus/hours") != shape("/angus/desk")
