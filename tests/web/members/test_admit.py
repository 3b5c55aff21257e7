import pytest

from timebank.bookkeeping.queries import get_account_of_kind
from timebank.ledger.accounts import AccountKind


def test_a_name_and_a_phone_number_are_enough(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get("members/new"), name="  Sam   Reid ", phone="01632 960 321", email="")
    assert "Sam Reid is a member now. Print a sign-in code if they want one." in page
    sam = books.member_called("Sam Reid")
    assert "Phone +441632960321" in page
    assert "E-mail none" in page
    assert sam.number > village.audrey.number
    assert {role.value for role in sam.roles} == {"member"}


def test_welcome_hours_come_from_the_pot_and_nothing_is_minted(as_, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).welcome_minutes = 120
        session.commit()
        pot_id = get_account_of_kind(session, village.angus.id, AccountKind.POT)
    rosa = as_(village.rosa)
    rosa.done(rosa.get("members/new"), name="Sam Reid", phone="01632 960 321", email="")
    sam = books.member_called("Sam Reid")
    pot = books.ask("SELECT balance FROM account WHERE id = :id", id=pot_id)[0].balance
    assert (books.balance(sam), pot) == (120, -120)
    entry = books.ask("SELECT recorded_by FROM entry")
    assert [row.recorded_by for row in entry] == [village.rosa.membership_id]
    assert books.are_right()


def test_sending_the_form_twice_makes_one_person(as_, village, books):
    before = books.count("person")
    rosa = as_(village.rosa)
    page = rosa.get("members/new")
    typed = {"name": "Sam Reid", "phone": "01632 960 321", "email": ""}
    first, second = rosa.submit(page, **typed), rosa.submit(page, **typed)
    assert (first.status, first.to) == (second.status, second.to)
    assert first.to.startswith("/angus/members/")
    assert books.count("person") == before + 1
    refused = rosa.submit(page, **typed | {"name": "Somebody Else"})
    assert "You sent this already, with other words." in refused
    assert books.count("person") == before + 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "phone": "01632 960 321", "email": ""}, "Type the name."),
        ({"name": "   ", "phone": "01632 960 321", "email": ""}, "Type the name."),
        ({"name": "S" * 81, "phone": "01632 960 321", "email": ""}, "That is too long for a name."),
        ({"name": "Sam Reid", "phone": "", "email": ""}, "Give a phone number or an e-mail. One of them is enough."),
        ({"name": "Sam Reid", "phone": "ring twice", "email": ""}, "Type the phone number with its area code"),
        ({"name": "Sam Reid", "phone": "12", "email": ""}, "Type the phone number with its area code"),
        ({"name": "Sam Reid", "phone": "", "email": "sam at home"}, "Type the e-mail with an @ in it"),
        ({"name": "Sam Reid", "phone": "", "email": "@example.org"}, "Type the e-mail with an @ in it"),
    ],
)
def test_what_is_not_whole_is_refused_and_kept_as_typed(typed, sentence, as_, village, books):
    before = books.count("person")
    rosa = as_(village.rosa)
    page = rosa.submit(rosa.get("members/new"), **typed)
    assert page.status == 200
    assert sentence in page
    assert {name: page.form.fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert books.count("person") == before


def test_an_e_mail_may_be_shared_in_a_household(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get("members/new"), name="Byron Lamont", phone="", email="ada@example.org")
    assert "Byron Lamont is a member now." in page
    assert books.ask("SELECT count(*) FROM person WHERE email = 'ada@example.org'")[0][0] == 2


def test_who_took_somebody_in_and_when_is_on_record(as_, village, books):
    rosa = as_(village.rosa)
    rosa.done(rosa.get("members/new"), name="Sam Reid", phone="01632 960 321", email="")
    sam = books.member_called("Sam Reid")
    rows = books.ask("SELECT done_by FROM trail WHERE subject = :subject", subject=f"member:{sam.code}")
    assert [row.done_by for row in rows] == [village.rosa.membership_id]
