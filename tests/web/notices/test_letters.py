"""Letters that brokers print and post."""

from datetime import timedelta

import pytest

from tests.people import NOW, join
from tests.web.test_queries import _queries
from timebank.actors import Role
from timebank.banks.models import Bank
from timebank.members.models import Person
from timebank.notices.models import DeliveryState, LetterBundle
from timebank.notices.rules import Way
from timebank.telling.posted_letters import BUNDLES_A_PAGE

LIST = "letters"


def states(books):
    return [(row.state, row.failure) for row in books.ask("SELECT state, failure FROM delivery ORDER BY id")]


def live_at(books, actor, address):
    with books.backend.session() as session:
        session.get_one(Bank, actor.bank_id).sends_letters = True
        session.get_one(Person, actor.person_id).postal_address = address
        session.commit()


@pytest.fixture
def waiting(books, village):
    """Hours wait for Grace, who is told by post; the task about the letters is open."""
    live_at(books, village.grace, "2 Mill Lane\nGlen Isla\nPH11 8QS")
    code = books.recorded(village.ada, village.grace).replace("-", "")
    books.told(village.grace, way=Way.LETTER, code=code)
    books.task("bank:angus", kind="post_letters")
    return code


def test_a_broker_comes_from_the_task_prints_the_letters_and_says_they_are_posted(as_, village, books, waiting):
    rosa = as_(village.rosa)
    task = rosa.get(rosa.get("tasks").links["Letters to print and post"])
    page = rosa.get(task.links["The letters"])
    assert "1 letter to print" in page
    page = rosa.done(page, "Get them ready to print")
    assert "1 letter" in page
    assert "2 Mill Lane\nGlen Isla\nPH11 8QS" in page.html
    assert "Ada Lamont has written down help between the two of you." in page
    assert "To answer, ring Mary Duncan on 01632 960 001." in page
    page = rosa.done(page, "The ticked ones are posted", posted=[village.grace.code])
    assert "Thank you. It is written down." in page
    assert "No letter waits." in page
    assert states(books) == [(DeliveryState.SENT, None)]
    assert "Letters to print and post" not in rosa.get("tasks")


def test_what_is_not_ticked_waits_for_the_next_letters(as_, village, books, waiting):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    page = rosa.done(page, "The ticked ones are posted", posted=[])
    assert "None of them is posted. They wait for the next letters." in page
    assert "1 letter to print" in page
    assert states(books) == [(DeliveryState.READY, None)]


def test_a_bundle_stays_on_the_page_until_it_is_posted(as_, village, books, waiting):
    rosa, mary = as_(village.rosa), as_(village.mary)
    rosa.done(rosa.get(LIST), "Get them ready to print")
    page = mary.get(LIST)
    assert "Made ready on" in page
    assert "by Rosa Lindsay" in page
    page = mary.get(page.links["Print them again, or say that they are posted"])
    mary.done(page, "The ticked ones are posted", posted=[village.grace.code])
    page = rosa.post(page.path, posted=[village.grace.code])
    assert "Somebody was quicker: these letters are dealt with already." in rosa.get(LIST)


def test_a_press_that_comes_twice_makes_one_bundle(as_, village, books, waiting):
    rosa = as_(village.rosa)
    page = rosa.get(LIST)
    rosa.submit(page, "Get them ready to print")
    rosa.submit(page, "Get them ready to print")
    assert books.ask("SELECT count(*) AS bundles FROM letter_bundle")[0].bundles == 1


def test_what_was_answered_is_on_no_paper(as_, village, books, waiting):
    grace, rosa = as_(village.grace), as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    grace.post(f"exchanges/{waiting}/confirmation")
    assert "None of these letters is needed any more." in rosa.get(page.path)
    assert "2 Mill Lane" not in rosa.get(page.path)


@pytest.mark.parametrize(
    ("phone", "coordinator", "whom"),
    [
        ("01632 960 001", "Mary Duncan", "Ring Mary Duncan on 01632 960 001. We help you to open it"),
        ("01632 960 001", "", "Ring us on 01632 960 001. We help you to open it"),
        ("", "", "Ask us. We help you to open it"),
    ],
)
def test_a_letter_about_a_message_says_whom_to_ask_and_not_what_is_in_it(as_, village, books, phone, coordinator, whom):
    """Who prints it would read it otherwise, and who never signs in could not read it at all."""
    live_at(books, village.grace, "2 Mill Lane")
    with books.backend.session() as session:
        bank = session.get_one(Bank, village.angus.id)
        bank.phone, bank.coordinator_name = phone, coordinator
        session.commit()
    books.written(village.ada, village.grace, "Come at ten, the key is under the stone.")
    code = books.ask("SELECT code FROM conversation")[0].code
    books.told(village.grace, way=Way.LETTER, code=code, subject="conversation")
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    assert "Ada Lamont has written to you." in page
    assert f"{whom}, or ask Ada to tell you another way." in page
    assert "on the page" not in page
    assert "under the stone" not in page


def test_a_bundle_of_another_bank_is_no_page(as_, village, books, waiting):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    with books.backend.session() as session:
        nell = join(session, village.perth, "Nell Innes", roles=frozenset({Role.MEMBER, Role.BROKER}))
        session.commit()
    assert as_(nell).get(f"letters/{page.path.rsplit('/', 1)[1]}").status == 404


def test_the_list_asks_no_more_for_three_letters_than_for_one(app, as_, village, books, waiting):
    rosa = as_(village.rosa)
    rosa.get(LIST)
    one = _queries(app, rosa, LIST)
    for actor in (village.ada, village.linus):
        live_at(books, actor, "1 Brae")
        books.told(actor, way=Way.LETTER)
    assert len(_queries(app, rosa, LIST)) == len(one)


def test_a_sign_that_no_text_has_in_a_ticked_box_is_left_out(as_, village, books, waiting):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    page = rosa.done(page, "The ticked ones are posted", posted=[f"{village.grace.code}\x00"])
    assert "Thank you. It is written down." in page
    assert states(books) == [(DeliveryState.SENT, None)]


def test_markup_in_an_address_is_words(as_, village, books, waiting):
    live_at(books, village.grace, "<script>alert(1)</script>")
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    assert "<script>alert(1)" not in page.html


def test_a_member_gives_an_address_where_the_bank_sends_letters_and_chooses_the_post(as_, village, books):
    ada = as_(village.ada)
    assert "Postal address" not in ada.get("profile")
    assert "By post" not in ada.get("my-notices")
    live_at(books, village.ada, "")
    page = ada.done(ada.get("my-notices"), about_you="letter-at_once", round_the_bank="letter-monthly")
    assert "You chose letters, and we do not know where to post them." in page
    page = ada.get(page.links["Tell us your postal address"])
    page = ada.submit(page, "Keep these changes", postal_address="\n".join("123456"), about="Dogs")
    assert "The window of an envelope shows 5 lines" in page
    assert page.form_with("Keep these changes").fields["about"] == ["Dogs"]
    ada.done(page, "Keep these changes", postal_address="4 Brae\nGlen Isla")
    assert "we do not know where to post them" not in ada.get("my-notices")
    assert "4 Brae" in as_(village.rosa).get(f"members/{village.ada.code}")
    assert "4 Brae" not in as_(village.grace).get(f"members/{village.ada.code}")


def test_a_coordinator_says_that_the_bank_sends_letters(as_, village, books):
    clara = as_(village.clara)
    clara.done(clara.get("rules/settings"), "Keep these rules", sends_letters="y")
    assert books.ask("SELECT sends_letters FROM bank WHERE slug = 'angus'")[0].sends_letters


@pytest.fixture
def posted(as_, village, books, waiting):
    """The address of a bundle that Rosa printed and Mary said is posted."""
    rosa, mary = as_(village.rosa), as_(village.mary)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    mary.done(mary.get(page.path), "The ticked ones are posted", posted=[village.grace.code])
    return page.path


def test_what_was_posted_before_is_listed_with_who_did_it_and_without_names(as_, village, posted):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get(LIST).links["Posted before"])
    assert "1 letter" in page
    assert "Posted by Mary Duncan" in page
    assert "by Rosa Lindsay" in page
    assert "Grace" not in page
    page = rosa.get(posted)
    assert page.links["Grace Okafor"]
    assert "2 Mill Lane" not in page


def test_letters_that_were_posted_are_printed_again_and_that_is_on_record(as_, village, books, posted):
    rosa, mary = as_(village.rosa), as_(village.mary)
    page = rosa.done(rosa.get(posted), "Show the letters again")
    assert "2 Mill Lane\nGlen Isla\nPH11 8QS" in page.html
    assert "Ada Lamont has written down help between the two of you." in page
    assert "2 Mill Lane" not in mary.get(posted)
    [row] = books.ask("SELECT done_by FROM trail WHERE deed = 'letters.printed_again'")
    assert row.done_by == village.rosa.membership_id


def test_the_letters_are_hidden_again_the_next_day(as_, village, posted, clock):
    rosa = as_(village.rosa)
    rosa.done(rosa.get(posted), "Show the letters again")
    clock.move_to(NOW + timedelta(hours=13))
    assert "2 Mill Lane" not in rosa.get(posted)


def test_what_was_answered_since_it_was_posted_is_not_printed_again(as_, village, books, waiting, posted):
    as_(village.grace).post(f"exchanges/{waiting}/confirmation")
    page = as_(village.rosa).get(posted)
    assert "Answered since, or out of date" in page
    assert not page.has_button("Show the letters again")


def test_a_bundle_that_waits_is_not_on_the_list_of_posted_ones(as_, village, books, waiting):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get(LIST), "Get them ready to print")
    assert "None yet." in rosa.get("letters/posted")
    rosa.post(f"{page.path}/again")
    assert books.ask("SELECT id FROM trail WHERE deed = 'letters.printed_again'") == []


def test_posted_bundles_come_in_pages_and_ask_no_more_for_many_than_for_one(app, as_, village, books, posted):
    rosa = as_(village.rosa)
    one = _queries(app, rosa, "letters/posted")
    first = 1_000
    with books.backend.session() as session:
        for number in range(BUNDLES_A_PAGE):
            values = {"bank_id": village.angus.id, "id": first + number, "code": f"B{number:07}"}
            by = {"printed_by": village.ada.membership_id, "posted_by": village.linus.membership_id}
            session.add(LetterBundle(**values, **by, printed_at=NOW, posted_at=NOW))
        session.commit()
    assert len(_queries(app, rosa, "letters/posted")) == len(one)
    page = rosa.get("letters/posted")
    assert "1 letter" in page
    older = rosa.get(page.links["Older ones"])
    assert older.html.count("Made ready on") == 1
    assert "Older ones" not in older.links
