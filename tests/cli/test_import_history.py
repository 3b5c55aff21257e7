"""`timebank import history` as an administrator meets it: reckoned first, posted after, all of it or nothing."""

import pytest

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
