"""The page of a subject: each registered one exists and takes a code."""

import pytest
from flask import g

from timebank.banks.models import Bank
from timebank.references import Ref, Subject
from timebank.web.extensions import db
from timebank.web.subjects import list_pages, register_page, url_of, url_of_text


@pytest.fixture
def in_angus(app, village):
    with app.test_request_context("/angus/"):
        g.bank = db.session.get_one(Bank, village.angus.id)
        yield


def test_every_registered_page_exists_and_takes_a_code(app):
    pages = list_pages()
    assert {Subject.MEMBER, Subject.EXCHANGE, Subject.LISTING, Subject.TASK} <= set(pages)
    for endpoint in pages.values():
        (rule,) = [rule for rule in app.url_map.iter_rules(endpoint) if "GET" in rule.methods]
        assert rule.arguments == {"bank_slug", "code"}


@pytest.mark.usefixtures("in_angus")
@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("exchange:K7M3Q2XZ", "/angus/exchanges/K7M3-Q2XZ"),
        ("member:K7M3Q2XZ", "/angus/members/K7M3-Q2XZ"),
        ("activity:K7M3Q2XZ", None),
        ("pot", None),
        ("exchange", None),
        ("history:7", None),
    ],
)
def test_a_reference_leads_to_its_page_where_it_has_one(reference, url):
    assert url_of_text(reference) == url


@pytest.mark.usefixtures("in_angus")
def test_no_reference_has_no_page():
    assert url_of(None) is None
    assert url_of(Ref(Subject.EXCHANGE, "K7M3Q2XZ")) == "/angus/exchanges/K7M3-Q2XZ"


def test_a_kind_has_one_page():
    with pytest.raises(ValueError, match="member"):
        register_page(Subject.MEMBER, "members.members")
