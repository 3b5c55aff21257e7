"""A simulated year is one of a real bank: its books are right, and no member is asked what they do not want."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from tests.simulation.conftest import DAYS, SEEDS, SMALL
from timebank.audit.checks import check_books
from timebank.cli.simulated_books import simulate
from timebank.exchanges.models import Exchange, ExchangeStep
from timebank.exchanges.rules import State
from timebank.ledger.checks import Verdict
from timebank.listings.filling import ListingState, state_of
from timebank.listings.models import Listing
from timebank.listings.queries import find_line
from timebank.matching.invitation_rules import ANSWERED, LONGER, InvitationState
from timebank.matching.settings import USUAL
from timebank.simulation.comparing import YearToPlay
from timebank.simulation.figures import compute
from timebank.simulation.on_record import read_year
from timebank.simulation.settling import FIRST_DAY
from timebank.trail.models import TrailRow


def test_the_books_are_right(years):
    for year in years:
        wrong = {
            result.name: result.findings
            for result in check_books(year.life.settled.session)
            if result.verdict is Verdict.WRONG
        }
        assert wrong == {}


def test_the_year_is_full_of_what_is_measured(sent):
    """Otherwise the tests beside this one would say nothing."""
    states = Counter(invitation.state for _year, invitations in sent for invitation in invitations)
    assert {InvitationState.YES, InvitationState.NO, InvitationState.SILENT} <= set(states)
    assert min(states[state] for state in (InvitationState.YES, InvitationState.NO, InvitationState.SILENT)) >= 3
    for year, _invitations in sent:
        by_state = Counter(year.life.settled.session.scalars(select(Exchange.state)))
        assert by_state[State.CONFIRMED] >= 5
        assert by_state[State.CANCELLED] + by_state[State.DECLINED] >= 3


def test_the_site_refuses_nothing_but_hours_at_the_floor(years):
    assert {refusal for year in years for refusal in year.life.refusals} <= {"floor_reached"}


def test_the_clock_never_goes_back(years):
    for year in years:
        moments = year.life.settled.session.scalars(select(TrailRow.done_at).order_by(TrailRow.id)).all()
        assert moments == sorted(moments)
        assert moments[0].date() == FIRST_DAY
        assert moments[-1].date() <= FIRST_DAY + timedelta(days=DAYS - 1)


def test_nobody_is_asked_more_often_than_they_want(sent):
    for year, invitations in sent:
        for invitation in invitations:
            week = [
                other
                for other in invitations
                if other.member_id == invitation.member_id
                and invitation.asked_at - timedelta(days=7) < other.asked_at <= invitation.asked_at
            ]
            assert len(week) <= _neighbour(year, invitation).most_invitations


def test_nobody_is_asked_while_they_rest(sent):
    for _year, invitations in sent:
        for invitation in invitations:
            before = [other for other in invitations if other.member_id == invitation.member_id and other.closed_at]
            before = [other for other in before if other.closed_at < invitation.asked_at]
            answered = [other.closed_at for other in before if other.state in ANSWERED]
            silent = [other for other in before if other.is_silent and all(other.closed_at > at for at in answered)]
            days = USUAL.rest_days * (LONGER if len(silent) > 1 else 1)
            assert all(invitation.asked_at >= other.closed_at + timedelta(days=days) for other in silent)


def test_nobody_is_asked_twice_about_one_request_or_about_their_own(sent):
    for year, invitations in sent:
        pairs = Counter((invitation.listing_id, invitation.member_id) for invitation in invitations)
        assert set(pairs.values()) == {1}
        askers = {listing_id: wish.asker for listing_id, wish in year.life.wishes.items()}
        assert all(askers[invitation.listing_id] != _neighbour(year, invitation).number for invitation in invitations)


def test_nobody_is_invited_for_a_time_at_which_they_said_they_are_not_free(sent):
    for year, invitations in sent:
        for invitation in invitations:
            neighbour = _neighbour(year, invitation)
            if neighbour.says_when and invitation.day is not None:
                assert neighbour.is_free(invitation.day, invitation.at)


def test_who_is_asleep_never_says_yes(sent):
    for year, invitations in sent:
        asleep = [invitation for invitation in invitations if _neighbour(year, invitation).liveliness == "asleep"]
        assert not [invitation for invitation in asleep if invitation.state in ANSWERED]


def test_agreed_help_fills_its_request(years):
    for year in years:
        session, bank_id = year.life.settled.session, year.life.settled.bank.id
        today = FIRST_DAY + timedelta(days=DAYS - 1)
        for listing_id, wish in year.life.wishes.items():
            code = session.scalar(select(Listing.code).where(Listing.id == listing_id))
            is_filled = state_of(find_line(session, bank_id, code, today), today) is ListingState.FILLED
            assert is_filled == (wish.number in year.life.agreed)


def test_what_is_measured_is_what_the_tables_have(years):
    for year in years:
        session, record = year.life.settled.session, read_year(year.life)
        confirmed = select(func.count()).select_from(Exchange).where(Exchange.state == State.CONFIRMED)
        assert len(record.exchanges) == session.scalar(confirmed)
        agreed = select(func.count()).select_from(ExchangeStep).where(ExchangeStep.deed == "accept")
        assert 0 < sum(request.agreed_on is not None for request in record.requests) <= session.scalar(agreed)
        assert len(record.balances) == SMALL.members
        assert sum(record.balances) == SMALL.members * 120  # hours go round among members, who had two each


def test_the_same_seed_gives_the_same_figures(years):
    first, second = (compute(read_year(year.life)) for year in years)
    assert simulate(YearToPlay(SMALL, SEEDS[0], DAYS, with_board=True)) == first != second


def test_where_nobody_offers_anything_the_board_changes_nothing():
    """What members do by themselves hangs on the same random numbers without and with it."""
    without = YearToPlay(replace(SMALL, offers=0), 1, DAYS, with_board=False)
    figures = simulate(without)
    assert figures.exchanges_per_member > 0
    assert simulate(without._replace(with_board=True)) == figures


def test_only_a_board_sends_invitations(years):
    with_board = compute(read_year(years[1].life))
    without = simulate(YearToPlay(SMALL, SEEDS[1], DAYS, with_board=False))
    assert (without.invitations, without.invitations_per_fill) == (0, None)
    assert with_board.invitations > 0
    assert without.asks_highest > 0


def _neighbour(year, invitation):
    numbers = {actor.membership_id: number for number, actor in enumerate(year.life.settled.members)}
    return year.life.script.neighbours[numbers[invitation.member_id]]
