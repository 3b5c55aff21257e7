"""`timebank import listings` as an administrator meets it: said first, stored after, all of it or nothing."""

import re
import shutil

import pytest

from timebank.listings.starting_categories import STARTING_CATEGORIES

SHEET = """timebank,listing_id,type,description,category_ids
angus,1,offer,Car rides,13
angus,2,request,Jam,20 999
perth,1,offer,Piano,3 13 20 23
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "listings.csv"
    path.write_text(SHEET)
    return path


def listings(installation):
    query = "SELECT b.slug, l.source_key FROM listing l JOIN bank b ON b.id = l.bank_id ORDER BY l.source_key"
    return installation.rows(query)


def run(installation, file, *words):
    return installation.timebank("import", "listings", str(file), *words)


def figure(result, words):
    return int(re.search(rf"^{re.escape(words)}\s+([\d,]+)$", result.output, re.MULTILINE)[1])


def test_all_banks_of_a_file_are_made_with_database_and_keys(installation, file):
    result = run(installation, file, "--all-banks")
    assert result.exit_code == 0
    assert listings(installation) == [("angus", "angus/1"), ("angus", "angus/2"), ("perth", "perth/1")]
    assert installation.rows("SELECT slug, name FROM bank ORDER BY slug") == [("angus", "Angus"), ("perth", "Perth")]
    assert "timebank add-coordinator --bank perth" in result.output
    assert installation.rows("SELECT count(*) FROM membership_role") == [(0,)]
    assert installation.timebank("check-books").exit_code == 0
    assert installation.left_open == []


def test_what_would_happen_is_said_before(installation, file):
    result = run(installation, file, "--all-banks")
    said = {words: figure(result, words) for words in ("banks", "rows", "  offers", "  requests")}
    assert said == {"banks": 2, "rows": 3, "  offers": 2, "  requests": 1}
    assert figure(result, "unknown category numbers") == 1
    assert figure(result, "rows with too many categories") == 1
    assert "line 4: kept getting-about/lifts, home/cooking, outdoors/feeding-pets; left out company" in result.output


def test_a_dry_run_makes_nothing_at_all(embedded, file):
    result = run(embedded, file, "--all-banks", "--dry-run")
    assert result.exit_code == 0
    assert "Nothing was stored" in result.output
    assert not embedded.folder.exists()


def test_a_dry_run_beside_a_bank_changes_nothing(opened, file):
    before = opened.content()
    assert run(opened, file, "--bank", "angus", "--dry-run").exit_code == 0
    assert opened.content() == before


def test_imported_twice_it_says_what_is_there_already(opened, file):
    run(opened, file, "--bank", "angus")
    before = opened.content()
    result = run(opened, file, "--bank", "angus")
    assert figure(result, "stored already, left alone") == 2
    assert "0 listings stored." in result.output
    assert opened.content() == before


def test_of_a_file_of_several_banks_one_gets_its_own_rows(opened, file):
    assert run(opened, file, "--bank", "angus").exit_code == 0
    assert listings(opened) == [("angus", "angus/1"), ("angus", "angus/2")]


def test_a_file_of_one_bank_goes_where_it_is_sent(opened, file):
    file.write_text(
        SHEET.replace("perth", "angus")
        .replace("angus,1,offer,Piano", "angus,3,offer,Piano")
        .replace("angus", "old-name")
    )
    assert run(opened, file, "--bank", "angus").exit_code == 0
    assert [slug for slug, _key in listings(opened)] == ["angus"] * 3


@pytest.mark.parametrize("slug", ["forfar", "dundee"])
def test_a_bank_that_is_not_there_is_told_so(slug, opened, file):
    result = run(opened, file, "--bank", slug)
    assert result.exit_code == 1
    assert slug in result.output
    assert listings(opened) == []


def test_one_bad_row_keeps_all_of_it_out_and_is_named(installation, file):
    file.write_text(SHEET + "perth,9,gift,A cake,20\n")
    result = run(installation, file, "--all-banks")
    assert result.exit_code == 1
    assert "line 5: type is gift; it has to be offer or request" in result.output
    assert "Nothing was stored." in result.output
    assert not installation.folder.exists()


def test_an_import_is_no_update_of_a_database_that_is_behind(opened, file):
    with opened.owner_begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    result = run(opened, file, "--bank", "angus")
    assert (result.exit_code, "timebank migrate" in result.output) == (1, True)


def test_a_bank_whose_name_has_no_latin_letters_goes_where_it_is_sent(opened, file):
    file.write_text(SHEET.replace("perth,1", "angus,3").replace("angus", "Банк времени"))
    assert "line 2: Банк времени gives no short name: say one with --bank" in run(opened, file, "--all-banks").output
    assert run(opened, file, "--bank", "angus").exit_code == 0
    assert [key for _slug, key in listings(opened)] == [f"Банк времени/{number}" for number in (1, 2, 3)]


def test_the_demo_and_a_real_bank_do_not_mix_and_are_told_so_before_anything_is_made(embedded, village_folder, file):
    shutil.copytree(village_folder, embedded.folder)
    before = embedded.content()
    file.write_text("".join(line for line in SHEET.splitlines(keepends=True) if "perth" not in line))
    for words in (("--bank", "glen-isla"), ("--all-banks",), ("--bank", "glen-isla", "--dry-run")):
        result = run(embedded, file, *words)
        assert (result.exit_code, "this database holds the demo" in result.output) == (1, True), result.output
    embedded.environment["TIMEBANK_DEMO"] = "1"
    assert "give the demo one of its own" in run(embedded, file, "--all-banks").output
    assert embedded.content() == before
    assert "2 listings stored." in run(embedded, file, "--bank", "glen-isla").output


@pytest.mark.parametrize("words", [(), ("--bank", "angus", "--all-banks")])
def test_it_has_to_be_said_for_which_banks(words, embedded, file):
    assert run(embedded, file, *words).exit_code == 2


def test_a_bank_that_cannot_have_its_short_name_keeps_all_of_it_out(embedded, file):
    file.write_text(SHEET + "static,1,offer,Jam,20\n")
    result = run(embedded, file, "--all-banks")
    assert result.exit_code == 1
    assert "short name" in result.output
    assert embedded.rows("SELECT count(*) FROM listing") == [(0,)]


def test_a_coordinator_is_taken_into_a_bank_that_is_there(installation, file):
    run(installation, file, "--all-banks")
    result = installation.timebank("add-coordinator", "--bank", "perth", "--email", "clara@example.org")
    link = r"http://127\.0\.0\.1:5000/perth/sign-in/code\?code="
    assert re.search(rf"^clara, member 102, signs in once.*\n  {link}", result.output)
    assert installation.rows("SELECT role FROM membership_role ORDER BY role") == [
        ("broker",),
        ("coordinator",),
        ("member",),
    ]


def test_no_coordinator_is_taken_into_a_bank_that_is_not_there(opened, embedded):
    assert opened.timebank("add-coordinator", "--bank", "perth", "--email", "x@example.org").exit_code == 1


def test_every_bank_has_categories_from_its_start_and_after_an_update(opened):
    wanted = [(len(STARTING_CATEGORIES),)]
    assert opened.rows("SELECT count(*) FROM category") == wanted
    with opened.owner_begin() as connection:
        connection.exec_driver_sql("DELETE FROM category WHERE parent_id IS NOT NULL")
        connection.exec_driver_sql("DELETE FROM category")
    assert opened.timebank("migrate").exit_code == 0
    assert opened.rows("SELECT count(*) FROM category") == wanted
