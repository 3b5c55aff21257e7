"""`timebank import history` as an administrator meets it: reckoned first, posted after, all of it or nothing."""

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.cli.conftest import ANSWERS

SHEET = """key,date,from,to,hours,kind,note
1,2019-01-01,,Ada,2,opening,
2,2019-02-01,Ada,Grace,3.33,exchange,garden
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(SHEET)
    return path


def run(installation, file, *words, unit="hours", by="101"):
    said = ("import", "history", str(file), "--bank", "angus", "--by", by, *words)
    return installation.timebank(*said, *(("--unit", unit) if unit else ()))


def test_it_is_posted_and_the_books_balance(opened, file):
    result = run(opened, file, "--create-accounts")
    assert result.exit_code == 0, result.output
    assert "2 entries posted." in result.output
    assert opened.rows("SELECT key FROM entry ORDER BY id") == [("history:1",), ("history:2",)]
    assert opened.timebank("check-books").exit_code == 0
    assert opened.left_open == []


def test_totals_and_what_was_rounded_are_told_first(opened, file):
    result = run(opened, file, "--create-accounts", "--dry-run")
    said = [line.split() for line in result.output.splitlines()]
    assert ["Ada", "0:00", "3:20", "2:00", "0:00", "-1:20"] in [line[-6:] for line in said]
    assert "line 3: 3.33 is 3:20" in result.output
    assert "this was a dry run" in result.output


def test_a_dry_run_changes_nothing(opened, file):
    before = opened.content()
    assert run(opened, file, "--create-accounts", "--dry-run").exit_code == 0
    assert opened.content() == before


def test_posted_twice_it_is_there_once(opened, file):
    run(opened, file, "--create-accounts")
    before = opened.content()
    result = run(opened, file)
    assert "0 entries posted." in result.output
    assert opened.content() == before


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_errors_come_by_line_and_nothing_is_posted(words, opened, file):
    before = opened.content()
    result = run(opened, file, *words)
    assert result.exit_code == 1
    assert "line 2: no member is called Ada" in result.output
    assert "Nothing was posted." in result.output
    assert opened.content() == before


def test_who_would_fall_below_their_limit_is_named(opened, file):
    file.write_text(SHEET.replace("3.33", "400"))
    before = opened.content()
    result = run(opened, file, "--create-accounts")
    assert result.exit_code == 1
    assert "line 3: Ada falls to -398:00; the limit is -20:00" in result.output
    assert opened.content() == before
    assert run(opened, file, "--create-accounts", "--floor", "none").exit_code == 0
    assert opened.timebank("check-books").exit_code == 0


def test_the_pots_limit_is_no_members_and_the_advice_is_not_either(opened, file):
    file.write_text("key,date,from,to,hours,kind,note\n1,2019-01-01,pot,Ada,9000,gift,\n")
    for words in ((), ("--floor", "none")):
        result = run(opened, file, "--create-accounts", *words)
        assert (result.exit_code, "the limit is -500:00" in result.output) == (1, True), result.output
        assert "--floor none" not in result.output
        assert "A coordinator changes the pot's limit on the page of the rules." in result.output


def test_rows_that_are_more_often_a_slip_are_named_and_posted(opened, file):
    file.write_text(SHEET + "3,1970-01-01,Grace,Ada,1,exchange,\n4,2019-03-01,Grace,Ada,25,exchange,\n")
    result = run(opened, file, "--create-accounts", "--floor", "none")
    assert result.exit_code == 0
    assert "line 4: 1970-01-01 is before 1980" in result.output
    assert "line 5: 25 is more than 24 hours" in result.output
    assert "4 entries posted." in result.output


def test_a_full_disk_is_told_in_one_line_and_nothing_is_posted(embedded, file):
    """SQLite's own limit of pages, set on each connection, is what a full disk is to it."""
    assert embedded.timebank("init", *ANSWERS).exit_code == 0
    rows = (f"{number},2019-01-01,Grace,Ada,1,exchange,{'w' * 200}\n" for number in range(10, 2000))
    file.write_text(SHEET + "".join(rows))
    before = embedded.content()

    def fill(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Pool, "connect", fill)
    try:
        result = run(embedded, file, "--create-accounts", "--floor", "none")
    finally:
        event.remove(Pool, "connect", fill)
    assert result.exit_code == 1
    last = result.output.splitlines()[-1]
    assert last.startswith("Error: the database does not do it: database or disk is full. What was not finished")
    assert embedded.content() == before


def test_the_unit_has_to_be_said(opened, file):
    assert run(opened, file, unit=None).exit_code == 2


@pytest.mark.parametrize("by", ["102", "999"])
def test_only_a_coordinator_answers_for_it(by, opened, file):
    run(opened, file, "--create-accounts")
    result = run(opened, file, by=by)
    assert (result.exit_code, "does not coordinate angus" in result.output) == (1, True)


def test_a_bank_that_is_not_there_is_told_so(opened, file):
    result = opened.timebank(
        "import", "history", str(file), "--bank", "nowhere", "--by", "101", "--unit", "hours", "--dry-run"
    )
    assert (result.exit_code, "no bank is called nowhere" in result.output) == (1, True)


def test_nothing_goes_into_an_installation_that_is_not_set_up(embedded, file):
    assert run(embedded, file).exit_code == 1
    assert not embedded.folder.exists()
