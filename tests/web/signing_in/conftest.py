"""A phone in somebody's hand: what the worker sends to it, by a gateway as in the tests of the worker."""

import json

import pytest

from tests.people import NOW
from tests.worker.gateway import Gateway
from timebank.banks.models import Bank
from timebank.variables import TEXTS_BODY
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due
from timebank.worker.text_transports import HttpTexts

MOBILE = "+447400123456"


@pytest.fixture(scope="package")
def _gateway():
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def sends_texts(app, books, village, monkeypatch):
    """The site has a gateway and no e-mail; `sends_texts(most)` is how many texts Angus sends in a month."""
    monkeypatch.setitem(app.config, "SENDS_TEXTS", "a gateway")

    def set_most(most):
        with books.backend.session() as session:
            session.get_one(Bank, village.angus.id).texts_a_month = most
            session.commit()

    set_most(100)
    return set_most


@pytest.fixture
def phone(app, books, sends_texts, _gateway):
    """`phone()` lets the worker send what is due; returns [(number, text)] of what it sent just now."""
    backend = books.backend
    office = Office(backend.settings, backend.engine, app, None, texts=HttpTexts(_gateway.url, TEXTS_BODY, ""))

    def receive():
        _gateway.posted.clear()
        send_what_is_due(office)
        return [(text["to"], text["text"]) for text in (json.loads(body) for _headers, body in _gateway.posted)]

    return receive


@pytest.fixture
def owns(books, village):
    """`owns(actor)`: a phone is known to be theirs, and they have no e-mail."""

    def know(actor, number=MOBILE, **more):
        known = {"email": None, "phone": number, "phone_is_proved": True, "phone_trusted_from": NOW}
        books.change_person(actor, **(known | more))

    return know
