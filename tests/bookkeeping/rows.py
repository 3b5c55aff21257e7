"""Rows of the books as SQL, each right as it stands: what is wrong with one is told by the column that is changed.

Names in braces are for `str.format`: ids of the village, and the literals in which the two databases differ.
"""

from tests.bookkeeping.sql import DAY, MOMENT


def insert(table, row):
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(str(value) for value in row.values())})"


def entry(**changed):
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
        "digest": "{hash}",
    }
    return insert("entry", {**row, **changed})


def reversal(lines="[[{ada},{linus},30,2]]", **changed):
    return entry(**{"reverses": "{entry}", "lines": f"'{lines}'", **changed})


def transfer(**changed):
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
    return insert("transfer", {**row, **changed})


def back(**changed):
    """The transfer of a reversal of the meal's second line."""
    row = {"from_account_id": "{ada}", "from_number": 3, "to_account_id": "{linus}", "to_number": 2, "minutes": 30}
    return transfer(**{**row, "reverses": "{entry}", "reverses_line": 2, **changed})


def posting(**changed):
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
    return insert("posting", {**row, **changed})


def taken(**changed):
    """What the transfer above takes from Grace."""
    row = {"account_id": "{grace}", "number": 2, "minutes": -60, "balance_after": -120}
    return posting(**{**row, "given_after": 0, "received_after": 120, **changed})


def account(**changed):
    row = {"bank_id": "{bank}", "id": 5, "kind": "'member'", "opened_at": MOMENT, "floor": 0}
    return insert("account", {**row, **changed})


def limit(**changed):
    row = {"bank_id": "{bank}", "account_id": "{ada}", "number": 2, "floor": -100, "reason": "'why'"}
    return insert("limit_change", {**row, "recorded_at": MOMENT, **changed})


def hold(**changed):
    row = {"bank_id": "{bank}", "id": 5, "account_id": "{ada}", "minutes": 5, "unagreed_minutes": 5}
    return insert("hold", {**row, "deed": "'exchange:new'", "placed_at": MOMENT, **changed})


def memo(**changed):
    return insert("memo", {"bank_id": "{bank}", "entry_id": 5, "words": "'Words'", "salt": "{byte}", **changed})


def leaf(**changed):
    row = {"bank_id": "{bank}", "number": 0, "kind": "'entry'", "subject_id": 5, "subject_number": 0, "hash": "{hash}"}
    return insert("leaf", {**row, **changed})


def seal(**changed):
    row = {"bank_id": "{bank}", "number": 1, "size": 2, "root": "{hash}", "peaks": "{hash}", "signed_at": MOMENT}
    return insert("seal", {**row, "checkpoint": "'x'", **changed})


def log(**changed):
    row = {"bank_id": "{bank}", "number": 2, "after_seal": 0, "size": 0, "begun_at": MOMENT}
    return insert("seal_log", {**row, **changed})


def closing(**changed):
    """Of an account that stands at nothing and is open."""
    row = {"bank_id": "{bank}", "id": 5, "kind": "'account_closed'", "account_id": 7, "recorded_by": "{recorder}"}
    return insert("closing", {**row, "reason": "'Left'", "recorded_at": MOMENT, **changed})


def month(**changed):
    row = {"id": 6, "kind": "'month_signed_off'", "account_id": "NULL", "month": "'2026-10-01'", "figures": "'{{}}'"}
    return closing(**{**row, "approved_by": 3, **changed})


def trail(**changed):
    row = {"bank_id": "{bank}", "id": 5, "done_at": MOMENT, "done_by": "{recorder}", "deed": "'x'", "subject": "'x'"}
    return insert("trail", {**row, "form_key": "'key'", **changed})


def update(table, what, where):
    return f"UPDATE {table} SET {what} WHERE {where}"
