"""Leaving, settling and coming back, on both databases: what the books, the trail and the membership say after it."""

from datetime import timedelta

import pytest

from tests.people import NOW, balance_of, join, make_confirmed, make_recorded, terms
from timebank.actors import Doing, Standing, Unattended
from timebank.bookkeeping.audit_queries import count_books
from timebank.bookkeeping.closings import list_closings
from timebank.bookkeeping.queries import find_account_of_kind, select_entries_of_deeds
from timebank.errors import NotAllowedError
from timebank.exchanges import actions as exchanges, reversals
from timebank.exchanges.errors import SideNotActiveError, UnfinishedError
from timebank.leaving import actions
from timebank.leaving.errors import HoursMovedError, OwnHandError
from timebank.leaving.rules import Departure
from timebank.ledger.accounts import AccountKind
from timebank.ledger.closings import ClosingKind
from timebank.ledger.entries import EntryKind
from timebank.listings import actions as listings
from timebank.listings.queries import find_listing, get_tree
from timebank.listings.rules import ListingKind, ListingText
from timebank.members.errors import StandingMovedError
from timebank.members.keepers import list_standing_changes
from timebank.members.standing import change_standing
from timebank.trail.actions import OtherContentError
from timebank.trail.queries import list_doings

LATER = NOW + timedelta(days=30)


@pytest.fixture
def helped(session, village):
    """Ada gave an hour and a half to Grace; gives the exchange's code."""
    code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
    session.commit()
    return code


@pytest.mark.usefixtures("helped")
def test_hours_go_to_the_pot_and_the_account_is_closed(session, village, leavings):
    leavings.leave(village.ada)
    assert balance_of(session, village.ada) == 0
    assert leavings.of_kind(AccountKind.POT) == 90
    assert leavings.is_closed(village.ada)
    assert leavings.standing(village.ada) == Standing.LEFT
    assert leavings.are_right()


@pytest.mark.usefixtures("helped")
def test_hours_go_to_a_member_and_count_neither_as_given_nor_as_received(session, village, leavings):
    leavings.leave(village.ada, to=village.linus)
    assert balance_of(session, village.linus) == 90
    rows = leavings.ask("SELECT given, received FROM account WHERE id = :id", id=village.linus.account_id)
    assert rows == [(0, 0)]
    assert leavings.of_kind(AccountKind.POT) == 0
    assert leavings.are_right()


@pytest.mark.usefixtures("helped")
def test_hours_below_zero_go_to_the_leavers_account_with_their_reason(session, village, leavings):
    leavings.leave(village.grace)
    assert balance_of(session, village.grace) == 0
    assert leavings.of_kind(AccountKind.LEAVERS) == -90
    figures = count_books(session, village.angus.id, time_zone="Europe/London", years=range(2025, 2028))
    assert (figures.leavers_minutes, figures.pot_minutes) == (-90, 0)
    assert (figures.above_minutes, figures.below_minutes) == (90, -90)
    words = "SELECT words FROM memo JOIN entry ON entry.id = memo.entry_id WHERE kind = 'leaving'"
    assert leavings.ask(words) == [("Moves to Fife",)]
    assert leavings.are_right()


@pytest.mark.usefixtures("helped")
def test_the_reason_is_not_written_where_who_gets_the_hours_would_read_it(village, leavings):
    leavings.leave(village.ada, to=village.linus)
    assert leavings.ask("SELECT words_digest FROM entry WHERE kind = 'leaving'") == [(None,)]


def test_at_zero_nothing_moves_and_the_account_is_closed(village, leavings):
    leavings.leave(village.linus, to=village.ada)
    assert leavings.entries() == 0
    assert leavings.is_closed(village.linus)
    assert leavings.standing(village.linus) == Standing.LEFT
    assert leavings.are_right()


def test_the_leavers_account_is_opened_once_without_a_floor_and_on_record(session, village, leavings):
    for who in (village.grace, village.linus):
        make_confirmed(session, village, village.ada, who, minutes=60)
    assert find_account_of_kind(session, village.angus.id, AccountKind.LEAVERS) is None
    leavings.leave(village.grace)
    leavings.leave(village.linus)
    assert leavings.ask("SELECT floor, balance FROM account WHERE kind = 'leavers'") == [(None, -120)]
    opened = "SELECT done_by FROM trail WHERE deed = 'leavers.opened'"
    assert leavings.ask(opened) == [(village.rosa.membership_id,)]
    changes = "SELECT l.floor, l.recorded_by FROM limit_change l JOIN account a ON a.id = l.account_id"
    assert leavings.ask(f"{changes} WHERE a.kind = 'leavers'") == [(None, village.rosa.membership_id)]
    assert leavings.are_right()


@pytest.mark.usefixtures("helped")
def test_trail_entry_closing_and_standing_are_of_one_moment_and_one_hand(session, village, leavings):
    leavings.leave(village.ada, now=LATER)
    (left,) = list_doings(session, "member.left")
    (entry,) = session.execute(select_entries_of_deeds(EntryKind.LEAVING)).all()
    (closing,) = list_closings(session, village.angus.id, village.ada.account_id)
    (standing,) = list_standing_changes(session, village.angus.id, village.ada.membership_id)
    moments = {left.done_at, entry.recorded_at, closing.recorded_at, standing.done_at}
    hands = {left.done_by, entry.recorded_by, closing.recorded_by, standing.done_by}
    assert (moments, hands) == ({LATER}, {village.rosa.membership_id})
    assert closing.reason == standing.reason == "Moves to Fife"
    assert leavings.ask("SELECT deed FROM trail WHERE subject = :deed", deed=entry.deed) == [("member.left",)]


def offer(session, village, owner, title):
    listings.open_categories(session, village.angus, Unattended(village.angus.id, NOW))
    said = ListingText(title, "", (get_tree(session, village.angus.id).by_key["outdoors/gardening"].id,))
    return listings.add(session, village.angus, ListingKind.OFFER, said, Doing(owner, NOW, title))


def test_what_they_listed_is_closed_and_nothing_of_others(session, village, leavings):
    own = [offer(session, village, village.ada, title) for title in ("Hedges", "Roses")]
    listings.move(session, village.angus, own[1], listings.Move.PAUSE, Doing(village.ada, NOW))
    others = offer(session, village, village.linus, "Lawns")
    leavings.leave(village.ada)
    lives = [find_listing(session, village.angus.id, code).life for code in (*own, others)]
    assert lives == ["closed", "closed", "open"]
    closed = leavings.ask("SELECT done_by FROM trail WHERE deed = 'listing.close'")
    assert closed == [(village.rosa.membership_id,)] * 2


def test_the_same_form_leaves_once(session, village, leavings, helped):
    for _twice in range(2):
        leavings.leave(village.ada, balance=90, key="same")
    assert (leavings.entries(), leavings.of_kind(AccountKind.POT)) == (1, 90)
    assert len(list_closings(session, village.angus.id, village.ada.account_id)) == 1
    with pytest.raises(OtherContentError):
        leavings.leave(village.ada, balance=90, to=village.linus, key="same")


@pytest.mark.usefixtures("helped")
def test_who_left_does_not_leave_again(session, village, leavings):
    leavings.leave(village.ada)
    with pytest.raises(StandingMovedError):
        leavings.leave(village.ada, balance=90, by=village.mary)
    session.rollback()
    with pytest.raises(StandingMovedError):
        leavings.settle(village.ada, by=village.mary)
    session.rollback()
    assert leavings.of_kind(AccountKind.POT) == 90
    assert leavings.are_right()


@pytest.mark.parametrize("begun", ["proposed", "recorded"])
def test_nobody_leaves_with_something_unfinished(begun, session, village, leavings):
    make_confirmed(session, village, village.ada, village.grace, minutes=90)
    if begun == "recorded":
        make_recorded(session, village, village.linus, village.ada)
    else:
        said = terms(village.ada, village.grace)
        exchanges.propose(session, village.angus, said, Doing(village.ada, NOW, "tea"))
    session.commit()
    with pytest.raises(UnfinishedError):
        leavings.leave(village.ada)
    session.rollback()
    assert (leavings.standing(village.ada), balance_of(session, village.ada)) == (Standing.ACTIVE, 90)
    assert leavings.ask("SELECT count(*) FROM closing") == [(0,)]
    assert leavings.are_right()


@pytest.mark.usefixtures("helped")
def test_hours_that_moved_since_the_page_was_shown_are_looked_at_again(session, village, leavings):
    for shown in (60, 0, -90):
        with pytest.raises(HoursMovedError):
            leavings.leave(village.ada, balance=shown)
        session.rollback()
    assert leavings.standing(village.ada) == Standing.ACTIVE
    assert find_account_of_kind(session, village.angus.id, AccountKind.LEAVERS) is None


@pytest.mark.usefixtures("helped")
def test_nobody_leaves_by_themselves_nor_writes_down_hours_for_themselves(session, village, leavings):
    refused = [
        ({"member": village.rosa}, NotAllowedError),
        ({"member": village.ada, "by": village.ada}, NotAllowedError),
        ({"member": village.ada, "by": village.tom}, NotAllowedError),
        ({"member": village.audrey}, NotAllowedError),
        ({"member": village.perdita}, NotAllowedError),
        ({"member": village.ada, "to": village.rosa}, OwnHandError),
        ({"member": village.ada, "to": village.perdita}, SideNotActiveError),
        ({"member": village.ada, "to": village.audrey}, SideNotActiveError),
    ]
    for said, error in refused:
        with pytest.raises(error):
            leavings.leave(**said)
        session.rollback()
    assert leavings.ask("SELECT count(*) FROM closing") == [(0,)]
    assert leavings.are_right()


def test_who_gets_hours_must_be_here_when_they_move(session, village, leavings, helped):
    change_standing(session, village.linus, Standing.SUSPENDED, Doing(village.mary, NOW), reason="Rest")
    session.commit()
    with pytest.raises(SideNotActiveError):
        leavings.leave(village.ada, to=village.linus)
    session.rollback()
    assert balance_of(session, village.ada) == 90


def test_a_member_who_gets_many_hours_is_talked_with(session, village, leavings):
    for minutes in (900, 330):
        make_confirmed(
            session, village, village.ada, village.grace if minutes == 900 else village.linus, minutes=minutes
        )
    newcomer = join(session, village.angus, "Nora Kerr")
    leavings.leave(village.ada, to=newcomer)
    subjects = leavings.ask("SELECT kind FROM task WHERE subject = :subject", subject=f"member:{newcomer.code}")
    assert subjects == [("above_soft_limit",)]


def test_coming_back_opens_the_account_and_leaving_again_works(session, village, leavings, helped):
    leavings.leave(village.ada)
    leavings.back(village.ada, now=LATER)
    assert not leavings.is_closed(village.ada)
    assert leavings.standing(village.ada) == Standing.ACTIVE
    assert leavings.are_right()
    make_confirmed(session, village, village.ada, village.linus, minutes=30)
    leavings.leave(village.ada, to=village.grace, now=LATER + timedelta(days=1))
    assert (leavings.entries(), balance_of(session, village.grace)) == (2, -60)
    kinds = [row.kind for row in list_closings(session, village.angus.id, village.ada.account_id)]
    assert kinds == [ClosingKind.ACCOUNT_CLOSED, ClosingKind.ACCOUNT_REOPENED, ClosingKind.ACCOUNT_CLOSED]
    assert leavings.are_right()


def test_coming_back_is_done_once_by_the_same_form_even_after_leaving_again(village, leavings):
    leavings.leave(village.ada)
    leavings.back(village.ada)
    leavings.leave(village.ada)
    leavings.back(village.ada)
    assert leavings.is_closed(village.ada)
    assert leavings.standing(village.ada) == Standing.LEFT
    assert leavings.are_right()


def test_who_was_suspended_comes_back_to_an_open_account(session, village, leavings):
    change_standing(session, village.ada, Standing.SUSPENDED, Doing(village.mary, NOW), reason="Rest")
    leavings.back(village.ada)
    assert leavings.standing(village.ada) == Standing.ACTIVE
    assert leavings.ask("SELECT count(*) FROM closing") == [(0,)]


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize(
    ("who", "kind", "minutes"), [("ada", "pot", 90), ("grace", "leavers", -90), ("linus", "pot", 0)]
)
def test_who_left_before_is_settled_and_stays_where_they_stand(who, kind, minutes, session, village, leavings):
    member = getattr(village, who)
    change_standing(session, member, Standing.LEFT, Doing(village.mary, NOW), reason="Long ago")
    session.commit()
    assert leavings.are_right()
    leavings.settle(member, now=LATER)
    assert (balance_of(session, member), leavings.of_kind(AccountKind(kind))) == (0, minutes)
    assert leavings.is_closed(member)
    assert leavings.ask("SELECT count(*) FROM standing_change") == [(1,)]
    assert leavings.ask("SELECT deed FROM trail WHERE deed LIKE 'member.%t%led'") == [("member.settled",)]
    assert leavings.are_right()


@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.SUSPENDED])
def test_who_is_here_is_not_settled(standing, session, village, leavings):
    if standing is Standing.SUSPENDED:
        change_standing(session, village.ada, standing, Doing(village.mary, NOW), reason="Rest")
        session.commit()
    with pytest.raises(StandingMovedError):
        leavings.settle(village.ada)
    session.rollback()
    assert not leavings.is_closed(village.ada)


def test_a_reversal_after_leaving_opens_the_account_and_it_is_settled_again(session, village, leavings, helped):
    leavings.leave(village.ada, to=village.linus)
    reversal = reversals.propose(session, helped, Doing(village.mary, LATER), reason="It was Linus")
    reversals.approve(session, village.angus, reversal, Doing(village.tom, LATER))
    session.commit()
    assert (leavings.is_closed(village.ada), balance_of(session, village.ada)) == (False, -90)
    assert leavings.standing(village.ada) == Standing.LEFT
    assert leavings.are_right()
    leavings.settle(village.ada, now=LATER + timedelta(hours=1))
    assert (leavings.is_closed(village.ada), balance_of(session, village.ada)) == (True, 0)
    assert (leavings.of_kind(AccountKind.LEAVERS), balance_of(session, village.linus)) == (-90, 90)
    assert leavings.are_right()


def test_a_leaving_without_a_form_is_done_each_time_it_is_asked(session, village, leavings):
    going = Departure(0, "Moves")
    actions.leave(session, village.angus, village.ada, going, Doing(village.rosa, NOW))
    with pytest.raises(StandingMovedError):
        actions.leave(session, village.angus, village.ada, going, Doing(village.rosa, NOW))
