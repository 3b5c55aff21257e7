"""A forgotten password: a code by e-mail, and an answer that does not reveal who is a member."""

import pytest

from tests.people import NOW, PASSWORD
from timebank.members.models import Person
from timebank.notices.rules import Way
from timebank.signing_in.forgotten import answer_requests
from timebank.signing_in.models import SignInCode
from timebank.signing_in.sent_codes import code_of

ON_ITS_WAY = "If we know you by that, and your e-mail, a code is on its way."


@pytest.fixture(autouse=True)
def _sends_mail(app):
    app.config["SENDS_MAIL"] = True
    yield
    app.config["SENDS_MAIL"] = False


def mailed_code(books, actor):
    """What stands in the e-mail, once the worker has looked who asked."""
    with books.backend.session() as session:
        answer_requests(session, now=NOW, most=10, ways={Way.EMAIL})
        session.commit()
    [row] = books.ask("SELECT id FROM sign_in_code WHERE person_id = :person", person=actor.person_id)
    with books.backend.session() as session:
        return code_of(session, row.id, session.get_one(Person, actor.person_id).email)


def test_somebody_who_forgot_it_gets_a_code_signs_in_and_chooses_a_password(as_, village, books):
    visitor = as_(None)
    page = visitor.get(
        visitor.get(visitor.get("sign-in").links["I have no password, or I forgot it"]).links["Send me a code"]
    )
    page = visitor.done(page, who="ada@example.org")
    assert ON_ITS_WAY in page
    page = visitor.done(page, code=mailed_code(books, village.ada))
    assert "Choose a password" in page
    page = visitor.done(page, password="three-blue-otters-dance")
    assert "Your new password is kept." in page


def test_a_keeper_who_forgot_it_has_their_roles_after(as_, village, books):
    visitor = as_(None)
    page = visitor.done(visitor.get("sign-in/forgotten"), who="mary@example.org")
    visitor.done(page, code=mailed_code(books, village.mary))
    assert visitor.get("rules/settings").status == 200


@pytest.mark.parametrize("who", ["ada@example.org", "nobody@example.org", "perdita@example.org", "99999"])
def test_everybody_gets_the_same_answer(as_, village, who):
    visitor = as_(None)
    answer = visitor.submit(visitor.get("sign-in/forgotten"), who=who)
    assert (answer.status, answer.to) == (303, "/angus/sign-in/code")
    assert ON_ITS_WAY in visitor.follow(answer)


def test_asking_for_codes_locks_nobody_out(as_, village):
    stranger, ada = as_(None), as_(None)
    for _time in range(9):
        stranger.submit(stranger.get("sign-in/forgotten"), who="ada@example.org")
    page = ada.submit(ada.get("sign-in"), who="ada@example.org", password=PASSWORD)
    assert page.status == 303


def test_who_asks_again_and_again_has_to_wait_whoever_it_is(as_, village):
    for who in ("ada@example.org", "nobody@example.org"):
        visitor = as_(None)
        for _time in range(8):
            visitor.submit(visitor.get("sign-in/forgotten"), who=who)
        page = visitor.submit(visitor.get("sign-in/forgotten"), who=who)
        assert page.status == 200
        assert "Too many" in page or "minutes" in page


def test_nothing_typed_is_said_kindly(as_, village):
    visitor = as_(None)
    page = visitor.submit(visitor.get("sign-in/forgotten"), who=" ")
    assert "Type your member number, e-mail or phone." in page


def test_where_no_e_mail_goes_out_nobody_is_offered_one(app, as_, village):
    app.config["SENDS_MAIL"] = False
    assert as_(None).get("sign-in/forgotten").status == 404
    assert "Send me a code" not in as_(None).get("sign-in/help")


@pytest.fixture
def doubted(books, village):
    with books.backend.session() as session:
        person = session.get_one(Person, village.ada.person_id)
        person.email_is_proved, person.email_trusted_from = False, None
        session.commit()


def test_a_member_shows_that_an_e_mail_is_theirs(as_, village, books, doubted):
    ada = as_(village.ada)
    page = ada.get(ada.get("profile").links["Show that your e-mail is yours"])
    page = ada.done(page, "Send me a code")
    assert "A code is on its way to your e-mail." in page
    page = ada.submit(page, "It is mine", code="0000-0000-0000")
    assert "This code does not work." in page
    page = ada.done(page, "It is mine", code=mailed_code(books, village.ada))
    assert "Now we know that this e-mail is yours" in page
    with books.backend.session() as session:
        person = session.get_one(Person, village.ada.person_id)
        assert (person.email_is_proved, person.email_trusted_from) == (True, NOW)
    page = ada.get("profile/email")
    assert "We know that it is yours. There is nothing to do here." in page
    assert "It is mine" not in page


def test_who_has_no_e_mail_reads_so(as_, village, books):
    with books.backend.session() as session:
        session.get_one(Person, village.ada.person_id).email = None
        session.commit()
    assert "We know no e-mail of yours." in as_(village.ada).get("profile/email")
    as_(village.ada).post("profile/email/code")
    assert books.count(SignInCode.__tablename__) == 0
