"""What was changed beside the books, past the guards, is noticed, and by which check.

Guards are taken down first, as a thief would. The tables of the books have a table of their own: `test_tampering.py`.
"""

import pytest
from sqlalchemy import update

from tests.people import NOW, TODAY, make_confirmed, make_recorded
from tests.unguarded import edit
from timebank.actors import Doing, Standing
from timebank.audit.checks import check_books
from timebank.banks.models import Bank
from timebank.bookkeeping import actions as bookkeeping
from timebank.bookkeeping.entry_rows import NewEntry
from timebank.bookkeeping.sealing.actions import seal
from timebank.exchanges import reversals
from timebank.exchanges.checks import exchanges_have_entries
from timebank.exchanges.models import Exchange
from timebank.joining import actions as joining
from timebank.joining.actions import NewApplication
from timebank.joining.rules import Agreed
from timebank.ledger.checks import Verdict
from timebank.ledger.entries import EntryKind, Line
from timebank.members.standing import change_standing

#: What a thief writes, and the checks that name a row for it.
TAMPERINGS = {
    "UPDATE membership SET account_id = 5 WHERE account_id = {ada}": {"accounts_have_members"},
    "UPDATE application SET stage = 'inducted' WHERE membership_id IS NOT NULL": {"admitted_have_memberships"},
    "UPDATE application SET membership_id = NULL": {"admitted_have_memberships"},
    "UPDATE membership SET standing = 'active' WHERE account_id = {grace}": {"standings_as_changed"},
    "DELETE FROM standing_change WHERE number = 3": {"standings_as_changed"},
    "DELETE FROM exchange WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET minutes = 15 WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET state = 'cancelled' WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET state = 'reversed' WHERE code = '{code}'": {"exchanges_have_entries"},
    "UPDATE exchange SET giver_account_id = {linus} WHERE code = '{code}'": {"exchanges_have_entries"},
}


@pytest.fixture
def robbed(backend, village):
    """Names in books with a confirmed and a reversed exchange."""
    with backend.session() as session:
        code = make_confirmed(session, village, village.ada, village.grace, minutes=90)
        other = make_confirmed(session, village, village.ada, village.linus)
        reversal = reversals.propose(session, other, Doing(village.mary, NOW), reason="Slip")
        reversals.approve(session, village.angus, reversal, Doing(village.tom, NOW))
        _somebody_joined_and_somebody_rests(session, village)
        session.commit()
        seal(session, village.angus.id, now=NOW)
        session.commit()
    return {"code": code} | {who: getattr(village, who).account_id for who in ("ada", "grace", "linus")}


def _somebody_joined_and_somebody_rests(session, village):
    sam = NewApplication("Sam Reid", phone="+441632960321", is_adult=True, agreed=Agreed.PHONE)
    rosa = village.rosa
    code = joining.apply(session, village.angus, sam, Doing(rosa, NOW, "apply"))
    session.get_one(Bank, village.angus.id).references_needed = 0
    joining.interview(session, code, Doing(rosa, NOW, "interview"), words="Likes dogs")
    joining.induct(session, code, Doing(rosa, NOW, "induct"), words="")
    joining.admit(session, code, Doing(rosa, NOW, "admit"))
    for number, to in enumerate((Standing.SUSPENDED, Standing.ACTIVE, Standing.SUSPENDED)):
        key = f"standing {number}"
        change_standing(session, village.grace, to, Doing(rosa, NOW, key), reason="A rest")


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_change_past_the_guards_is_noticed_and_named(backend, robbed, tampering):
    edit(backend.owner, [tampering.format(**robbed)])
    with backend.session() as session:
        results = list(check_books(session))
    wrong = {result.name for result in results if result.verdict is Verdict.WRONG}
    assert wrong >= TAMPERINGS[tampering]
    assert all(result.findings[0].row for result in results if result.verdict is Verdict.WRONG)


def test_untouched_books_are_right(backend, robbed):
    with backend.session() as session:
        assert {result.verdict for result in check_books(session)} == {Verdict.RIGHT}


def test_with_another_key_nothing_fits(backend, robbed):
    with backend.session() as session:
        session.info["books_key"] = b"another key"
        wrong = {result.name for result in check_books(session) if result.verdict is Verdict.WRONG}
    assert wrong == {"entries_as_written", "holders_as_written", "members_as_written", "seals_match"}


@pytest.mark.parametrize("beside", [False, True])
def test_an_exchange_that_moves_a_second_line_is_named(session, village, beside):
    """Whether it has an exchange that its first line fits, or none at all."""
    sides = ((village.grace, village.ada, 90), (village.linus, village.clara, 500))
    code = make_recorded(session, village, village.ada, village.grace, minutes=90)
    lines = tuple(Line(giver.account_id, taker.account_id, minutes) for giver, taker, minutes in sides)
    deed = f"exchange:{code}" if beside else "exchange:NOSUCH00"
    entry = NewEntry(village.angus.id, deed, EntryKind.EXCHANGE, lines, TODAY, NOW, village.grace.membership_id, deed)
    bookkeeping.post(session, entry)
    if beside:
        session.execute(update(Exchange).where(Exchange.code == code).values(state="confirmed"))
    assert [(one.row, one.problem) for one in exchanges_have_entries(session).findings] == [
        (deed, "an exchange has one line")
    ]
