"""The doors for a gateway of texts: what comes in, and what became of what went out."""

import pytest
from sqlalchemy import select, update

from tests.people import NOW, PASSWORD, show_phone_is_theirs
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.codes import heard, in_letters
from timebank.exchanges.by_text import code_for
from timebank.exchanges.queries import find_exchange
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.models import Delivery, DeliveryState
from timebank.notices.rules import Choice, Often, Way

MOBILE, SECRET = "+447400123456", "the gateway's secret"
BEARER = {"Authorization": f"Bearer {SECRET}"}
GARBAGE = [
    {},
    {"from": "nobody", "text": "STOP"},
    {"from": ["+447400123456"], "text": {"a": 1}},
    {"from": 447400123456, "text": 5},
    {"ref": "0-0", "status": "permanent-failure"},
    {"ref": "ZZZZZZZZZZZZZZ-1", "status": "permanent-failure"},
    {"ref": "u\u0130-\u00df", "status": "permanent-failure"},
    {"ref": 5, "status": ["failed"]},
]


@pytest.fixture
def gateway(app, books, village, monkeypatch):
    """`gateway(path, values)` is what the gateway posts; Grace is told by text."""
    monkeypatch.setitem(app.config, "TEXTS_SECRET", SECRET)
    with books.backend.session() as session:
        session.get_one(Bank, village.angus.id).texts_a_month = 100
        session.get_one(Person, village.grace.person_id).phone = MOBILE
        choose(session, {Topic.ABOUT_YOU: Choice(Way.TEXT, Often.AT_ONCE)}, Doing(village.grace, NOW))
        session.commit()
    client = app.test_client()

    def post(path, values, **more):
        return client.post(f"/texts/{path}", **({"headers": BEARER, "json": values} | more)).status_code

    return post


def tasks(books):
    return [(row.kind, row.note) for row in books.ask("SELECT kind, note FROM task ORDER BY id")]


@pytest.mark.parametrize(
    "values",
    [
        {"from": "+447400123456", "text": "Yes, that is right"},
        {"source_number": "447400123456", "message": "Yes, that is right"},
        {"From": "+447400123456", "Body": "Yes, that is right"},
    ],
)
@pytest.mark.parametrize("kind", ["json", "data"])
def test_a_text_is_a_task_that_a_broker_reads(as_, village, books, gateway, values, kind):
    more = {"json": values} if kind == "json" else {"json": None, "data": values}
    assert gateway("in", values, **more) == 204
    assert tasks(books) == [("text_came", "Yes, that is right")]
    rosa = as_(village.rosa)
    task = rosa.get(rosa.get("tasks").links["A text from Grace Okafor"])
    assert "Yes, that is right" in task
    assert "anybody can make a text look as if it came from their number" in task


def test_stop_by_text_is_seen_on_ones_own_page(as_, village, books, gateway):
    grace = as_(village.grace)
    assert grace.get("my-notices").form.fields["about_you"] == ["text-at_once"]
    gateway("in", {"from": MOBILE, "text": "Stop"})
    assert grace.get("my-notices").form.fields["about_you"] == ["email-at_once"]
    assert tasks(books) == []


def test_basic_authentication_will_do(gateway):
    values = {"from": MOBILE, "text": "Hello"}
    assert gateway("in", None, headers={}, auth=("gateway", SECRET), json=values) == 204


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer"}, {"Authorization": "\u00fc"}]
)
@pytest.mark.parametrize("path", ["in", "state"])
def test_nobody_comes_in_without_the_secret(books, gateway, path, headers):
    assert gateway(path, {"from": MOBILE, "text": "STOP"}, headers=headers) == 401
    assert books.ask("SELECT count(*) AS number FROM notice_choice WHERE way = 'text'")[0].number == 1


@pytest.mark.parametrize("values", GARBAGE)
@pytest.mark.parametrize("path", ["in", "state"])
def test_what_nobody_understands_changes_nothing(books, gateway, path, values):
    assert gateway(path, values) == 204
    assert [kind for kind, _note in tasks(books)] in ([], ["text_came"])


@pytest.mark.parametrize("body", [b"[1]", b"{", b"[" * 5000, b'"x"', b"\xff"])
def test_json_that_is_no_object_is_refused(gateway, body):
    assert gateway("in", None, json=None, data=body, content_type="application/json") == 400


@pytest.mark.parametrize(("mail", "way"), [("a server", "email"), ("", "phone")])
def test_what_did_not_arrive_is_told_otherwise(app, books, village, gateway, monkeypatch, mail, way):
    """By e-mail where the site has any, and else by telephone."""
    monkeypatch.setitem(app.config, "SENDS_MAIL", bool(mail))
    books.told(village.grace, way=Way.TEXT)
    with books.backend.session() as session:
        sent = {"state": DeliveryState.SENT, "ended_at": NOW}
        session.execute(update(Delivery).values(**sent))
        delivery = session.scalars(select(Delivery)).one()
        ref = f"{in_letters(delivery.id)}-{in_letters(delivery.bank_id)}"
        session.commit()
    assert gateway("state", {"reference": ref, "status": "delivered"}) == 204
    assert gateway("state", {"reference": ref.lower(), "status": "permanent-failure"}) == 204
    assert gateway("state", {"reference": ref, "status": "undelivered"}) == 204
    assert [(row.way, row.state) for row in books.ask("SELECT way, state FROM delivery ORDER BY id")] == [
        ("text", "failed"),
        (way, "ready"),
    ]


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.READY])
def test_a_gateway_that_is_quicker_than_the_worker_says_it_again(books, village, gateway, state):
    books.told(village.grace, way=Way.TEXT)
    with books.backend.session() as session:
        claimed = {"state": state, "claimed_until": NOW if state is DeliveryState.SENDING else None}
        session.execute(update(Delivery).values(**claimed))
        delivery = session.scalars(select(Delivery)).one()
        ref = f"{in_letters(delivery.id)}-{in_letters(delivery.bank_id)}"
        session.commit()
    assert gateway("state", {"ref": ref, "status": "permanent-failure"}) == 503
    assert [row.way for row in books.ask("SELECT way FROM delivery")] == ["text"]


def test_a_bank_says_how_many_texts_it_sends_and_members_choose_them(app, as_, village, books, monkeypatch):
    clara, ada = as_(village.clara), as_(village.ada)
    assert "text messages" not in clara.get("rules/settings")
    monkeypatch.setitem(app.config, "SENDS_TEXTS", "a gateway")
    assert "By text message" not in ada.get("my-notices")
    clara.done(clara.get("rules/settings"), "Keep these rules", texts_a_month="200")
    page = ada.done(ada.get("my-notices"), about_you="text-at_once", round_the_bank="none-at_once")
    assert "You chose text messages, and we know no mobile phone of yours." in page
    ada.done(
        ada.get(page.links["Tell us your mobile number"]), "Keep these changes", phone="07400 123456", present=PASSWORD
    )
    assert "we know no mobile phone of yours" not in ada.get("my-notices")


def asked_by_text(books, village):
    """The code by which Grace answers what Ada recorded, in a bank that takes answers; and the exchange's code."""
    spoken_code = books.recorded(village.ada, village.grace, what="Mending a gate")
    with books.backend.session() as session:
        bank = session.get_one(Bank, village.angus.id)
        bank.answers_by_text = True
        show_phone_is_theirs(session, village.grace, MOBILE)
        exchange = find_exchange(session, bank.id, heard(spoken_code))
        code = code_for(session, bank, exchange, village.grace.membership_id, village.grace.person_id, NOW)
        session.commit()
    return spoken_code, code


@pytest.mark.parametrize(("said", "state"), [("Y", "confirmed"), ("No", "disputed")])
def test_hours_are_answered_by_text_and_the_page_says_so(as_, village, books, gateway, said, state):
    exchange, code = asked_by_text(books, village)
    assert gateway("in", {"from": MOBILE, "text": f"{said} {code}"}) == 204
    assert gateway("in", {"from": MOBILE, "text": f"{said} {code}"}) == 204  # the gateway brings it twice
    assert books.state(exchange) == state
    assert tasks(books) == []
    verb = "confirmed it" if state == "confirmed" else "said that it is not right"
    assert f"Grace Okafor {verb} by text message" in as_(village.ada).get(f"exchanges/{exchange}")
    audrey = as_(village.audrey)
    assert f"Grace Okafor {verb} by text message" in audrey.get("audit/not-signed-in")
    assert books.are_right()


def test_a_code_that_fits_nothing_is_read_by_a_broker_and_seen_at_the_doors(as_, village, books, gateway):
    exchange, code = asked_by_text(books, village)
    wrong = "000000" if code != "000000" else "000001"
    assert gateway("in", {"from": MOBILE, "text": f"Y {wrong}"}) == 204
    assert books.state(exchange) == "recorded"
    assert tasks(books) == [("text_came", f"Y {wrong}")]
    assert "A text had a code that fits nothing" in as_(village.mary).get("audit/security")


def test_a_coordinator_allows_answers_and_who_chooses_texts_reads_what_they_say(
    app, as_, village, books, gateway, monkeypatch
):
    clara, ada = as_(village.clara), as_(village.ada)
    assert "Members may answer by text" not in clara.get("rules/settings")
    monkeypatch.setitem(app.config, "SENDS_TEXTS", "a gateway")
    assert "You can answer it" not in ada.get("my-notices")
    page = clara.done(clara.get("rules/settings"), "Keep these rules", answers_by_text="y")
    assert "Who has chosen them can answer by text whether hours are right." in page
    assert "You can answer it with Y or N, and the code in it." in ada.get("my-notices")
    monkeypatch.setitem(app.config, "SENDS_TEXTS", "")
    clara.done(clara.get("rules/settings"), "Keep these rules")  # kept while there is no gateway
    assert books.ask("SELECT answers_by_text AS it FROM bank WHERE slug = 'angus'")[0].it
