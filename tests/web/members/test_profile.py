import pytest

from tests.people import NOW, PASSWORD
from timebank.banks.models import Area
from timebank.members.models import Person
from timebank.signing_in.sent_codes import code_of


def test_a_member_changes_what_others_read_about_them(as_, village, books):
    ada = as_(village.ada)
    typed = {"name": "Ada Lovat", "phone": "01632 960 888", "email": "", "about": "Dogs & gardens.\nRing me."}
    typed["present"] = PASSWORD
    page = ada.done(ada.get("profile"), "Keep these changes", **typed)
    assert "Your page is changed." in page
    assert page.form_with("Keep these changes").fields["phone"] == ["+441632960888"]
    renamed = books.member_called("Ada Lovat")
    assert renamed.code == village.ada.code
    assert "Dogs & gardens. Ring me." in as_(village.grace).get(f"members/{village.ada.code}")


def test_signs_that_turn_a_page_round_or_hide_in_a_name_are_left_at_the_door(as_, village, books):
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", name="A\u202eda \u200bمحمّد\u2069", about="Dogs\u2066")
    query = "SELECT p.name, m.about FROM person p JOIN membership m ON m.person_id = p.id WHERE m.code = :code"
    assert [tuple(row) for row in books.ask(query, code=village.ada.code)] == [("Ada محمّد", "Dogs")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Type the name."),
        ({"name": "\u200d"}, "Type the name."),
        ({"phone": "01632 960888 ext 5"}, "We keep a number without its extension."),
        ({"phone": "", "email": ""}, "Give a phone number or an e-mail. One of them is enough."),
        ({"phone": "ring twice"}, "Type the phone number with its area code, such as 0121 234 5678."),
        ({"email": "ada"}, "Type the e-mail with an @ in it, such as ada@example.org."),
        ({"about": "w" * 2001}, "Say it in 2,000 letters or fewer."),
    ],
)
def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(typed, sentence, as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get("profile"), "Keep these changes", **typed)
    assert page.status == 200
    assert sentence in page
    form = page.form_with("Keep these changes")
    assert {name: form.fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert books.ask("SELECT email FROM person WHERE name = 'Ada Lamont'")[0].email == "ada@example.org"


@pytest.fixture
def email_fails(books, village):
    """Nothing reaches Ada's e-mail any more."""
    with books.backend.session() as session:
        session.get_one(Person, village.ada.person_id).email_failed_at = NOW
        session.commit()


@pytest.fixture
def _site_sends_mail(app, monkeypatch):
    monkeypatch.setitem(app.config, "SENDS_MAIL", True)  # noqa: FBT003 (a setting)


def test_who_gets_nothing_by_e_mail_reads_it_at_home_and_on_their_page(as_, village, email_fails):
    ada = as_(village.ada)
    home = ada.get()
    assert "What we sent to your e-mail came back, so we send nothing there." in home
    page = ada.get(home.links["Look whether it is right"])
    assert "What we sent to ada@example.org came back, so we send nothing there." in page
    assert "What we sent" not in as_(village.grace).get()


@pytest.mark.usefixtures("_site_sends_mail")
def test_who_types_a_code_that_was_sent_there_is_written_to_again(as_, village, books, email_fails):
    ada = as_(village.ada)
    page = ada.get(ada.get("profile").links["It is right: have a code sent there"])
    assert "What we sent there came back. If a code arrives now and you type it, we write to you again." in page
    assert "We know that it is yours." not in page
    page = ada.done(page, "Send me a code")
    [row] = books.ask("SELECT id FROM sign_in_code WHERE person_id = :person", person=village.ada.person_id)
    with books.backend.session() as session:
        code = code_of(session, row.id, "ada@example.org")
    assert "came back" not in ada.done(page, "It is mine", code=code)
    assert "came back" not in ada.get()


def test_a_broker_reads_on_their_page_whom_no_e_mail_reaches(as_, village, email_fails):
    sentence = "no e-mail reaches them there"
    rosa = as_(village.rosa)
    assert sentence in rosa.get(f"members/{village.ada.code}")
    assert sentence not in rosa.get(f"members/{village.grace.code}")
    assert sentence not in as_(village.grace).get(f"members/{village.ada.code}")


def test_a_member_signs_out_everywhere_else(as_, village):
    here, elsewhere, neighbour = as_(village.ada), as_(village.ada), as_(village.grace)
    page = here.get("profile")
    assert page.words.count("Since 21 Nov, 10:00") == 2
    page = here.done(page, "Sign out on every other device")
    assert "You are signed out on every other device." in page
    assert page.words.count("Since 21 Nov, 10:00") == 1
    assert elsewhere.get("hours").to.startswith("/angus/sign-in")
    assert neighbour.get("hours").status == 200


@pytest.mark.parametrize("present", ["", "not-my-kettle"])
def test_an_unlocked_phone_changes_no_contact(present, as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get("profile"), "Keep these changes", email="thief@example.org", present=present)
    assert "That is not the password with which you sign in now." in page
    assert page.form_with("Keep these changes").fields["email"] == ["thief@example.org"]
    assert books.ask("SELECT email FROM person WHERE name = 'Ada Lamont'")[0].email == "ada@example.org"


def test_a_changed_contact_says_that_it_is_to_be_proved(as_, village):
    ada = as_(village.ada)
    page = ada.done(ada.get("profile"), "Keep these changes", email="ada@new.example", present=PASSWORD)
    assert "You cannot sign in with ada@new.example yet." in page
    rosa = as_(village.rosa)
    path = f"members/{village.ada.code}"
    page = rosa.get(rosa.get(path).links["It is theirs"])
    assert "Write down how you know." in rosa.submit(page)
    page = rosa.done(page, evidence="She wrote to me from it")
    assert "Ada Lamont can sign in with it now." in page
    assert "cannot sign in with it yet" not in page


def test_changing_ones_page_changes_no_password_and_no_number(as_, visitor, village):
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", about="New words")
    assert "Hello, Ada" in visitor.done(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)


def _kept(books, actor):
    query = "SELECT area_id, shows_phone, shows_email FROM membership WHERE id = :id"
    row = books.ask(query, id=actor.membership_id)[0]
    return row.area_id, bool(row.shows_phone), bool(row.shows_email)


def test_a_member_says_where_they_live_and_what_they_show(as_, village, books):
    kirrie, _forfar = books.areas("Kirrie", "Forfar")
    ada = as_(village.ada)
    page = ada.get("profile")
    assert "Only that person sees it, so that you can find each other." in page
    page = ada.done(page, "Keep these changes", area=str(kirrie), shows_phone="y")
    assert _kept(books, village.ada) == (kirrie, True, False)
    form = page.form_with("Keep these changes")
    assert (form.fields["area"], form.fields["shows_phone"]) == ([str(kirrie)], ["y"])
    assert "Lives in: Kirrie" in as_(village.grace).get(f"members/{village.ada.code}")
    page = ada.done(page, "Keep these changes", area="", shows_phone=[])
    assert _kept(books, village.ada) == (None, False, False)


def test_an_area_that_was_closed_stays_with_who_has_it_and_is_offered_to_nobody_else(as_, village, books):
    kirrie, _forfar = books.areas("Kirrie", "Forfar")
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", area=str(kirrie))
    with books.backend.owner_session() as session:
        session.get_one(Area, (village.angus.id, kirrie)).closed_at = NOW
        session.commit()
    assert "Kirrie" not in as_(village.grace).get("profile").html
    ada.done(ada.get("profile"), "Keep these changes", about="New words")
    assert _kept(books, village.ada)[0] == kirrie


def test_another_banks_area_is_not_taken(as_, village, books):
    (scone,) = books.areas("Scone", bank=village.perth)
    books.areas("Kirrie")
    ada = as_(village.ada)
    page = ada.submit(ada.get("profile"), "Keep these changes", area=str(scone))
    assert page.status == 200
    assert _kept(books, village.ada)[0] is None


def test_what_a_member_shows_is_no_news_to_who_agreed_nothing_with_them(as_, village, books):
    books.change_person(village.ada, phone="+441632960888", phone_is_proved=True)
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", shows_phone="y", shows_email="y")
    page = as_(village.grace).get(f"members/{village.ada.code}")
    for private in ("960888", "ada@example.org"):
        assert private not in page.html


def test_a_second_change_from_the_same_page_is_kept_too(as_, village):
    """Saved, back, a word put right, saved again."""
    ada = as_(village.ada)
    page = ada.get("profile")
    ada.done(page, "Keep these changes", about="I mend laps")
    ada.done(page, "Keep these changes", about="I mend lamps")
    assert "I mend lamps" in ada.client.get("/angus/profile").text
