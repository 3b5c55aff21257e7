"""`timebank init`: from nothing to a bank whose coordinator can sign in, in one command."""

import re
import stat

import pytest

from tests.cli.conftest import ANSWERS
from timebank.actors import Role
from timebank.app import create_app

LINK = re.compile(r"http://\S+")


def _links(result):
    return LINK.findall(result.output)


def _path(link):
    return "/" + link.split("/", 3)[3]


def _fields(page):
    """What a browser would send back from the page's form."""
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.get_data(as_text=True)))


@pytest.fixture
def browser(installation):
    """Opens addresses of the site that was set up."""
    apps = []

    def start():
        app = create_app(installation.settings)
        apps.append(app)
        return app.test_client()

    yield start
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def test_init_asks_nothing_where_all_is_told(installation):
    result = installation.timebank("init", *ANSWERS)
    assert result.exit_code == 0
    assert "?" not in result.output.replace("?code=", "")
    assert installation.rows("SELECT slug, name FROM bank") == [("angus", "Angus Time Bank")]


def test_init_asks_for_what_is_missing(installation):
    result = installation.timebank("init", typed="Angus Time Bank\nangus\nmary@example.org\n")
    assert result.exit_code == 0
    assert re.findall(r"^(.+): ", result.output, re.MULTILINE)[:3] == [
        "Name of the time bank",
        "Short name for addresses, such as angus",
        "The coordinator's e-mail",
    ]
    assert installation.rows("SELECT slug, name FROM bank") == [("angus", "Angus Time Bank")]
    assert installation.rows("SELECT email FROM person") == [("mary@example.org",)]


def test_init_asks_only_for_what_is_missing(embedded):
    result = embedded.timebank("init", "--slug", "angus", typed="Angus Time Bank\nmary@example.org\n")
    assert result.exit_code == 0
    assert "Short name" not in result.output
    assert embedded.rows("SELECT slug FROM bank") == [("angus",)]


def test_init_given_up_half_way_leaves_nothing(embedded):
    result = embedded.timebank("init", typed="Angus Time Bank\n")
    assert result.exit_code == 1
    assert not embedded.folder.exists()


def test_init_keeps_what_it_is_told_about_the_bank(installation):
    more = ("--coordinator-name", "Mary Duncan", "--phone", "01632 960 001", "--time-zone", "Europe/Dublin")
    assert installation.timebank("init", *ANSWERS, *more).exit_code == 0
    told = installation.rows("SELECT coordinator_name, phone, time_zone FROM bank")
    assert told == [("Mary Duncan", "01632 960 001", "Europe/Dublin")]
    assert installation.rows("SELECT name FROM person") == [("Mary Duncan",)]


def test_init_makes_the_coordinator_and_nobody_else(opened):
    assert opened.rows("SELECT name, email FROM person") == [("mary", "mary@example.org")]
    roles = opened.rows("SELECT role FROM membership_role ORDER BY role")
    assert [role for (role,) in roles] == [Role.BROKER, Role.COORDINATOR, Role.MEMBER]


def test_init_mints_no_hours(opened):
    """Even a coordinator's welcome hours would need somebody who gave them."""
    assert opened.rows("SELECT count(*) FROM entry") == [(0,)]
    assert set(opened.rows("SELECT balance FROM account")) == {(0,)}


def test_there_is_no_default_password(opened):
    assert opened.rows("SELECT password_hash FROM person") == [(None,)]


def test_the_link_is_kept_only_as_a_digest(installation):
    (link,) = _links(installation.timebank("init", *ANSWERS))
    code = link.rpartition("=")[2]
    kept = str(installation.content())
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_the_link_stands_under_the_web_address_that_was_told(embedded):
    result = embedded.timebank("init", *ANSWERS, "--web-address", "http://hours.example.org/")
    (link,) = _links(result)
    assert re.fullmatch(r"http://hours\.example\.org/angus/sign-in/code\?code=[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", link)


def test_opening_the_link_changes_nothing(installation, browser):
    """A mail scanner opens links too."""
    (link,) = _links(installation.timebank("init", *ANSWERS))
    before = installation.content()
    visitor = browser()
    for _again in range(3):
        assert visitor.get(_path(link)).status_code == 200
    assert visitor.get("/angus/").status_code == 303
    assert installation.content() == before


def test_the_links_button_signs_the_coordinator_in(installation, browser):
    (link,) = _links(installation.timebank("init", *ANSWERS, "--coordinator-name", "Mary Duncan"))
    visitor = browser()
    page = visitor.get(_path(link))
    answer = visitor.post("/angus/sign-in/code", data=_fields(page))
    assert (answer.status_code, answer.location) == (303, "/angus/password")
    home = visitor.get("/angus/")
    assert home.status_code == 200
    assert "Sign out" in home.text
    assert visitor.get("/angus/members").status_code == 200


def test_the_link_works_once(installation, browser):
    (link,) = _links(installation.timebank("init", *ANSWERS))
    for works in (True, False):
        visitor = browser()
        answer = visitor.post("/angus/sign-in/code", data=_fields(visitor.get(_path(link))))
        assert (answer.status_code == 303) is works
    assert visitor.get("/angus/").status_code == 303


def test_a_trustee_gets_a_link_and_approves_only(installation, browser):
    result = installation.timebank("init", *ANSWERS, "--trustee", "tom@example.org")
    links = _links(result)
    assert len(links) == len(set(links)) == 2
    assert re.findall(r"^(\w+, member \d+), signs in once", result.output, re.MULTILINE) == [
        "mary, member 101",
        "tom, member 102",
    ]
    query = "SELECT p.email, r.role FROM person p JOIN membership m ON m.person_id = p.id"
    query += " JOIN membership_role r ON r.bank_id = m.bank_id AND r.membership_id = m.id ORDER BY p.email, r.role"
    roles = installation.rows(query)
    assert [role for email, role in roles if email == "tom@example.org"] == [Role.TRUSTEE]
    assert len(roles) == 4
    visitor = browser()
    answer = visitor.post("/angus/sign-in/code", data=_fields(visitor.get(_path(links[1]))))
    assert answer.status_code == 303
    assert visitor.get("/angus/").location == "/angus/desk"
    assert visitor.get("/angus/members").status_code == 403


def test_nobody_has_a_password_with_a_trustee_either(installation):
    installation.timebank("init", *ANSWERS, "--trustee", "tom@example.org")
    assert installation.rows("SELECT DISTINCT password_hash FROM person") == [(None,)]


def test_a_second_bank_can_be_opened_beside_the_first(opened):
    keys = opened.keys()
    more = ("--bank", "Perth Time Bank", "--slug", "perth", "--coordinator", "perdita@example.org")
    assert opened.timebank("init", *more).exit_code == 0
    assert opened.rows("SELECT slug FROM bank ORDER BY slug") == [("angus",), ("perth",)]
    assert opened.keys() == keys
    assert opened.timebank("check-books").exit_code == 0


def test_the_same_bank_is_not_opened_twice(opened):
    before, keys = opened.content(), opened.keys()
    result = opened.timebank("init", *ANSWERS)
    assert result.exit_code == 1
    assert _links(result) == []
    assert opened.content() == before
    assert opened.keys() == keys


def test_a_short_name_that_is_taken_is_refused_in_a_sentence(opened):
    assert "short name angus" in opened.timebank("init", *ANSWERS).output


def test_a_short_name_that_cannot_stand_in_an_address_is_refused_in_a_sentence(embedded):
    result = embedded.timebank("init", "--bank", "Angus", "--slug", "An Gus", "--coordinator", "mary@example.org")
    assert result.exit_code == 1
    assert "small letters" in result.output
    assert embedded.rows("SELECT count(*) FROM bank") == [(0,)]


def test_a_time_zone_that_nobody_knows_is_refused(embedded):
    result = embedded.timebank("init", *ANSWERS, "--time-zone", "Europe/Forfar")
    assert result.exit_code in {1, 2}
    assert "Europe/Forfar" in result.output


@pytest.mark.parametrize("name", ["secret.key", "books.key"])
def test_keys_are_made_for_the_owner_alone(opened, name):
    path = opened.folder / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32


def test_the_three_keys_differ(opened):
    assert len(set(opened.keys().values())) == 3


def test_keys_that_are_there_are_not_made_again(installation):
    installation.folder.mkdir(parents=True)
    (installation.folder / "books.key").write_bytes(b"b" * 32)
    assert installation.timebank("init", *ANSWERS).exit_code == 0
    keys = installation.keys()
    assert keys["books.key"] == b"b" * 32
    assert set(keys) == {"books.key", "seal.key", "secret.key"}


def test_init_says_where_the_books_are(embedded):
    assert "embedded database" in embedded.timebank("init", *ANSWERS).output


def test_init_says_what_the_webs_role_may_do(served):
    assert "timebank_web may write the books only by inserting an entry" in served.timebank("init", *ANSWERS).output


def test_init_says_where_the_webs_role_owns_the_tables(served_by_its_owner):
    result = served_by_its_owner.timebank("init", *ANSWERS)
    assert result.exit_code == 0
    assert "TIMEBANK_OWNER_URL" in result.output


def test_init_leaves_no_connection_open(installation):
    """A command closes what it opened, and does not leave that to the end of its process."""
    installation.timebank("init", *ANSWERS)
    assert installation.left_open == []


def test_nobody_but_its_owner_reads_the_embedded_database(installation):
    """It holds people's names, phone numbers and password hashes."""
    installation.timebank("init", *ANSWERS)
    files = [path for path in installation.folder.iterdir() if path.is_file()]
    assert {path.name: path.stat().st_mode & 0o077 for path in files if path.suffix != ".pub"} == {
        path.name: 0 for path in files if path.suffix != ".pub"
    }
