"""`timebank check-books`: every check with its figure, and the exact row where somebody got at the file."""

import json
import re
import sqlite3

import pytest
from sqlalchemy import text

from tests.cli.conftest import ANSWERS
from timebank.audit.checks import ALL_CHECKS
from timebank.db import make_engine

LINE = re.compile(r"^(RIGHT|WARNING|WRONG) +(\w+) +([\d,]+) (\w[\w ]*)$", re.MULTILINE)
FOUND = re.compile(r"^ {11}(\S.*)$", re.MULTILINE)


def _verdicts(result):
    return {name: verdict for verdict, name, _figure, _unit in LINE.findall(result.output)}


def _figures(result):
    return {name: int(figure.replace(",", "")) for _verdict, name, figure, _unit in LINE.findall(result.output)}


def _found(result):
    return FOUND.findall(result.output)


class Tampering:
    """Somebody with the file in their hands, and no key."""

    def __init__(self, installation):
        self.path = installation.folder / "timebank.db"

    def run(self, *statements):
        """Past the triggers and constraints, as anybody can with the file; then the triggers are back."""
        with sqlite3.connect(self.path) as books:
            books.execute("PRAGMA ignore_check_constraints = ON")
            triggers = books.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _sql in triggers:
                books.execute(f"DROP TRIGGER {name}")
            for statement, row in statements:
                assert books.execute(statement, row).rowcount == 1, statement
            for _name, sql in triggers:
                books.execute(sql)
        books.close()

    def one(self, query):
        books = sqlite3.connect(self.path)
        books.row_factory = sqlite3.Row
        row = books.execute(query).fetchone()
        books.close()
        return row


@pytest.fixture
def tampering(lively):
    return Tampering(lively)


def test_every_check_is_printed_with_its_figure_in_the_order_it_is_asked(lively):
    result = lively.timebank("check-books")
    assert result.exit_code == 0
    assert list(_figures(result)) == [check.__name__ for check in ALL_CHECKS]
    assert set(_verdicts(result).values()) == {"RIGHT"}
    assert _found(result) == []
    assert result.output.endswith("The books balance.\n")


def test_the_figures_are_what_stands_in_the_books(lively):
    figures = _figures(lively.timebank("check-books"))
    counts = {
        "sum_is_zero": "account",
        "balances_equal_postings": "account",
        "postings_equal_lines": "posting",
        "holders_as_written": "account_holder",
        "running_balances": "posting",
        "reversals_mirror": "entry WHERE reverses IS NOT NULL",
        "floors_on_record": "limit_change",
        "entries_as_written": "entry",
        "words_as_written": "memo",
        "exchanges_have_entries": "exchange WHERE state IN ('confirmed', 'decided', 'reversed')",
    }
    counted = {name: lively.rows(f"SELECT count(*) FROM {rows}")[0][0] for name, rows in counts.items()}
    assert all(counted.values())
    assert {name: figures[name] for name in counts} == counted


def test_checking_keeps_what_was_found_and_changes_nothing_else(lively):
    before = lively.content()
    lively.timebank("check-books")
    after = lively.content()
    [_made_with_the_village, kept] = lively.rows("SELECT is_right, results FROM books_check ORDER BY id")
    assert kept[0]
    found = json.loads(kept[1])
    assert found["asked_from"] == "command"
    assert [check["name"] for check in found["checks"]] == [check.__name__ for check in ALL_CHECKS]
    assert {name: rows for name, rows in after.items() if name != "books_check"} == {
        name: rows for name, rows in before.items() if name != "books_check"
    }


def test_what_is_wrong_is_kept_as_wrong(lively, tampering):
    row = tampering.one("SELECT bank_id, id FROM account WHERE kind = 'pot'")
    tampering.run(("UPDATE account SET balance = balance + 1 WHERE (bank_id, id) = (?, ?)", tuple(row)))
    assert lively.timebank("check-books").exit_code == 1
    is_right, results = lively.rows("SELECT is_right, results FROM books_check ORDER BY id")[-1]
    assert not is_right
    wrong = {check["name"]: check["findings"] for check in json.loads(results)["checks"] if check["findings"]}
    assert wrong == {"sum_is_zero": 1, "balances_equal_postings": 1}


def test_a_database_that_nobody_may_write_is_checked_all_the_same(served):
    served.timebank("init", *ANSWERS)
    owner = make_engine(served.settings.owner_url)
    with owner.begin() as books:
        books.execute(text("REVOKE INSERT ON books_check FROM PUBLIC, " + served.settings.database_url.username))
    owner.dispose()
    result = served.timebank("check-books")
    assert result.exit_code == 0
    assert "The result could not be kept for the audit page: permission denied" in result.output
    assert result.output.endswith("The books balance.\n")


def test_where_the_result_has_no_place_the_answer_is_given_all_the_same(lively, tampering):
    with sqlite3.connect(tampering.path) as books:
        books.execute("DROP TABLE books_check")
    books.close()
    result = lively.timebank("check-books")
    assert result.exit_code == 1
    assert "books_check every row: the table is missing" in _found(result)
    assert "The result could not be kept for the audit page: no such table" in result.output


def test_empty_books_balance(opened):
    result = opened.timebank("check-books")
    assert result.exit_code == 0
    assert set(_verdicts(result).values()) == {"RIGHT"}


def _check(lively):
    result = lively.timebank("check-books")
    assert result.exit_code == 1
    assert result.output.endswith("The books do not balance.\n")
    wrong = {name for name, verdict in _verdicts(result).items() if verdict == "WRONG"}
    return wrong, _found(result)


def test_a_changed_posting_is_named(lively, tampering):
    row = tampering.one("SELECT * FROM posting ORDER BY entry_id DESC, minutes DESC")
    where = (row["bank_id"], row["account_id"], row["number"])
    change = "UPDATE posting SET minutes = minutes + 15 WHERE (bank_id, account_id, number) = (?, ?, ?)"
    tampering.run((change, where))
    wrong, found = _check(lively)
    assert {"postings_equal_lines", "balances_equal_postings", "running_balances"} <= wrong
    name = "/".join(map(str, where))
    assert f"entry {row['bank_id']}/{row['entry_id']}: its postings are not its lines" in found
    assert f"posting {name}: it does not follow from the one before" in found


def test_a_changed_balance_is_named(lively, tampering):
    row = tampering.one("SELECT * FROM account WHERE kind = 'member' AND number > 0")
    change = "UPDATE account SET balance = balance + 600 WHERE (bank_id, id) = (?, ?)"
    tampering.run((change, (row["bank_id"], row["id"])))
    wrong, found = _check(lively)
    assert wrong == {"sum_is_zero", "balances_equal_postings"}
    balance = row["balance"]
    assert found == [
        f"account bank {row['bank_id']}: the balances sum to 600 minutes",
        f"account {row['bank_id']}/{row['id']}: says {balance + 600} minutes, its postings come to {balance}",
    ]


def test_two_changed_balances_that_come_to_nothing_are_named(lively, tampering):
    """Sum zero alone would let them pass."""
    row = tampering.one(
        "SELECT a.bank_id, a.id AS first, b.id AS second FROM account a JOIN account b"
        " ON b.bank_id = a.bank_id AND b.id > a.id WHERE a.kind = b.kind"
    )
    change = "UPDATE account SET balance = balance + ? WHERE (bank_id, id) = (?, ?)"
    tampering.run((change, (60, row["bank_id"], row["first"])), (change, (-60, row["bank_id"], row["second"])))
    wrong, found = _check(lively)
    assert wrong == {"balances_equal_postings"}
    named = {one.split(":")[0] for one in found}
    assert named == {f"account {row['bank_id']}/{row[side]}" for side in ("first", "second")}


@pytest.mark.parametrize("column", ["given", "received", "number"])
def test_a_changed_total_is_named(lively, tampering, column):
    row = tampering.one("SELECT bank_id, id FROM account WHERE kind = 'member'")
    change = f"UPDATE account SET {column} = {column} + 1 WHERE (bank_id, id) = (?, ?)"
    tampering.run((change, tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"balances_equal_postings"}
    assert [one.split(":")[0] for one in found] == [f"account {row['bank_id']}/{row['id']}"]


def test_a_changed_reversal_of_a_line_is_named(lively, tampering):
    row = tampering.one("SELECT * FROM taken_back ORDER BY entry_id DESC")
    where = (row["bank_id"], row["entry_id"], row["line"])
    change = "UPDATE taken_back SET by_entry_id = by_entry_id + 1 WHERE (bank_id, entry_id, line) = (?, ?, ?)"
    tampering.run((change, where))
    wrong, found = _check(lively)
    assert wrong == {"reversals_mirror"}
    assert found == [f"taken_back {'/'.join(map(str, where))}: it is not what a reversal took back"]


def test_a_changed_holder_is_named(lively, tampering):
    row = tampering.one("SELECT * FROM account_holder WHERE kind = 'bank'")
    where = (row["bank_id"], row["account_id"], row["number"])
    change = "UPDATE account_holder SET holder_id = holder_id + 1 WHERE (bank_id, account_id, number) = (?, ?, ?)"
    tampering.run((change, where))
    wrong, found = _check(lively)
    assert wrong == {"holders_as_written"}
    assert found == [f"account_holder {'/'.join(map(str, where))}: it was changed after it was written"]


def test_a_changed_line_of_an_entry_is_named(lively, tampering):
    row = tampering.one("SELECT bank_id, id, lines FROM entry WHERE kind = 'exchange' AND reverses IS NULL")
    more = re.sub(r"(\d+)\]\]$", lambda found: f"{int(found[1]) + 15}]]", row["lines"])
    assert more != row["lines"]
    tampering.run(("UPDATE entry SET lines = ? WHERE (bank_id, id) = (?, ?)", (more, row["bank_id"], row["id"])))
    wrong, found = _check(lively)
    assert {"postings_equal_lines", "entries_as_written"} <= wrong
    assert f"entry {row['bank_id']}/{row['id']}: it was changed after it was written" in found
    assert f"entry {row['bank_id']}/{row['id']}: its postings are not its lines" in found


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("occurred_on", "2020-01-01"),
        ("recorded_at", "2020-01-01 10:00:00.000000"),
        ("recorded_by", None),
        ("kind", "gift"),
        ("deed", "exchange:00000000"),
        ("key", "exchange:00000000"),
    ],
)
def test_a_rewritten_entry_is_named(lively, tampering, column, value):
    """Its digest is made of all of it, with a key that is not in the database."""
    row = tampering.one("SELECT bank_id, id, recorded_by FROM entry WHERE kind = 'exchange' AND reverses IS NULL")
    other = tampering.one(f"SELECT id FROM membership WHERE id <> {row['recorded_by']}")["id"]
    where = (row["bank_id"], row["id"])
    change = f"UPDATE entry SET {column} = ? WHERE (bank_id, id) = (?, ?)"
    tampering.run((change, (other if value is None else value, *where)))
    wrong, found = _check(lively)
    assert "entries_as_written" in wrong
    assert f"entry {where[0]}/{where[1]}: it was changed after it was written" in found


def test_an_entry_under_another_id_is_named(lively, tampering):
    """Its words and postings go with it, so that its mark alone can tell."""
    row = tampering.one(
        "SELECT bank_id, id FROM entry JOIN memo USING (bank_id) WHERE kind = 'exchange' AND reverses IS NULL"
        " AND entry_id = id AND id NOT IN (SELECT entry_id FROM taken_back)"
    )
    moves = (
        "UPDATE posting SET entry_id = entry_id + 1 WHERE (bank_id, entry_id) = (?, ?) AND minutes < 0",
        "UPDATE posting SET entry_id = entry_id + 1 WHERE (bank_id, entry_id) = (?, ?) AND minutes > 0",
        "UPDATE memo SET entry_id = entry_id + 1 WHERE (bank_id, entry_id) = (?, ?)",
        "UPDATE entry SET id = id + 1 WHERE (bank_id, id) = (?, ?)",
    )
    tampering.run(*((statement, tuple(row)) for statement in moves))
    wrong, found = _check(lively)
    assert wrong == {"entries_as_written"}
    assert found == [f"entry {row['bank_id']}/{row['id'] + 1}: it was changed after it was written"]


def test_changed_words_are_named(lively, tampering):
    row = tampering.one("SELECT bank_id, entry_id FROM memo WHERE words IS NOT NULL")
    tampering.run(("UPDATE memo SET words = 'Nothing at all' WHERE (bank_id, entry_id) = (?, ?)", tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"words_as_written"}
    assert found == [f"memo {row['bank_id']}/{row['entry_id']}: the words were changed"]


def test_words_that_went_missing_are_named(lively, tampering):
    row = tampering.one("SELECT bank_id, entry_id FROM memo")
    tampering.run(("DELETE FROM memo WHERE (bank_id, entry_id) = (?, ?)", tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"words_as_written"}
    assert found == [f"memo {row['bank_id']}/{row['entry_id']}: the words or their entry are missing"]


def test_words_that_were_blanked_are_named(lively, tampering):
    """Nothing in the program erases words, so nobody may."""
    row = tampering.one("SELECT bank_id, entry_id FROM memo")
    tampering.run(("UPDATE memo SET words = NULL, salt = NULL WHERE (bank_id, entry_id) = (?, ?)", tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"words_as_written"}
    assert found == [f"memo {row['bank_id']}/{row['entry_id']}: the words were blanked, and nobody may do that"]


def test_a_changed_limit_is_named(lively, tampering):
    row = tampering.one("SELECT bank_id, account_id, number FROM limit_change ORDER BY account_id")
    change = "UPDATE limit_change SET floor = floor - 6000 WHERE (bank_id, account_id, number) = (?, ?, ?)"
    tampering.run((change, tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"floors_on_record"}
    assert found == [f"account {row['bank_id']}/{row['account_id']}: its floor is not on record, or not kept"]


def test_a_posting_that_went_missing_is_found(lively, tampering):
    row = tampering.one("SELECT bank_id, entry_id FROM posting ORDER BY entry_id DESC")
    limit = "SELECT min(minutes) FROM posting WHERE entry_id = ?"
    gone = f"DELETE FROM posting WHERE entry_id = ? AND minutes = ({limit})"
    tampering.run((gone, (row["entry_id"], row["entry_id"])))
    wrong, found = _check(lively)
    assert "postings_equal_lines" in wrong
    assert f"entry {row['bank_id']}/{row['entry_id']}: its postings are not its lines" in found


def test_a_reversal_of_a_line_that_went_missing_is_found(lively, tampering):
    row = tampering.one("SELECT bank_id, entry_id, line FROM taken_back ORDER BY entry_id DESC")
    tampering.run(("DELETE FROM taken_back WHERE (bank_id, entry_id, line) = (?, ?, ?)", tuple(row)))
    wrong, found = _check(lively)
    assert "reversals_mirror" in wrong
    assert f"taken_back {'/'.join(map(str, row))}: it is not what a reversal took back" in found


def test_an_account_whose_holder_went_missing_is_found(lively, tampering):
    row = tampering.one("SELECT bank_id, account_id FROM account_holder WHERE kind = 'bank'")
    tampering.run(("DELETE FROM account_holder WHERE (bank_id, account_id) = (?, ?)", tuple(row)))
    wrong, found = _check(lively)
    assert wrong == {"holders_as_written"}
    assert found == [f"account {row['bank_id']}/{row['account_id']}: nobody holds it"]


def test_an_exchange_that_the_books_do_not_know_is_named(lively, tampering):
    row = tampering.one("SELECT bank_id, id, code FROM exchange WHERE state = 'confirmed'")
    change = "UPDATE exchange SET minutes = minutes + 15 WHERE (bank_id, id) = (?, ?)"
    tampering.run((change, (row["bank_id"], row["id"])))
    wrong, found = _check(lively)
    assert wrong == {"exchanges_have_entries"}
    assert found == [f"exchange {row['code']}: its sides or minutes are not those of its entry"]


def test_many_wrong_rows_are_counted_and_the_first_are_shown(lively, tampering):
    holders, entries = (lively.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("account_holder", "entry"))
    assert min(holders, entries) > 20
    (lively.folder / "books.key").write_bytes(b"another key than the books were kept with")
    wrong, found = _check(lively)
    assert wrong == {"holders_as_written", "entries_as_written", "members_as_written"}
    first = [one.partition(" ")[0] for one in found[:42]]
    assert first == [*["account_holder"] * 20, "and", *["entry"] * 20, "and"]
    assert [found[20], found[41]] == [f"and {rows - 20} more" for rows in (holders, entries)]


def test_a_web_role_that_owns_nothing_is_right(served):
    served.timebank("init", *ANSWERS)
    result = served.timebank("check-books")
    assert result.exit_code == 0
    assert _verdicts(result)["web_role_owns_nothing"] == "RIGHT"
    assert _figures(result)["web_role_owns_nothing"] == 0


def test_a_web_role_that_owns_the_tables_is_a_warning(served_by_its_owner):
    served_by_its_owner.timebank("init", *ANSWERS)
    result = served_by_its_owner.timebank("check-books")
    assert result.exit_code == 0
    assert _verdicts(result)["web_role_owns_nothing"] == "WARNING"
    assert {verdict for name, verdict in _verdicts(result).items() if name != "web_role_owns_nothing"} == {"RIGHT"}
    assert "pg_tables account: the web's role" in result.output
    assert "TIMEBANK_OWNER_URL" in result.output


def test_a_balance_that_the_owner_changed_is_named_on_postgresql_too(served):
    served.timebank("init", *ANSWERS)
    ((bank, account),) = served.rows("SELECT bank_id, id FROM account WHERE kind = 'pot'")
    owner = make_engine(served.settings.owner_url)
    with owner.begin() as books:
        books.execute(text("SET LOCAL session_replication_role = replica"))
        books.execute(text("UPDATE account SET balance = 90 WHERE kind = 'pot'"))
    owner.dispose()
    result = served.timebank("check-books")
    assert result.exit_code == 1
    assert f"account {bank}/{account}: says 90 minutes, its postings come to 0" in result.output


def test_the_worker_fails_where_the_books_do_not_balance(served):
    served.timebank("init", *ANSWERS)
    owner = make_engine(served.settings.owner_url)
    with owner.begin() as books:
        books.execute(text("SET LOCAL session_replication_role = replica"))
        books.execute(text("UPDATE account SET balance = 90 WHERE kind = 'pot'"))
    owner.dispose()
    result = served.timebank("worker", "--once")
    assert result.exit_code == 1
    assert "check_books failed: the log says why" in result.output


def test_checking_leaves_no_connection_open(opened):
    opened.left_open.clear()
    opened.timebank("check-books")
    assert opened.left_open == []


def test_a_program_reads_one_json_object(lively):
    result = lively.timebank("check-books", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["is_right"], set(told)) == (True, {"is_right", "checked_at", "seconds", "checks"})
    assert [check["name"] for check in told["checks"]] == [check.__name__ for check in ALL_CHECKS]
    assert {check["verdict"] for check in told["checks"]} == {"right"}
    assert all(check["seconds"] >= 0 and check["findings"] == [] for check in told["checks"])
    figures = _figures(lively.timebank("check-books"))
    assert {check["name"]: check["figure"] for check in told["checks"]} == figures


def test_a_program_reads_the_exact_row_and_the_exit_code_says_wrong(lively, tampering):
    bank, account = tampering.one("SELECT bank_id, id FROM account WHERE kind = 'pot'")
    tampering.run(("UPDATE account SET given = given + 1 WHERE (bank_id, id) = (?, ?)", (bank, account)))
    result = lively.timebank("check-books", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert not told["is_right"]
    (wrong,) = (check for check in told["checks"] if check["verdict"] == "wrong")
    assert (wrong["name"], wrong["finding_count"]) == ("balances_equal_postings", 1)
    assert [(found["table"], found["row"]) for found in wrong["findings"]] == [("account", f"{bank}/{account}")]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_progress_names_each_check_and_its_seconds_on_stderr(lively, more):
    result = lively.timebank("check-books", "--progress", *more)
    told = re.findall(r"^(\w+) \.\.\..* [\d.]+ s$", result.stderr, re.MULTILINE)
    assert told == [check.__name__ for check in ALL_CHECKS]
    assert " s\n" not in result.stdout


def test_off_a_terminal_there_is_no_progress_unasked(lively):
    assert lively.timebank("check-books").stderr == ""


def test_checks_of_many_rows_say_how_far_they_are(lively, monkeypatch):
    monkeypatch.setattr("timebank.bookkeeping.checking.findings._PROGRESS_EVERY_ROWS", 1)
    stderr = lively.timebank("check-books", "--progress").stderr
    entries = lively.rows("SELECT count(*) FROM entry")[0][0]
    assert re.search(rf"^entries_as_written \.\.\. (\d+ )*{entries} [\d.]+ s$", stderr, re.MULTILINE)
    assert re.search(r"^exchanges_have_entries \.\.\. 1 ", stderr, re.MULTILINE)


def test_two_processes_print_the_same_and_name_the_same_row(lively, tampering):
    alone = lively.timebank("check-books")
    result = lively.timebank("check-books", "--processes", "2", "--progress")
    assert (result.exit_code, result.stdout) == (0, alone.stdout)
    told = set(re.findall(r"^(\w+)(?: \(\d of \d\))? [\d.]+ s$", result.stderr, re.MULTILINE))
    assert told == {check.__name__ for check in ALL_CHECKS}
    bank, account = tampering.one("SELECT bank_id, id FROM account WHERE kind = 'pot'")
    tampering.run(("UPDATE account SET given = given + 1 WHERE (bank_id, id) = (?, ?)", (bank, account)))
    wrong = lively.timebank("check-books", "--processes", "2")
    assert (wrong.exit_code, wrong.stdout) == (1, lively.timebank("check-books").stdout)
