import pytest

from tests.people import PASSWORD


def test_a_member_changes_what_others_read_about_them(as_, village, books):
    ada = as_(village.ada)
    typed = {"name": "Ada Lovat", "phone": "01632 960 888", "email": "", "about": "Dogs & gardens.\nRing me."}
    page = ada.done(ada.get("profile"), "Keep these changes", **typed)
    assert "Your page is changed." in page
    assert page.form_with("Keep these changes").fields["phone"] == ["+441632960888"]
    renamed = books.member_called("Ada Lovat")
    assert renamed.code == village.ada.code
    assert "Dogs & gardens. Ring me." in as_(village.grace).get(f"members/{village.ada.code}")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Type the name."),
        ({"phone": "", "email": ""}, "Give a phone number or an e-mail. One of them is enough."),
        ({"phone": "ring twice"}, "Type the phone number with its area code, such as 01382 000 000."),
        ({"email": "ada"}, "Type the e-mail with an @ in it, such as ada@example.org."),
        ({"about": "w" * 2001}, "Say it in 2,000 letters or fewer."),
    ],
)
def test_what_is_not_whole_is_refused_and_kept_as_typed(typed, sentence, as_, village, books):
    ada = as_(village.ada)
    page = ada.submit(ada.get("profile"), "Keep these changes", **typed)
    assert page.status == 200
    assert sentence in page
    form = page.form_with("Keep these changes")
    assert {name: form.fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert books.ask("SELECT email FROM person WHERE name = 'Ada Lamont'")[0].email == "ada@example.org"


def test_a_member_signs_out_everywhere_else(as_, village):
    here, elsewhere, neighbour = as_(village.ada), as_(village.ada), as_(village.grace)
    page = here.get("profile")
    assert page.words.count("Since 21 Nov, 10:00") == 2
    page = here.done(page, "Sign out on every other device")
    assert "You are signed out on every other device." in page
    assert page.words.count("Since 21 Nov, 10:00") == 1
    assert elsewhere.get("hours").to.startswith("/angus/sign-in")
    assert neighbour.get("hours").status == 200


def test_changing_ones_page_changes_no_password_and_no_number(as_, visitor, village):
    ada = as_(village.ada)
    ada.done(ada.get("profile"), "Keep these changes", about="New words")
    assert "Hello, Ada" in visitor.done(visitor.get("sign-in"), who=village.ada.number, password=PASSWORD)
