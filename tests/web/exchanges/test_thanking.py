"""Thank-you lines, and how two who have agreed reach each other."""

import pytest
from sqlalchemy import update

from timebank.members.models import Membership


@pytest.fixture
def shows(books, village):
    """`shows(village.ada, shows_phone=True)` is what Ada chose to show."""

    def choose(actor, **chosen):
        books.change_person(actor, phone="+441632960111", phone_is_proved=True)
        if chosen:
            with books.backend.owner_session() as session:
                session.execute(update(Membership).where(Membership.id == actor.membership_id).values(**chosen))
                session.commit()

    return choose


def test_the_receiver_thanks_and_the_giver_reads_it_at_home(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}"), "Send thanks", words="The roses are lovely")
    assert "Your thanks are sent." in page
    assert not page.has_button("Send thanks")
    home = as_(village.ada).get()
    assert "The roses are lovely" in home
    assert "Thank you from Grace Okafor" in home
    assert "The roses are lovely" not in as_(village.grace).get()


def test_the_page_after_confirming_offers_to_say_thank_you(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.done(grace.get(f"exchanges/{code}/confirmation"), "Yes, this is right")
    page = grace.done(page, "Send thanks", words="Thank you")
    assert "Your thanks are sent." in page


@pytest.mark.parametrize(("typed", "sentence"), [("", "Write a few words."), ("x" * 201, "200 letters or fewer")])
def test_an_invalid_form_is_kept_as_typed(as_, village, books, typed, sentence):
    code = books.confirmed(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.submit(grace.get(f"exchanges/{code}"), "Send thanks", words=typed)
    assert (page.status, books.count("thank_you")) == (200, 0)
    assert sentence in page
    assert page.form_with("Send thanks").fields["words"] == [typed]


def test_thanks_sent_twice_are_said_once(as_, village, books):
    code = books.confirmed(village.ada, village.grace)
    grace = as_(village.grace)
    page = grace.get(f"exchanges/{code}")
    answers = [grace.submit(page, "Send thanks", words="Thank you").status for _ in range(2)]
    assert (answers, books.count("thank_you")) == ([303, 303], 1)


def test_nobody_thanks_for_what_waits_or_is_not_theirs(as_, village, books):
    waiting = books.recorded(village.ada, village.grace)
    assert not as_(village.grace).get(f"exchanges/{waiting}").has_button("Send thanks")
    answer = as_(village.grace).post(f"exchanges/{waiting}/thanks", words="Thank you")
    assert "You cannot do this." in answer
    done = books.confirmed(village.ada, village.grace)
    assert as_(village.rosa).post(f"exchanges/{done}/thanks", words="Thank you").status == 403
    assert as_(village.linus).post(f"exchanges/{done}/thanks", words="Thank you").status == 404
    assert books.count("thank_you") == 0


def test_two_who_have_agreed_see_what_the_other_chose_to_show(as_, village, books, shows):
    shows(village.ada, shows_phone=True)
    code = books.accepted(village.ada, village.grace)
    page = as_(village.grace).get(f"exchanges/{code}")
    assert "How to reach Ada" in page
    assert "+441632960111" in page
    assert "ada@example.org" not in page


def test_e_mail_is_shown_where_that_was_chosen(as_, village, books, shows):
    shows(village.ada, shows_email=True)
    code = books.accepted(village.ada, village.grace)
    page = as_(village.grace).get(f"exchanges/{code}")
    assert "ada@example.org" in page
    assert "+441632960111" not in page


def test_otherwise_the_brokers_number_is_shown(as_, village, books, shows):
    shows(village.ada)
    code = books.accepted(village.ada, village.grace)
    page = as_(village.grace).get(f"exchanges/{code}")
    assert "Ada is reached through us. Ring 01632 960 001" in page
    assert "+441632960111" not in page


def test_writing_help_down_is_no_way_to_learn_a_number(as_, village, books, shows):
    shows(village.ada, shows_phone=True)
    code = books.recorded(village.grace, village.ada)
    page = as_(village.grace).get(f"exchanges/{code}")
    assert "+441632960111" not in page
    asked = books.propose(village.grace, village.ada)
    assert "+441632960111" not in as_(village.grace).get(f"exchanges/{asked}")


def test_nobody_but_the_two_sees_it(as_, village, books, shows):
    shows(village.ada, shows_phone=True)
    code = books.accepted(village.ada, village.grace)
    for other in (village.tom, village.audrey):
        assert "+441632960111" not in as_(other).get(f"exchanges/{code}")
