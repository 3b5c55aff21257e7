"""Exports of the books: hledger and beancount compute the stored balances from them, to the minute."""

import csv
import io
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, timedelta

import pytest
from beancount import loader
from beancount.core import data, realization

from tests.people import NOW, TODAY, balance_of, make_confirmed
from timebank.bookkeeping import entry_rows
from timebank.bookkeeping.actions import NewEntry, post
from timebank.bookkeeping.reversing import reverse
from timebank.interchange import books as interchange, plain_text, tables
from timebank.interchange.books import ExportedEntry, NotInOrderError, open_books
from timebank.ledger.accounts import AccountKind
from timebank.ledger.entries import EntryKind, Line

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")


def entry(village, key, lines, *, words=None, at=NOW, kind=EntryKind.ACTIVITY):
    return NewEntry(
        bank_id=village.angus.id,
        key=key,
        kind=kind,
        lines=tuple(Line(source.account_id, target.account_id, minutes) for source, target, minutes in lines),
        occurred_on=TODAY - timedelta(days=3),
        recorded_at=at,
        recorded_by=village.rosa.membership_id,
        deed="activity:meal",
        words=words,
    )


@pytest.fixture
def lively(session, village):
    """October to December in Angus: an exchange, a meal of two lines, a part of it taken back, a gift after it all."""
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    ada, grace, linus = village.ada, village.grace, village.linus
    meal = post(session, entry(village, 'meal:"x", =1', [(ada, linus, 60), (grace, linus, 45)], words="=2+2, soup"))
    reverse(
        session,
        village.angus.id,
        meal,
        key="reversal:1",
        reason="not there",
        by=village.rosa.membership_id,
        approved_by=village.mary.membership_id,
        now=NOW + timedelta(days=1),
        today=TODAY,
        numbers=[2],
    )
    gift = entry(village, "gift:1", [(ada, grace, 7)], at=NOW + timedelta(days=30), kind=EntryKind.GIFT)
    post(session, gift)
    session.commit()
    return village


def balances(session, village):
    """{account's name: minutes} of everybody in Angus and its pot, as the books say."""
    people = (who for who in vars(village).values() if getattr(who, "bank_id", None) == village.angus.id)
    return {"Bank:Pot": 0} | {f"Members:M{who.number:04d}": balance_of(session, who) for who in people}


def text(write, session, bank, **period):
    return "".join(write(open_books(session, bank, **period)))


PERIODS = [{}, {"first": TODAY}, {"first": TODAY + timedelta(days=1)}, {"first": TODAY + timedelta(days=99)}]


def hledger(journal, *words):
    result = run_hledger(journal, *words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def run_hledger(journal, *words):
    return subprocess.run([HLEDGER, "-f", "-", *words], input=journal, capture_output=True, text=True, check=False)


def hledger_balances(journal):
    rows = csv.reader(io.StringIO(hledger(journal, "balance", "--flat", "--empty", "--declared", "-N", "-O", "csv")))
    return {name: int(minutes.partition(" ")[0]) for name, minutes in list(rows)[1:]}


def beancount_balances(journal):
    entries, errors, _options = loader.load_string(journal)
    assert errors == []
    real = realization.realize(entries)
    return {
        one.account: int(realization.get(real, one.account).balance.get_currency_units("MIN").number)
        for one in entries
        if isinstance(one, data.Open)
    }


@needs_hledger
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("with_names", [False, True])
def test_hledger_computes_the_stored_balances(period, with_names, session, lively):
    journal = text(plain_text.hledger, session, lively.angus, with_names=with_names, **period)
    hledger(journal, "check", "--strict", "ordereddates")
    assert hledger_balances(journal) == balances(session, lively)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("with_names", [False, True])
def test_beancount_computes_the_stored_balances(period, with_names, session, lively):
    journal = text(plain_text.beancount, session, lively.angus, with_names=with_names, **period)
    assert beancount_balances(journal) == balances(session, lively)


@needs_hledger
def test_hledger_reports_a_balance_that_its_postings_do_not_add_up_to(session, lively):
    journal = text(plain_text.hledger, session, lively.angus).replace("90 MIN = 90 MIN", "91 MIN = 90 MIN")
    assert run_hledger(journal, "check").returncode != 0


@needs_hledger
def test_words_with_characters_of_hledger_syntax_are_escaped(session, village):
    words = "jam, bread; date:2020-01-01 [2020-01-02] 100% Zoë\nand more"
    post(session, entry(village, "meal", [(village.ada, village.grace, 15)], words=words))
    journal = text(plain_text.hledger, session, village.angus, with_names=True)
    hledger(journal, "check", "--strict")
    assert "words:jam%2C bread; date:2020-01-01 [2020-01-02] 100%25 Zoë and more" in journal
    assert hledger(journal, "print", "tag:occurred_on=2026-11-18").count("MIN") == 4


def test_beancount_reports_a_balance_that_its_postings_do_not_add_up_to(session, lively):
    journal = text(plain_text.beancount, session, lively.angus).replace(" 7 MIN\n", " 8 MIN\n").replace("-7 ", "-8 ")
    assert loader.load_string(journal)[1] != []


def test_a_period_with_an_end_leaves_out_later_postings(session, lively):
    journal = text(plain_text.beancount, session, lively.angus, last=TODAY + timedelta(days=1))
    ending = beancount_balances(journal)
    standing = balances(session, lively)
    ada, grace = (f"Members:M{who.number:04d}" for who in (lively.ada, lively.grace))
    assert (ending[ada] - standing[ada], ending[grace] - standing[grace]) == (7, -7)
    assert "gift" not in journal


def test_a_period_before_the_books_began_holds_nothing(session, lively):
    days = {"first": date(2020, 1, 1), "last": date(2020, 12, 31)}
    assert set(beancount_balances(text(plain_text.beancount, session, lively.angus, **days)).values()) == {0}


def test_the_day_of_posting_is_the_banks_own(session, village):
    village.angus.time_zone = "Pacific/Auckland"
    post(session, entry(village, "meal", [(village.ada, village.grace, 15)], at=NOW.replace(hour=12)))
    (written,) = (one for one in open_books(session, village.angus).read() if isinstance(one, ExportedEntry))
    assert written.posted_on == TODAY + timedelta(days=1)


def sheet(session, bank, **how):
    return list(csv.DictReader(io.StringIO(text(tables.csv_rows, session, bank, **how).removeprefix("\ufeff"))))


def test_csv_has_a_row_per_line_with_the_balances_after_it(session, lively):
    first, soup, stew, back, gift = sheet(session, lively.angus)
    grace, ada, linus = (f"Members:M{who.number:04d}" for who in (lively.grace, lively.ada, lively.linus))
    assert (first["from"], first["to"], first["minutes"], first["to_after"]) == (grace, ada, "90", "90")
    assert (soup["line"], stew["line"], stew["to"], stew["to_after"]) == ("1", "2", linus, "105")
    assert (back["reverses"], back["mirrors_line"], back["approved_by"]) == (soup["key"], "2", "M0101")
    assert (gift["kind"], gift["occurred_on"], gift["posted_on"]) == ("gift", "2026-11-18", "2026-12-21")


def test_balances_before_a_period_come_first(session, lively):
    rows = sheet(session, lively.angus, first=TODAY + timedelta(days=1))
    before = {row["to"]: int(row["minutes"]) for row in rows if row["kind"] == tables.BALANCE_BEFORE}
    assert sum(before.values()) == 0
    assert before[f"Members:M{lively.linus.number:04d}"] == 105
    assert [row["kind"] for row in rows if row["key"]] == ["activity", "gift"]


@pytest.mark.parametrize("write", [plain_text.hledger, plain_text.beancount, tables.csv_rows, tables.json_lines])
def test_names_and_words_are_left_out_by_default(write, session, lively):
    without, with_names = (text(write, session, lively.angus, with_names=asked) for asked in (False, True))
    for word in ("Lamont", "Okafor", "soup"):
        assert word not in without
        assert word in with_names


def test_no_cell_runs_as_a_formula(session, lively):
    rows = sheet(session, lively.angus, with_names=True)
    assert rows[1]["words"] == "'=2+2, soup"
    assert rows[1]["from_after"] == "30"
    assert rows[2]["from_after"] == "-135"


def test_json_has_an_entry_per_line_and_ends_with_all_balances(session, lively):
    objects = [json.loads(line) for line in text(tables.json_lines, session, lively.angus).splitlines()]
    assert {one["is"] for one in objects} == {"bank", "account", "entry", "balances"}
    assert objects[-1]["minutes"] == balances(session, lively)
    (meal,) = (one for one in objects if one.get("key") == 'meal:"x", =1')
    assert [line["minutes"] for line in meal["lines"]] == [60, 45]
    assert "words" not in meal


NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(path, number):
    with zipfile.ZipFile(path) as folder:
        tree = ET.fromstring(folder.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314 (a file of our own)
    assert tree.findall(".//x:f", NAMESPACE) == []
    return [["".join(cell.itertext()) for cell in row] for row in tree.findall(".//x:row", NAMESPACE)]


def test_a_workbook_has_the_same_rows_and_no_formulas(session, lively, tmp_path):
    path = tmp_path / "books.xlsx"
    tables.workbook(open_books(session, lively.angus, with_names=True), path)
    heading, *rows = cells(path, 1)
    assert heading == list(tables.COLUMNS_WITH_NAMES)
    assert [row[8] if row[5] == "1" else None for row in rows] == ["90", "60", None, "45", "7"]
    assert "=2+2, soup" in rows[1]


def test_a_workbook_continues_on_another_sheet(session, lively, tmp_path):
    path = tmp_path / "books.xlsx"
    tables.workbook(open_books(session, lively.angus), path, rows_a_sheet=2)
    assert [len(cells(path, number)) for number in (1, 2, 3)] == [3, 3, 2]


def test_concurrent_entries_come_in_posting_order(session, village, monkeypatch):
    ids = iter([3_000, 1_000, 2_000])
    monkeypatch.setattr(entry_rows.clock, "next_id", lambda: next(ids))
    for key in ("first", "second", "third"):
        post(session, entry(village, key, [(village.ada, village.grace, 15)]))
    read = [one.key for one in open_books(session, village.angus).read() if isinstance(one, ExportedEntry)]
    assert read == ["first", "second", "third"]


def test_books_with_a_gap_are_not_exported(session, lively, monkeypatch):
    every = interchange.stream_lines
    monkeypatch.setattr(interchange, "stream_lines", lambda *at: (row for row in every(*at) if row.line != 2))
    with pytest.raises(NotInOrderError):
        list(open_books(session, lively.angus).read())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (AccountKind.POT, "Bank:Pot"),
        (AccountKind.OPENING, "Bank:Opening"),
        (AccountKind.LEAVERS, "Bank:Leavers"),
        (AccountKind.GROUP, "Groups:AZZ"),
        (AccountKind.FUND, "Bank:Fund:AZZ"),
        (AccountKind.MEMBER, "Members:AZZ"),
    ],
)
def test_an_account_without_a_member_has_a_permanent_name(kind, name):
    assert interchange.name_of(1023, kind, None) == name
