import pytest

from timebank.bookkeeping.queries import get_account_of_kind
from timebank.joining.rules import Agreed
from timebank.ledger.accounts import AccountKind


def test_a_broker_takes_somebody_in_in_one_sitting(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"applications/{books.application(agreed=Agreed.ONLINE)}")
    assert "Sam Reid applied on the site" in page
    page = rosa.done(page, "We have talked", words="Likes dogs")
    assert "2 people are to be asked." in page
    page = rosa.done(page, "Keep this reference", referee="Jean Shaw", words="Her neighbour")
    assert "One more person is to be asked." in page
    page = rosa.done(page, "Keep this reference", referee="Bill Kerr", words="They sing together")
    page = rosa.done(page, "They know how it works", words="")
    page = rosa.done(page, "Take in")
    assert "Sam Reid is a member now. Print a sign-in code if they want one." in page
    sam = books.member_called("Sam Reid")
    assert page.path == f"/angus/members/{sam.code[:4]}-{sam.code[4:]}"
    assert page.has_button("Make a sign-in code")
    assert {role.value for role in sam.roles} == {"member"}
    assert books.are_right()


def test_an_application_shows_each_step_with_who_took_it_when_and_its_notes(as_, village, books):
    page = as_(village.mary).get(f"applications/{books.application(steps=3)}")
    assert "Rosa Lindsay talked with them “Likes dogs” 21 Nov, 10:00" in page
    assert "Rosa Lindsay took a reference from Jean Shaw “Her neighbour for ten years”" in page
    assert page.words.index("Jean Shaw") < page.words.index("Bill Kerr")


def test_welcome_hours_come_from_the_pot_and_nothing_is_minted(as_, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).welcome_minutes = 120
        session.commit()
        pot_id = get_account_of_kind(session, village.angus.id, AccountKind.POT)
    rosa = as_(village.rosa)
    page = rosa.get(f"applications/{books.application(steps=4)}")
    assert "with 2 hours of welcome from the community pot" in page
    assert "the hours come once a second person has looked" in page
    rosa.done(page, "Take in")
    assert books.balance(books.member_called("Sam Reid")) == 0
    mary = as_(village.mary)
    page = mary.get(mary.get("desk").links["Welcome hours for Sam Reid"])
    assert "Rosa Lindsay alone took Sam in." in page
    assert "I have looked" not in rosa.get(page.path)
    mary.done(page, "I have looked: give the hours")
    sam = books.member_called("Sam Reid")
    pot = books.ask("SELECT balance FROM account WHERE id = :id", id=pot_id)[0].balance
    assert (books.balance(sam), pot) == (120, -120)
    assert [row.recorded_by for row in books.ask("SELECT recorded_by FROM entry")] == [village.mary.membership_id]
    assert books.are_right()


def test_taking_in_twice_makes_one_member(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"applications/{books.application(steps=4)}")
    first, second = rosa.submit(page, "Take in"), rosa.submit(page, "Take in")
    assert first.status == second.status == 303
    assert first.to == second.to
    assert books.ask("SELECT count(*) FROM person WHERE name = 'Sam Reid'")[0][0] == 1


def test_a_step_sent_twice_is_taken_once(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(f"applications/{books.application(steps=1)}")
    for _ in range(2):
        rosa.done(page, "Keep this reference", referee="Jean Shaw", words="Her neighbour")
    assert books.count("application_step") == 3


@pytest.mark.parametrize(
    ("steps", "button", "typed", "sentence"),
    [
        (0, "We have talked", {"words": " "}, "Write a few words about the talk."),
        (0, "We have talked", {"words": "w" * 2001}, "Say it in 2,000 letters or fewer."),
        (1, "Keep this reference", {"referee": "", "words": "Her neighbour"}, "Type their name."),
        (1, "Keep this reference", {"referee": "Jean Shaw", "words": ""}, "Write how they know the person."),
        (1, "Keep this reference", {"referee": "J" * 81, "words": "Long"}, "That is too long for a name."),
        (2, "Keep this reference", {"referee": "jean  SHAW", "words": "Again"}, "has given a reference already"),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(steps, button, typed, sentence, as_, village, books):
    rosa = as_(village.rosa)
    code = books.application(steps=steps)
    page = rosa.submit(rosa.get(f"applications/{code}"), button, **typed)
    assert page.status == 200
    assert sentence in page
    form = page.form_with(button)
    assert {name: form.fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert books.count("application_step") == steps + 1


def test_a_step_that_another_broker_took_meanwhile_is_shown_and_not_taken_again(as_, village, books):
    rosa, mary = as_(village.rosa), as_(village.mary)
    code = books.application()
    old = mary.get(f"applications/{code}")
    rosa.done(rosa.get(f"applications/{code}"), "We have talked", words="Likes dogs")
    page = mary.done(old, "We have talked", words="Likes cats")
    assert "Another step comes first. Here is how the application stands now." in page
    assert page.has_button("Keep this reference")
    page = mary.submit(old, "We have talked", words="")
    assert page.form_with("Keep this reference").fields["words"] == [""]
    assert books.count("application_step") == 2


def test_somebody_who_is_not_taken_in_is_kept_with_the_reason(as_, village, books):
    rosa = as_(village.rosa)
    code = books.application(steps=2)
    page = rosa.get(rosa.get(f"applications/{code}").links["We cannot take them in"])
    refused = rosa.submit(page, words="")
    assert "Say why." in refused
    page = rosa.done(page, words="Lives too far away")
    assert "not taken in" in page
    assert "Rosa Lindsay could not take them in “Lives too far away”" in page
    assert not page.has_button("Keep this reference")
    for ending in ("refusal", "withdrawal"):
        assert rosa.get(f"applications/{code}/{ending}").to == f"/angus/applications/{code}"
    assert books.ask("SELECT stage FROM application")[0].stage == "declined"


def test_somebody_changes_their_mind(as_, village, books):
    rosa = as_(village.rosa)
    code = books.application()
    page = rosa.get(rosa.get(f"applications/{code}").links["They changed their mind"])
    twice = [rosa.submit(page, words="").to for _ in range(2)]
    assert twice == [f"/angus/applications/{code}"] * 2
    assert "changed their mind" in rosa.get(twice[0])
    assert books.count("application_step") == 2


def test_nobody_handles_their_own_application(as_, village, books):
    code = books.application("R. Lindsay", phone=None, email="rosa@example.org", agreed=Agreed.ONLINE)
    rosa = as_(village.rosa)
    page = rosa.get(f"applications/{code}")
    assert "Another broker takes it from here." in page
    assert not page.has_button("We have talked")
    page = rosa.post(f"applications/{code}/interview", form_key="own", words="I like me")
    assert "Another broker takes it from here." in page
    page = rosa.post(f"applications/{code}/refusal", form_key="own", words="Not me")
    assert "Another broker takes it from here." in page
    assert books.count("application_step") == 1
    assert as_(village.mary).get(f"applications/{code}").has_button("We have talked")


def test_a_broker_is_told_who_is_known_already_and_how_they_stand(as_, village, books):
    books.stands(village.grace, "left")
    code = books.application("Grace Okafor")
    page = as_(village.rosa).get(f"applications/{code}")
    assert f"Grace Okafor number {village.grace.number} has left" in page
    assert "Somebody who left comes back on their own page, with their old hours." in page
    assert "Do we know them?" not in as_(village.rosa).get(f"applications/{books.application()}")


@pytest.mark.parametrize("name", ["ada", "tom", "audrey"])
def test_what_brokers_keep_is_for_brokers_and_coordinators_only(name, as_, village, books):
    browser = as_(getattr(village, name))
    code = books.application(steps=2)
    for path in ("applications", f"applications/{code}", f"applications/{code}/refusal"):
        page = browser.get(path)
        assert page.status == 403
        assert "Likes dogs" not in page.html


def test_an_application_that_is_not_there_is_not_found(as_, village, books):
    rosa = as_(village.rosa)
    for path in ("", "/refusal", "/withdrawal"):
        assert rosa.get(f"applications/AAAA-AAAA{path}").status == 404
    for path in ("interview", "references", "induction", "membership"):
        assert rosa.post(f"applications/AAAA-AAAA/{path}").status == 404
        assert as_(village.perdita).post(f"/angus/applications/{books.application()}/{path}").status == 404
