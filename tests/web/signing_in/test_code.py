from datetime import timedelta

from tests.people import NOW
from timebank.codes import spoken
from timebank.signing_in.rules import TRIES_PER_ACCOUNT

DOES_NOT_FIT = "This code does not work. Look at each letter once more: there are 12."


def test_a_printed_code_lets_in_and_leads_to_choosing_a_password(visitor, village, books):
    code = books.sign_in_code(village.ada)
    page = visitor.done(visitor.get("sign-in/code"), code=spoken(code))
    assert page.path == "/angus/password"
    assert f"your member number, {village.ada.number}" in page
    assert "Hello, Ada" in visitor.get()


def test_a_code_is_understood_however_it_is_typed(visitor, village, books):
    code = books.sign_in_code(village.ada)
    typed = spoken(code).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert visitor.done(visitor.get("sign-in/code"), code=typed).path == "/angus/password"


def test_a_code_works_once(app, visitor, as_, village, books):
    code = books.sign_in_code(village.ada)
    visitor.done(visitor.get("sign-in/code"), code=code)
    second = as_(None)
    page = second.submit(second.get("sign-in/code"), code=code)
    assert DOES_NOT_FIT in page
    assert page.to is None
    assert books.count("login_session") == 1


def test_a_code_works_up_to_its_fourteenth_day(visitor, village, books, clock):
    code = books.sign_in_code(village.ada)
    clock.move_to(NOW + timedelta(days=14, seconds=-1))
    assert visitor.submit(visitor.get("sign-in/code"), code=code).status == 303


def test_a_code_is_refused_once_it_is_too_old(visitor, village, books, clock):
    code = books.sign_in_code(village.ada)
    clock.move_to(NOW + timedelta(days=14))
    page = visitor.submit(visitor.get("sign-in/code"), code=code)
    assert DOES_NOT_FIT in page
    assert page.form.fields["code"] == [code]
    assert books.count("login_session") == 0


def test_a_new_code_ends_the_one_before(visitor, village, books):
    first, second = books.sign_in_code(village.ada), books.sign_in_code(village.ada)
    assert DOES_NOT_FIT in visitor.submit(visitor.get("sign-in/code"), code=first)
    assert visitor.submit(visitor.get("sign-in/code"), code=second).status == 303


def test_a_code_of_another_bank_does_not_work_here(visitor, village, books):
    code = books.sign_in_code(village.perdita)
    assert DOES_NOT_FIT in visitor.submit(visitor.get("sign-in/code"), code=code)


def test_opening_the_link_with_a_code_changes_nothing_and_its_button_signs_in(visitor, village, books):
    code = books.sign_in_code(village.ada)
    for _ in range(2):
        page = visitor.get(f"sign-in/code?code={code}")
        assert page.status == 200
        assert page.form.fields["code"] == [code]
    assert books.ask("SELECT used_at FROM sign_in_code")[0].used_at is None
    assert books.count("login_session") == 0
    assert visitor.get("hours").to.startswith("/angus/sign-in")
    assert visitor.done(page).path == "/angus/password"


def test_wrong_codes_typed_at_one_address_keep_nobody_out_at_another(visitor, as_, village, books):
    for number in range(TRIES_PER_ACCOUNT):
        visitor.submit(visitor.get("sign-in/code"), code=f"WRONG{number}")
    code, other = books.sign_in_code(village.grace), as_(None)
    form = other.get("sign-in/code").form
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    answer = other.client.post(form.action, data=form.filled({"code": code}), environ_base=elsewhere)
    assert answer.headers["Location"] == "/angus/password"


def test_no_code_typed_says_what_to_type(visitor, village):
    assert "Type the code." in visitor.submit(visitor.get("sign-in/code"), code="")


def test_a_code_is_kept_as_a_digest_only(village, books):
    code = books.sign_in_code(village.ada)
    kept = books.ask("SELECT code_digest FROM sign_in_code")
    assert code.encode() not in bytes(kept[0].code_digest)
