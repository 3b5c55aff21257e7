"""What the first page says equals what the books say; another bank's rows never count."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.people import NOW, TODAY, balance_of, join, make_confirmed, make_recorded, terms
from timebank.actors import Doing, How, Standing
from timebank.audit.accounts import Which, list_accounts
from timebank.audit.lists import list_acted_steps, list_one_broker, list_overrides, list_reversals
from timebank.audit.queries import overview
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.audit_queries import EntryFilter, Late, beyond_since, list_entries
from timebank.bookkeeping.models import Account, Entry, Posting
from timebank.exchanges import actions, reversals
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import Deed, State
from timebank.members.models import Membership


def figures(session, village, now=NOW):
    return overview(session, village.angus, now=now)


def in_perth(session, village):
    """Perth lives too: help, a reversal's worth of it beyond every limit, and a member who left."""
    perth = replace(village, angus=village.perth)
    neighbour = join(session, village.perth, "Peter Muir")
    make_confirmed(session, perth, village.perdita, neighbour, minutes=1200)
    make_recorded(session, perth, village.perdita, neighbour, minutes=45, what="Waiting")
    session.execute(update(Membership).where(Membership.id == neighbour.membership_id).values(standing=Standing.LEFT))


def test_a_new_bank_has_nothing_but_its_members(session, village):
    summary = figures(session, village)
    assert (summary.books.entries, summary.books.lines, summary.books.total_minutes, summary.books.late) == (0, 0, 0, 0)
    assert summary.by_state == {}
    assert summary.active == 6  # all but the trustee and the auditor, who do not exchange
    assert (summary.beyond, summary.left, summary.overrides, summary.one_broker, summary.waiting_minutes) == (0,) * 5


def test_the_figures_are_those_of_the_books(session, village):
    in_perth(session, village)
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    make_confirmed(session, village, village.grace, village.linus, minutes=45, day=TODAY - timedelta(days=40))
    back = make_confirmed(session, village, village.linus, village.ada, minutes=30)
    make_recorded(session, village, village.ada, village.linus, minutes=15)
    reversal = reversals.propose(session, back, Doing(village.mary, NOW), reason="Twice")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    summary = figures(session, village)
    own = Account.bank_id == village.angus.id
    assert summary.books.total_minutes == session.scalar(select(func.sum(Account.balance)).where(own)) == 0
    balances = [balance_of(session, who) for who in (village.ada, village.grace, village.linus)]
    assert balances == [90, -45, -45]
    assert (summary.books.above_minutes, summary.books.below_minutes, summary.books.pot_minutes) == (90, -90, 0)
    assert summary.books.entries == session.scalar(select(func.count()).where(Entry.bank_id == village.angus.id)) == 4
    taken = (Posting.bank_id == village.angus.id, Posting.minutes < 0)
    assert summary.books.lines == session.scalar(select(func.count()).where(*taken)) == 4
    assert (summary.month.minutes, summary.year.minutes) == (90, 135)
    assert summary.by_state == {State.CONFIRMED: (2, 135), State.REVERSED: (1, 30), State.RECORDED: (1, 15)}
    assert summary.waiting_minutes == 15
    assert (summary.reversals_waiting, summary.reversals_done) == (0, 1)
    assert summary.books.late == 1


def test_welcome_hours_show_in_the_pot(session, village):
    village.angus.welcome_minutes = 120
    join(session, village.angus, "Wilma Rae", by=village.mary)
    summary = figures(session, village)
    assert (summary.books.pot_minutes, summary.books.above_minutes) == (-120, 120)
    assert summary.active == 7


@pytest.mark.parametrize(
    ("now", "first", "year"),
    [
        (NOW, date(2026, 11, 1), date(2025, 11, 22)),
        (NOW.replace(year=2028, month=2, day=29), date(2028, 2, 1), date(2027, 3, 1)),
        (NOW.replace(month=12, day=31), date(2026, 12, 1), date(2025, 12, 29)),
    ],
)
def test_this_month_begins_on_its_first_and_twelve_months_end_today(session, village, now, first, year):
    summary = figures(session, village, now=now)
    assert (summary.month.first, summary.year.first) == (first, year)
    assert summary.month.last == summary.year.last == now.date()


def test_reversals_wait_or_are_answered_and_turned_down_ones_are_not_done(session, village):
    codes = [make_confirmed(session, village, village.ada, village.grace, what=f"Help {n}") for n in range(3)]
    proposed = [reversals.propose(session, code, Doing(village.mary, NOW), reason="Twice") for code in codes]
    reversals.approve(session, village.angus, proposed[0], Doing(village.tom, NOW))
    reversals.refuse(session, proposed[1], Doing(village.tom, NOW))
    summary = figures(session, village)
    assert (summary.reversals_waiting, summary.reversals_done) == (1, 1)
    waiting = list_reversals(session, village.angus.id, waits=True).rows
    assert [(row.code, row.exchange_code, row.what) for row in waiting] == [(proposed[2], codes[2], "Help 2")]
    answered = list_reversals(session, village.angus.id, waits=False).rows
    assert [(row.code, row.approved_by, row.refused_by) for row in answered] == [
        (proposed[1], None, village.tom.membership_id),
        (proposed[0], village.tom.membership_id, None),
    ]
    assert list_reversals(session, village.perth.id, waits=True).rows == []


def test_who_is_beyond_a_soft_limit_is_listed_with_the_moment_it_happened(session, village):
    in_perth(session, village)
    make_confirmed(session, village, village.ada, village.grace, minutes=600)
    assert figures(session, village).beyond == 0  # at the limit is not beyond it
    later = NOW + timedelta(hours=2)
    code = actions.record(
        session, village.angus, terms(village.ada, village.grace, minutes=15), Doing(village.ada, later, "b")
    )
    actions.confirm(session, code, Doing(village.grace, later))
    make_confirmed(session, village, village.ada, village.grace, minutes=30, what="More")
    assert figures(session, village).beyond == 1
    page = list_accounts(session, village.angus, Which.BEYOND)
    assert [(row.name, row.balance) for row in page.rows] == [("Grace Okafor", -645)]
    accounts = [village.ada.account_id, village.grace.account_id]
    assert beyond_since(session, village.angus.id, accounts, low=-600, high=1200) == {village.grace.account_id: later}


def test_whoever_came_back_within_and_went_beyond_again_is_so_since_the_last_time(session, village):
    first, second = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
    for number, (giver, receiver, minutes, at) in enumerate(
        [
            (village.ada, village.grace, 615, first),
            (village.grace, village.ada, 60, first + timedelta(hours=1)),
            (village.ada, village.grace, 60, second),
        ]
    ):
        said = terms(giver, receiver, minutes=minutes)
        code = actions.record(session, village.angus, said, Doing(giver, at, f"s{number}"))
        actions.confirm(session, code, Doing(receiver, at))
    since = beyond_since(session, village.angus.id, [village.grace.account_id], low=-600, high=1200)
    assert since == {village.grace.account_id: second}


def test_lists_of_accounts_say_whose_they_are_and_what_they_come_to(session, village):
    in_perth(session, village)
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    make_confirmed(session, village, village.linus, village.grace, minutes=30)
    above = list_accounts(session, village.angus, Which.ABOVE)
    assert [(row.name, row.balance) for row in above.rows] == [("Ada Lamont", 90), ("Linus Baxter", 30)]
    assert (above.count, above.minutes) == (2, 120)
    below = list_accounts(session, village.angus, Which.BELOW)
    assert [(row.name, row.balance) for row in below.rows] == [("Grace Okafor", -120)]
    every = list_accounts(session, village.angus, Which.ALL)
    assert (every.count, every.minutes) == (9, 0)
    assert {row.kind for row in every.rows if row.name is None} == {"pot"}
    active = list_accounts(session, village.angus, Which.ACTIVE)
    assert active.count == 6


def test_accounts_come_page_by_page_each_once(session, village):
    pages = [list_accounts(session, village.angus, Which.ALL, page=number, size=4) for number in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [4, 4, 1, 0]
    assert [page.has_next for page in pages] == [True, True, False, False]
    assert len({row.id for page in pages for row in page.rows}) == 9


def test_who_left_with_hours_is_counted_and_who_left_at_zero_is_not(session, village):
    in_perth(session, village)
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    for who in (village.grace, village.linus):
        session.execute(update(Membership).where(Membership.id == who.membership_id).values(standing=Standing.LEFT))
    summary = figures(session, village)
    assert (summary.left, summary.active) == (1, 4)
    assert [row.name for row in list_accounts(session, village.angus, Which.LEFT).rows] == ["Grace Okafor"]


def test_a_lower_limit_for_a_time_is_in_force_until_the_floor_rises(session, village):
    until = TODAY + timedelta(days=7)
    change = {"reason": "Back from hospital", "by": village.rosa.membership_id, "now": NOW}
    bookkeeping.change_limit(session, village.angus.id, village.grace.account_id, -1800, until=until, **change)
    bookkeeping.change_limit(session, village.perth.id, village.perdita.account_id, -1800, reason="x", by=None, now=NOW)
    [row] = list_overrides(session, village.angus).rows
    assert (row.name, row.floor, row.reason, row.until) == ("Grace Okafor", -1800, "Back from hospital", until)
    assert row.recorded_by == village.rosa.membership_id
    assert figures(session, village).overrides == 1
    bookkeeping.change_limit(
        session, village.angus.id, village.grace.account_id, -1200, reason="well", by=None, now=NOW
    )
    assert figures(session, village).overrides == 0
    assert list_overrides(session, village.angus).rows == []


def acted(session, village, exchange_code, number, for_whom, *, by):
    exchange_id = session.scalars(select(Exchange.id).where(Exchange.code == exchange_code)).one()
    session.add(
        ExchangeStep(
            bank_id=village.angus.id,
            exchange_id=exchange_id,
            number=number,
            deed=Deed.RECORD,
            done_by=by.membership_id,
            done_at=NOW,
            on_behalf_of=for_whom.membership_id,
            how=How.PHONE,
            evidence="Rang at 9:40",
        )
    )
    session.flush()


def test_one_broker_for_both_sides_is_found_and_two_brokers_are_not(session, village):
    both = make_confirmed(session, village, village.ada, village.grace, what="Both")
    two = make_confirmed(session, village, village.ada, village.grace, what="Two brokers")
    one = make_confirmed(session, village, village.ada, village.grace, what="One side twice")
    acted(session, village, both, 3, village.ada, by=village.rosa)
    acted(session, village, both, 4, village.grace, by=village.rosa)
    acted(session, village, two, 3, village.ada, by=village.rosa)
    acted(session, village, two, 4, village.grace, by=village.mary)
    acted(session, village, one, 3, village.ada, by=village.rosa)
    acted(session, village, one, 4, village.ada, by=village.rosa)
    [row] = list_one_broker(session, village.angus.id).rows
    assert (row.what, row.done_by) == ("Both", village.rosa.membership_id)
    steps = list_acted_steps(session, village.angus.id, [row.id])
    assert [(step.on_behalf_of, step.how, step.evidence) for step in steps] == [
        (village.ada.membership_id, "phone", "Rang at 9:40"),
        (village.grace.membership_id, "phone", "Rang at 9:40"),
    ]
    assert figures(session, village).one_broker == 1
    assert list_one_broker(session, village.perth.id).rows == []


def entries(session, village, **wanted):
    page = list_entries(
        session, village.angus.id, EntryFilter(**wanted), time_zone="Europe/London", years=range(2026, 2027)
    )
    return [row.deed for row in page.rows]


def test_entries_are_listed_by_kind_and_late_ones_by_how_late(session, village):
    in_perth(session, village)
    village.angus.welcome_minutes = 120
    new = join(session, village.angus, "Wilma Rae", by=village.mary)
    help_now = make_confirmed(session, village, village.ada, village.grace)
    late = make_confirmed(session, village, village.ada, village.grace, day=TODAY - timedelta(days=22), what="October")
    later = make_confirmed(session, village, village.ada, village.grace, day=TODAY - timedelta(days=31), what="Earlier")
    reversal = reversals.propose(session, help_now, Doing(village.mary, NOW), reason="Twice")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
    deeds = {name: f"exchange:{code}" for name, code in {"now": help_now, "late": late, "later": later}.items()}
    welcome = f"member:{new.code}"
    assert entries(session, village) == [deeds["now"], deeds["later"], deeds["late"], deeds["now"], welcome]
    assert entries(session, village, kind="welcome") == [welcome]
    assert entries(session, village, kind="gift") == []
    assert entries(session, village, only_reversals=True) == [deeds["now"]]
    assert entries(session, village, late=Late.LATER_MONTH) == [deeds["later"], deeds["late"]]
    assert entries(session, village, late=Late.THIRTY_DAYS) == [deeds["later"]]
    assert figures(session, village).books.late == 2


def test_lower_limits_come_page_by_page_the_first_to_end_on_top(session, village):
    people = [village.ada, village.grace, village.linus]
    for days, who in enumerate(people):
        until = TODAY + timedelta(days=9 - days)
        said = {"reason": "x", "by": None, "now": NOW, "until": until}
        bookkeeping.change_limit(session, village.angus.id, who.account_id, -1800, **said)
    first, second = (list_overrides(session, village.angus, page=number, size=2) for number in (1, 2))
    assert [row.name for page in (first, second) for row in page.rows] == [who.name for who in reversed(people)]
    assert (first.has_next, second.has_next) == (True, False)
