import pytest

from tests.people import join

TYPED = {"name": "Sam Reid", "phone": "01632 960 321", "email": "", "is_adult": "y", "how": "phone"}


def test_a_name_and_a_phone_number_are_enough(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get(rosa.get("members").links["Write down an application"])
    page = rosa.done(page, **TYPED | {"name": "  Sam   Reid "})
    assert page.title.startswith("Sam Reid")
    assert "Phone +441632960321" in page
    assert "E-mail none" in page
    assert "Agreed to what we keep on the phone, 21 Nov, 10:00" in page
    assert "Rosa Lindsay wrote down the application" in page
    assert "Next: talk with Sam" in page
    assert books.count("person") == 9
    row = books.ask("SELECT stage, notice_agreed, recorded_by FROM application")[0]
    assert tuple(row) == ("applied", "phone", village.rosa.membership_id)


def test_the_notice_is_there_to_be_read_out(as_, village):
    page = as_(village.rosa).get("applications/new")
    assert "Angus Time Bank keeps your name" in page
    assert "Read this to them" in page
    assert page.form.choices["how"] == ["phone", "paper", "in_person"]


def test_sending_the_form_twice_makes_one_application(as_, village, books):
    rosa = as_(village.rosa)
    page = rosa.get("applications/new")
    first, second = rosa.submit(page, **TYPED), rosa.submit(page, **TYPED)
    assert (first.status, first.to) == (second.status, second.to)
    assert first.to.startswith("/angus/applications/")
    assert books.count("application") == 1
    refused = rosa.submit(page, **TYPED | {"name": "Somebody Else"})
    assert "You sent this already, with other words." in refused
    assert books.count("application") == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Type the name."),
        ({"name": "   "}, "Type the name."),
        ({"name": "S" * 81}, "That is too long for a name."),
        ({"phone": ""}, "Give a phone number or an e-mail. One of them is enough."),
        ({"phone": "ring twice"}, "Type the phone number with its area code"),
        ({"phone": "12"}, "Type the phone number with its area code"),
        ({"phone": "", "email": "sam at home"}, "Type the e-mail with an @ in it"),
        ({"phone": "", "email": "@example.org"}, "Type the e-mail with an @ in it"),
        ({"about": "w" * 2001}, "Say it in 2,000 letters or fewer."),
        ({"is_adult": []}, "Tick this if it is so: people join from the age of 18."),
        ({"how": []}, "Choose how they agreed. Read it to them first."),
        ({"how": "online"}, "Not a valid choice"),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, as_, village, books):
    rosa = as_(village.rosa)
    said = TYPED | typed
    page = rosa.submit(rosa.get("applications/new"), **said)
    assert page.status == 200
    assert sentence in page
    assert {name: page.form.fields.get(name) for name in ("name", "phone", "email")} == {
        name: [said[name]] for name in ("name", "phone", "email")
    }
    assert books.count("application") == 0


def test_a_number_without_its_country_code_is_the_banks_own(as_, village, books):
    with books.backend.owner_session() as session:
        session.merge(village.angus).phone_country = "DE"
        session.commit()
    rosa = as_(village.rosa)
    assert "Phone +4930901820" in rosa.done(rosa.get("applications/new"), **TYPED | {"phone": "030 901820"})


def test_who_wrote_it_down_is_on_record(as_, village, books):
    rosa = as_(village.rosa)
    rosa.done(rosa.get("applications/new"), **TYPED)
    rows = books.ask("SELECT done_by FROM trail WHERE deed = 'application.apply'")
    assert [row.done_by for row in rows] == [village.rosa.membership_id]


def test_the_banks_areas_are_there_to_choose_and_no_other_banks(as_, village, books):
    assert "area" not in as_(village.rosa).get("applications/new").form.names
    kirrie, _forfar = books.areas("Kirrie", "Forfar")
    books.areas("Scone", bank=village.perth)
    rosa = as_(village.rosa)
    page = rosa.get("applications/new")
    assert "Kirrie" in page.html
    assert "Scone" not in page.html
    assert "Area Kirrie" in rosa.done(page, **TYPED | {"area": str(kirrie)})


def test_an_e_mail_may_be_shared_in_a_household_and_a_broker_is_told(as_, village, books):
    with books.backend.session() as session:
        join(session, village.angus, "Byron Lamont")
        session.commit()
    rosa = as_(village.rosa)
    page = rosa.done(rosa.get("applications/new"), **TYPED | {"phone": "", "email": "ada@example.org"})
    assert "It may be the same person, or one household." in page
    assert "Ada Lamont" in page.links
    assert "Byron Lamont" not in page.links
