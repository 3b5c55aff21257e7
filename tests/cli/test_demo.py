"""`timebank demo`: something to try out in one command, which harms nothing and loses nothing."""

import shutil

import pytest

from tests.cli.conftest import ANSWERS
from timebank.demo import names, village
from timebank.migrations import run as migrations


@pytest.fixture
def made(embedded, village_folder):
    """After `timebank demo --only-make`: a copy of what it made once for many tests."""
    shutil.copytree(village_folder, embedded.folder / "demo")
    return embedded


@pytest.fixture
def tried(made):
    """The same; the installation looked at is the demo's own."""
    made.environment["TIMEBANK_INSTANCE"] = str(made.folder / "demo")
    made.folder /= "demo"
    return made


def _make_again(tried):
    tried.environment["TIMEBANK_INSTANCE"] = str(tried.folder.parent)
    result = tried.timebank("demo", "--only-make")
    tried.environment["TIMEBANK_INSTANCE"] = str(tried.folder)
    return result


def test_the_demo_prints_a_dozen_names_and_their_password(made):
    result = made.timebank("demo", "--only-make", "--port", "5077")
    assert result.exit_code == 0
    assert "http://127.0.0.1:5077" in result.output
    printed = [line for line in result.output.splitlines() if "@example.org" in line]
    assert len(printed) == len(village.TO_TRY) == 12
    for person, line in zip(village.TO_TRY, printed, strict=True):
        assert all(said in line for said in (person.email, village.PASSWORD, person.name, person.part))


def test_the_demo_has_a_folder_of_its_own(embedded):
    embedded.timebank("demo", "--only-make")
    assert [path.name for path in embedded.folder.iterdir()] == ["demo"]
    assert {path.name for path in (embedded.folder / "demo").iterdir()} >= {"books.key", "secret.key", "timebank.db"}


def test_the_demo_is_served_with_its_banner(made, never_served):
    assert made.timebank("demo", "--port", "5077").exit_code == 0
    ((app, how),) = never_served
    assert app.config["DEMO"] is True
    assert (how["host"], how["port"]) == ("127.0.0.1", 5077)


def test_the_demo_is_not_served_where_it_is_only_made(made, never_served):
    made.timebank("demo", "--only-make")
    assert never_served == []


def test_the_demos_books_balance(tried):
    result = tried.timebank("check-books")
    assert result.exit_code == 0, result.output


def test_making_the_demo_again_keeps_what_was_done(tried):
    before, keys = tried.content(), tried.keys()
    assert _make_again(tried).exit_code == 0
    assert tried.content() == before
    assert tried.keys() == keys
    assert tried.rows("SELECT slug FROM bank ORDER BY slug") == [(slug,) for slug in sorted(names.SLUGS)]


def test_making_the_demo_again_makes_no_bank_and_takes_no_step(tried, monkeypatch):
    """So it is over at once."""

    def never(*_given, **_named):
        raise AssertionError

    monkeypatch.setattr(village, "build", never)
    monkeypatch.setattr(migrations, "upgrade", never)
    assert _make_again(tried).exit_code == 0


def test_making_the_demo_leaves_no_connection_open(embedded):
    embedded.timebank("demo", "--only-make")
    assert embedded.left_open == []


def test_the_demo_does_not_touch_the_real_books(opened):
    """Whoever tries the demo beside a real time bank finds that bank as it was."""
    before, keys = opened.content(), opened.keys()
    opened.timebank("demo", "--only-make")
    assert opened.keys() == keys
    assert opened.content() == before
    assert opened.timebank("check-books").exit_code == 0


def test_the_demo_can_be_made_before_init_and_init_after_it(made):
    assert made.timebank("init", *ANSWERS).exit_code == 0
    assert made.rows("SELECT slug FROM bank") == [("angus",)]
