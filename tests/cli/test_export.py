"""`timebank export` as an administrator meets it: a file that is whole, or none."""

import stat

import pytest

from timebank.cli.exporting import TEXTS


def run(installation, *words, form="csv"):
    return installation.timebank("export", "--format", form, "--bank", "glen-isla", *words)


@pytest.mark.parametrize("form", [*TEXTS, "xlsx"])
def test_every_format_makes_a_file_for_its_owner_alone(form, lively, tmp_path):
    path = tmp_path / f"books.{form}"
    assert run(lively, "--out", str(path), form=form).exit_code == 0
    assert path.stat().st_size > 10_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [path.name]
    assert lively.left_open == []


@pytest.mark.parametrize("form", TEXTS)
def test_without_a_file_it_goes_to_the_screen(form, lively):
    result = run(lively, form=form)
    assert (result.exit_code, "exchange:" in result.output) == (0, True)
    assert "Members:M0101" in result.output


def test_a_period_says_so(lively):
    result = run(lively, "--from", "2026-10-01", "--to", "2026-10-31", form="hledger")
    assert "from 2026-10-01 to 2026-10-31" in result.output
    assert "2026-10-01 balances before" in result.output
    assert "\n2026-09" not in result.output
    assert "\n2026-11" not in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2026-11-02", "--to", "2026-11-01"], "is after"),
        (["--from", "yesterday"], "does not match"),
    ],
)
def test_days_that_make_no_period_are_told(words, said, lively):
    result = run(lively, *words)
    assert (result.exit_code, said in result.output) == (2, True)


def test_a_workbook_needs_a_file(lively):
    assert run(lively, form="xlsx").exit_code == 2


def test_a_bank_that_is_not_there_leaves_no_file(lively, tmp_path):
    path = tmp_path / "books.csv"
    result = lively.timebank("export", "--format", "csv", "--bank", "nowhere", "--out", str(path))
    assert (result.exit_code, "no bank is called nowhere" in result.output) == (1, True)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_told(lively, tmp_path):
    result = run(lively, "--out", str(tmp_path / "missing" / "books.csv"))
    assert (result.exit_code, "cannot be written" in result.output) == (1, True)


def test_books_with_a_hole_leave_the_old_file_alone(lively, tmp_path):
    path = tmp_path / "books.csv"
    path.write_text("the old one")
    with lively.owner_begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER posting_no_delete")
        connection.exec_driver_sql(
            "DELETE FROM posting WHERE number = 1 AND account_id = (SELECT min(p.account_id) FROM posting p"
            " JOIN bank b ON b.id = p.bank_id WHERE b.slug = 'glen-isla')"
        )
    result = run(lively, "--out", str(path))
    assert (result.exit_code, "check-books" in result.output) == (1, True)
    assert path.read_text() == "the old one"
