"""Who read, printed or saved what is another's, as coordinators read it."""

from datetime import timedelta

import pytest

from tests.people import NOW
from tests.web.test_queries import _queries
from timebank.actors import Doing
from timebank.references import DeedName, Ref, Subject
from timebank.trail.actions import begin
from timebank.trail.queries import DEEDS_A_PAGE

LIST = "audit/readings"


@pytest.fixture
def read(backend):
    """`read(actor, deed, subject, at)` writes on the trail that something was read."""

    def write(actor, deed=DeedName.LETTERS_PRINTED, subject=Subject.LETTERS, code="K7M3Q2XZ", at=NOW):
        with backend.session() as session:
            begin(session, Doing(actor, at), deed, Ref(subject, code))
            session.commit()

    return write


def test_a_coordinator_reads_who_read_a_reported_conversation(as_, village, books):
    code = books.reported_conversation(village.grace, village.ada)
    rosa, mary = as_(village.rosa), as_(village.mary)
    rosa.done(rosa.get(f"conversations/{code}"), "Read it")
    page = mary.get(mary.get("audit").links["Who read, printed or saved something"])
    assert "Rosa Lindsay read a conversation that was reported: Ada Lamont, Grace Okafor" in page


def test_a_coordinator_does_not_learn_that_a_conversation_of_their_own_was_reported(as_, village, books):
    code = books.reported_conversation(village.mary, village.grace)
    rosa = as_(village.rosa)
    rosa.done(rosa.get(f"conversations/{code}"), "Read it")
    assert "Grace Okafor" not in as_(village.mary).get(LIST)
    assert "Grace Okafor, Mary Duncan" in as_(village.clara).get(LIST)


def test_what_was_saved_and_printed_is_listed_and_other_deeds_are_not(as_, village, books, read):
    books.recorded(village.ada, village.grace)
    read(village.rosa)
    read(village.tom, DeedName.JOB_FILE_FETCHED, Subject.JOB, "A7M3Q2XZ")
    page = as_(village.mary).get(LIST)
    assert page.links["K7M3-Q2XZ"] == "/angus/letters/K7M3-Q2XZ"
    assert "fetched a file of the books: A7M3-Q2XZ" in page
    assert page.words.index("fetched a file") < page.words.index("got letters ready")
    assert "Ada Lamont" not in page


def test_one_person_or_one_day_is_chosen(as_, village, read):
    read(village.rosa)
    read(village.rosa, code="Y7M3Q2XZ", at=NOW - timedelta(days=1))
    read(village.tom, DeedName.JOB_FILE_FETCHED, Subject.JOB, "A7M3Q2XZ")
    mary = as_(village.mary)
    page = mary.get(f"{LIST}?person={village.rosa.code}")
    (form,) = (form for form in page.forms if form.method == "get")
    assert set(form.choices["person"]) == {"", village.rosa.code, village.tom.code}
    assert "A7M3-Q2XZ" not in page
    assert "Y7M3-Q2XZ" in page
    page = mary.get(f"{LIST}?person={village.rosa.code}&day=yesterday")
    assert "Y7M3-Q2XZ" in page
    assert "K7M3-Q2XZ" not in page
    assert "Nothing fits this choice." in mary.get(f"{LIST}?day=1+January+2026")
    assert "Y7M3-Q2XZ" in mary.get(f"{LIST}?person=nobody")


@pytest.mark.parametrize("day", ["31 Juvember", "9999-12-31", "0001-01-01"])
def test_an_odd_day_is_no_fault(as_, village, read, day):
    read(village.rosa)
    assert as_(village.mary).get(f"{LIST}?day={day}").status == 200


def test_a_day_that_cannot_be_read_filters_nothing_and_says_so(as_, village, read):
    read(village.rosa)
    page = as_(village.mary).get(f"{LIST}?day=someday")
    assert "Problem:" in page
    assert "K7M3-Q2XZ" in page


def test_a_long_list_keeps_its_choice_and_asks_no_more_than_a_short_one(app, as_, village, read):
    mary = as_(village.mary)
    read(village.rosa, code="Z0000000")
    short = _queries(app, mary, LIST)
    for number in range(DEEDS_A_PAGE):
        read(village.rosa, code=f"Z1{number:06}")
    read(village.tom, DeedName.JOB_FILE_FETCHED, Subject.JOB, "A7M3Q2XZ")
    assert len(_queries(app, mary, LIST)) == len(short)
    page = mary.get(f"{LIST}?person={village.rosa.code}&day=today")
    assert "Z000-0000" not in page
    older = mary.get(page.links["Older ones"])
    assert "Z000-0000" in older
    assert "A7M3-Q2XZ" not in older


def test_another_bank_reads_none_of_it(as_, village, read):
    read(village.perdita)
    assert "None at the moment." in as_(village.mary).get(LIST)
