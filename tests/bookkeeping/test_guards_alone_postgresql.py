"""Each trigger of PostgreSQL with all others disabled, and rows with one wrong value each.

With all triggers enabled, several refuse the same wrong row, which would hide a defect in one of them.
"""

import re

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
    insert,
    leaf,
    limit,
    log,
    memo,
    month,
    posting,
    reversal,
    seal,
    together,
    update,
)
from tests.bookkeeping.sql import MOMENT
from timebank.ledger.accounts import AccountKind, HolderKind, holder_kind

HASH = f"'\\x{'00' * 32}'"
CLOSED, SEALED, NOBODY, OPEN = "books_append_only", "sealed_in_order", "account_exists", "account_open"
_TABLE_OF = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = :name AND NOT tgisinternal"


@pytest.fixture(scope="module")
def meal():
    return Written(write_a_meal)


@pytest.fixture
def names(postgresql_backend, meal):
    return {**meal.names(postgresql_backend), "hash": HASH, "byte": "'\\x00'"}


def _alone(backend, names, trigger, statements):
    """Return the trigger's refusal of the last of these statements, None if it accepts it; rolls back."""
    with backend.owner.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        *before, attack = [statement.format(**names) for statement in statements]
        for statement in before:
            connection.exec_driver_sql(statement)
        table = connection.scalar(text(_TABLE_OF), {"name": trigger})
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
        try:
            connection.exec_driver_sql(attack)
        except DBAPIError as error:
            return error.orig.diag.constraint_name
        finally:
            connection.rollback()
    return None


LINES = {"lines": "'{{{{{grace},{ada},60}}}}'"}
WITH_WORDS = entry(**LINES, words_digest="{hash}")
TWO_LEAVES = (leaf(), leaf(number=1, subject_id=6))
EMPTY, EMPTY_TOO = account(id=7), account(id=8)
CLOSE = update("account", f"closed_at = {MOMENT}", "id = 7")
RESOLVED = f"resolved_at = {MOMENT}"


def first_holder(**changed):
    return holder(**{"account_id": 5, "number": 1, **changed})


def _open(what):
    return update("hold", what, "id = {open}")


def _leaves(*numbers):
    """Return an INSERT of leaves with these numbers."""
    rows = ", ".join(f"({{bank}}, {number}, 'entry', {20 + number}, 0, {{hash}})" for number in numbers)
    return f"INSERT INTO leaf (bank_id, number, kind, subject_id, subject_number, hash) VALUES {rows}"


#: {trigger: [(rule or None where it is right, what stands before and what is tried)]}.
TABLE = {
    "account_starts_at_zero": [
        (None, account()),
        *[(CLOSED, account(**{column: 1})) for column in ("balance", "number", "given", "received")],
        (CLOSED, account(floor="NULL")),
        (CLOSED, account(floor=-1)),
    ],
    "account_holds_nothing_at_first": [(None, account()), (CLOSED, account(held=1, floor="NULL"))],
    "account_open_at_first": [(None, account()), (CLOSED, account(closed_at=MOMENT))],
    "account_moved_by_posting": [(CLOSED, update("account", "held = held", "1 = 1"))],
    "taken_back_written_by_entry": [(CLOSED, back())],
    "posting_written_by_entry": [(CLOSED, posting())],
    "memo_belongs_to_words": [
        (None, WITH_WORDS, memo()),
        (CLOSED, memo()),
        (CLOSED, entry(**LINES), memo()),
        (CLOSED, WITH_WORDS, memo(bank_id="{other_bank}")),
        (CLOSED, WITH_WORDS, memo(words="NULL", salt="NULL")),
        (CLOSED, WITH_WORDS, memo(entry_id=6)),
    ],
    "limit_change_numbered": [
        (None, limit()),
        (None, limit(number=99)),
        (NOBODY, limit(account_id=5)),
        (NOBODY, limit(account_id="{perdita}")),
    ],
    "account_holder_numbered": [
        (None, holder()),
        (None, holder(), holder(number=3)),
        (None, holder(account_id="{grace}"), holder(account_id="{grace}", number=3), holder()),
        (None, holder(bank_id="{other_bank}", number=9), holder()),
        *[
            (rule, "DELETE FROM account WHERE kind = 'pot'", account(kind=f"'{kind}'"), first_holder(kind=f"'{said}'"))
            for kind in AccountKind
            for said in HolderKind
            for rule in [None if said is holder_kind(kind) else CLOSED]
        ],
        *[(NOBODY, holder(account_id=wrong)) for wrong in (5, "{perdita}")],
        (NOBODY, holder(bank_id="{other_bank}")),
        *[(CLOSED, holder(number=wrong)) for wrong in (1, 3, 0, -1)],
    ],
    "hold_placed_open": [(None, hold()), (CLOSED, hold(resolved_at=MOMENT))],
    "hold_resolved_once": [
        (None, _open(RESOLVED)),
        (CLOSED, update("hold", RESOLVED, "id = {over}")),
        (CLOSED, _open("resolved_at = NULL")),
        *[
            (CLOSED, _open(f"{RESOLVED}, {wrong}"))
            for wrong in (
                "bank_id = {other_bank}",
                "id = 5",
                "account_id = {ada}",
                "minutes = 39",
                "unagreed_minutes = 24",
                "deed = 'exchange:other'",
                "placed_at = '2020-01-01'",
            )
        ],
    ],
    "closing_in_order": [
        (None, EMPTY, closing()),
        (None, month()),
        (None, EMPTY, closing(), CLOSE, closing(id=6, kind="'account_reopened'")),
        (None, EMPTY, EMPTY_TOO, closing(id=9), closing(id=6, account_id=8)),
        (None, EMPTY, closing(id=9, bank_id="{other_bank}"), closing()),
        (NOBODY, closing(account_id=9)),
        (NOBODY, closing(account_id="{perdita}")),
        (OPEN, EMPTY, closing(kind="'account_reopened'")),
        (OPEN, EMPTY, CLOSE, closing()),
        (OPEN, closing(account_id="{ada}")),
        (OPEN, EMPTY, update("account", "balance = 5", "id = 7"), closing()),
        (OPEN, EMPTY, update("account", "held = 5, floor = NULL", "id = 7"), closing()),
        (None, EMPTY, update("account", "balance = 5", "id = 7"), CLOSE, closing(kind="'account_reopened'")),
        (OPEN, EMPTY, closing(id=6), CLOSE, closing(id=5, kind="'account_reopened'")),
        (OPEN, EMPTY, closing(id=5), CLOSE, closing(id=5, kind="'account_reopened'")),
    ],
    "hold_placed": [
        (None, hold()),
        (None, hold(minutes=0, unagreed_minutes=0)),
        (None, EMPTY, CLOSE, hold(account_id=7, minutes=0, unagreed_minutes=0)),
        (OPEN, EMPTY, update("account", "balance = 5", "id = 7"), CLOSE, hold(account_id=7)),
        (OPEN, hold(account_id=9)),
        (OPEN, hold(bank_id="{other_bank}")),
        (None, hold(minutes=1290)),
        ("ck_account_floor_kept", hold(minutes=1291)),
        (None, hold(account_id="{linus}", minutes=1130)),
        ("ck_account_floor_kept", hold(account_id="{linus}", minutes=1131)),
    ],
    "leaf_numbered": [
        (None, leaf()),
        (None, _leaves(0, 1, 2)),
        (None, leaf(), _leaves(1, 2)),
        (None, leaf(), leaf(bank_id="{other_bank}")),
        (SEALED, leaf(number=1)),
        (SEALED, leaf(), leaf(number=2, subject_id=6)),
        (SEALED, _leaves(0, 2)),
        (SEALED, leaf(), _leaves(1, 3)),
        (SEALED, leaf(), _leaves(2, 3)),
        (SEALED, leaf(bank_id="{other_bank}"), leaf(number=1)),
    ],
    "seal_numbered": [
        (None, *TWO_LEAVES, seal()),
        (None, *TWO_LEAVES, seal(), leaf(number=2, subject_id=7), seal(number=2, size=3)),
        (None, *TWO_LEAVES, seal(), leaf(bank_id="{other_bank}"), seal(bank_id="{other_bank}", size=1)),
        *[
            (SEALED, *TWO_LEAVES, seal(**wrong))
            for wrong in ({"number": 2}, {"number": 0}, {"size": 1}, {"size": 3}, {"bank_id": "{other_bank}"})
        ],
        (SEALED, *TWO_LEAVES, seal(), seal(number=2)),
        (SEALED, *TWO_LEAVES, seal(), leaf(number=2, subject_id=7), seal(number=3, size=3)),
    ],
    "seal_log_begun": [
        (None, log()),
        (None, *TWO_LEAVES, seal(), log(after_seal=1, size=2)),
        (None, log(), log(number=3)),
        (None, log(number=9), log(bank_id="{other_bank}")),
        *[
            (SEALED, *TWO_LEAVES, seal(), log(**{"after_seal": 1, "size": 2, **wrong}))
            for wrong in (
                {"number": 1},
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
}


@pytest.mark.parametrize(
    ("trigger", "rule", "statements"),
    [(trigger, rule, statements) for trigger, cases in TABLE.items() for rule, *statements in cases],
)
def test_a_trigger_alone_refuses_just_the_wrong_row(postgresql_backend, names, trigger, rule, statements):
    assert _alone(postgresql_backend, names, trigger, statements) == rule


_APPEND_ONLY = (
    "entry",
    "memo",
    "taken_back",
    "posting",
    "limit_change",
    "account_holder",
    "closing",
    "leaf",
    "seal",
    "seal_log",
    "trail",
)
_NEVER_DELETED = ("account", "hold", "membership")
_REFUSING = {
    "membership_keeps_its_id": ("UPDATE",),
    **{f"{table}_append_only": ("UPDATE", "DELETE") for table in _APPEND_ONLY},
    **{f"{table}_never_deleted": ("DELETE",) for table in _NEVER_DELETED},
}
_ROWS = {
    "taken_back": (back(),),
    "leaf": (leaf(),),
    "seal": (*TWO_LEAVES, seal()),
    "seal_log": (log(),),
    "closing": (EMPTY, closing()),
    "trail": (),
}
_SAID = {"UPDATE": "UPDATE {} SET bank_id = bank_id", "DELETE": "DELETE FROM {}", "TRUNCATE": "TRUNCATE {} CASCADE"}


@pytest.mark.parametrize(("trigger", "verb"), [(name, verb) for name, verbs in _REFUSING.items() for verb in verbs])
def test_updates_and_deletes_are_refused_by_each_trigger_alone(postgresql_backend, names, trigger, verb):
    table = trigger.removesuffix("_append_only").removesuffix("_never_deleted").removesuffix("_keeps_its_id")
    said = "UPDATE membership SET id = id + 1" if table == "membership" and verb == "UPDATE" else _SAID[verb]
    statements = (*_ROWS.get(table, ()), said.format(table))
    assert _alone(postgresql_backend, names, trigger, statements) == CLOSED


@pytest.mark.parametrize("table", [*_APPEND_ONLY, *_NEVER_DELETED])
def test_truncation_is_refused_by_each_trigger_alone(postgresql_backend, names, table):
    statement = _SAID["TRUNCATE"].format(table)
    assert _alone(postgresql_backend, names, f"{table}_never_truncated", (statement,)) == CLOSED


@pytest.mark.parametrize(
    "change",
    [
        *(f"{column} = {column} {sign} 1" for column in ("id", "bank_id", "person_id", "number") for sign in "+-"),
        "account_id = {grace}",
        "code = 'other'",
    ],
)
def test_a_membership_keeps_its_key_its_person_its_account_and_its_names(postgresql_backend, names, change):
    statements = (f"UPDATE membership SET {change} WHERE account_id = {{ada}}",)
    assert _alone(postgresql_backend, names, "membership_keeps_its_id", statements) == CLOSED


def test_every_refusing_trigger_has_a_test_of_its_own(postgresql_backend):
    """The trigger of entries is tested below by its postings, other writing triggers by the rows they write."""
    writing = {"entry_posts", "limit_change_sets_floor", "hold_released", "closing_closes_account"}
    with postgresql_backend.owner.connect() as connection:
        written = set(connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))
    written = {name for name in written if not name.startswith("security_event_")}  # tests/security has theirs
    emptied = {f"{table}_never_truncated" for table in (*_APPEND_ONLY, *_NEVER_DELETED)}
    assert written - writing == {*TABLE, *_REFUSING, *emptied}


def test_a_limit_change_gets_the_next_number_whatever_is_inserted(postgresql_backend, names):
    with postgresql_backend.owner.connect() as connection:
        for number in (99, 1):
            connection.exec_driver_sql(limit(number=number, floor=-200).format(**names))
        query = text("SELECT number FROM limit_change WHERE bank_id = :bank AND account_id = :ada ORDER BY number")
        assert connection.scalars(query, names).all() == [1, 2, 3]
        connection.rollback()


MIRRORS, ONCE = "reversal_mirrors", "reversed_once"
#: Lines of a reversal; these brackets stand for the braces of PostgreSQL's arrays.
SECOND, FIRST = "<{ada},{linus},30,2>", "<{ada},{grace},60,1>"


def _back(*lines, **changed):
    """Return an INSERT of a reversal of these lines of the meal."""
    return entry(**{"lines": f"'<{','.join(lines)}>'", "reverses": "{entry}", **changed})


#: [(rule or None where it is right, what is posted)]: the last is asked about.
REVERSALS = [
    (None, _back(SECOND)),
    (None, _back(SECOND, FIRST)),
    (None, _back(SECOND), _back(FIRST, id=6, key="'other'")),
    (MIRRORS, _back(FIRST, SECOND)),
    (MIRRORS, _back(SECOND, SECOND)),
    (MIRRORS, _back(SECOND, reverses=9)),
    (MIRRORS, _back(SECOND, kind="'gift'")),
    (MIRRORS, _back(SECOND, bank_id="{other_bank}", recorded_by="{other_member}")),
    (MIRRORS, _back("<{ada},{linus},30,NULL>")),
    (MIRRORS, _back(SECOND, "<{ada},{grace},60,NULL>")),
    (MIRRORS, _back(SECOND), _back("<{linus},{ada},30,1>", id=6, key="'other'", reverses=5)),
    (MIRRORS, _back("<{ada},{grace},30,2>")),
    (MIRRORS, _back("<{grace},{linus},30,2>")),
    (MIRRORS, _back("<{ada},{linus},29,2>")),
    (MIRRORS, _back("<{ada},{linus},30,1>")),
    (MIRRORS, _back("<{ada},{linus},30,3>")),
    (MIRRORS, _back(SECOND, "<{ada},{grace},59,1>")),
    (ONCE, _back(SECOND), _back(SECOND, id=6, key="'other'")),
    (ONCE, _back(SECOND), _back(SECOND, FIRST, id=6, key="'other'")),
    (ONCE, _back(FIRST), _back(SECOND, FIRST, id=6, key="'other'")),
    (None, together(_back(SECOND), _back(FIRST, id=6, key="'other'"))),
    (ONCE, together(_back(SECOND), _back(SECOND, id=6, key="'other'"))),
    (ONCE, together(_back(SECOND, FIRST), _back(FIRST, id=6, key="'other'"))),
    (MIRRORS, together(_back(SECOND), _back(FIRST, id=6, key="'other'", kind="'gift'"))),
    (None, back(bank_id="{other_bank}"), _back(SECOND)),
    (ONCE, back(), _back(SECOND)),
]


NO_MINUTES = "minutes_whole_and_positive"
#: Arrays that PostgreSQL would take for lines, and that are none: another shape, or counted from another number.
SHAPES = [
    (None, _back(SECOND, FIRST)),
    (None, entry(lines="'[1:2][1:3]=<<{grace},{ada},60>,<{linus},{ada},30>>'")),
    (NO_MINUTES, entry(lines="'[2:3][1:3]=<<{grace},{ada},60>,<{linus},{ada},30>>'")),
    (NO_MINUTES, entry(lines="'[1:2][0:2]=<<{grace},{ada},60>,<{linus},{ada},30>>'")),
    (NO_MINUTES, entry(lines="'<<{grace},{ada},60,1>,<{linus},{ada},30,2>>'")),
    (NO_MINUTES, entry(lines="'<<<{grace},{ada},60>>,<<{linus},{ada},30>>>'")),
    (NO_MINUTES, reversal("[2:3][1:4]=<<{ada},{linus},30,2>,<{ada},{grace},60,1>>")),
    (NO_MINUTES, reversal("[1:2][0:3]=<<{ada},{linus},30,2>,<{ada},{grace},60,1>>")),
    (NO_MINUTES, reversal("<<{ada},{linus},30>,<{ada},{grace},60>>")),
    (NO_MINUTES, reversal("<<<{ada}>,<{linus}>,<30>,<2>>,<<{ada}>,<{grace}>,<60>,<1>>>")),
]


FLOOR, SAME = "floor_kept", "two_different_accounts"
ONE = "<{grace},{ada},60>"


def _shaped(rule, build):
    """Yield (rule, entry): of one line, of two, and behind another entry in the same statement."""
    yield rule, build(lines=f"'<{ONE}>'")
    yield rule, build(lines=f"'<{ONE},<{{linus}},{{ada}},30>>'")
    before = {"id": 4, "key": "'before'", "kind": "'gift'", "approved_by": "{approver}", "on_behalf_of": "{recorder}"}
    other = {**_values(entry(lines=f"'<{ONE}>'")), **before}
    yield rule, together(_whole(other), _whole(_values(build(lines=f"'<{ONE}>'"))))


def _values(statement):
    columns, _, values = statement.removeprefix("INSERT INTO entry (").removesuffix(")").partition(") VALUES (")
    quoted = re.findall(r"'[^']*'|[^,' ][^,]*", values)
    return dict(zip(columns.split(", "), quoted, strict=True))


def _whole(row):
    """Return the entries with the columns of all of them, in one order."""
    nothing = dict.fromkeys(("approved_by", "on_behalf_of", "recorder_bank_id"), "NULL")
    return insert("entry", dict(sorted({**nothing, **row}.items())))


PEOPLE = [
    *(case for build in RIGHT_PEOPLE for case in _shaped(None, build)),
    *(case for rule, build in WRONG_PEOPLE for case in _shaped(rule, build)),
]


def _lines(*lines, before=(), **changed):
    return (*before, entry(lines=f"'<{','.join(f'<{line}>' for line in lines)}>'", **changed))


_GRACE_CLOSED = (update("account", f"closed_at = {MOMENT}", "id = {grace}"),)
POSTED = [
    (None, *_lines("{grace},{ada},60")),
    (None, *_lines("{grace},{ada},60", "{linus},{ada},30")),
    *[
        (rule, *_lines(wrong, *more, before=before))
        for rule, wrong, before in (
            (NO_MINUTES, "{grace},{ada},0", ()),
            (NO_MINUTES, "{grace},{ada},-60", ()),
            (NO_MINUTES, "{grace},{ada},NULL", ()),
            (NO_MINUTES, "NULL,{ada},60", ()),
            (NO_MINUTES, "{grace},NULL,60", ()),
            (SAME, "{ada},{ada},60", ()),
            (NOBODY, "{grace},7,60", ()),
            (NOBODY, "7,{ada},60", ()),
            (NOBODY, "7,8,60", ()),
            (NOBODY, "{grace},{perdita},60", ()),
            (NOBODY, "{perdita},{ada},60", ()),
            (OPEN, "{grace},{ada},60", _GRACE_CLOSED),
            (OPEN, "{ada},{grace},60", _GRACE_CLOSED),
            (FLOOR, "{linus},{ada},1131", ()),
        )
        for more in ((), ("{linus},{ada},1",))
    ],
    (SAME, *_lines("{grace},{ada},60", "{ada},{ada},60")),
    (NOBODY, *_lines("{linus},{ada},1", "{grace},7,60")),
    (FLOOR, *_lines("{grace},{ada},1141", "{ada},{grace},1141")),
    (None, *_lines("{ada},{grace},60", "{grace},{ada},1200")),
    (FLOOR, *_lines("{ada},{grace},60", "{grace},{ada},1201")),
    (None, *_lines("{linus},{ada},1130")),
    (None, *_lines("{grace},{ada},1140")),
    (FLOOR, *_lines("{grace},{ada},1141")),
    ("entry_has_lines", entry(lines="'<>'")),
    ("entry_has_lines", together(*_lines("{grace},{ada},60"), entry(lines="'<>'", id=6, key="'other'"))),
]


HELD = "hold_resolved_once"
#: A hold is resolved by an entry of one line and of many.
RESOLVED_BY = [
    (rule, *_lines("{linus},{ada},40", *more, **{"resolves": "{open}", **changed}))
    for rule, changed in (
        (None, {}),
        (HELD, {"resolves": 9}),
        (HELD, {"deed": "'exchange:other'"}),
        (HELD, {"resolves": "{over}", "deed": "'exchange:over'"}),
        (HELD, {"resolves": "{over}"}),
    )
    for more in ((), ("{grace},{ada},5",))
] + [
    (None, *_lines("{grace},{ada},5", "{linus},{ada},40", resolves="{open}")),
    (HELD, *_lines("{grace},{ada},40", resolves="{open}")),
    (HELD, *_lines("{ada},{linus},40", resolves="{open}")),
    (HELD, *_lines("{ada},{linus},40", "{grace},{ada},5", resolves="{open}")),
    (
        HELD,
        *_lines("{linus},{ada},40", resolves="{open}"),
        *_lines("{linus},{ada},4", id=6, key="'o'", resolves="{open}"),
    ),
    (HELD, _back(SECOND, resolves="{open}")),
    (HELD, hold(), _back(SECOND, resolves=5, deed="'exchange:new'")),
    (HELD, hold(), _back(SECOND, FIRST, resolves=5, deed="'exchange:new'")),
]


@pytest.mark.parametrize(
    ("rule", "statements"),
    [(rule, statements) for rule, *statements in [*REVERSALS, *SHAPES, *PEOPLE, *POSTED, *RESOLVED_BY]],
)
def test_an_entry_is_posted_only_if_all_of_it_is_right(postgresql_backend, names, rule, statements):
    with postgresql_backend.owner.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_posts")
        posted = [statement.format(**names).replace("<", "{").replace(">", "}") for statement in statements]
        *before, attack = posted
        for statement in before:
            connection.exec_driver_sql(statement)
        said = None
        try:
            connection.exec_driver_sql(attack)
        except DBAPIError as error:
            said = error.orig.diag.constraint_name
        finally:
            connection.rollback()
    assert (said or "").removeprefix("ck_account_") == (rule or "")  # of one line, the CHECK keeps the floor
