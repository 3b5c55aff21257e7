"""Taking an exchange back: two agree, or a second approver does; nobody approves their own."""

import pytest
from sqlalchemy import select

from tests.people import NOW, account_of, balance_of, make_confirmed, make_recorded
from timebank.actors import Actor, Doing
from timebank.audit.checks import check_books
from timebank.bookkeeping.queries import StatementFilter, list_statement
from timebank.errors import ReasonMissingError
from timebank.exchanges import reversals
from timebank.exchanges.errors import NotNowError, NotYoursError, ReversalStandsError
from timebank.exchanges.models import Reversal
from timebank.exchanges.queries import find_exchange
from timebank.ledger.checks import Verdict


@pytest.fixture
def code(session, village):
    return make_confirmed(session, village, village.ada, village.grace, minutes=90)


@pytest.fixture
def proposed(session, village, code):
    return reversals.propose(session, code, Doing(village.mary, NOW), reason="One hour, not two.")


def test_a_second_approver_takes_it_back(session, village, code, proposed):
    reversals.approve(session, village.angus, proposed, Doing(village.tom, NOW))
    assert (balance_of(session, village.ada), account_of(session, village.ada).given) == (0, 0)
    assert find_exchange(session, village.angus.id, code).state == "reversed"
    newest, first = list_statement(session, village.angus.id, village.ada.account_id, StatementFilter()).rows
    assert (newest.minutes, newest.reverses, first.reversed_by) == (-90, first.entry_id, newest.entry_id)


def test_both_sides_take_it_back_and_one_alone_does_not(session, village, proposed):
    reversals.agree(session, village.angus, proposed, Doing(village.ada, NOW))
    assert balance_of(session, village.ada) == 90
    reversals.agree(session, village.angus, proposed, Doing(village.grace, NOW))
    assert balance_of(session, village.ada) == 0


@pytest.mark.parametrize("who", ["mary", "ada", "linus", "rosa", "audrey"])
def test_only_a_second_approver_who_took_no_part_approves(session, village, proposed, who):
    with pytest.raises(NotYoursError):
        reversals.approve(session, village.angus, proposed, Doing(getattr(village, who), NOW))


@pytest.mark.parametrize("who", ["linus", "mary", "tom"])
def test_only_the_two_sides_agree(session, village, proposed, who):
    with pytest.raises(NotYoursError):
        reversals.agree(session, village.angus, proposed, Doing(getattr(village, who), NOW))


@pytest.mark.parametrize("who", ["ada", "rosa", "tom", "audrey"])
def test_only_a_coordinator_proposes(session, village, code, who):
    with pytest.raises(NotYoursError):
        reversals.propose(session, code, Doing(getattr(village, who), NOW), reason="Why not")


def test_a_reversal_needs_a_reason(session, village, code):
    with pytest.raises(ReasonMissingError):
        reversals.propose(session, code, Doing(village.mary, NOW), reason="  ")


def test_an_exchange_has_one_waiting_reversal_at_a_time(session, village, code, proposed):
    with pytest.raises(ReversalStandsError):
        reversals.propose(session, code, Doing(village.clara, NOW), reason="Again")


def test_a_refused_reversal_leaves_the_exchange_and_can_be_proposed_again(session, village, code, proposed):
    reversals.refuse(session, proposed, Doing(village.tom, NOW))
    assert balance_of(session, village.ada) == 90
    with pytest.raises(NotNowError):
        reversals.approve(session, village.angus, proposed, Doing(village.tom, NOW))
    again = reversals.propose(session, code, Doing(village.clara, NOW), reason="Really")
    reversals.approve(session, village.angus, again, Doing(village.mary, NOW))
    assert balance_of(session, village.ada) == 0


def test_only_the_proposer_withdraws_a_reversal(session, village, proposed):
    with pytest.raises(NotYoursError):
        reversals.refuse(session, proposed, Doing(village.rosa, NOW))
    reversals.refuse(session, proposed, Doing(village.mary, NOW))
    assert session.scalar(select(Reversal.refused_by)) == village.mary.membership_id


def test_an_unconfirmed_exchange_is_not_reversed(session, village):
    waiting = make_recorded(session, village, village.ada, village.linus)
    with pytest.raises(NotYoursError):
        reversals.propose(session, waiting, Doing(village.mary, NOW), reason="Not yet")


def test_the_same_form_twice_proposes_once(session, village, code):
    def propose() -> str:
        return reversals.propose(session, code, Doing(village.mary, NOW, "f"), reason="Slip")

    assert propose() == propose()


def test_a_coordinator_who_took_part_needs_others_to_approve(session, village):
    own = make_confirmed(session, village, village.mary, village.grace)
    proposed = reversals.propose(session, own, Doing(village.clara, NOW), reason="Slip")
    with pytest.raises(NotYoursError):
        reversals.approve(session, village.angus, proposed, Doing(village.mary, NOW))


def test_hours_already_used_are_taken_back_below_the_floor_on_record(session, village, code, proposed):
    def use(giver: Actor, minutes: int, what: str) -> None:
        make_confirmed(session, village, giver, village.ada, minutes=minutes, what=what)

    use(village.linus, 1200, "A whole day")
    use(village.rosa, 90, "And more")
    assert balance_of(session, village.ada) == -1200
    reversals.approve(session, village.angus, proposed, Doing(village.tom, NOW))
    assert balance_of(session, village.ada) == -1290
    session.commit()
    assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}
