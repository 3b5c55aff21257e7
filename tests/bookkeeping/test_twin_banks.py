"""Two banks whose accounts, entries and holds have the same ids: queries and actions must filter by bank.

Ids are never the same in practice, which is why nothing but these tests would find a question that forgets the bank.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from tests.bookkeeping.waiting import find_open_hold
from tests.people import NOW, TODAY, join
from timebank import clock
from timebank.bookkeeping import actions, closings, holds
from timebank.bookkeeping.audit_queries import (
    EntryFilter,
    Late,
    beyond_since,
    count_books,
    find_entry,
    list_entries,
    list_lines,
    list_related_entries,
    overrides_in_force,
)
from timebank.bookkeeping.checking.checks import CHECKS
from timebank.bookkeeping.export_queries import stream_history, stream_lines
from timebank.bookkeeping.limits import change_floors, list_ended_overrides, list_limits
from timebank.bookkeeping.opening import open_account, open_accounts
from timebank.bookkeeping.queries import (
    StatementFilter,
    find_entry_id,
    first_and_last_recording,
    get_account,
    get_entry,
    list_accounts,
    list_entry_lines,
    list_reversed_lines,
    list_statement,
    list_whole_statement,
    select_entries_of_deeds,
)
from timebank.bookkeeping.sealing.actions import count_unsealed, seal
from timebank.bookkeeping.sealing.receipts import (
    count_public,
    find_checkpoint,
    list_seals,
    make_receipt,
    make_succession,
)
from timebank.ledger.accounts import AccountKind
from timebank.ledger.closings import ClosingKind
from timebank.ledger.entries import HISTORY, EntryKind, Line

EVERYTHING = StatementFilter()
LONDON = {"time_zone": "Europe/London", "years": range(2025, 2028)}


@dataclass
class Twin:
    """A bank: `a`, `b` and `c` are its members' accounts, and its `minutes` differ from the other bank's."""

    bank: int
    recorder: int
    minutes: int
    a: int
    b: int
    c: int
    help: int
    back: int
    history: int
    gone: int
    approver: int


def _write(session, bank, people, minutes, at):
    """Write a reversed entry, history, an expired override, holds, closings and two seals."""
    recorder, approver = people
    arguments = {"reason": f"for {minutes}", "by": recorder, "now": at}
    a, b, c = open_accounts(session, bank, AccountKind.MEMBER, [11, 12, 13], floor=-600, **arguments)

    def post(key, *lines, **changed):
        entry = {"kind": EntryKind.EXCHANGE, "occurred_on": date(2026, 9, 30), "recorded_at": at, "deed": f"test:{key}"}
        new = actions.NewEntry(bank, key, lines=lines, recorded_by=recorder, **{**entry, **changed})
        return actions.post(session, new)

    lines = (Line(a, b, minutes), Line(c, b, 2 * minutes))
    first = post("help", *lines, words=f"Words of {minutes}", approved_by=approver)
    back = post("back", Line(b, c, 2 * minutes, mirrors=2), reverses=first, deed="test:help")
    history = post("history:1", Line(a, b, 1), deed=f"{HISTORY}1", words=f"Long ago {minutes}")
    actions.change_limit(session, bank, c, -600 - minutes, until=TODAY - timedelta(days=1), **arguments)
    held = {"minutes": minutes, "agreed_minutes": minutes, "most_unagreed": 240, "now": at}
    holds.place(session, bank, c, deed="test:held", **held)
    seal(session, bank, now=at)
    holds.place(session, bank, c, deed="test:other", **held)
    holds.release(session, bank, "test:other", now=at)
    gone = open_account(session, bank, AccountKind.MEMBER, 14, floor=0, **arguments)
    closings.close_account(session, bank, gone, **arguments)
    if minutes == 60:  # reopened in only one of the banks
        closings.reopen_account(session, bank, gone, approved_by=approver, **arguments)
    for month in (date(2026, 8, 1), date(2026, 9, 1)):
        figures = f'{{"month": {month.month}, "of": {minutes}}}'
        closings.sign_off_month(session, bank, month, figures, approved_by=approver, **arguments)
    if minutes == 7:
        closings.sign_off_month(session, bank, date(2026, 7, 1), "{}", approved_by=approver, **arguments)
    seal(session, bank, now=at + timedelta(minutes=1))
    return Twin(bank, recorder, minutes, a, b, c, first, back, history, gone, approver)


@pytest.fixture
def twins(session, village, monkeypatch):
    twins = []
    banks = [
        (village.angus.id, (village.ada, village.mary), 60, NOW),
        (village.perth.id, (village.perdita, join(session, village.perth, "Percy Shaw")), 7, NOW + timedelta(hours=1)),
    ]
    for bank, people, minutes, at in banks:
        ids = count(1_000)
        with monkeypatch.context() as patch:
            patch.setattr(clock, "next_id", lambda ids=ids: next(ids))
            twins.append(_write(session, bank, [member.membership_id for member in people], minutes, at))
    session.commit()
    first, second = twins
    assert (first.a, first.b, first.c) == (second.a, second.b, second.c)
    assert (first.help, first.back) == (second.help, second.back)
    return twins


@pytest.fixture(params=[0, 1], ids=["angus", "perth"])
def twin(request, twins):
    return twins[request.param]


def test_every_check_is_right_for_two_banks_with_the_same_ids(session, twins):
    """No row is compared with the row of the same id in the other bank."""
    results = [check(session) for check in CHECKS]
    assert {result.name: result.findings for result in results if result.findings} == {}


def test_a_statement_is_of_this_bank(session, twin):
    for rows in (
        list_whole_statement(session, twin.bank, twin.b, EVERYTHING),
        list_statement(session, twin.bank, twin.b, EVERYTHING).rows[::-1],
    ):
        assert [(row.minutes, row.balance_after, row.words) for row in rows] == [
            (twin.minutes, twin.minutes, f"Words of {twin.minutes}"),
            (2 * twin.minutes, 3 * twin.minutes, f"Words of {twin.minutes}"),
            (-2 * twin.minutes, twin.minutes, None),
            (1, twin.minutes + 1, f"Long ago {twin.minutes}"),
        ]
        assert [row.reversed_by for row in rows] == [None, twin.back, None, None]
    page = list_statement(session, twin.bank, twin.b, EVERYTHING, below=3, size=1)
    assert ([row.number for row in page.rows], page.next, page.newer) == ([2], 2, 4)


def test_an_account_is_of_this_bank(session, twin):
    at = first_and_last_recording(session, twin.bank, twin.a)
    assert at == ((NOW, NOW) if twin.minutes == 60 else (NOW + timedelta(hours=1),) * 2)
    account = get_account(session, twin.bank, twin.c)
    assert (account.balance, account.held, account.floor) == (0, twin.minutes, -600 - twin.minutes)
    both = list_accounts(session, twin.bank, [twin.a, twin.b])
    assert both[twin.a].balance == -twin.minutes - 1
    assert both[twin.b].balance == twin.minutes + 1
    newest, oldest = list_limits(session, twin.bank, twin.c)
    reason = f"for {twin.minutes}"
    assert (newest.floor, newest.reason) == (-600 - twin.minutes, reason)
    assert (oldest.floor, oldest.reason) == (-600, reason)


def test_an_entry_is_of_this_bank(session, twin):
    standing = get_entry(session, twin.bank, twin.help)
    assert [line.minutes for line in standing.entry.lines] == [twin.minutes, 2 * twin.minutes]
    assert find_entry_id(session, twin.bank, "help") == twin.help
    assert list_reversed_lines(session, twin.bank, twin.help) == {2}
    lines = list_entry_lines(session, twin.bank, [twin.history])
    assert [[line.minutes for line in each] for each in lines.values()] == [[1]]
    lines = list_entry_lines(session, twin.bank, [twin.help])
    assert [[line.minutes for line in each] for each in lines.values()] == [[twin.minutes, 2 * twin.minutes]]
    entry = find_entry(session, twin.bank, ["help"])
    assert (entry.recorded_by, entry.words) == (twin.recorder, f"Words of {twin.minutes}")
    assert (entry.occurred_on, entry.deed, entry.on_behalf_of, entry.approved_by) == (
        date(2026, 9, 30),
        "test:help",
        None,
        twin.approver,
    )
    assert [row.key for row in list_related_entries(session, twin.bank, entry)] == ["back"]
    back = find_entry(session, twin.bank, ["back"])
    assert [tuple(row) for row in list_related_entries(session, twin.bank, back)] == [("help", None)]


def test_lines_are_of_this_bank_with_both_balances_after_them(session, twin):
    member = AccountKind.MEMBER
    entry = find_entry(session, twin.bank, ["help"])
    assert [tuple(row) for row in list_lines(session, twin.bank, entry)] == [
        (1, twin.minutes, twin.a, member, -twin.minutes, twin.b, member, twin.minutes),
        (2, 2 * twin.minutes, twin.c, member, -2 * twin.minutes, twin.b, member, 3 * twin.minutes),
    ]
    row = list_lines(session, twin.bank, entry)[0]
    assert (row.from_kind, row.to_kind, row.from_after, row.to_after) == (member, member, -twin.minutes, twin.minutes)


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (EntryFilter(), ["history:1", "back", "help"]),
        (EntryFilter(only_reversals=True), ["back"]),
        (EntryFilter(kind=EntryKind.EXCHANGE), ["history:1", "back", "help"]),
        (EntryFilter(kind=EntryKind.GIFT), []),
        (EntryFilter(late=Late.THIRTY_DAYS), ["history:1", "back", "help"]),
    ],
)
def test_entries_are_listed_of_this_bank(session, twin, filters, keys):
    page = list_entries(session, twin.bank, filters, **LONDON)
    assert [(row.key, row.recorded_by) for row in page.rows] == [(key, twin.recorder) for key in keys]
    assert page.next is None
    if len(keys) > 1:
        first = list_entries(session, twin.bank, filters, size=1, **LONDON)
        assert ([row.key for row in first.rows], first.next) == (keys[:1], twin.history)
        rest = list_entries(session, twin.bank, filters, below=first.next, size=2, **LONDON)
        assert ([row.key for row in rest.rows], rest.next) == (keys[1:], None)


def test_beyond_since_reads_this_banks_postings(session, twin):
    since = NOW if twin.minutes == 60 else NOW + timedelta(hours=1)
    everybody = [twin.a, twin.b, twin.c]
    since_by_account = beyond_since(session, twin.bank, everybody, low=-5, high=5)
    assert since_by_account == {twin.a: since, twin.b: since}
    assert beyond_since(session, twin.bank, [twin.a], low=-5, high=5) == {twin.a: since}
    assert beyond_since(session, twin.bank, everybody, low=-5, high=500) == {twin.a: since}
    assert beyond_since(session, twin.bank, everybody, low=-1 - twin.minutes, high=twin.minutes + 1) == {}
    assert beyond_since(session, twin.bank, everybody, low=-twin.minutes, high=500) == {twin.a: since}


def test_figures_are_of_this_bank(session, twin):
    figures = count_books(session, twin.bank, **LONDON)
    assert (figures.total_minutes, figures.above_minutes) == (0, twin.minutes + 1)
    assert figures.below_minutes == -twin.minutes - 1
    assert (figures.entries, figures.lines, figures.late, figures.pot_minutes) == (3, 4, 3, 0)
    assert (count_public(session, twin.bank).total_minutes, count_public(session, twin.bank).entries) == (0, 3)
    assert count_unsealed(session, twin.bank) == 0


def test_overrides_are_of_this_bank(session, twin):
    rows = session.execute(overrides_in_force(twin.bank)).all()
    assert [(row.account_id, row.floor, row.reason) for row in rows] == [
        (twin.c, -600 - twin.minutes, f"for {twin.minutes}")
    ]
    ended = list_ended_overrides(session, twin.bank, TODAY)
    assert [(row.id, row.floor, row.balance, row.held) for row in ended] == [
        (twin.c, -600 - twin.minutes, 0, twin.minutes)
    ]
    assert list_ended_overrides(session, twin.bank, TODAY - timedelta(days=1)) == []


def test_floors_are_changed_in_this_bank_only(session, twins):
    first, second = twins
    arguments = {"reason": "All of us", "by": first.recorder, "now": NOW}
    changed = change_floors(session, first.bank, AccountKind.MEMBER, old=-600, new=-61, **arguments)
    assert changed == 2
    assert change_floors(session, first.bank, AccountKind.MEMBER, old=-61, new=-60, **arguments) == 1
    floors = [get_account(session, first.bank, account).floor for account in (first.a, first.b, first.c)]
    assert floors == [-61, -60, -660]
    assert [get_account(session, second.bank, account).floor for account in (second.a, second.c)] == [-600, -607]
    newest = list_limits(session, first.bank, first.b)[0]
    assert tuple(newest) == (3, -60, "All of us", None, first.recorder, NOW)


def test_a_replay_is_recognized_by_this_banks_entry(session, twins):
    for twin in twins:
        lines = (Line(twin.a, twin.b, twin.minutes), Line(twin.c, twin.b, 2 * twin.minutes))
        again = actions.NewEntry(
            twin.bank,
            "help",
            EntryKind.EXCHANGE,
            lines,
            date(2026, 9, 30),
            NOW,
            twin.recorder,
            "test:help",
            approved_by=twin.approver,
            words=f"Words of {twin.minutes}",
        )
        assert actions.post(session, again) == twin.help


def test_exported_lines_are_of_this_bank(session, twin):
    rows = list(stream_lines(session, twin.bank))
    words = f"Words of {twin.minutes}"
    assert [
        (row.key, row.line, row.minutes, row.from_after, row.to_after, row.words, row.reverses) for row in rows
    ] == [
        ("help", 1, twin.minutes, -twin.minutes, twin.minutes, words, None),
        ("help", 2, 2 * twin.minutes, -2 * twin.minutes, 3 * twin.minutes, words, None),
        ("back", 1, 2 * twin.minutes, twin.minutes, 0, None, "help"),
        ("history:1", 1, 1, -twin.minutes - 1, twin.minutes + 1, f"Long ago {twin.minutes}", None),
    ]
    history = list(stream_history(session, twin.bank))
    assert [(row.bank_id, row.key, row.words, row.has_words) for row in history] == [
        (twin.bank, "history:1", f"Long ago {twin.minutes}", True)
    ]


def test_deeds_and_hold_moments_have_their_bank(session, twins, monkeypatch):
    """The line reversed in one bank is not reversed in the other, though ids are equal."""
    for twin in twins:
        arguments = {"occurred_on": TODAY, "recorded_at": NOW, "recorded_by": twin.recorder, "deed": "test:walk"}
        walk = actions.NewEntry(
            twin.bank, "walk", EntryKind.EXCHANGE, (Line(twin.a, twin.b, twin.minutes),), **arguments
        )
        monkeypatch.setattr(clock, "next_id", lambda: 5_000)
        actions.post(session, walk)
        if twin is twins[0]:
            monkeypatch.setattr(clock, "next_id", lambda: 5_001)
            back = Line(twin.b, twin.a, twin.minutes, mirrors=1)
            actions.post(session, replace(walk, key="walk back", lines=(back,), reverses=5_000))
    rows = session.execute(select_entries_of_deeds(EntryKind.EXCHANGE)).all()
    deeds = {(row.bank_id, row.deed, row.minutes, row.is_reversed) for row in rows}
    assert deeds == {
        row
        for twin in twins
        for row in (
            (twin.bank, "test:walk", twin.minutes, twin is twins[0]),
            (twin.bank, "test:help", twin.minutes, False),
            (twin.bank, "history:1", 1, False),
        )
    }
    held = select(holds.holds().subquery())
    assert sorted((row.bank_id, row.deed, row.minutes) for row in session.execute(held)) == sorted(
        (twin.bank, deed, twin.minutes) for twin in twins for deed in ("test:held", "test:other")
    )


def test_seals_receipts_and_proofs_are_of_this_bank(session, twin):
    (newest, last), (size, first) = list_seals(session, twin.bank, 5)
    assert (last - first, newest > size) == (timedelta(minutes=1), True)
    assert list_seals(session, twin.bank, 1) == [(newest, last)]
    assert find_checkpoint(session, twin.bank)[1].startswith(f"timebank/{twin.bank}\n{newest}\n")
    assert f"Words of {twin.minutes}" in make_receipt(session, twin.bank, twin.help)
    assert f"timebank/{twin.bank}" in make_succession(session, twin.bank, size, newest)


def test_a_hold_is_released_in_this_bank_only(session, twins):
    first, second = twins
    holds.release(session, first.bank, "test:held", now=NOW)
    assert get_account(session, first.bank, first.c).held == 0
    assert get_account(session, second.bank, second.c).held == second.minutes
    assert find_open_hold(session, second.bank, "test:held") is not None


@pytest.mark.parametrize("lines", [1, 2])
def test_a_hold_is_resolved_in_this_bank_only(session, twins, lines):
    """The other bank's hold has the same id and stays open."""
    first, second = twins
    hold = find_open_hold(session, first.bank, "test:held")
    assert hold == find_open_hold(session, second.bank, "test:held")
    arguments = {"occurred_on": TODAY, "recorded_at": NOW, "recorded_by": first.recorder, "deed": "test:held"}
    moved = (Line(first.c, first.a, 30), Line(first.c, first.b, 30))[:lines]
    actions.post(session, actions.NewEntry(first.bank, "held", EntryKind.EXCHANGE, moved, resolves=hold, **arguments))
    assert find_open_hold(session, first.bank, "test:held") is None
    assert find_open_hold(session, second.bank, "test:held") == hold
    assert get_account(session, second.bank, second.c).held == second.minutes


def test_closings_are_of_this_bank(session, twin):
    came_back, reason = twin.minutes == 60, f"for {twin.minutes}"
    assert closings.is_closed(session, twin.bank, twin.gone) is not came_back
    assert not closings.is_closed(session, twin.bank, twin.a)
    assert closings.list_closed(session, twin.bank, [twin.gone, twin.a]) == ([] if came_back else [twin.gone])
    at = NOW if came_back else NOW + timedelta(hours=1)
    account_closings = [
        (
            row.kind,
            row.account_id,
            row.reason,
            row.recorded_by,
            row.approved_by,
            row.recorded_at,
        )
        for row in closings.list_closings(session, twin.bank, twin.gone)
    ]
    closed = (ClosingKind.ACCOUNT_CLOSED, twin.gone, reason, twin.recorder, None, at)
    reopened = (ClosingKind.ACCOUNT_REOPENED, twin.gone, reason, twin.recorder, twin.approver, at)
    assert account_closings == ([closed, reopened] if came_back else [closed])
    assert closings.list_closings(session, twin.bank, twin.a) == []


def test_months_are_of_this_bank_newest_first(session, twin):
    months = [date(2026, 9, 1), date(2026, 8, 1), *([date(2026, 7, 1)] if twin.minutes == 7 else [])]
    rows = closings.list_signed_off(session, twin.bank)
    assert [(row.bank_id, row.month) for row in rows] == [(twin.bank, month) for month in months]
    august = closings.find_signed_off(session, twin.bank, date(2026, 8, 1))
    assert (august.month, august.figures) == (date(2026, 8, 1), f'{{"month": 8, "of": {twin.minutes}}}')
    assert (august.recorded_by, august.approved_by) == (twin.recorder, twin.approver)
    july = closings.find_signed_off(session, twin.bank, date(2026, 7, 1))
    assert (july is not None) == (twin.minutes == 7)


def test_closings_of_all_banks_have_their_bank(session, twins):
    first, second = twins
    months = [(row.bank_id, row.month.month) for row in closings.list_all_signed_off(session)]
    assert months == [(first.bank, 8), (first.bank, 9), (second.bank, 7), (second.bank, 8), (second.bank, 9)]
    rows = session.execute(closings.account_closings()).all()
    assert sorted((row.bank_id, row.kind, row.account_id, row.recorded_by) for row in rows) == sorted(
        [
            (first.bank, ClosingKind.ACCOUNT_CLOSED, first.gone, first.recorder),
            (first.bank, ClosingKind.ACCOUNT_REOPENED, first.gone, first.recorder),
            (second.bank, ClosingKind.ACCOUNT_CLOSED, second.gone, second.recorder),
        ]
    )
    assert [tuple(row) for row in session.execute(closings.closed_accounts())] == [(second.bank, second.gone)]
