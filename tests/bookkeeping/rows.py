"""INSERTs of valid rows of the books; a test changes one column to make the row wrong.

Names in braces are for `str.format`: ids of the village, and the literals in which the two databases differ.
"""

from functools import partial

from tests.bookkeeping.sql import DAY, MOMENT


def together(first, *others):
    """Return one INSERT of these rows, which have the same columns."""
    return ", ".join([first, *(other.partition(" VALUES ")[2] for other in others)])


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


def of_clearing(**changed):
    """Return an INSERT of an entry that a member of the other bank recorded."""
    row = {"kind": "'clearing'", "recorder_bank_id": "{other_bank}", "recorded_by": "{other_member}"}
    return entry(**{**row, **changed})


#: [(rule, an entry that names somebody wrongly)].
WRONG_PEOPLE = [
    *[
        ("member_exists", partial(entry, **{column: wrong}))
        for column in ("recorded_by", "on_behalf_of", "approved_by")
        for wrong in (9, "{other_member}")
    ],
    *[("member_exists", partial(of_clearing, recorder_bank_id=wrong)) for wrong in (9, "{bank}", "NULL")],
    ("member_exists", partial(of_clearing, kind="'exchange'")),
    ("member_exists", partial(of_clearing, recorded_by="{recorder}")),
    ("member_exists", partial(of_clearing, recorded_by="{recorder}", recorder_bank_id="{bank}")),
    ("member_exists", partial(of_clearing, on_behalf_of="{recorder}")),
    ("member_exists", partial(of_clearing, approved_by="{other_member}")),
    ("second_approver", partial(entry, approved_by="{recorder}")),
    ("second_approver", partial(entry, kind="'adjustment'", approved_by="{recorder}")),
    ("second_approver", partial(entry, kind="'adjustment'")),
]
RIGHT_PEOPLE = [
    entry,
    partial(entry, recorded_by="{approver}", on_behalf_of="{recorder}"),
    partial(entry, on_behalf_of="{recorder}"),
    partial(entry, approved_by="{approver}"),
    partial(entry, kind="'adjustment'", approved_by="{approver}"),
    partial(entry, kind="'clearing'"),
    of_clearing,
    partial(of_clearing, on_behalf_of="{other_member}"),
    partial(of_clearing, approved_by="{approver}"),
]


def back(**changed):
    """Return the row of `taken_back` for `reversal`, which reverses the meal's second line."""
    row = {"bank_id": "{bank}", "entry_id": "{entry}", "line": 2, "by_entry_id": 5}
    return insert("taken_back", {**row, **changed})


def posting(**changed):
    """Return the posting of `entry` on Ada's account."""
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
    """Return the posting of `entry` on Grace's account."""
    row = {"account_id": "{grace}", "number": 2, "minutes": -60, "balance_after": -120}
    return posting(**{**row, "given_after": 0, "received_after": 120, **changed})


def account(**changed):
    row = {"bank_id": "{bank}", "id": 5, "kind": "'member'", "opened_at": MOMENT, "floor": 0}
    return insert("account", {**row, **changed})


def limit(**changed):
    row = {"bank_id": "{bank}", "account_id": "{ada}", "number": 2, "floor": -100, "reason": "'why'"}
    return insert("limit_change", {**row, "recorded_at": MOMENT, **changed})


def holder(**changed):
    """Return the second holder of Ada's account."""
    row = {"bank_id": "{bank}", "account_id": "{ada}", "number": 2, "kind": "'member'", "holder_id": 7}
    return insert("account_holder", {**row, "recorded_at": MOMENT, "digest": "{hash}", **changed})


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
    """Return the closing of an open account at zero."""
    row = {"bank_id": "{bank}", "id": 5, "kind": "'account_closed'", "account_id": 7, "recorded_by": "{recorder}"}
    return insert("closing", {**row, "reason": "'Left'", "recorded_at": MOMENT, **changed})


def month(**changed):
    row = {"id": 6, "kind": "'month_signed_off'", "account_id": "NULL", "month": "'2026-10-01'", "figures": "'{{}}'"}
    return closing(**{**row, "approved_by": "{approver}", **changed})


def trail(**changed):
    row = {"bank_id": "{bank}", "id": 5, "done_at": MOMENT, "done_by": "{recorder}", "deed": "'x'", "subject": "'x'"}
    return insert("trail", {**row, "form_key": "'key'", **changed})


def update(table, what, where):
    return f"UPDATE {table} SET {what} WHERE {where}"
