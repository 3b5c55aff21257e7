"""Each trigger of SQLite with all others dropped and CHECKs ignored, and rows with one wrong value each.

With all triggers in place, several refuse the same wrong row, which would hide a defect in one of them.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.bookkeeping.conftest import Written, write_a_meal
from tests.bookkeeping.rows import (
    RIGHT_PEOPLE,
    WRONG_PEOPLE,
    account,
    back,
    closing,
    entry,
    hold,
    holder,
    leaf,
    limit,
    log,
    memo,
    month,
    posting,
    reversal,
    seal,
    taken,
    trail,
    update,
)
from tests.bookkeeping.sql import MOMENT
from timebank.ledger.accounts import AccountKind, HolderKind, holder_kind

HASH = f"x'{'00' * 32}'"
CLOSED, FLOOR, MINUTES = "books_append_only", "floor_kept", "minutes_whole_and_positive"
NOBODY, MIRRORS, SEALED, WHOLE = "account_exists", "reversal_mirrors", "sealed_in_order", "entry_whole"
LINES, HELD = "entry_has_lines", "hold_resolved_once"
OPEN, TWO, ONCE = "account_open", "second_approver", "reversed_once"
SAME = "two_different_accounts"


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def names(sqlite_backend, meal):
    return {**meal.names(sqlite_backend), "hash": HASH, "byte": "x'00'"}


def _alone(backend, names, trigger, statements):
    """Return the trigger's refusal of the last of these statements, None if it accepts it; rolls back."""
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


MANY = entry(lines="'[[{grace},{ada},60],[{linus},{ada},30]]'", words_digest=HASH)
MANY_ELSEWHERE = MANY.replace("{bank}", "{other_bank}")
MOVED = "UPDATE account SET balance = 150, number = 3, given = 150 WHERE id = {{ada}}"
TWO_LEAVES = (leaf(), leaf(number=1, subject_id=6))
BIG = entry(lines="'[[{grace},{ada},1140]]'")
TOO_BIG = entry(lines="'[[{grace},{ada},1141]]'")
OTHERS = {"bank_id": "{other_bank}", "recorded_by": "{other_member}"}
FROM_LINUS = {"line": 2, "account_id": "{linus}", "minutes": -30, "balance_after": -60, "received_after": 60}
#: More minutes than 64 bits hold, which JSON takes and SQLite makes a fraction of.
ENDLESS = 2**63
ADA_AT_ONE = "UPDATE account SET number = 1, balance = 60, given = 60 WHERE id = {ada}"


def _ada(what):
    return update("account", what, "id = {ada}")


def _linus(what):
    return update("account", what, "id = {linus}")


def first_holder(**changed):
    return holder(**{"account_id": 5, "number": 1, **changed})


def _open(what):
    return update("hold", what, "id = {open}")


FIRST = "[[{ada},{grace},60,1]]"
EMPTY, EMPTY_TOO = account(id=7), account(id=8)
CLOSE = update("account", f"closed_at = {MOMENT}", "id = 7")
RESOLVED = f"resolved_at = {MOMENT}"
#: {trigger: [(rule or None where it is right, what stands before and what is tried)]}.
TABLE = {
    "entry_before_insert": [
        (None, entry()),
        (CLOSED, entry(id="{entry}")),
        (None, entry(id="{entry}", **OTHERS)),
        (None, entry(key="'k'", **OTHERS)),
        *[(LINES, entry(lines=lines)) for lines in ("x'5b5d'", "'['", "'{{}}'", "'[]'", "'7'")],
        *[(WHOLE, entry(**wrong)) for wrong in ({"occurred_on": "'2026-13-01'"}, {"recorded_at": "'soon'"})],
        *[(WHOLE, entry(digest=wrong)) for wrong in ("'text'", "x'00'", f"'{'x' * 32}'")],
        *[(WHOLE, entry(words_digest=wrong)) for wrong in ("x'00'", f"'{'x' * 32}'")],
        (None, entry(words_digest=HASH)),
        (None, entry(lines="'[[{grace},{ada},60]]'")),
        *[
            ("minutes_whole_and_positive", entry(lines=wrong))
            for wrong in ("'[[{grace}, {ada}, 60]]'", "'[[{grace},{ada},1000000001]]'", "'[[{grace},{ada},60]] '")
        ],
        *[(CLOSED, entry(**wrong)) for wrong in ({"id": "'abc'"}, {"id": "1.5"}, {"key": "x'61'"})],
        *[(WHOLE, entry(recorded_at=wrong)) for wrong in ("'now'", "'12:00'", "'2026-11-21 10:00:00'")],
        (None, entry(lines="'[[{grace},{ada},60],[{grace},{ada},60]]'")),
        *[
            (MINUTES, entry(lines=f"'[{line}]'"))
            for line in (
                "{grace}",
                "[{grace},{ada}]",
                "[{grace},{ada},60,1]",
                "[{grace},{ada},[60]]",
                '[{grace},{ada},{{"m":60}}]',
                *(
                    f"[{{grace}},{{ada}},{wrong}]"
                    for wrong in ("0", "-60", "1.5", "60.0", '"60"', "null", "true", "6e1")
                ),
                *(f"[{wrong},{{ada}},60]" for wrong in ("1.5", "5.0", '"5"', "null", "[5]")),
                *(f"[{{grace}},{wrong},60]" for wrong in ("1.5", "5.0", '"5"', "null", "[5]")),
                f"[{{grace}},{{ada}},{ENDLESS}]",
                f"[{{grace}},{{ada}},60],[{{linus}},{{ada}},{ENDLESS}]",
                *(
                    f"[{{grace}},{{ada}},60],[{{linus}},{{ada}},{wrong}]"
                    for wrong in ("0", "60.0", '"60"', "null", "60,1")
                ),
                *(
                    f"[{{grace}},{{ada}},{wrong}],[{{linus}},{{ada}},60]"
                    for wrong in ("0", "60.0", '"60"', "null", "60,1")
                ),
                "[{grace},{ada},60],7",
            )
        ],
        *[
            (SAME, entry(lines=f"'[{lines}]'"))
            for lines in (
                "[{ada},{ada},60]",
                "[{grace},{ada},60],[{ada},{ada},60]",
                "[{ada},{ada},60],[{grace},{ada},60]",
            )
        ],
        *[(None, build()) for build in RIGHT_PEOPLE],
        *[(rule, build()) for rule, build in WRONG_PEOPLE],
        (MINUTES, reversal("[[{ada},{linus},30]]")),
        (None, reversal()),
        (None, reversal("[[{ada},{linus},30,2],[{ada},{grace},60,1]]")),
        (MIRRORS, reversal("[[{ada},{grace},60,1],[{ada},{linus},30,2]]")),
        (MIRRORS, reversal("[[{ada},{linus},30,2],[{ada},{linus},30,2]]")),
        (MIRRORS, reversal("[[{ada},{linus},30,3],[{ada},{linus},30,1],[{ada},{linus},30,2]]")),
        (MIRRORS, reversal(reverses=9)),
        (MIRRORS, reversal(**OTHERS)),
        (MIRRORS, reversal(kind="'gift'")),
        (MIRRORS, reversal(id=6, key="'r'"), reversal(reverses=6)),
        (None, entry(lines="'[[{linus},{ada},40]]'", resolves="{open}")),
        (None, entry(lines="'[[{grace},{ada},5],[{linus},{ada},40]]'", resolves="{open}")),
        *[
            (HELD, entry(**{"lines": "'[[{linus},{ada},40]]'", "resolves": "{open}", **wrong}))
            for wrong in (
                {"resolves": 9},
                OTHERS,
                {"deed": "'exchange:other'"},
                {"resolves": "{over}", "deed": "'exchange:over'"},
                {"lines": "'[[{ada},{linus},40]]'"},
            )
        ],
        (HELD, reversal("[[{ada},{linus},30,2]]", resolves="{open}")),
        (HELD, hold(), reversal(resolves=5, deed="'exchange:new'")),
    ],
    "seal_log_before_insert": [
        (None, log()),
        (None, *TWO_LEAVES, seal(), log(after_seal=1, size=2)),
        (None, log(), log(number=3)),
        (None, log(), log(bank_id="{other_bank}")),
        (None, log(number=9), log(bank_id="{other_bank}")),
        (CLOSED, log(), log()),
        *[
            (SEALED, *TWO_LEAVES, seal(), log(**{"after_seal": 1, "size": 2, **wrong}))
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
        (SEALED, log(number=3), log(number=2)),
        (SEALED, log(after_seal=1)),
        (SEALED, log(size=1)),
    ],
    "closing_before_insert": [
        (None, EMPTY, closing()),
        (None, month()),
        (None, EMPTY, closing(), CLOSE, closing(id=6, kind="'account_reopened'")),
        (None, EMPTY, EMPTY_TOO, closing(), closing(id=6, account_id=8)),
        (None, EMPTY, EMPTY_TOO, closing(id=9), closing(id=6, account_id=8)),
        (None, EMPTY, closing(id=9, bank_id="{other_bank}"), closing()),
        (None, month(), month(id=7, month="'2026-09-01'")),
        (None, month(), month(bank_id="{other_bank}")),
        (CLOSED, month(), EMPTY, closing(id=6)),
        (CLOSED, month(), month(id=7)),
        (CLOSED, EMPTY, closing(recorded_at="'soon'")),
        (CLOSED, EMPTY, closing(id="'x'")),
        (CLOSED, month(month="'2026-10-02'")),
        (CLOSED, EMPTY, month(account_id=7)),
        (CLOSED, closing(account_id="NULL")),
        (NOBODY, closing(account_id=9)),
        (NOBODY, closing(account_id="{perdita}")),
        (OPEN, EMPTY, closing(kind="'account_reopened'")),
        (OPEN, EMPTY, closing(), CLOSE, closing(id=6)),
        (OPEN, EMPTY, closing(id=6), CLOSE, closing(id=5, kind="'account_reopened'")),
        (OPEN, closing(account_id="{ada}")),
        (OPEN, EMPTY, update("account", "held = 1", "id = 7"), closing()),
        (None, EMPTY, closing(approved_by=3)),
        (TWO, EMPTY, closing(approved_by="{recorder}")),
        (TWO, month(approved_by="{recorder}")),
    ],
    "taken_back_before_insert": [
        (None, reversal(), back()),
        (None, reversal("[[{ada},{linus},30,2],[{ada},{grace},60,1]]"), back(), back(line=1)),
        (None, back(bank_id="{other_bank}"), reversal(), back()),
        (None, reversal(), back(), reversal(FIRST, id=6, key="'s'"), back(line=1, by_entry_id=6)),
        (
            None,
            reversal(),
            back(),
            MANY.replace("5, 'new'", "6, 'again'"),
            reversal(id=7, key="'s'", reverses=6),
            back(entry_id=6, by_entry_id=7),
        ),
        (ONCE, reversal(), back(), reversal(id=6, key="'s'"), back(by_entry_id=6)),
        (MIRRORS, back()),
        (MIRRORS, MANY, back()),
        *[
            (MIRRORS, reversal(), back(**wrong))
            for wrong in (
                {"bank_id": "{other_bank}"},
                {"entry_id": 9},
                {"entry_id": 5},
                {"line": 1},
                {"line": 3},
                {"line": "1.5"},
                {"line": "'x'"},
                {"by_entry_id": 6},
                {"by_entry_id": "{entry}"},
            )
        ],
        (MIRRORS, reversal("[[{ada},{linus},29,2]]"), back()),
        (MIRRORS, reversal("[[{ada},{grace},30,2]]"), back()),
        (MIRRORS, reversal("[[{grace},{linus},30,2]]"), back()),
        (MIRRORS, reversal("[[{linus},{ada},30,2]]"), back()),
        (MIRRORS, reversal("[[{ada},{linus},30,3]]"), back(line=3)),
        (MIRRORS, reversal("[[{ada},{linus},30,1]]"), back(line=1)),
        (MIRRORS, reversal(reverses=9), back(entry_id=9)),
        (MIRRORS, MANY_ELSEWHERE.replace("5, 'new'", "9, 'there'"), reversal(reverses=9), back(entry_id=9)),
        (MIRRORS, reversal(bank_id="{other_bank}"), back()),
    ],
    "posting_before_insert": [
        (None, MANY, posting()),
        (None, MANY, taken()),
        (None, MANY, posting(line=2, minutes=30, balance_after=120, given_after=120)),
        (None, MANY, taken(**FROM_LINUS)),
        # A side that was posted is not posted again, though it would follow.
        (CLOSED, posting(entry_id="{entry}", minutes=60)),
        (CLOSED, posting(entry_id="{entry}", line=2, minutes=30, balance_after=120, given_after=120)),
        (CLOSED, taken(entry_id="{entry}")),
        (CLOSED, taken(entry_id="{entry}", **FROM_LINUS)),
        (None, MANY, posting(), taken()),
        (None, MANY, taken(), posting()),
        (None, MANY, posting(bank_id="{other_bank}"), posting()),
        (None, MANY, posting(entry_id=6, number=9), posting()),
        (None, MANY, posting(line=2, number=9), posting()),
        (
            CLOSED,
            ADA_AT_ONE,
            posting(number=2, entry_id="{entry}", line=2, minutes=30, balance_after=90, given_after=90),
        ),
        *[
            (CLOSED, MANY, posting(**wrong))
            for wrong in (
                {"account_id": "{linus}", "number": 2, "balance_after": 30, "given_after": 60, "received_after": 30},
                {"account_id": "{grace}", "number": 2, "balance_after": 0, "given_after": 60, "received_after": 60},
                {"entry_id": 6},
                {"line": 2},
                {"line": 3},
                {"line": "1.5"},
                {"line": "'x'"},
                {"number": 2},
                {"number": 4},
                {"minutes": 59, "balance_after": 149, "given_after": 149},
                {"minutes": 30, "balance_after": 120, "given_after": 120},
                {"minutes": -60, "balance_after": 30, "given_after": 90, "received_after": 60},
                {"minutes": 0, "balance_after": 90, "given_after": 90},
                {"balance_after": 149},
                {"given_after": 149},
                {"given_after": 90},
                {"received_after": 1},
            )
        ],
        *[(NOBODY, MANY, posting(**wrong)) for wrong in ({"account_id": 7}, {"account_id": "{perdita}"})],
        (NOBODY, MANY, posting(bank_id="{other_bank}")),
        (
            CLOSED,
            account(id="{ada}", bank_id="{other_bank}"),
            MANY,
            posting(bank_id="{other_bank}", number=1, balance_after=60, given_after=60),
        ),
        (CLOSED, MANY_ELSEWHERE, posting()),
        *[
            (CLOSED, MANY, taken(**wrong))
            for wrong in (
                {"minutes": 60, "balance_after": 0, "given_after": 60, "received_after": 60},
                {"minutes": -59, "balance_after": -119, "received_after": 119},
                {"received_after": 60},
                {"received_after": 119},
                {"given_after": 1},
                {"number": 3},
            )
        ],
        (None, entry(kind="'gift'"), posting(given_after=90)),
        (CLOSED, entry(kind="'gift'"), posting()),
        (None, entry(kind="'gift'"), taken(received_after=60)),
        (CLOSED, entry(kind="'gift'"), taken()),
        (None, entry(kind="'activity'"), posting()),
        (None, entry(kind="'activity'"), taken()),
        (None, reversal(), posting(minutes=-30, balance_after=60, given_after=60)),
        (CLOSED, reversal(), posting(minutes=-30, balance_after=60, given_after=90, received_after=30)),
        (CLOSED, reversal(), posting(minutes=-30, balance_after=60, given_after=90)),
        (None, reversal(), posting(account_id="{linus}", number=2, minutes=30, balance_after=0, given_after=0)),
        (
            CLOSED,
            reversal(),
            posting(account_id="{linus}", number=2, minutes=30, balance_after=0, given_after=30, received_after=30),
        ),
        (None, BIG, taken(minutes=-1140, balance_after=-1200, received_after=1200)),
        (FLOOR, TOO_BIG, taken(minutes=-1141, balance_after=-1201, received_after=1201)),
        (
            None,
            TOO_BIG,
            update("account", "floor = NULL", "id = {grace}"),
            taken(minutes=-1141, balance_after=-1201, received_after=1201),
        ),
        *[
            (
                rule,
                entry(lines=f"'[[{{linus}},{{ada}},{minutes}]]'"),
                taken(
                    account_id="{linus}",
                    minutes=-minutes,
                    balance_after=-30 - minutes,
                    received_after=30 + minutes,
                ),
            )
            for minutes, rule in ((1130, None), (1131, FLOOR))
        ],
        (None, _ada("floor = 1000"), MANY, posting()),
        (OPEN, _ada(f"closed_at = {MOMENT}"), MANY, posting()),
        (OPEN, update("account", f"closed_at = {MOMENT}", "id = {grace}"), MANY, taken()),
        (  # a balance that 64 bits cannot hold is no whole number any more
            CLOSED,
            update("account", f"floor = NULL, balance = -{ENDLESS}", "id = {grace}"),
            MANY,
            taken(balance_after=f"-{ENDLESS} - 60"),
        ),
    ],
    "account_before_insert": [
        (None, account()),
        (None, account(kind="'opening'")),
        (None, account(), account(id=6)),
        (None, account(id="{ada}", bank_id="{other_bank}")),
        (CLOSED, account(id="{ada}")),
        *[(CLOSED, account(kind=kind), account(id=6, kind=kind)) for kind in ("'opening'", "'leavers'")],
        (CLOSED, account(kind="'pot'")),
        (None, account(kind="'opening'"), account(bank_id="{other_bank}", kind="'opening'")),
        *[(CLOSED, account(**{column: 1})) for column in ("balance", "number", "given", "received", "floor", "held")],
        (CLOSED, account(closed_at=MOMENT)),
        (CLOSED, account(floor="NULL")),
    ],
    "account_moved": [
        (None, posting(), MOVED.format()),
        *[
            (CLOSED, posting(), _ada(wrong))
            for wrong in (
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
                "balance = 60, number = 1, given = 60",
                "number = -1",
                *(f"{column} = NULL" for column in ("balance", "number", "given", "received")),
            )
        ],
        (CLOSED, posting(number=4), _ada("balance = 150, number = 4, given = 150")),
        (CLOSED, posting(bank_id="{other_bank}"), _ada("balance = 150, number = 3, given = 150")),
        (CLOSED, _linus("balance = 90, number = 2, given = 90, received = 0")),
        (
            OPEN,
            account(id=7, closed_at=MOMENT),
            posting(account_id=7, number=1, balance_after=0, given_after=0),
            update("account", "number = 1", "id = 7"),
        ),
    ],
    "account_changed": [
        *[
            (CLOSED, _ada(wrong))
            for wrong in (
                "bank_id = {other_bank}",
                "id = 5",
                "kind = 'group'",
                "opened_at = '2020-01-01 00:00:00'",
                "held = -1",
                *(f"{column} = NULL" for column in ("bank_id", "id", "kind", "opened_at", "held")),
            )
        ],
        (CLOSED, _ada("floor = -100")),
        (None, limit(), _ada("floor = -100")),
        (CLOSED, limit(), limit(number=3, floor=-200), _ada("floor = -100")),
        (CLOSED, limit(account_id="{grace}"), _ada("floor = -100")),
        (CLOSED, limit(bank_id="{other_bank}"), _ada("floor = -100")),
        (None, limit(), limit(account_id="{grace}", number=9, floor=-7), _ada("floor = -100")),
        (None, limit(), limit(bank_id="{other_bank}", number=9, floor=-7), _ada("floor = -100")),
        (None, limit(floor="NULL"), _ada("floor = NULL")),
        (FLOOR, limit(floor=91), _ada("floor = 91")),
        (None, limit(floor=90), _ada("floor = 90")),
        (None, hold(), _ada("held = 5")),
        (CLOSED, hold(), _ada("held = 4")),
        (CLOSED, hold(bank_id="{other_bank}"), _ada("held = 5")),
        (CLOSED, _linus("held = 50")),
        (CLOSED, _linus("held = 0")),
        (None, _open(RESOLVED), _linus("held = 0")),
        (None, hold(minutes=1290), _ada("held = 1290")),
        (FLOOR, hold(minutes=1291), _ada("held = 1291")),
        (None, hold(minutes=1291), _ada("floor = NULL"), _ada("held = 1291")),
        (CLOSED, EMPTY, CLOSE),
        (None, EMPTY, closing(), CLOSE),
        (CLOSED, EMPTY, closing(recorded_at="'2020-01-01 00:00:00'"), CLOSE),
        (CLOSED, EMPTY, EMPTY_TOO, closing(account_id=8), CLOSE),
        (CLOSED, EMPTY, closing(bank_id="{other_bank}"), CLOSE),
        (CLOSED, EMPTY, closing(), closing(id=6, kind="'account_reopened'"), CLOSE),
        (None, EMPTY, EMPTY_TOO, closing(), closing(id=9, account_id=8), CLOSE),
        (None, EMPTY, closing(), closing(id=9, bank_id="{other_bank}"), CLOSE),
        (None, EMPTY, CLOSE, closing(kind="'account_reopened'"), update("account", "closed_at = NULL", "id = 7")),
        (CLOSED, EMPTY, CLOSE, closing(), update("account", "closed_at = NULL", "id = 7")),
        (OPEN, closing(account_id="{ada}"), _ada(f"closed_at = {MOMENT}")),
        (OPEN, EMPTY, update("account", "held = 5, floor = NULL", "id = 7"), closing(), CLOSE),
    ],
    "limit_change_before_insert": [
        (None, limit()),
        (None, limit(floor="NULL")),
        (NOBODY, limit(account_id=5)),
        (NOBODY, limit(account_id="{perdita}")),
        *[(CLOSED, limit(number=wrong)) for wrong in (1, 3, "NULL")],
        (None, limit(), limit(number=3)),
        *[(MINUTES, limit(floor=wrong)) for wrong in ("-1.5", "'none'")],
        (FLOOR, limit(floor=91)),
        (None, limit(floor=90)),
        (FLOOR, limit(account_id="{linus}", floor=-69)),
        (None, limit(account_id="{linus}", floor=-70)),
    ],
    "account_holder_before_insert": [
        (None, holder()),
        (None, holder(), holder(number=3)),
        (None, holder(account_id="{grace}"), holder(account_id="{grace}", number=3), holder()),
        (None, holder(bank_id="{other_bank}", number=9), holder()),
        (None, account(id=4, kind="'group'"), account(kind="'fund'"), first_holder(kind="'fund'")),
        *[
            (rule, "DELETE FROM account WHERE kind = 'pot'", account(kind=f"'{kind}'"), first_holder(kind=f"'{said}'"))
            for kind in AccountKind
            for said in HolderKind
            for rule in [None if said is holder_kind(kind) else CLOSED]
        ],
        *[(NOBODY, holder(account_id=wrong)) for wrong in (5, "{perdita}")],
        (NOBODY, holder(bank_id="{other_bank}")),
        *[
            (CLOSED, holder(**wrong))
            for wrong in (
                *({"number": number} for number in (1, 3, 0, -1, "NULL")),
                *({"kind": kind} for kind in ("'bank'", "'other'", "NULL")),
                *({"holder_id": holder_id} for holder_id in ("NULL", "1.5", "'x'")),
                *({"recorded_at": moment} for moment in ("'soon'", "NULL")),
                *({"digest": digest} for digest in ("x'00'", f"'{'x' * 32}'", "NULL")),
            )
        ],
    ],
    "hold_before_insert": [
        (None, hold()),
        (CLOSED, hold(id="{open}")),
        (CLOSED, hold(deed="'exchange:open'")),
        (
            None,
            account(bank_id="{other_bank}", floor="NULL"),
            hold(bank_id="{other_bank}", account_id=5, id="{open}"),
        ),
        (NOBODY, hold(account_id=5)),
        (NOBODY, hold(account_id="{perdita}")),
        *[(MINUTES, hold(minutes=wrong, unagreed_minutes=0)) for wrong in ("-1", "1.5", "'x'")],
        *[(MINUTES, hold(unagreed_minutes=wrong)) for wrong in ("-1", "1.5", "'x'", "6")],
        (None, hold(minutes=0, unagreed_minutes=0)),
        (CLOSED, hold(resolved_at=MOMENT)),
        (CLOSED, hold(placed_at="'soon'")),
        (None, hold(minutes=1290)),
        (FLOOR, hold(minutes=1291)),
        (None, hold(account_id="{linus}", minutes=1130)),
        (FLOOR, hold(account_id="{linus}", minutes=1131)),
    ],
    "hold_before_update": [
        (None, _open(RESOLVED)),
        (CLOSED, update("hold", RESOLVED, "id = {over}")),
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
        (None, MANY, memo()),
        (CLOSED, memo(entry_id="{entry}")),
        (None, MANY.replace("{bank}", "{other_bank}"), memo(bank_id="{other_bank}")),
        (None, MANY, memo(), MANY.replace("5, 'new'", "6, 'again'"), memo(entry_id=6)),
        *[(CLOSED, MANY, memo(words=wrong)) for wrong in ("NULL", "x'00'")],
        *[(CLOSED, MANY, memo(salt=wrong)) for wrong in ("NULL", "'text'")],
        (CLOSED, memo()),
        (CLOSED, entry(), memo()),
        (CLOSED, MANY, memo(bank_id="{other_bank}")),
    ],
    "trail_before_insert": [
        (None, trail()),
        (CLOSED, trail(), trail(form_key="'other'")),
        (None, trail(), trail(bank_id="{other_bank}")),
        (None, trail(), trail(id=6, form_key="'other'")),
        (None, trail(form_key="NULL"), trail(id=6, form_key="NULL")),
    ],
    "leaf_before_insert": [
        (None, leaf()),
        (None, leaf(), leaf(number=1, subject_id=6)),
        (None, leaf(), leaf(number=1, subject_number=1)),
        (None, leaf(), leaf(number=1, kind="'account'")),
        (None, leaf(), leaf(bank_id="{other_bank}")),
        (CLOSED, leaf(), leaf(subject_id=6)),
        (CLOSED, leaf(), leaf(number=1)),
        *[(SEALED, leaf(), leaf(number=wrong, subject_id=6)) for wrong in ("2", "-1", "1.5", "'x'")],
        (SEALED, leaf(), leaf(bank_id="{other_bank}", number=1)),
        (SEALED, leaf(number=1)),
        *[(SEALED, leaf(hash=wrong)) for wrong in ("x'00'", f"'{'x' * 32}'")],
        (SEALED, leaf(block="'text'")),
        (None, leaf(block=HASH)),
    ],
    "seal_before_insert": [
        (None, *TWO_LEAVES, seal()),
        (None, *TWO_LEAVES, seal(), leaf(number=2, subject_id=7), seal(number=2, size=3)),
        (CLOSED, *TWO_LEAVES, seal(), leaf(number=2, subject_id=7), seal(size=3)),
        (None, *TWO_LEAVES, seal(), leaf(bank_id="{other_bank}"), seal(bank_id="{other_bank}", size=1)),
        *[
            (SEALED, *TWO_LEAVES, seal(**wrong))
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
        (SEALED, *TWO_LEAVES, seal(), seal(number=2)),
        (SEALED, *TWO_LEAVES, seal(), leaf(number=2, subject_id=7), seal(number=3, size=3)),
    ],
}


@pytest.mark.parametrize(
    ("trigger", "rule", "statements"),
    [(trigger, rule, statements) for trigger, cases in TABLE.items() for rule, *statements in cases],
)
def test_a_trigger_alone_refuses_just_the_wrong_row(sqlite_backend, names, trigger, rule, statements):
    refusal = _alone(sqlite_backend, names, trigger, statements)
    assert refusal == rule


_ROWS = {
    "taken_back": (back(),),
    "leaf": (leaf(),),
    "seal": (*TWO_LEAVES, seal()),
    "seal_log": (log(),),
    "closing": (EMPTY, closing()),
}
_KEPT = ("entry", "memo", "posting", "limit_change", "account_holder", "trail", *_ROWS)
_REFUSING = {
    "membership_keeps_its_id": "UPDATE membership SET id = id + 1",
    **{f"{table}_no_update": f"UPDATE {table} SET bank_id = bank_id" for table in _KEPT},
    **{f"{table}_no_delete": f"DELETE FROM {table}" for table in (*_KEPT, "account", "hold", "membership")},
}


@pytest.mark.parametrize("trigger", _REFUSING)
def test_updates_and_deletes_are_refused_by_each_trigger_alone(sqlite_backend, names, trigger):
    rows = _ROWS.get(trigger.rpartition("_no_")[0], ())
    assert _alone(sqlite_backend, names, trigger, (*rows, _REFUSING[trigger])) == CLOSED


@pytest.mark.parametrize(
    "change",
    [
        *(f"{column} = {column} {sign} 1" for column in ("id", "bank_id", "person_id", "number") for sign in "+-"),
        "account_id = {grace}",
        "code = 'other'",
    ],
)
def test_a_membership_keeps_its_key_its_person_its_account_and_its_names(sqlite_backend, names, change):
    statements = (f"UPDATE membership SET {change} WHERE account_id = {{ada}}",)
    assert _alone(sqlite_backend, names, "membership_keeps_its_id", statements) == CLOSED


def test_every_refusing_trigger_has_a_test_of_its_own(sqlite_backend):
    """Writing triggers are tested by the rows they write."""
    with sqlite_backend.engine.connect() as connection:
        refusing = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'")
        )
        own = {name for name in refusing if not name.startswith("security_event_")}  # tests/security has theirs
        assert own == {*TABLE, *_REFUSING}


def test_a_form_key_inserted_twice_is_skipped_silently(sqlite_backend, names):
    """The key is member and form within a bank."""
    for changed, rows in (({}, 1), ({"done_by": 7}, 2), ({"bank_id": "{other_bank}"}, 2), ({"form_key": "'b'"}, 2)):
        with sqlite_backend.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for statement in (trail(), trail(**{"id": 6, **changed})):
                connection.exec_driver_sql(statement.format(**names))
            assert connection.scalar(text("SELECT count(*) FROM trail WHERE deed = 'x'")) == rows, changed
            connection.rollback()
