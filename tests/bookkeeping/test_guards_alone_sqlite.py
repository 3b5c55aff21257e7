"""Each trigger of SQLite alone: all others asleep, no CHECK asked, one thing wrong at a time with a row that is right.

In the books as they are, several guards refuse the same wrong; here a hole in any one of them shows.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.bookkeeping.conftest import Written, write_a_meal
from tests.bookkeeping.sql import DAY, MOMENT

HASH = f"x'{'00' * 32}'"
CLOSED, FLOOR, MINUTES = "books_append_only", "floor_kept", "minutes_whole_and_positive"
NOBODY, MIRRORS, SEALED, WHOLE = "account_exists", "reversal_mirrors", "sealed_in_order", "entry_whole"
LINES, HELD = "entry_has_lines", "hold_resolved_once"
OPEN, TWO = "account_open", "second_approver"


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def names(sqlite_backend, meal):
    return {**meal.names(sqlite_backend), "hash": HASH}


def _insert(table, row):
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(str(value) for value in row.values())})"


def _alone(backend, names, trigger, statements):
    """What the trigger says to the last of these statements; None where it takes it. All is undone."""
    with backend.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        rows = connection.scalars(text("SELECT name || '|' || sql FROM sqlite_master WHERE type = 'trigger'")).all()
        standing = dict(row.split("|", 1) for row in rows)
        for name in standing:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        *before, attack = [statement.format(**names) for statement in statements]
        for statement in before:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(standing[trigger])
        try:
            connection.exec_driver_sql(attack)
        except DBAPIError as error:
            return str(error.orig)
        finally:
            connection.rollback()
            connection.invalidate()  # the settings above are not for others
    return None


def _entry(**changed):
    row = {
        "bank_id": "{bank}",
        "id": 5,
        "key": "'new'",
        "kind": "'exchange'",
        "occurred_on": DAY,
        "recorded_at": MOMENT,
        "recorded_by": "{recorder}",
        "deed": "'exchange:open'",
        "lines": "'[[{grace},{ada},60]]'",
        "digest": HASH,
    }
    return _insert("entry", {**row, **changed})


def _reversal(lines="[[{ada},{linus},30,2]]", **changed):
    return _entry(**{"reverses": "{entry}", "lines": f"'{lines}'", **changed})


def _transfer(**changed):
    row = {
        "bank_id": "{bank}",
        "entry_id": 5,
        "line": 1,
        "from_account_id": "{grace}",
        "from_number": 2,
        "to_account_id": "{ada}",
        "to_number": 3,
        "minutes": 60,
        "reverses": "NULL",
        "reverses_line": "NULL",
    }
    return _insert("transfer", {**row, **changed})


def _back(**changed):
    """The transfer of a reversal of the meal's second line."""
    row = {"from_account_id": "{ada}", "from_number": 3, "to_account_id": "{linus}", "to_number": 2, "minutes": 30}
    return _transfer(**{**row, "reverses": "{entry}", "reverses_line": 2, **changed})


def _posting(**changed):
    """What the transfer above brings to Ada."""
    row = {
        "bank_id": "{bank}",
        "account_id": "{ada}",
        "number": 3,
        "entry_id": 5,
        "line": 1,
        "minutes": 60,
        "balance_after": 150,
        "given_after": 150,
        "received_after": 0,
    }
    return _insert("posting", {**row, **changed})


def _taken(**changed):
    """What the transfer above takes from Grace."""
    row = {"account_id": "{grace}", "number": 2, "minutes": -60, "balance_after": -120}
    return _posting(**{**row, "given_after": 0, "received_after": 120, **changed})


def _account(**changed):
    row = {"bank_id": "{bank}", "id": 5, "kind": "'member'", "opened_at": MOMENT, "floor": 0}
    return _insert("account", {**row, **changed})


def _limit(**changed):
    row = {"bank_id": "{bank}", "account_id": "{ada}", "number": 2, "floor": -100, "reason": "'why'"}
    return _insert("limit_change", {**row, "recorded_at": MOMENT, **changed})


def _hold(**changed):
    row = {"bank_id": "{bank}", "id": 5, "account_id": "{ada}", "minutes": 5, "unagreed_minutes": 5}
    return _insert("hold", {**row, "deed": "'exchange:new'", "placed_at": MOMENT, **changed})


def _memo(**changed):
    return _insert("memo", {"bank_id": "{bank}", "entry_id": 5, "words": "'Words'", "salt": "x'00'", **changed})


def _leaf(**changed):
    row = {"bank_id": "{bank}", "number": 0, "kind": "'entry'", "subject_id": 5, "subject_number": 0, "hash": HASH}
    return _insert("leaf", {**row, **changed})


def _seal(**changed):
    row = {"bank_id": "{bank}", "number": 1, "size": 2, "root": HASH, "peaks": HASH, "signed_at": MOMENT}
    return _insert("seal", {**row, "checkpoint": "'x'", **changed})


def _log(**changed):
    row = {"bank_id": "{bank}", "number": 2, "after_seal": 0, "size": 0, "begun_at": MOMENT}
    return _insert("seal_log", {**row, **changed})


def _closing(**changed):
    """Of an account that stands at nothing and is open."""
    row = {"bank_id": "{bank}", "id": 5, "kind": "'account_closed'", "account_id": 7, "recorded_by": "{recorder}"}
    return _insert("closing", {**row, "reason": "'Left'", "recorded_at": MOMENT, **changed})


def _month(**changed):
    row = {"id": 6, "kind": "'month_signed_off'", "account_id": "NULL", "month": "'2026-10-01'"}
    return _closing(**{**row, "approved_by": 3, **changed})


def _trail(**changed):
    row = {"bank_id": "{bank}", "id": 5, "done_at": MOMENT, "done_by": "{recorder}", "deed": "'x'", "subject": "'x'"}
    return _insert("trail", {**row, "form_key": "'key'", **changed})


MANY = _entry(lines="'[[{grace},{ada},60],[{linus},{ada},30]]'", words_digest=HASH)
MOVED = "UPDATE account SET balance = 150, number = 3, given = 150 WHERE id = {{ada}}"
TWO_LEAVES = (_leaf(), _leaf(number=1, subject_id=6))
BIG = (_entry(lines="'[[{grace},{ada},1140]]'"), _transfer(minutes=1140))
TOO_BIG = (_entry(lines="'[[{grace},{ada},1141]]'"), _transfer(minutes=1141))
FROM_LINUS = {"from_account_id": "{linus}", "account_id": "{linus}"}
ADA_AT_ONE = "UPDATE account SET number = 1, balance = 60, given = 60 WHERE id = {ada}"


def _update(table, what, where):
    return f"UPDATE {table} SET {what} WHERE {where}"


def _ada(what):
    return _update("account", what, "id = {ada}")


def _linus(what):
    return _update("account", what, "id = {linus}")


def _open(what):
    return _update("hold", what, "id = {open}")


EMPTY, EMPTY_TOO = _account(id=7), _account(id=8)
CLOSE = _update("account", f"closed_at = {MOMENT}", "id = 7")
RESOLVED = f"resolved_at = {MOMENT}"
#: {trigger: [(rule or None where it is right, what stands before and what is tried)]}.
TABLE = {
    "entry_before_insert": [
        (None, _entry()),
        (CLOSED, _entry(id="{entry}")),
        (None, _entry(id="{entry}", bank_id="{other_bank}")),
        (None, _entry(key="'k'", bank_id="{other_bank}")),
        *[(LINES, _entry(lines=lines)) for lines in ("x'5b5d'", "'['", "'{{}}'", "'[]'", "'7'")],
        *[(WHOLE, _entry(**wrong)) for wrong in ({"occurred_on": "'2026-13-01'"}, {"recorded_at": "'soon'"})],
        *[(WHOLE, _entry(digest=wrong)) for wrong in ("'text'", "x'00'", f"'{'x' * 32}'")],
        *[(WHOLE, _entry(words_digest=wrong)) for wrong in ("x'00'", f"'{'x' * 32}'")],
        (None, _entry(words_digest=HASH)),
        *[
            (MINUTES, _entry(lines=f"'[{line}]'"))
            for line in ("{grace}", "[{grace},{ada}]", "[{grace},{ada},60,1]", "[{grace},{ada},1.5]", '[{grace},"a",1]')
        ],
        (MINUTES, _reversal("[[{ada},{linus},30]]")),
        (None, _reversal()),
        (None, _reversal("[[{ada},{linus},30,2],[{ada},{grace},60,1]]")),
        (MIRRORS, _reversal("[[{ada},{grace},60,1],[{ada},{linus},30,2]]")),
        (MIRRORS, _reversal("[[{ada},{linus},30,2],[{ada},{linus},30,2]]")),
        (MIRRORS, _reversal("[[{ada},{linus},30,3],[{ada},{linus},30,1],[{ada},{linus},30,2]]")),
        (MIRRORS, _reversal(reverses=9)),
        (MIRRORS, _reversal(bank_id="{other_bank}")),
        (MIRRORS, _reversal(kind="'gift'")),
        (MIRRORS, _reversal(id=6, key="'r'"), _reversal(reverses=6)),
        (None, _entry(lines="'[[{linus},{ada},40]]'", resolves="{open}")),
        (None, _entry(lines="'[[{grace},{ada},5],[{linus},{ada},40]]'", resolves="{open}")),
        *[
            (HELD, _entry(**{"lines": "'[[{linus},{ada},40]]'", "resolves": "{open}", **wrong}))
            for wrong in (
                {"resolves": 9},
                {"bank_id": "{other_bank}"},
                {"deed": "'exchange:other'"},
                {"resolves": "{over}", "deed": "'exchange:over'"},
                {"lines": "'[[{ada},{linus},40]]'"},
            )
        ],
        (HELD, _reversal("[[{ada},{linus},30,2]]", resolves="{open}")),
        (HELD, _hold(), _reversal(resolves=5, deed="'exchange:new'")),
        (None, _entry(approved_by=3)),
        (None, _entry(kind="'adjustment'", approved_by=3)),
        (TWO, _entry(approved_by="{recorder}")),
        (TWO, _entry(kind="'adjustment'", approved_by="{recorder}")),
        (TWO, _entry(kind="'adjustment'")),
    ],
    "seal_log_before_insert": [
        (None, _log()),
        (None, *TWO_LEAVES, _seal(), _log(after_seal=1, size=2)),
        (None, _log(), _log(number=3)),
        (None, _log(), _log(bank_id="{other_bank}")),
        (None, _log(number=9), _log(bank_id="{other_bank}")),
        (CLOSED, _log(), _log()),
        *[
            (SEALED, *TWO_LEAVES, _seal(), _log(**{"after_seal": 1, "size": 2, **wrong}))
            for wrong in (
                {"number": 1},
                {"number": "'x'"},
                {"begun_at": "'soon'"},
                {"after_seal": 0},
                {"after_seal": 2},
                {"size": 1},
                {"size": 3},
                {"bank_id": "{other_bank}"},
            )
        ],
        (SEALED, _log(number=3), _log(number=2)),
        (SEALED, _log(after_seal=1)),
        (SEALED, _log(size=1)),
    ],
    "closing_before_insert": [
        (None, EMPTY, _closing()),
        (None, _month()),
        (None, EMPTY, _closing(), CLOSE, _closing(id=6, kind="'account_opened'")),
        (None, EMPTY, EMPTY_TOO, _closing(), _closing(id=6, account_id=8)),
        (None, _month(), _month(id=7, month="'2026-09-01'")),
        (None, _month(), _month(bank_id="{other_bank}")),
        (CLOSED, _month(), EMPTY, _closing(id=6)),
        (CLOSED, _month(), _month(id=7)),
        (CLOSED, EMPTY, _closing(recorded_at="'soon'")),
        (CLOSED, EMPTY, _closing(id="'x'")),
        (CLOSED, _month(month="'2026-10-02'")),
        (CLOSED, EMPTY, _month(account_id=7)),
        (CLOSED, _closing(account_id="NULL")),
        (NOBODY, _closing(account_id=9)),
        (NOBODY, _closing(account_id="{perdita}")),
        (OPEN, EMPTY, _closing(kind="'account_opened'")),
        (OPEN, EMPTY, _closing(), CLOSE, _closing(id=6)),
        (OPEN, EMPTY, _closing(id=6), CLOSE, _closing(id=5, kind="'account_opened'")),
        (OPEN, _closing(account_id="{ada}")),
        (OPEN, EMPTY, _update("account", "held = 1", "id = 7"), _closing()),
        (None, EMPTY, _closing(approved_by=3)),
        (TWO, EMPTY, _closing(approved_by="{recorder}")),
        (TWO, _month(approved_by="{recorder}")),
    ],
    "transfer_before_insert": [
        (None, MANY, _transfer()),
        (CLOSED, _transfer(entry_id="{entry}")),
        (None, MANY, _transfer(), _transfer(line=2, from_account_id="{linus}", minutes=30)),
        *[(MINUTES, MANY, _transfer(minutes=wrong)) for wrong in (0, -60, 1.5, "'x'")],
        ("two_different_accounts", MANY, _transfer(to_account_id="{grace}")),
        *[(NOBODY, MANY, _transfer(**{side: 5})) for side in ("from_account_id", "to_account_id")],
        *[(NOBODY, MANY, _transfer(**{side: "{perdita}"})) for side in ("from_account_id", "to_account_id")],
        *[
            (CLOSED, MANY, _transfer(**wrong))
            for wrong in (
                {"entry_id": 6},
                {"line": 2},
                {"line": 3},
                {"from_account_id": "{linus}"},
                {"to_account_id": "{linus}", "to_number": 2},
                {"minutes": 59},
                {"reverses_line": 1},
                {"reverses": "{entry}"},
                *({"from_number": number} for number in (1, 3, "NULL")),
                *({"to_number": number} for number in (2, 4, "NULL")),
            )
        ],
        (None, _reversal(), _back()),
        (CLOSED, _reversal(), _back(reverses_line=1)),
        (CLOSED, _reversal(), _back(reverses="NULL")),
        (CLOSED, _reversal(), _back(reverses=9)),
        (MIRRORS, _reversal("[[{ada},{linus},29,2]]"), _back(minutes=29)),
        (MIRRORS, _reversal("[[{ada},{grace},30,2]]"), _back(to_account_id="{grace}")),
        (MIRRORS, _reversal("[[{grace},{linus},30,2]]"), _back(from_account_id="{grace}", from_number=2)),
        (MIRRORS, _reversal("[[{ada},{linus},30,3]]"), _back(reverses_line=3)),
        (MIRRORS, _reversal("[[{ada},{linus},30,1]]"), _back(reverses_line=1)),
        (MIRRORS, _reversal(reverses=9), _back(reverses=9)),
        ("reversed_once", _reversal(), _back(), _reversal(id=6, key="'s'"), _back(entry_id=6)),
        (
            None,
            _reversal(),
            _back(),
            _reversal("[[{ada},{grace},60,1]]", id=6, key="'s'"),
            _back(entry_id=6, to_account_id="{grace}", minutes=60, reverses_line=1),
        ),
        (
            None,
            _reversal(),
            _back(),
            MANY.replace("5, 'new'", "6, 'again'"),
            _transfer(entry_id=6, line=2, from_account_id="{linus}", minutes=30),
            _reversal(id=7, key="'s'", reverses=6),
            _back(entry_id=7, reverses=6),
        ),
    ],
    "posting_before_insert": [
        (None, MANY, _transfer(), _posting()),
        (None, MANY, _transfer(), _taken()),
        *[
            (CLOSED, MANY, _transfer(), _posting(**wrong))
            for wrong in (
                {"account_id": "{linus}", "number": 2, "balance_after": 30, "given_after": 60, "received_after": 30},
                {"entry_id": 6},
                {"line": 2},
                {"number": 4},
                {"minutes": 59, "balance_after": 149, "given_after": 149},
                {"minutes": -60, "balance_after": 30, "given_after": 90, "received_after": 60},
                {"balance_after": 149},
                {"given_after": 149},
                {"given_after": 90},
                {"received_after": 1},
                {"bank_id": "{other_bank}"},
            )
        ],
        *[
            (CLOSED, MANY, _transfer(), _taken(**wrong))
            for wrong in (
                {"minutes": 60, "balance_after": 0, "given_after": 60, "received_after": 60},
                {"minutes": -59, "balance_after": -119, "received_after": 119},
                {"received_after": 60},
                {"received_after": 119},
                {"given_after": 1},
                {"number": 3},
            )
        ],
        (CLOSED, MANY, _transfer(to_number=4), _posting()),
        (CLOSED, MANY, _transfer(to_number=4), _posting(number=4)),
        (CLOSED, MANY, _transfer(from_number=3), _taken()),
        (CLOSED, MANY, _transfer(from_number=3), _taken(number=3)),
        (
            CLOSED,
            ADA_AT_ONE,
            _posting(number=2, entry_id="{entry}", line=2, minutes=30, balance_after=90, given_after=90),
        ),
        (None, _entry(kind="'gift'"), _transfer(), _posting(given_after=90)),
        (CLOSED, _entry(kind="'gift'"), _transfer(), _posting()),
        (None, _entry(kind="'gift'"), _transfer(), _taken(received_after=60)),
        (CLOSED, _entry(kind="'gift'"), _transfer(), _taken()),
        (None, _entry(kind="'activity'"), _transfer(), _posting()),
        (None, _reversal(), _back(), _posting(minutes=-30, balance_after=60, given_after=60)),
        (CLOSED, _reversal(), _back(), _posting(minutes=-30, balance_after=60, given_after=90, received_after=30)),
        (
            None,
            _reversal(),
            _back(),
            _posting(account_id="{linus}", number=2, minutes=30, balance_after=0, given_after=0),
        ),
        (
            CLOSED,
            _reversal(),
            _back(),
            _posting(account_id="{linus}", number=2, minutes=30, balance_after=0, given_after=30, received_after=30),
        ),
        (None, *BIG, _taken(minutes=-1140, balance_after=-1200, received_after=1200)),
        (FLOOR, *TOO_BIG, _taken(minutes=-1141, balance_after=-1201, received_after=1201)),
        (
            None,
            *TOO_BIG,
            _update("account", "floor = NULL", "id = {grace}"),
            _taken(minutes=-1141, balance_after=-1201, received_after=1201),
        ),
        *[
            (
                rule,
                _entry(lines=f"'[[{{linus}},{{ada}},{minutes}]]'"),
                _transfer(from_account_id="{linus}", minutes=minutes),
                _taken(
                    account_id="{linus}",
                    minutes=-minutes,
                    balance_after=-30 - minutes,
                    received_after=30 + minutes,
                ),
            )
            for minutes, rule in ((1130, None), (1131, FLOOR))
        ],
        (None, _ada("floor = 1000"), MANY, _transfer(), _posting()),
    ],
    "account_before_insert": [
        (None, _account()),
        (None, _account(kind="'opening'")),
        (None, _account(), _account(id=6)),
        (None, _account(id="{ada}", bank_id="{other_bank}")),
        (CLOSED, _account(id="{ada}")),
        *[(CLOSED, _account(kind=kind), _account(id=6, kind=kind)) for kind in ("'opening'", "'leavers'")],
        (CLOSED, _account(kind="'pot'")),
        (None, _account(kind="'opening'"), _account(bank_id="{other_bank}", kind="'opening'")),
        *[(CLOSED, _account(**{column: 1})) for column in ("balance", "number", "given", "received", "floor", "held")],
        (CLOSED, _account(closed_at=MOMENT)),
        (CLOSED, _account(floor="NULL")),
    ],
    "account_before_update": [
        (None, _posting(), MOVED.format()),
        *[
            (CLOSED, _posting(), _ada(wrong))
            for wrong in (
                "bank_id = {other_bank}",
                "id = 5",
                "kind = 'group'",
                "opened_at = '2020-01-01 00:00:00'",
                "balance = 150",
                "number = 3",
                "given = 150",
                "received = 1",
                "balance = 149, number = 3, given = 150",
                "balance = 150, number = 3, given = 149",
                "balance = 150, number = 3, given = 150, received = 1",
                "balance = 60, number = 3, given = 60",
                "balance = 150, number = 4, given = 150",
                "balance = 150, number = 2, given = 150",
            )
        ],
        (CLOSED, _posting(number=4), _ada("balance = 150, number = 4, given = 150")),
        (CLOSED, _posting(bank_id="{other_bank}"), _ada("balance = 150, number = 3, given = 150")),
        (CLOSED, _linus("balance = 90, number = 2, given = 90, received = 0")),
        (CLOSED, _ada("floor = -100")),
        (None, _limit(), _ada("floor = -100")),
        (CLOSED, _limit(), _limit(number=3, floor=-200), _ada("floor = -100")),
        (CLOSED, _limit(account_id="{grace}"), _ada("floor = -100")),
        (CLOSED, _limit(bank_id="{other_bank}"), _ada("floor = -100")),
        (None, _limit(), _limit(account_id="{grace}", number=9, floor=-7), _ada("floor = -100")),
        (None, _limit(), _limit(bank_id="{other_bank}", number=9, floor=-7), _ada("floor = -100")),
        (None, _limit(floor="NULL"), _ada("floor = NULL")),
        (FLOOR, _limit(floor=91), _ada("floor = 91")),
        (None, _limit(floor=90), _ada("floor = 90")),
        (None, _hold(), _ada("held = 5")),
        (CLOSED, _hold(), _ada("held = 4")),
        (CLOSED, _hold(bank_id="{other_bank}"), _ada("held = 5")),
        (CLOSED, _linus("held = 50")),
        (CLOSED, _linus("held = 0")),
        (None, _open(RESOLVED), _linus("held = 0")),
        (None, _hold(minutes=1290), _ada("held = 1290")),
        (FLOOR, _hold(minutes=1291), _ada("held = 1291")),
        (None, _hold(minutes=1291), _ada("floor = NULL"), _ada("held = 1291")),
        (CLOSED, EMPTY, CLOSE),
        (None, EMPTY, _closing(), CLOSE),
        (CLOSED, EMPTY, _closing(recorded_at="'2020-01-01 00:00:00'"), CLOSE),
        (CLOSED, EMPTY, EMPTY_TOO, _closing(account_id=8), CLOSE),
        (CLOSED, EMPTY, _closing(bank_id="{other_bank}"), CLOSE),
        (CLOSED, EMPTY, _closing(), _closing(id=6, kind="'account_opened'"), CLOSE),
        (None, EMPTY, EMPTY_TOO, _closing(), _closing(id=9, account_id=8), CLOSE),
        (None, EMPTY, _closing(), _closing(id=9, bank_id="{other_bank}"), CLOSE),
        (None, EMPTY, CLOSE, _closing(kind="'account_opened'"), _update("account", "closed_at = NULL", "id = 7")),
        (CLOSED, EMPTY, CLOSE, _closing(), _update("account", "closed_at = NULL", "id = 7")),
        (OPEN, _closing(account_id="{ada}"), _ada(f"closed_at = {MOMENT}")),
        (OPEN, EMPTY, _update("account", "held = 5, floor = NULL", "id = 7"), _closing(), CLOSE),
        (
            OPEN,
            _account(id=7, closed_at=MOMENT),
            _posting(account_id=7, number=1, balance_after=0, given_after=0),
            _update("account", "number = 1", "id = 7"),
        ),
    ],
    "limit_change_before_insert": [
        (None, _limit()),
        (None, _limit(floor="NULL")),
        (NOBODY, _limit(account_id=5)),
        (NOBODY, _limit(account_id="{perdita}")),
        *[(CLOSED, _limit(number=wrong)) for wrong in (1, 3, "NULL")],
        (None, _limit(), _limit(number=3)),
        *[(MINUTES, _limit(floor=wrong)) for wrong in ("-1.5", "'none'")],
        (FLOOR, _limit(floor=91)),
        (None, _limit(floor=90)),
        (FLOOR, _limit(account_id="{linus}", floor=-69)),
        (None, _limit(account_id="{linus}", floor=-70)),
    ],
    "hold_before_insert": [
        (None, _hold()),
        (CLOSED, _hold(id="{open}")),
        (CLOSED, _hold(deed="'exchange:open'")),
        (
            None,
            _account(bank_id="{other_bank}", floor="NULL"),
            _hold(bank_id="{other_bank}", account_id=5, id="{open}"),
        ),
        (NOBODY, _hold(account_id=5)),
        (NOBODY, _hold(account_id="{perdita}")),
        *[(MINUTES, _hold(minutes=wrong, unagreed_minutes=0)) for wrong in ("-1", "1.5", "'x'")],
        *[(MINUTES, _hold(unagreed_minutes=wrong)) for wrong in ("-1", "1.5", "'x'", "6")],
        (None, _hold(minutes=0, unagreed_minutes=0)),
        (CLOSED, _hold(resolved_at=MOMENT)),
        (CLOSED, _hold(placed_at="'soon'")),
        (None, _hold(minutes=1290)),
        (FLOOR, _hold(minutes=1291)),
        (None, _hold(account_id="{linus}", minutes=1130)),
        (FLOOR, _hold(account_id="{linus}", minutes=1131)),
    ],
    "hold_before_update": [
        (None, _open(RESOLVED)),
        (CLOSED, _update("hold", RESOLVED, "id = {over}")),
        (CLOSED, _open("resolved_at = NULL")),
        (CLOSED, _open("resolved_at = 'soon'")),
        *[
            (CLOSED, _open(f"{RESOLVED}, {wrong}"))
            for wrong in (
                "bank_id = {other_bank}",
                "id = 5",
                "account_id = {ada}",
                "minutes = 39",
                "unagreed_minutes = 24",
                "deed = 'exchange:other'",
                "placed_at = '2020-01-01 00:00:00'",
            )
        ],
    ],
    "memo_before_insert": [
        (None, MANY, _memo()),
        (CLOSED, _memo(entry_id="{entry}")),
        (None, MANY.replace("{bank}", "{other_bank}"), _memo(bank_id="{other_bank}")),
        (None, MANY, _memo(), MANY.replace("5, 'new'", "6, 'again'"), _memo(entry_id=6)),
        *[(CLOSED, MANY, _memo(words=wrong)) for wrong in ("NULL", "x'00'")],
        *[(CLOSED, MANY, _memo(salt=wrong)) for wrong in ("NULL", "'text'")],
        (CLOSED, _memo()),
        (CLOSED, _entry(), _memo()),
        (CLOSED, MANY, _memo(bank_id="{other_bank}")),
    ],
    "memo_before_update": [
        (None, _update("memo", "words = NULL, salt = NULL", "1")),
        *[
            (CLOSED, _update("memo", wrong, "1"))
            for wrong in (
                "words = NULL",
                "salt = NULL",
                "words = NULL, salt = NULL, bank_id = 5",
                "words = NULL, salt = NULL, entry_id = 5",
            )
        ],
    ],
    "trail_before_insert": [
        (None, _trail()),
        (CLOSED, _trail(), _trail(form_key="'other'")),
        (None, _trail(), _trail(bank_id="{other_bank}")),
        (None, _trail(), _trail(id=6, form_key="'other'")),
        (None, _trail(form_key="NULL"), _trail(id=6, form_key="NULL")),
    ],
    "leaf_before_insert": [
        (None, _leaf()),
        (None, _leaf(), _leaf(number=1, subject_id=6)),
        (None, _leaf(), _leaf(number=1, subject_number=1)),
        (None, _leaf(), _leaf(number=1, kind="'account'")),
        (None, _leaf(), _leaf(bank_id="{other_bank}")),
        (CLOSED, _leaf(), _leaf(subject_id=6)),
        (CLOSED, _leaf(), _leaf(number=1)),
        *[(SEALED, _leaf(), _leaf(number=wrong, subject_id=6)) for wrong in ("2", "-1", "1.5", "'x'")],
        (SEALED, _leaf(), _leaf(bank_id="{other_bank}", number=1)),
        (SEALED, _leaf(number=1)),
        *[(SEALED, _leaf(hash=wrong)) for wrong in ("x'00'", f"'{'x' * 32}'")],
        (SEALED, _leaf(block="'text'")),
        (None, _leaf(block=HASH)),
    ],
    "seal_before_insert": [
        (None, *TWO_LEAVES, _seal()),
        (None, *TWO_LEAVES, _seal(), _leaf(number=2, subject_id=7), _seal(number=2, size=3)),
        (CLOSED, *TWO_LEAVES, _seal(), _leaf(number=2, subject_id=7), _seal(size=3)),
        (None, *TWO_LEAVES, _seal(), _leaf(bank_id="{other_bank}"), _seal(bank_id="{other_bank}", size=1)),
        *[
            (SEALED, *TWO_LEAVES, _seal(**wrong))
            for wrong in (
                {"number": 2},
                {"number": 0},
                {"number": "'x'"},
                {"size": 1},
                {"size": 3},
                {"size": "'x'"},
                {"root": "x'00'"},
                {"root": f"'{'x' * 32}'"},
                {"peaks": "'text'"},
                {"bank_id": "{other_bank}"},
            )
        ],
        (SEALED, *TWO_LEAVES, _seal(), _seal(number=2)),
        (SEALED, *TWO_LEAVES, _seal(), _leaf(number=2, subject_id=7), _seal(number=3, size=3)),
    ],
}


@pytest.mark.parametrize(
    ("trigger", "rule", "statements"),
    [(trigger, rule, statements) for trigger, cases in TABLE.items() for rule, *statements in cases],
)
def test_a_trigger_alone_refuses_just_what_is_wrong(sqlite_backend, names, trigger, rule, statements):
    told = _alone(sqlite_backend, names, trigger, statements)
    assert told == rule


def test_every_trigger_that_looks_at_a_row_is_tried_alone(sqlite_backend, names):
    with sqlite_backend.engine.connect() as connection:
        written = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE name LIKE '%\\_before\\_%' ESCAPE '\\'")
        )
        assert set(written) == set(TABLE)


def test_a_form_sent_twice_is_left_aside_in_silence(sqlite_backend, names):
    """By whom and of which form decides, in one bank."""
    for changed, rows in (({}, 1), ({"done_by": 7}, 2), ({"bank_id": "{other_bank}"}, 2), ({"form_key": "'b'"}, 2)):
        with sqlite_backend.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for statement in (_trail(), _trail(**{"id": 6, **changed})):
                connection.exec_driver_sql(statement.format(**names))
            assert connection.scalar(text("SELECT count(*) FROM trail WHERE deed = 'x'")) == rows, changed
            connection.rollback()
