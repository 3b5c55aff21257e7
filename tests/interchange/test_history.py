"""Import of exchange histories: parsing, planning, posting once, and balances to the minute."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.people import NOW, TODAY, account_of, balance_of, join
from tests.unguarded import edit
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.bookkeeping.actions import post
from timebank.bookkeeping.export_queries import stream_lines
from timebank.bookkeeping.limits import list_limits
from timebank.bookkeeping.many import post_many
from timebank.cli.sheet_words import plain_words
from timebank.errors import NotAllowedError
from timebank.interchange import checks, history_store
from timebank.interchange.history import LONGEST_KEY, doubt, read
from timebank.interchange.history_plan import plan
from timebank.interchange.sheets import BadSheetError
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.ledger.errors import FloorReachedError, KeyTakenError
from timebank.members.models import Membership, MembershipRole, Person
from timebank.members.queries import list_member_names
from timebank.trail.queries import list_deeds

HEADING = "key,date,from,to,hours,kind,note\n"
SHEET = HEADING + (
    "3,2019-05-30,Grace Okafor,ada lamont,1.5,exchange,garden\n"
    "1,2019-01-01,,Grace Okafor,2,opening,\n"
    "2,2019-01-01,Linus Baxter,,0.25,opening,owed\n"
    "4,2020-02-29,Ada Lamont,POT,1,gift,for all\n"
)


def rows_of(sheet, unit="hours", today=TODAY):
    return read(sheet.encode(), unit, today=today)


def problems_of(sheet, unit="hours"):
    with pytest.raises(BadSheetError) as refused:
        rows_of(sheet, unit)
    return [(one.line, plain_words(one)) for one in refused.value.problems]


def bring(session, village, sheet=SHEET, *, create=False, no_floor=False, by=None, now=NOW, unit="hours"):
    planned = plan(session, village.angus, rows_of(sheet, unit), create=create, no_floor=no_floor)
    return history_store.store(session, village.angus, planned, Doing(by or village.mary, now), no_floor=no_floor)


def refused(session, village, sheet, **how):
    with pytest.raises(BadSheetError) as error:
        bring(session, village, sheet, **how)
    return [(one.line, plain_words(one)) for one in error.value.problems]


def row(**cells):
    usual = {"key": "1", "date": "2019-01-01", "from": "Ada Lamont", "to": "Grace Okafor", "hours": "1"}
    usual |= {"kind": "exchange", "note": ""} | cells
    return HEADING + ",".join(usual.values()) + "\n"


@pytest.mark.parametrize(
    ("unit", "hours", "minutes"),
    [
        ("hours", "2", 120),
        ("hours", "1.5", 90),
        ("hours", "3.33", 200),
        ("hours", "0.0083334", 1),
        ("hours", "0.025", 2),
        ("hours", "400", 24_000),
        ("h:mm", "0:01", 1),
        ("h:mm", "125:30", 7_530),
        ("minutes", "90", 90),
        ("minutes", "7.5", 8),
        ("minutes", "7.4", 7),
    ],
)
def test_hours_are_read_as_declared_and_halves_go_up(unit, hours, minutes):
    assert rows_of(row(hours=hours), unit)[0].minutes == minutes


@pytest.mark.parametrize("hours", ["3.33", "0.025"])
def test_hours_that_are_no_whole_minute_are_marked_as_rounded(hours):
    assert rows_of(row(hours=hours))[0].is_rounded
    assert not rows_of(row(hours="1.5"))[0].is_rounded


@pytest.mark.parametrize(
    ("unit", "hours"),
    [
        ("hours", "1:30"),
        ("hours", '"1,5"'),
        ("hours", "-1"),
        ("hours", "1e3"),
        ("hours", "0"),
        ("hours", "0.001"),
        ("hours", ""),
        ("hours", "٣"),
        ("h:mm", "1.5"),
        ("h:mm", "90"),
        ("h:mm", "1:60"),
        ("h:mm", "0:00"),
        ("minutes", "1:30"),
        ("minutes", "0"),
    ],
)
def test_hours_written_otherwise_are_never_guessed(unit, hours):
    ((line, what),) = problems_of(row(hours=hours), unit)
    assert (line, what.startswith("hours are")) == (2, True)


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"key": ""}, "key is missing"),
        ({"key": "x" * (LONGEST_KEY + 1)}, "key is longer than"),
        ({"date": "30.5.2019"}, "date is 30.5.2019"),
        ({"date": "20190530"}, "date is 20190530"),
        ({"date": "2019-02-29"}, "date is 2019-02-29"),
        ({"date": "2026-11-22"}, "2026-11-22 is still to come"),
        ({"kind": "loan"}, "kind is loan"),
        ({"kind": ""}, "kind is missing"),
        ({"from": ""}, "from or to is missing"),
        ({"to": "", "kind": "gift"}, "from or to is missing"),
        ({"kind": "opening"}, "an opening balance names one account"),
        ({"kind": "opening", "from": "", "to": ""}, "an opening balance names one account"),
        ({"note": "a,b"}, "there are 8 cells"),
    ],
)
def test_a_bad_row_is_named_by_its_line(cells, what):
    ((line, message),) = problems_of(row(**cells))
    assert (line, message.startswith(what)) == (2, True)


def test_every_bad_line_is_reported_at_once():
    sheet = SHEET + "5,x,a,b,1,gift,\n6,2019-01-01,a,b,?,gift,\n3,2019-01-01,a,b,1,gift,\n"
    assert [line for line, _what in problems_of(sheet)] == [6, 7, 8]


@pytest.mark.parametrize("heading", ["", "key,date,from,to,hours,kind\n", "key,key,date,from,to,hours,kind,note\n"])
def test_a_sheet_without_its_columns_is_refused(heading):
    assert problems_of(heading)[0][0] == 1


def test_two_spellings_of_a_name_are_one_member(session, village):
    sheet = SHEET.replace("Grace Okafor", "grace O\u200bkafor") + "9,2019-06-01,GRACE-OKAFOR,Ada Lamont,1,exchange,\n"
    assert bring(session, village, sheet) == 5


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"date": "1979-12-31"}, "1979-12-31 is before 1980"),
        ({"date": "1980-01-01"}, None),
        ({"hours": "24"}, None),
        ({"hours": "24.1"}, "24.1 is more than 24 hours"),
        ({"hours": "240", "kind": "opening", "from": ""}, None),
    ],
)
def test_days_before_time_banks_and_rows_of_more_than_a_day_are_doubtful(cells, what):
    (parsed,) = rows_of(row(**cells), "hours")
    assert doubt(parsed) == what


def test_a_sheet_in_another_encoding_is_refused():
    with pytest.raises(BadSheetError):
        read(row(note="Zoë").encode("latin-1"), "hours", today=TODAY)


def test_history_is_posted_with_its_days_and_balances_are_right(session, village):
    assert bring(session, village) == 4
    assert [balance_of(session, who) for who in (village.ada, village.grace, village.linus)] == [30, 30, -15]
    ada, grace = account_of(session, village.ada), account_of(session, village.grace)
    assert (ada.given, ada.received, grace.given, grace.received) == (90, 0, 0, 90)
    read_back = [(one.key, one.kind, one.occurred_on, one.minutes) for one in stream_lines(session, village.angus.id)]
    assert read_back == [
        ("history:1", "opening", date(2019, 1, 1), 120),
        ("history:2", "opening", date(2019, 1, 1), 15),
        ("history:3", "exchange", date(2019, 5, 30), 90),
        ("history:4", "gift", date(2020, 2, 29), 60),
    ]
    assert [row.deed for row in list_deeds(session, village.angus.id, "bank:angus")][-1] == history_store.DEED


def test_the_books_are_right_afterwards(session, village):
    bring(session, village, SHEET + "5,2019-06-01,Bob,Zoë,3.33,exchange,\n", create=True, no_floor=True)
    results = {result.name: result for result in check_books(session)}
    assert {name for name, result in results.items() if result.verdict is Verdict.WRONG} == set()
    assert results["history_as_brought_in"].figure == 5


def test_an_import_is_idempotent(session, village):
    bring(session, village, SHEET + "5,2019-06-01,Bob,501,1,exchange,\n", create=True)
    members = session.scalar(select(func.count()).select_from(Membership))
    sheet = SHEET + "5,2019-06-01,Bob,501,1,exchange,\n6,2019-06-01,Bob,501,1,exchange,\n"
    assert bring(session, village, sheet, by=village.clara, now=NOW + timedelta(days=1), create=True) == 1
    assert session.scalar(select(func.count()).select_from(Membership)) == members
    assert bring(session, village, sheet) == 0


@pytest.mark.parametrize(
    "changed",
    [("1.5,exchange", "1.75,exchange"), ("2019-05-30", "2019-05-31"), ("garden", "hedge"), ("ada lamont", "102")],
)
def test_the_same_key_for_something_else_is_an_error_by_line(changed, session, village):
    bring(session, village)
    if changed[1] == "102":
        changed = ("Grace Okafor,ada lamont", "ada lamont,Grace Okafor")
    assert refused(session, village, SHEET.replace(*changed)) == [
        (2, "key 3 stands in the books already, for something else")
    ]


def test_erased_words_are_not_compared(backend, session, village):
    bring(session, village)
    session.commit()
    edit(backend.owner, ["UPDATE memo SET words = NULL, salt = NULL"])
    assert bring(session, village) == 0


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("Nobody Here", "no member is called Nobody Here"),
        ("9999", "no member has the number 9999"),
        ("pot", "no member is called pot"),
        ("Perdita Shaw", "no member is called Perdita Shaw"),
    ],
)
def test_an_account_that_is_not_there_is_an_error_by_line(who, what, session, village):
    assert refused(session, village, row(to=who)) == [(2, what)]


def test_an_ambiguous_name_is_an_error_with_the_members_numbers(session, village):
    other = join(session, village.angus, "Ada  LAMONT")
    ((line, what),) = refused(session, village, row(), create=True)
    assert line == 2
    assert f"({village.ada.number}, {other.number})" in what
    assert bring(session, village, row(**{"from": f"M{other.number:04d}"})) == 1


def test_from_and_to_must_differ(session, village):
    assert refused(session, village, row(to=str(village.ada.number))) == [(2, "from and to are the same")]


def test_unknown_names_become_members_on_record(session, village):
    sheet = row(to="Bob Brewer") + "2,2019-01-01,bob  brewer,777,1,exchange,\n3,2019-01-01,Zoë,Bob Brewer,1,exchange,\n"
    assert bring(session, village, sheet, create=True) == 3
    made = {one.name: one for one in list_member_names(session, village.angus.id)[-3:]}
    assert {name: one.number for name, one in made.items()} == {"Member 777": 777, "Bob Brewer": 778, "Zoë": 779}
    query = (
        select(Membership, Person.email, Person.phone, MembershipRole.role)
        .join(Person, Person.id == Membership.person_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
    )
    for membership, email, phone, role in session.execute(query.where(Membership.number >= 777)):
        assert (membership.standing, email, phone, role) == ("active", None, None, "member")
        (deed,) = list_deeds(session, village.angus.id, f"member:{membership.code}")
        assert (deed.deed, deed.done_by) == ("member.admitted", village.mary.membership_id)


def test_nobody_falls_below_their_floor_unnoticed(session, village):
    sheet = row(hours="30", key="a") + "b,2019-01-02,Grace Okafor,Ada Lamont,30,exchange,\n"
    planned = plan(session, village.angus, rows_of(sheet), create=False, no_floor=False)
    (ada,) = (total for total in planned.totals.values() if total.is_below)
    assert (ada.name, ada.balance, ada.lowest, ada.lowest_line) == ("Ada Lamont", 0, -1800, 2)
    with pytest.raises(FloorReachedError):
        history_store.store(session, village.angus, planned, Doing(village.mary, NOW), no_floor=False)


def test_without_a_floor_hours_move_and_that_is_on_record(session, village):
    assert bring(session, village, row(hours="30", to="Bob"), no_floor=True, create=True) == 1
    assert balance_of(session, village.ada) == -1800
    for account_id in (village.ada.account_id, list_member_names(session, village.angus.id)[-1].account_id):
        newest = list_limits(session, village.angus.id, account_id)[0]
        assert (newest.floor, newest.reason) == (None, "no limit: history brought in from other books")
    assert account_of(session, village.grace).floor == village.angus.member_floor


@pytest.mark.parametrize("who", ["rosa", "tom", "perdita"])
def test_only_a_coordinator_of_the_bank_brings_history_in(who, session, village):
    with pytest.raises(NotAllowedError):
        bring(session, village, by=getattr(village, who))


def forged(village, **fields):
    entry = {"key": "history:9", "deed": "history:9", "kind": EntryKind.EXCHANGE, "recorded_at": NOW}
    entry |= {"lines": (Line(village.ada.account_id, village.grace.account_id, 5),)} | fields
    return history_store.NewEntry(
        bank_id=village.angus.id, occurred_on=TODAY, recorded_by=village.mary.membership_id, **entry
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "exchange:9"},
        {"deed": "exchange:9"},
        {"kind": EntryKind.GRANT},
        {"recorded_at": NOW + timedelta(seconds=1)},
        {"lines": (Line(1, 2, 5), Line(2, 1, 5))},
    ],
)
def test_history_without_an_import_on_the_trail_is_a_finding(fields, session, village):
    bring(session, village)
    if "lines" in fields:
        sides = village.ada.account_id, village.grace.account_id
        fields = {"lines": (Line(*sides, 5), Line(*sides, 5))}
    post(session, forged(village, **fields))
    result = checks.history_as_brought_in(session)
    assert [finding.row for finding in result.findings] == [fields.get("key", "history:9")]


def test_entries_posted_as_a_batch_are_found_when_posted_again_one_by_one(session, village):
    first, second = (forged(village, key=f"k:{key}", words="help") for key in "ab")
    post_many(session, [first, second])
    assert post(session, first) != post(session, second)
    assert balance_of(session, village.grace) == 10


def test_a_key_that_is_taken_refuses_all(session, village):
    post(session, forged(village, key="k:b"))
    with pytest.raises(KeyTakenError):
        post_many(session, [forged(village, key="k:a"), forged(village, key="k:b")])


def test_those_who_left_have_a_history_too(session, village):
    session.execute(update(Membership).where(Membership.number == village.ada.number).values(standing="left"))
    assert bring(session, village, row()) == 1
