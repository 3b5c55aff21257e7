"""A limit lowered for a time by somebody else than its member, on record, and never above today's balance."""

from datetime import timedelta

import pytest

from tests.people import NOW, TODAY, account_of, make_confirmed
from timebank.actors import Doing
from timebank.audit.checks import check_books
from timebank.banks.models import Bank
from timebank.bookkeeping.limits import change_floors, list_limits
from timebank.bookkeeping.queries import get_account, get_account_of_kind
from timebank.errors import NotAllowedError
from timebank.ledger.accounts import AccountKind
from timebank.ledger.checks import Verdict
from timebank.members.errors import LimitAboveBalanceError, LimitDayError, LimitReasonMissingError
from timebank.members.limits import Override, change_pot_limit, end_override, end_overrides, lower_limit
from timebank.references import DeedName, Ref, Subject
from timebank.tasks.actions import finish
from timebank.tasks.queries import Shows, list_tasks
from timebank.trail import actions as trail
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_deeds

UNTIL = TODAY + timedelta(days=30)
AFTER = NOW + timedelta(days=31)


@pytest.fixture
def lower(session, village):
    """Rosa lets Grace go down to -30 hours for a month, or as is said."""

    def lowering(*, by=None, member=None, **said):
        wanted = {"below_minutes": 1800, "reason": "Back from hospital", "until": UNTIL} | said
        doing = Doing(by or village.rosa, NOW, wanted.pop("form_key", "form"))
        lower_limit(session, village.angus, member or village.grace, Override(**wanted), doing)

    return lowering


@pytest.fixture
def pot(session, village):
    """The pot of Angus as it stands."""
    return lambda: get_account(
        session, village.angus.id, get_account_of_kind(session, village.angus.id, AccountKind.POT)
    )


def newest(session, actor):
    return list_limits(session, actor.bank_id, actor.account_id)[0]


def receive(session, village, minutes, what="Nursing"):
    make_confirmed(session, village, village.ada, village.grace, minutes=minutes, what=what)


def deeds(session, village, subject):
    return [(row.deed, row.done_by) for row in list_deeds(session, village.angus.id, subject)]


def talks(session, village):
    page = list_tasks(session, village.angus.id, Shows.TO_DO, membership_id=0)
    return [(row.kind, row.subject) for row in page.rows if row.kind == "limit_ended"]


def test_a_broker_lowers_a_limit_and_it_is_on_record(session, village, lower):
    lower()
    assert account_of(session, village.grace).floor == -1800
    row = newest(session, village.grace)
    assert (row.reason, row.until, row.recorded_by) == ("Back from hospital", UNTIL, village.rosa.membership_id)
    assert deeds(session, village, f"member:{village.grace.code}")[-1] == (
        "limit.lowered",
        village.rosa.membership_id,
    )
    receive(session, village, 1440)
    assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}


def test_the_same_form_twice_changes_it_once_and_other_words_are_refused(session, village, lower):
    lower()
    lower()
    assert newest(session, village.grace).number == 2
    with pytest.raises(OtherContentError):
        lower(below_minutes=60)


@pytest.mark.parametrize("who", ["ada", "grace", "tom", "audrey", "perdita"])
def test_only_a_broker_lowers_a_limit(session, village, lower, who):
    with pytest.raises(NotAllowedError):
        lower(by=getattr(village, who))


@pytest.mark.parametrize("who", ["rosa", "mary"])
def test_nobody_lowers_or_ends_their_own(session, village, lower, who):
    actor = getattr(village, who)
    with pytest.raises(NotAllowedError):
        lower(by=actor, member=actor)
    with pytest.raises(NotAllowedError):
        end_override(session, village.angus, actor, Doing(actor, NOW))


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"reason": " \n"}, LimitReasonMissingError),
        ({"until": TODAY - timedelta(days=1)}, LimitDayError),
        ({"until": TODAY + timedelta(days=367)}, LimitDayError),
    ],
)
def test_an_override_needs_a_reason_and_a_day_within_a_year(lower, said, refused):
    with pytest.raises(refused):
        lower(**said)


@pytest.mark.parametrize("days", [0, 366])
def test_today_and_a_year_from_now_are_days_to_end_it(session, village, lower, days):
    lower(until=TODAY + timedelta(days=days))
    assert newest(session, village.grace).until == TODAY + timedelta(days=days)


def test_a_limit_never_lies_above_todays_balance(session, village, lower):
    receive(session, village, 615)
    with pytest.raises(LimitAboveBalanceError) as refused:
        lower(below_minutes=600)
    assert refused.value.values == {"hours": 10, "minutes": 15}
    session.rollback()


def test_a_limit_can_equal_todays_balance(session, village, lower):
    receive(session, village, 615)
    lower(below_minutes=615)
    assert account_of(session, village.grace).floor == -615


def test_an_override_ends_early_and_the_limit_is_the_usual_one(session, village, lower):
    lower()
    for _time in range(2):
        end_override(session, village.angus, village.grace, Doing(village.rosa, NOW, "end"))
    assert account_of(session, village.grace).floor == -1200
    assert (newest(session, village.grace).number, newest(session, village.grace).until) == (3, None)
    assert deeds(session, village, f"member:{village.grace.code}")[-1][0] == "limit.ended"
    assert talks(session, village) == []


def test_ending_an_override_that_is_over_changes_nothing(session, village):
    end_override(session, village.angus, village.grace, Doing(village.rosa, NOW))
    assert newest(session, village.grace).number == 1


def test_an_override_ended_early_is_raised_as_far_as_the_balance_allows_and_opens_a_task(session, village, lower):
    lower()
    receive(session, village, 1440)
    end_override(session, village.angus, village.grace, Doing(village.rosa, NOW))
    assert account_of(session, village.grace).floor == -1440
    assert talks(session, village) == [("limit_ended", f"member:{village.grace.code}")]
    assert end_overrides(session, village.angus, now=NOW + timedelta(days=1)) == 0


def test_the_sweep_asks_a_broker_once_where_somebody_is_still_below(session, village, lower):
    lower(below_minutes=1440)
    receive(session, village, 1440)
    assert end_overrides(session, village.angus, now=AFTER) == 0
    assert account_of(session, village.grace).floor == -1440
    page = list_tasks(session, village.angus.id, Shows.TO_DO, membership_id=0)
    code = next(row.code for row in page.rows if row.kind == "limit_ended")
    finish(session, code, Doing(village.rosa, AFTER), note="We talked.")
    assert end_overrides(session, village.angus, now=AFTER + timedelta(days=1)) == 0
    assert talks(session, village) == []


def test_what_the_sweep_does_stands_in_the_trail_as_the_administrators(session, village, lower):
    lower()
    assert end_overrides(session, village.angus, now=AFTER) == 1
    assert deeds(session, village, f"member:{village.grace.code}")[-1] == ("limit.swept", None)
    assert talks(session, village) == []


def test_the_pots_limit_for_good_is_a_rule_of_the_bank(session, village, pot):
    change_pot_limit(
        session, village.angus, Doing(village.mary, NOW), below_minutes=6000, reason="A new grant", until=None
    )
    assert (pot().floor, session.get_one(Bank, village.angus.id).pot_floor) == (-6000, -6000)
    assert deeds(session, village, "pot") == [("limit.pot", village.mary.membership_id)]


def test_the_pots_limit_for_a_time_ends_with_it(session, village, pot):
    usual = pot().floor
    change_pot_limit(
        session, village.angus, Doing(village.mary, NOW), below_minutes=60_000, reason="The fair", until=UNTIL
    )
    assert (pot().floor, session.get_one(Bank, village.angus.id).pot_floor) == (-60_000, usual)
    assert end_overrides(session, village.angus, now=AFTER) == 1
    assert pot().floor == usual
    assert deeds(session, village, "pot")[-1] == ("limit.swept", None)


@pytest.mark.parametrize("who", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_changes_the_pot(session, village, who):
    with pytest.raises(NotAllowedError):
        change_pot_limit(
            session, village.angus, Doing(getattr(village, who), NOW), below_minutes=60, reason="Why", until=None
        )


def change_all(session, village, *, old=-1200, new=-600):
    trail.begin(session, Doing(village.mary, NOW), DeedName.RULES_CHANGED, Ref(Subject.BANK, "angus"))
    return change_floors(
        session,
        village.angus.id,
        AccountKind.MEMBER,
        old=old,
        new=new,
        reason="floor of the bank's members",
        by=village.mary.membership_id,
        now=NOW,
    )


def test_all_usual_limits_change_at_once_where_balances_allow(session, village, lower, pot):
    lower(below_minutes=1200, member=village.linus)
    receive(session, village, 615)
    usual = pot().floor
    changed = change_all(session, village)
    floors = {name: account_of(session, getattr(village, name)).floor for name in ("ada", "grace", "linus", "perdita")}
    assert floors == {"ada": -600, "grace": -1200, "linus": -1200, "perdita": -1200}
    assert (changed, pot().floor) == (6, usual)
    assert newest(session, village.ada).recorded_by == village.mary.membership_id
    assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}
    assert change_all(session, village, old=-5, new=-10) == 0
