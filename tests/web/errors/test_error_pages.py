import pytest

from tests.web.pages import cast
from timebank.codes import spoken

PHONE = "Need a hand? Ring Mary Duncan, your coordinator, on 01632 960 001"


def test_an_exchange_that_is_not_there_is_told_in_plain_words_with_the_phone_number(as_, village):
    page = as_(village.ada).get("exchanges/AAAA-AAAA")
    assert page.status == 404
    assert "There is no such page" in page.title
    assert "Perhaps the address has a slip in it, or it belongs to another time bank." in page
    assert PHONE in page
    assert page.links["Home"] == "/angus/"


def test_a_bank_that_is_not_there_is_not_found(visitor, village):
    page = visitor.get("/dundee/")
    assert page.status == 404
    assert "There is no such page" in page.title


def test_what_a_role_does_not_open_is_told_in_plain_words(as_, village):
    page = as_(village.ada).get("desk")
    assert page.status == 403
    assert "Your role does not let you see this page. If you think it should, ring us." in page
    assert PHONE in page


def test_a_wrong_method_gets_a_page_in_plain_words(as_, village, books):
    page = as_(village.grace).get(f"exchanges/{books.propose(village.ada, village.grace)}/acceptance")
    assert page.status == 405
    assert "Go back and use the button on the page." in page


def test_a_form_without_its_token_gets_a_page_in_plain_words(as_, village, books):
    code = books.recorded(village.ada, village.grace)
    page = as_(village.grace).post_bare(f"exchanges/{code}/confirmation")
    assert page.status == 400
    assert "Go back, load the page anew and try once more. No hours have moved." in page
    assert books.state(code) == "recorded"


def test_a_form_that_is_far_too_large_gets_a_page_in_plain_words(as_, village, books):
    page = as_(village.ada).post("profile", name="Ada", phone="", email="ada@example.org", about="a" * 300_000)
    assert page.status == 413
    assert "What you sent is larger than we can take. Try with fewer words, or a smaller file." in page


def test_the_phone_number_stands_on_the_page_of_every_error_within_a_bank(as_, village, books):
    grace, code = as_(village.grace), books.recorded(village.ada, village.grace)
    pages = [grace.get("nowhere/at/all"), grace.post_bare("profile"), grace.get(f"exchanges/{code}/acceptance")]
    assert [page.status for page in pages] == [404, 400, 405]
    for page in pages:
        assert PHONE in page


@pytest.mark.parametrize(
    "path",
    [
        "hours?below=99999999999999999999999",
        "hours?below=-99999999999999999999999",
        "hours?month=0001-01",
        "hours?month=9999-12",
        "hours?month=%00",
        "exchanges?below=99999999999999999999999",
        "members?page=99999999999999999999",
        "members?words=%00",
        "help/record/giver?with=nobody",
        "sign-in/code?code=%00",
    ],
)
def test_no_address_however_odd_breaks_a_page(path, as_, village, books):
    books.confirmed(village.rosa, village.grace)
    assert as_(village.rosa).get(path).status == 200


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("help/record/giver", {"words": "\x00"}),
        ("help/record/giver", {"person": "a\x00b"}),
        ("help/record/giver", {"words": "\u0663"}),
        ("applications/new", {"name": "\x00", "phone": "01632 960 321"}),
        ("join", {"name": "Sam", "phone": "", "email": "sam\x00@example.org\x00 ", "is_adult": "y", "agrees": "y"}),
        ("join", {"name": "\ufb03" * 80, "phone": "01632 960 321", "is_adult": "y", "agrees": "y"}),
        ("profile", {"name": "Rosa", "phone": "01632 960 321", "about": "a\x00b"}),
        ("password", {"password": "\x00\x00\x00"}),
    ],
)
def test_nothing_typed_however_odd_breaks_a_page(path, typed, as_, village):
    assert as_(village.rosa).post(path, **typed).status in {200, 303}


def test_a_page_that_breaks_says_that_nothing_moved_and_shows_nothing_of_the_inside(as_, village, backend):
    with backend.owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE draft RENAME TO draft_away")
    try:
        page = as_(village.ada).get("drafts/AAAA-AAAA/what")
    finally:
        with backend.owner.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE draft_away RENAME TO draft")
    assert page.status in {500, 503}
    assert "o hours have moved" in page
    for inside in ("draft.", "table", "sqlalchemy", "SELECT", "Traceback"):
        assert inside not in page.html


def _pages(books):
    """Addresses of every kind of page, those of errors among them."""
    village = books.village
    recorded, disputed = books.recorded(village.ada, village.grace), books.disputed(village.ada, village.grace)
    confirmed = books.confirmed(village.ada, village.grace, what="<script>alert(1)</script>")
    reversal = books.reversal(confirmed, by=village.clara, reason="<b onclick=x>twice</b>")
    exchanges = [f"exchanges/{code}" for code in (recorded, disputed, confirmed)]
    deeds = [f"exchanges/{recorded}/{deed}" for deed in ("confirmation", "dispute", "done", "acceptance")]
    deeds += [f"exchanges/{disputed}/agreement", f"exchanges/{disputed}/decision"]
    people = [f"members/{spoken(village.grace.code)}{page}" for page in ("", "/hours", "/hours.csv", "/roles")]
    rest = [
        "",
        "hours",
        "hours?shows=given&month=2026-11",
        "exchanges",
        "desk",
        "members",
        "applications",
        "join",
        "profile",
    ]
    rest += ["password", "sign-in", "sign-in/code", "sign-in/help", "help/record/giver", "help/propose/receiver"]
    return [*exchanges, *deeds, *people, *rest, f"reversals/{reversal}", "nowhere", "/", "/nowhere/", "/styleguide"]


@pytest.mark.parametrize("column", ["anonymous", "took part", "broker", "coordinator", "trustee", "auditor"])
def test_no_page_holds_a_style_or_script_of_its_own_and_each_forbids_them(column, as_, books):
    browser = as_(cast(books.village)[column])
    for path in _pages(books):
        page = browser.get(path)
        policy = page.answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.answer.headers["X-Content-Type-Options"] == "nosniff"
        assert page.answer.headers["Referrer-Policy"] == "same-origin"
        assert page.answer.headers["Cache-Control"] == "no-store"
        assert page.status in {200, 302, 303, 403, 404, 405}, page
        for tag, said in page.tags:
            assert tag != "style", path
            assert tag != "script" or "src" in said, path
            assert not [name for name in said if name == "style" or name.startswith("on")], (path, tag, said)
            assert not said.get("href", "").startswith("javascript:"), path


def test_no_page_loads_anything_from_elsewhere(as_, books):
    browser = as_(books.village.mary)
    for path in _pages(books):
        for tag, said in browser.get(path).tags:
            loaded = said.get("src") or (said.get("href") if tag == "link" else None) or "/static/"
            assert loaded.startswith("/static/"), (path, tag, said)


def test_files_carry_the_headers_and_may_be_kept(visitor, village):
    page = visitor.get("/angus/sign-in")
    sheet = next(said["href"] for tag, said in page.tags if tag == "link" and said["rel"] == "stylesheet")
    answer = visitor.client.get(sheet)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_what_people_type_is_shown_as_they_typed_it_and_runs_nothing(as_, village, books):
    words = "<script>alert('help')</script> & \"tea\""
    code = books.confirmed(village.ada, village.grace, what=words)
    for path in (f"exchanges/{code}", "hours", "exchanges", "", f"exchanges/{code}/done"):
        page = as_(village.grace).get(path)
        assert words in page
        assert "<script>alert" not in page.html
