"""Hours by text, from the text that asks to the answer: what it says, to whom, and that one answer is one text."""

from contextlib import contextmanager

import pytest

from tests.people import balance_of, make_recorded, show_phone_is_theirs
from tests.worker.conftest import MORNING
from timebank.actors import Doing
from timebank.banks.models import Bank
from timebank.exchanges import actions
from timebank.exchanges.by_text import code_for, take_answer
from timebank.exchanges.queries import find_exchange
from timebank.exchanges.rules import State
from timebank.exchanges.time_rule import begin_time_rule
from timebank.members.models import Person
from timebank.notices.actions import choose
from timebank.notices.kinds import Topic
from timebank.notices.rules import Choice, Often, Way
from timebank.notices.texts import fits
from timebank.worker.office import Office
from timebank.worker.sending import send_what_is_due

MOBILE = "+447400123456"


class KeptTexts:
    """A way out that keeps what was sent, as (number, text)."""

    def __init__(self):
        self.sent = []

    @contextmanager
    def opened(self):
        yield self

    def send(self, to, text, _ref):
        self.sent.append((to, text))


@pytest.fixture
def texts():
    return KeptTexts()


@pytest.fixture
def text_office(office, texts):
    return Office(office.settings, office.engine, office.app, office.transport, office.watch, texts)


def set_up(backend, village, *, who="grace", answers=True, name=None, bank_name=None):
    """Somebody is told by text, in a bank that sends texts and takes answers."""
    actor = getattr(village, who)
    with backend.session() as session:
        bank = session.get_one(Bank, village.angus.id)
        bank.texts_a_month, bank.answers_by_text, bank.name = 100, answers, bank_name or bank.name
        person = session.get_one(Person, actor.person_id)
        person.name = name or person.name
        show_phone_is_theirs(session, actor, MOBILE)
        choose(session, {Topic.ABOUT_YOU: Choice(Way.TEXT, Often.AT_ONCE)}, Doing(actor, MORNING))
        session.commit()


def record(backend, village, **said):
    with backend.session() as session:
        code = make_recorded(session, village, village.ada, village.grace, **{"minutes": 90, **said})
        session.commit()
    return code


def code_of(backend, village, exchange):
    with backend.session() as session:
        found = find_exchange(session, village.angus.id, exchange)
        bank, grace = session.get_one(Bank, village.angus.id), village.grace
        return code_for(session, bank, found, grace.membership_id, grace.person_id, MORNING)


def answer(backend, content):
    with backend.session() as session:
        done = take_answer(session, MOBILE, content, MORNING)
        session.commit()
    return done


def test_the_text_names_both_people_the_day_and_how_long_and_the_answer_moves_the_hours(
    text_office, texts, backend, village
):
    set_up(backend, village)
    exchange = record(backend, village)
    assert send_what_is_due(text_office) == {"sent": 1}
    code = code_of(backend, village, exchange)
    says = "Angus Time Bank: Ada Lamont helped Grace Okafor on 21 Nov, 1 h 30 min."
    asks = f"Right? Text back Y {code}, or if it is not right N {code}."
    assert texts.sent == [(MOBILE, f"{says} {asks}")]
    assert answer(backend, f"y {code}")
    with backend.session() as session:
        assert find_exchange(session, village.angus.id, exchange).state == State.CONFIRMED
        assert balance_of(session, village.ada) == 90
    send_what_is_due(text_office)
    assert texts.sent[1][1] == (
        "Angus Time Bank for Grace: Thank you, your yes is written down. Ring 01632 960 001 or see 127.0.0.1:5000/angus"
    )


def test_where_silence_counts_the_text_says_from_which_day(text_office, texts, backend, village):
    set_up(backend, village)
    with backend.session() as session:
        begin_time_rule(session, village.angus, Doing(village.mary, MORNING, "rule"))
        session.commit()
    exchange = record(backend, village)
    send_what_is_due(text_office)
    code = code_of(backend, village, exchange)
    [(_to, text)] = texts.sent
    assert text.endswith(f"or if it is not right N {code}. No answer before 5 Dec counts as yes.")
    assert fits(text)


def test_two_that_wait_are_two_texts_each_with_a_code_of_its_own(text_office, texts, backend, village):
    set_up(backend, village)
    exchanges = [record(backend, village, what=what) for what in ("Mending a gate", "A lift")]
    assert send_what_is_due(text_office) == {"sent": 2}
    for exchange in exchanges:
        code = code_of(backend, village, exchange)
        assert [code in text for _to, text in texts.sent].count(True) == 1
        assert answer(backend, f"Y {code}")


def test_in_a_bank_that_takes_no_answers_the_text_says_nothing_of_what_it_is(text_office, texts, backend, village):
    set_up(backend, village, answers=False)
    record(backend, village)
    send_what_is_due(text_office)
    assert texts.sent[0][1].startswith("Angus Time Bank for Grace: Are these hours right?")


def test_a_phone_of_two_people_gets_no_code_and_no_name_of_the_other(text_office, texts, backend, village):
    set_up(backend, village)
    with backend.session() as session:
        session.get_one(Person, village.linus.person_id).phone = MOBILE
        session.commit()
    record(backend, village)
    send_what_is_due(text_office)
    assert texts.sent[0][1].startswith("Angus Time Bank for Grace: Are these hours right?")
    assert "Ada" not in texts.sent[0][1]


@pytest.mark.parametrize(
    ("name", "bank_name", "says"),
    [
        (
            "Grace Adwoa Okafor-Featherstonehaugh of Kirriemuir",
            "The Time Bank of Angus and the Mearns",
            "Ada helped Grace on",
        ),
        ("Zoë Łukaszewska", "Angus", "Ada helped Zoe on"),
        ("Γιώργος Παπαδόπουλος", "Angus", "Are these hours right?"),
        ("王小明", "安格斯时间银行", "Are these hours right?"),
    ],
)
def test_what_does_not_fit_into_one_text_says_less_and_is_never_cut(
    text_office, texts, backend, village, name, bank_name, says
):
    set_up(backend, village, name=name, bank_name=bank_name)
    exchange = record(backend, village)
    send_what_is_due(text_office)
    [(_to, text)] = texts.sent
    assert fits(text)
    assert says in text
    code = code_of(backend, village, exchange)
    assert text.count(code) == (0 if "Are these" in says else 2)


def test_what_was_answered_on_the_page_meanwhile_is_not_asked_by_text(text_office, texts, backend, village):
    set_up(backend, village)
    exchange = record(backend, village)
    with backend.session() as session:
        actions.confirm(session, exchange, Doing(village.grace, MORNING))
        session.commit()
    assert send_what_is_due(text_office) == {}
    assert texts.sent == []
